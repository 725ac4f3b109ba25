"""Rows: what the loader adds to making settings and to a process, at ten hosts."""

from __future__ import annotations

import compileall
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from dynaconf import Dynaconf

import dynaconf_cluster

from .files import plain, settle, write_file
from .measure import ENVIRONMENT_LOADER, LOADERS, Options, Row, measure_by_turns

REPEATS = 50
PROCESSES = 20
"""Times as many rounds as for longer work."""

PROGRAM = """
import sys
for name in ("django", "flask", "jinja2"):
    sys.modules[name] = None  # dynaconf imports these where it can, which hides all else
from dynaconf import Dynaconf
settings = Dynaconf(settings_files=[{file!r}], loaders={loaders})
settings.{setting}
"""

KINDS = ("an absolute", "a relative")


def rows(options: Options) -> Iterator[Row]:
    files = _write(options.folder)
    settle()
    yield from _settings_rows(files, options.rounds)
    yield from _process_rows(files, options.rounds)


def _write(folder: Path) -> dict[str, str]:
    """Write a cluster file, and settings files that name it in either way."""
    cluster = write_file(folder / "small.cluster", plain(10))
    files: dict[str, str] = {}
    for kind, name in zip(KINDS, (cluster, cluster.name), strict=True):
        file = folder / f"settings-{kind.split()[1]}.toml"
        file.write_text(f'name = "value"\n[peak.running.cluster]\n_filename = "{name}"\n', "utf-8")
        files[kind] = str(file)
    return files


def _settings_rows(files: dict[str, str], rounds: int) -> Iterator[Row]:
    tasks = {"without": partial(_make, files[KINDS[0]], [ENVIRONMENT_LOADER])}
    tasks |= {kind: partial(_make, file, LOADERS) for kind, file in files.items()}
    tasks |= {f"group, {kind}": partial(_read_group, file) for kind, file in files.items()}
    took = measure_by_turns(tasks, rounds * REPEATS)
    for prefix, what, goal in (("", "a value", 1.08), ("group, ", "a group", 1.08)):
        for kind in KINDS:
            ratio = took[prefix + kind] / took["without"]
            row = f"`Dynaconf()` and reading {what}, {kind} `_filename`"
            yield Row(row, "10 hosts", ratio, "without the loader", goal)


def _make(file: str, loaders: list[str]) -> Any:
    settings = Dynaconf(settings_files=[file], loaders=loaders)
    return settings, settings.name


def _read_group(file: str) -> Any:
    settings = Dynaconf(settings_files=[file], loaders=LOADERS)
    return settings, settings.peak.running.cluster.groups.group00000


def _process_rows(files: dict[str, str], rounds: int) -> Iterator[Row]:
    file = files[KINDS[0]]
    compileall.compile_dir(dynaconf_cluster.__path__[0], quiet=1)  # as installers do
    group = "peak.running.cluster.groups.group00000"
    tasks = {
        "without": partial(_run, file, [ENVIRONMENT_LOADER], "name"),
        "a whole process": partial(_run, file, LOADERS, "name"),
        "a whole process that reads a group": partial(_run, file, LOADERS, group),
    }
    took = measure_by_turns(tasks, rounds * PROCESSES)
    for what in [*tasks][1:]:
        yield Row(what, "10 hosts", took[what] / took["without"], "without the loader", 1.05)


def _run(file: str, loaders: list[str], setting: str) -> None:
    program = PROGRAM.format(file=file, loaders=loaders, setting=setting)
    subprocess.run([sys.executable, "-c", program], check=True)
