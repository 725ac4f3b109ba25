"""Print the table; see `tests.benchmarks`."""

from __future__ import annotations

import argparse
import datetime
import math
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from . import again, command, loading, lookups, memory, starting, writing
from .measure import Options, Row


def _peers(options: Options) -> Iterator[Row]:
    from . import peers  # which have to be installed

    return peers.rows(options._replace(rounds=max(1, options.rounds // 2)))


PARTS: dict[str, Callable[[Options], Iterator[Row]]] = {
    "load": loading.rows,
    "lookup": lookups.rows,
    "start": starting.rows,
    "again": again.rows,
    "write": writing.rows,
    "memory": memory.rows,
    "shapes": loading.shape_rows,
    "errors": loading.error_rows,
    "command": command.rows,
    "peers": _peers,
}
PACKAGES = ("dynaconf-cluster", "dynaconf", "ClusterShell", "ansible-core", "PyYAML")


def main() -> None:
    arguments = _parse_arguments()
    print(f"{datetime.date.today()}, {', '.join(_find_versions())}\n", flush=True)
    print("| what | at | ratio | to | goal | |\n| --- | --- | ---: | --- | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        given = arguments.hosts, arguments.rounds, arguments.lines, arguments.errors
        options = Options(Path(folder), *given)
        for part in arguments.only:
            for row in PARTS[part](options):
                print(_show(row), flush=True)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--hosts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--lines", type=int, default=100_000, help="of the files of odd shapes")
    parser.add_argument("--errors", type=int, default=200_000_000, help="bytes of wrong files")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="all but the peers if not given")
    parser.add_argument("--peers", action="store_true", help="measure the peers, too")
    arguments = parser.parse_args()
    arguments.only = arguments.only or [part for part in PARTS if part != "peers"]
    if arguments.peers and "peers" not in arguments.only:
        arguments.only.append("peers")
    return arguments


def _find_versions() -> Iterator[str]:
    yield f"{platform.python_implementation()} {platform.python_version()} on {sys.platform}"
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue


def _show(row: Row) -> str:
    known = not math.isnan(row.goal)
    verdict = ("met" if round(row.ratio, 2) <= row.goal else "missed") if known else ""
    goal = f"{row.goal:g}" if known else ""
    return f"| {row.what} | {row.at} | {row.ratio:.2f} | {row.to} | {goal} | {verdict} |"


if __name__ == "__main__":
    main()
