"""How things are measured: by turns, in several rounds, as ratios."""

from __future__ import annotations

import gc
import math
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from timeit import Timer
from typing import Any, NamedTuple, TypeVar

from dynaconf import Dynaconf

_T = TypeVar("_T")

ENVIRONMENT_LOADER = "dynaconf.loaders.env_loader"
LOADERS = ["dynaconf_cluster.loader", ENVIRONMENT_LOADER]


class Row(NamedTuple):
    """A line of the table."""

    what: str
    at: str
    ratio: float
    to: str
    """What the ratio is to."""
    goal: float = math.nan


class Options(NamedTuple):
    folder: Path
    hosts: list[int]
    rounds: int
    lines: int
    """Of the files of odd shapes."""
    errors: int
    """The bytes of files that are refused."""


def tokens(path: Path) -> dict[str, None]:
    """Do what anything that holds every name in a dict has to do."""
    with path.open("rb") as file:
        return dict.fromkeys(file.read().decode().split())


def make_settings(path: Path, *, loader: bool = True, **more: Any) -> Any:
    """Make settings that name a cluster file; without the loader they are dynaconf's alone."""
    loaders = LOADERS if loader else [ENVIRONMENT_LOADER]
    peak = {"running": {"cluster": {"_filename": str(path)}}}
    return Dynaconf(loaders=loaders, PEAK=peak, **more)


def measure_by_turns(tasks: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Give the median seconds of each task; what it returns is dropped off the clock."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            gc.collect()
            start = perf_counter()
            result = task()
            times[name].append(perf_counter() - start)
            del result
    return {name: statistics.median(taken) for name, taken in times.items()}


Task = tuple[str, Path, str]
"""What `task` does in a process of its own: its name, a file and a group."""


def measure_processes(tasks: Mapping[_T, Task], rounds: int) -> dict[_T, float]:
    """Give the median seconds of each task, by turns, each time in a fresh process."""
    times: dict[_T, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            command = [sys.executable, "-m", "tests.benchmarks.task", *map(str, task)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            times[name].append(float(done.stdout))
    return {name: statistics.median(taken) for name, taken in times.items()}


def measure_calls(timers: Mapping[_T, Timer], rounds: int) -> dict[_T, float]:
    """Give the median seconds of each statement, repeated for some milliseconds a round."""
    repeats: dict[_T, int] = {}
    for name, timer in timers.items():
        timer.timeit(1)  # what is worked out once is not at issue
        repeats[name] = max(1, int(0.005 / timer.timeit(1)))
    times: dict[_T, list[float]] = {name: [] for name in timers}
    for _ in range(rounds):
        for name, timer in timers.items():
            times[name].append(timer.timeit(repeats[name]) / repeats[name])
    return {name: statistics.median(taken) for name, taken in times.items()}
