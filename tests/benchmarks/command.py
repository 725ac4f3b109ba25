"""Rows: the command, as whole processes, to a process that asks the library the same."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .files import plain, write_file
from .measure import Options, Row, measure_by_turns

PROGRAM = Path(sys.executable).with_name("dynaconf-cluster")
LIBRARY = "from dynaconf_cluster import read\ncluster = read({path!r})\n"
GROUP, HOST = "group00001", "node000200.fra.example.com"
TELL_HOSTS = f"print(*cluster.groups[{GROUP!r}], sep='\\n')"
TELL_GROUPS = f"print(*cluster.hosts[{HOST!r}], sep='\\n')"
TELL_ALL = "print(*cluster.hosts, sep='\\n')"
TELL_MAP = "print(*(f'{g}: {\" \".join(h)}' for g, h in cluster.groups.items()), sep='\\n')"
COUNT = "print(len(cluster.hosts), len(cluster.groups))"
AT_SIZE = {
    f"hosts {GROUP}": (TELL_HOSTS, 1.3),
    f"in {GROUP} --host {HOST}": (f"print({HOST!r} in cluster.groups[{GROUP!r}])", 1.3),
    f"groups {HOST}": (TELL_GROUPS, 1.3),
    f"clustershell map {GROUP}": (TELL_HOSTS, 1.3),
    "clustershell mapall": (TELL_MAP, 1.3),
    "clustershell all": (TELL_ALL, 1.3),
    "clustershell list": ("print(*cluster.groups, sep='\\n')", 1.3),
    f"clustershell reverse {HOST}": (TELL_GROUPS, 1.3),
    "check": (COUNT, 2.0),
}
INVENTORY = """import json
groups = {g: {'hosts': h} for g, h in cluster.groups.items()}
print(json.dumps({'all': {'hosts': cluster.hosts}} | groups))"""
READ_ALL = "print(sum(map(len, cluster.groups.values())))"
LARGE = 1_000_000
DRAWN = 100_000
"""The hosts that ``show`` draws."""


def rows(options: Options) -> Iterator[Row]:
    yield _start_row(options)
    for hosts in options.hosts:
        path = write_file(options.folder / "command.cluster", plain(hosts))
        at = f"{hosts:,} hosts"
        for line, (question, goal) in AT_SIZE.items():
            program = [str(PROGRAM), "--file", str(path), *line.split()]
            ratio = _compare(program, path, question, options.rounds)
            goal = goal if hosts >= LARGE else math.nan  # below, starting counts for more
            yield Row(f"`dynaconf-cluster {_name(line)}`", at, ratio, "the library", goal)
        program = [f"{PROGRAM}-inventory", "--list", "--file", str(path)]
        ratio = _compare(program, path, INVENTORY, options.rounds)
        goal = 1.3 if hosts >= LARGE else math.nan
        yield Row("`dynaconf-cluster-inventory --list`", at, ratio, "the library", goal)
    path = write_file(options.folder / "command.cluster", plain(DRAWN))
    ratio = _compare([str(PROGRAM), "show", str(path)], path, READ_ALL, options.rounds)
    yield Row("`dynaconf-cluster show`", f"{DRAWN:,} hosts", ratio, "the library")


def _name(line: str) -> str:
    """Drop the names of groups and hosts."""
    return " ".join(word for word in line.split() if word not in (GROUP, HOST))


def _start_row(options: Options) -> Row:
    path = write_file(options.folder / "small.cluster", plain(10))
    start = [sys.executable, "-c", "import argparse"]
    command = [str(PROGRAM), "--file", str(path), "hosts"]
    tasks = {
        name: partial(_run, program) for name, program in (("start", start), ("command", command))
    }
    took = measure_by_turns(tasks, options.rounds * 5)
    ratio = took["command"] / took["start"]
    return Row("`dynaconf-cluster hosts`", "10 hosts", ratio, '`python -c "import argparse"`', 2.5)


def _compare(program: list[str], path: Path, question: str, rounds: int) -> float:
    asked = [sys.executable, "-c", LIBRARY.format(path=str(path)) + question]
    tasks = {"command": partial(_run, program), "library": partial(_run, asked)}
    took = measure_by_turns(tasks, rounds)
    return took["command"] / took["library"]


def _run(program: list[str]) -> None:
    subprocess.run(program, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
