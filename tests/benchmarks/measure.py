"""Interleaved timing over several rounds."""

from __future__ import annotations

import gc
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

Task = tuple[str, Path, str]
"""The arguments of the module `task`."""


class Row(NamedTuple):
    what: str
    at: str
    ratio: float
    to: str
    """The baseline."""
    goal: float | None = None


class Options(NamedTuple):
    folder: Path
    hosts: list[int]
    rounds: int
    lines: int
    """Per file in the part "shapes"."""
    errors: int
    """Bytes per file in the part "errors"."""


def tokens(path: Path) -> dict[str, None]:
    """Do the minimum: keep every name in a dict."""
    with path.open("rb") as file:
        return dict.fromkeys(file.read().decode().split())


def make_settings(path: Path, *, loader: bool = True, **extra: Any) -> Any:
    """Make settings that name a cluster file, with or without the cluster loader."""
    loaders = LOADERS if loader else [ENVIRONMENT_LOADER]
    peak = {"running": {"cluster": {"_filename": str(path)}}}
    return Dynaconf(loaders=loaders, PEAK=peak, **extra)


def measure_tasks(tasks: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each task, not counting the disposal of its result."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            gc.collect()
            start = perf_counter()
            result = task()
            times[name].append(perf_counter() - start)
            del result
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def measure_processes(tasks: Mapping[str, Task], rounds: int) -> dict[str, float]:
    """Return the median seconds of each task, in a fresh process each time."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            command = [sys.executable, "-m", "tests.benchmarks.task", *map(str, task)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            times[name].append(float(done.stdout))
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def measure_calls(timers: Mapping[_T, Timer], rounds: int) -> dict[_T, float]:
    """Return the median seconds of each statement, repeated for about 5 ms per round."""
    repeats: dict[_T, int] = {}
    for name, timer in timers.items():
        timer.timeit(1)  # warm-up
        repeats[name] = max(1, int(0.005 / timer.timeit(1)))
    times: dict[_T, list[float]] = {name: [] for name in timers}
    for _ in range(rounds):
        for name, timer in timers.items():
            times[name].append(timer.timeit(repeats[name]) / repeats[name])
    return {name: statistics.median(seconds) for name, seconds in times.items()}
