"""Benchmark: growth in resident memory (Linux only).

Run as a program: measure a task, given its name, a file and a group. Prints bytes.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .files import settle
from .loading import write_plain
from .measure import Options, Row
from .task import TASKS, load_dynaconf, read_all

GOALS = {
    "read_tokens": ("memory: `tokens`", None),
    "load": ("memory: load, middle group", 1.3),
    "read_all": ("memory: load, keep everything", 7.0),
}


def rows(options: Options) -> Iterator[Row]:
    for hosts in options.hosts:
        path, groups = write_plain(options, hosts)
        settle()
        for task, (what, goal) in GOALS.items():
            growth = [_spawn(task, path, groups[len(groups) // 2]) for _ in range(3)]
            ratio = statistics.median(growth) / path.stat().st_size
            limit = goal if hosts >= 1_000_000 else None
            yield Row(what, f"{hosts:,} hosts", ratio, "file size", limit)


def _spawn(task: str, path: Path, group: str) -> int:
    command = [sys.executable, "-m", "tests.benchmarks.memory", task, str(path), group]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure_growth(task: str, path: Path, group: str) -> int:
    small = path.with_suffix(".small")
    small.write_text("GROUP:odd\none.baz.com\n", "utf-8")
    settle()
    kept = [load_dynaconf(small, ""), read_all(small, "")]  # warm-up
    before = _resident()
    kept.append(TASKS[task](path, group))
    return _resident() - before


def _resident() -> int:
    gc.collect()
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(_measure_growth(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
