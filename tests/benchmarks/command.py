"""Benchmark: the command, compared with a Python program that uses the library."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from .files import plain, write_file
from .measure import Options, Row, measure_tasks

SCRIPTS = Path(sys.executable).parent
READ = "from dynaconf_cluster import read\ncluster = read({path!r})\n"
GROUP, HOST = "group00001", "node000200.fra.example.com"
PRINT_HOSTS = f"print(*cluster.groups[{GROUP!r}], sep='\\n')"
PRINT_GROUPS = f"print(*cluster.hosts[{HOST!r}], sep='\\n')"
PRINT_IN = f"print({HOST!r} in cluster.groups[{GROUP!r}])"
PRINT_ALL = "print(*cluster.hosts, sep='\\n')"
PRINT_MAP = "print(*(f'{g}: {\" \".join(h)}' for g, h in cluster.groups.items()), sep='\\n')"
PRINT_INVENTORY = """import json
groups = {g: {'hosts': h} for g, h in cluster.groups.items()}
print(json.dumps({'all': {'hosts': cluster.hosts}} | groups))"""
COMMANDS = {
    f"dynaconf-cluster hosts {GROUP}": (PRINT_HOSTS, 1.3),
    f"dynaconf-cluster in {GROUP} --host {HOST}": (PRINT_IN, 1.3),
    f"dynaconf-cluster groups {HOST}": (PRINT_GROUPS, 1.3),
    f"dynaconf-cluster clustershell map {GROUP}": (PRINT_HOSTS, 1.3),
    "dynaconf-cluster clustershell mapall": (PRINT_MAP, 1.3),
    "dynaconf-cluster clustershell all": (PRINT_ALL, 1.3),
    "dynaconf-cluster clustershell list": ("print(*cluster.groups, sep='\\n')", 1.3),
    f"dynaconf-cluster clustershell reverse {HOST}": (PRINT_GROUPS, 1.3),
    "dynaconf-cluster check": ("print(len(cluster.hosts), len(cluster.groups))", 2.0),
    "dynaconf-cluster-inventory --list": (PRINT_INVENTORY, 1.3),
}
READ_ALL = "print(sum(map(len, cluster.groups.values())))"
LARGE = 1_000_000
SHOW_SIZE = 100_000
"""Cluster size for ``show``."""


def rows(options: Options) -> Iterator[Row]:
    yield _start_row(options)
    path = options.folder / "command.cluster"
    library = READ.format(path=str(path))
    for hosts in options.hosts:
        write_file(path, plain(hosts))
        for line, (program, goal) in COMMANDS.items():
            script, *arguments = line.split()
            command = [str(SCRIPTS / script), "--file", str(path), *arguments]
            ratio = _compare(command, library + program, options.rounds)
            what = " ".join(word for word in line.split() if word not in (GROUP, HOST))
            limit = goal if hosts >= LARGE else None  # start-up dominates below
            yield Row(f"`{what}`", f"{hosts:,} hosts", ratio, "the library", limit)
    write_file(path, plain(SHOW_SIZE))
    command = [str(SCRIPTS / "dynaconf-cluster"), "show", str(path)]
    ratio = _compare(command, library + READ_ALL, options.rounds)
    yield Row("`dynaconf-cluster show`", f"{SHOW_SIZE:,} hosts", ratio, "the library")


def _start_row(options: Options) -> Row:
    path = write_file(options.folder / "small.cluster", plain(10))
    command = [str(SCRIPTS / "dynaconf-cluster"), "--file", str(path), "hosts"]
    ratio = _compare(command, "import argparse", options.rounds * 5)
    return Row("`dynaconf-cluster hosts`", "10 hosts", ratio, '`python -c "import argparse"`', 2.5)


def _compare(command: list[str], program: str, rounds: int) -> float:
    """Return the command's time as a ratio to that of a Python program."""
    commands = {"command": command, "baseline": [sys.executable, "-c", program]}
    times = measure_tasks({name: partial(_run, run) for name, run in commands.items()}, rounds)
    return times["command"] / times["baseline"]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
