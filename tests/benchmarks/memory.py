"""Rows: the resident memory that a process grows by (on Linux).

Run as a program, this is that process: it is told a file and a group, and
prints bytes.
"""

from __future__ import annotations

import gc
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .files import settle
from .loading import write_plain
from .measure import Options, Row, make_settings, tokens
from .task import load_nothing, read_all

MODULE = "tests.benchmarks.memory"
GOALS = {"tokens": float("nan"), "load": 1.3, "all": 7.0}
NAMES = {
    "tokens": "memory: `tokens`",
    "load": "memory: load, middle group",
    "all": "memory: load, everything read and held",
}


def rows(options: Options) -> Iterator[Row]:
    for hosts in options.hosts:
        path, groups = write_plain(options, hosts)
        settle()
        for what, goal in GOALS.items():
            grown = [_spawn(what, path, groups[len(groups) // 2]) for _ in range(3)]
            ratio = statistics.median(grown) / path.stat().st_size
            goal = goal if hosts >= 1_000_000 else math.nan
            yield Row(NAMES[what], f"{hosts:,} hosts", ratio, "the file's size", goal)


def _spawn(what: str, path: Path, group: str) -> int:
    command = [sys.executable, "-m", MODULE, what, str(path), group]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout)


def _grow(what: str, path: Path, group: str) -> int:
    """Measure what a process grows by that has used all that it needs on a small file."""
    small = path.with_suffix(".small")
    small.write_text("GROUP:odd\none.baz.com\n", "utf-8")
    settle()
    kept: list[object] = [load_nothing(small, ""), read_all(small, "")]
    before = _resident()
    if what == "tokens":
        kept.append(tokens(path))
    elif what == "all":
        kept.append(read_all(path, group))
    else:
        settings = make_settings(path)
        kept += [settings, settings.peak.running.cluster.groups[group]]
    return _resident() - before


def _resident() -> int:
    gc.collect()
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(_grow(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
