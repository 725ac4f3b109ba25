"""Run the benchmarks and print a Markdown table."""

from __future__ import annotations

import argparse
import datetime
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from . import command, loading, lookups, memory, reloading, starting, writing
from .measure import Options, Row


def _peers(options: Options) -> Iterator[Row]:
    from . import peers  # needs ClusterShell, Ansible and PyYAML

    return peers.rows(options._replace(rounds=max(1, options.rounds // 2)))


PARTS: dict[str, Callable[[Options], Iterator[Row]]] = {
    "load": loading.rows,
    "lookup": lookups.rows,
    "start": starting.rows,
    "again": reloading.rows,
    "write": writing.rows,
    "memory": memory.rows,
    "shapes": loading.shape_rows,
    "errors": loading.error_rows,
    "command": command.rows,
    "peers": _peers,
}
PACKAGES = ("dynaconf-cluster", "dynaconf", "ClusterShell", "ansible-core", "PyYAML")


def main() -> None:
    args = _parse_args()
    print(f"{datetime.date.today()}, {', '.join(_find_versions())}\n", flush=True)
    print("| what | at | ratio | to | goal | |\n| --- | --- | ---: | --- | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        options = Options(Path(folder), args.hosts, args.rounds, args.lines, args.errors)
        for part in args.only:
            for row in PARTS[part](options):
                print(_format(row), flush=True)


def _parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--hosts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--lines", type=int, default=100_000, help="lines per 'shapes' file")
    parser.add_argument("--errors", type=int, default=200_000_000, help="bytes per 'errors' file")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="default: all except peers")
    parser.add_argument("--peers", action="store_true", help="also measure other tools")
    args = parser.parse_args()
    args.only = args.only or [part for part in PARTS if part != "peers"]
    if args.peers and "peers" not in args.only:
        args.only.append("peers")
    return args


def _find_versions() -> Iterator[str]:
    yield f"{platform.python_implementation()} {platform.python_version()} on {sys.platform}"
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            yield f"{package} {version(package)}"


def _format(row: Row) -> str:
    goal = verdict = ""
    if row.goal is not None:
        goal, verdict = f"{row.goal:g}", "met" if round(row.ratio, 2) <= row.goal else "missed"
    return f"| {row.what} | {row.at} | {row.ratio:.2f} | {row.to} | {goal} | {verdict} |"


if __name__ == "__main__":
    main()
