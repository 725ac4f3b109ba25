"""Benchmark: the loader's overhead on start-up, with ten hosts."""

from __future__ import annotations

import compileall
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from dynaconf import Dynaconf

import dynaconf_cluster

from .files import plain, settle, write_file
from .measure import ENVIRONMENT_LOADER, LOADERS, Options, Row, measure_tasks

SETTINGS_ROUNDS, PROCESS_ROUNDS = 50, 20
"""Multiples of ``--rounds``, as short tasks are noisy."""

PROGRAM = """
import sys
for name in ("django", "flask", "jinja2"):
    sys.modules[name] = None  # optional imports of dynaconf that would dwarf the rest
from dynaconf import Dynaconf
settings = Dynaconf(settings_files=[{file!r}], loaders={loaders})
settings.{setting}
"""

KINDS = ("absolute", "relative")


def rows(options: Options) -> Iterator[Row]:
    files = _write(options.folder)
    settle()
    yield from _settings_rows(files, options.rounds)
    yield from _process_rows(files["absolute"], options.rounds)


def _write(folder: Path) -> dict[str, str]:
    """Write a cluster file, and settings files with its absolute and relative path."""
    cluster = write_file(folder / "small.cluster", plain(10))
    files: dict[str, str] = {}
    for kind, name in zip(KINDS, (cluster, cluster.name), strict=True):
        file = folder / f"settings-{kind}.toml"
        file.write_text(f'name = "value"\n[peak.running.cluster]\n_filename = "{name}"\n', "utf-8")
        files[kind] = str(file)
    return files


def _settings_rows(files: dict[str, str], rounds: int) -> Iterator[Row]:
    tasks = {"baseline": partial(_read_value, files["absolute"], [ENVIRONMENT_LOADER])}
    for what, read in (("a value", _read_value), ("a group", _read_group)):
        for kind, file in files.items():
            row = f"`Dynaconf()` and read {what}, {kind} `_filename`"
            tasks[row] = partial(read, file, LOADERS)
    return _compare(tasks, rounds * SETTINGS_ROUNDS, 1.08)


def _read_value(file: str, loaders: list[str]) -> Any:
    settings = Dynaconf(settings_files=[file], loaders=loaders)
    return settings, settings.name


def _read_group(file: str, loaders: list[str]) -> Any:
    settings = Dynaconf(settings_files=[file], loaders=loaders)
    return settings, settings.peak.running.cluster.groups.group00000


def _process_rows(file: str, rounds: int) -> Iterator[Row]:
    compileall.compile_dir(dynaconf_cluster.__path__[0], quiet=1)  # as installers do
    group = "peak.running.cluster.groups.group00000"
    tasks = {
        "baseline": partial(_run, file, [ENVIRONMENT_LOADER], "name"),
        "whole process": partial(_run, file, LOADERS, "name"),
        "whole process, read a group": partial(_run, file, LOADERS, group),
    }
    return _compare(tasks, rounds * PROCESS_ROUNDS, 1.05)


def _run(file: str, loaders: list[str], setting: str) -> None:
    program = PROGRAM.format(file=file, loaders=loaders, setting=setting)
    subprocess.run([sys.executable, "-c", program], check=True)


def _compare(tasks: Mapping[str, Callable[[], object]], rounds: int, goal: float) -> Iterator[Row]:
    times = measure_tasks(tasks, rounds)
    baseline = times.pop("baseline")
    for what, seconds in times.items():
        yield Row(what, "10 hosts", seconds / baseline, "without the loader", goal)
