"""Benchmark: reload while the cluster file is unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from timeit import Timer
from typing import Any

from dynaconf import Dynaconf

from .files import settle
from .loading import write_plain
from .lookups import SIZES, growth_row
from .measure import LOADERS, Options, Row, measure_calls


def _reload(settings: Any) -> Any:
    settings.reload()
    return settings


def _using_env(settings: Any) -> Any:
    with settings.using_env("production"):
        return settings


def _from_env(settings: Any) -> Any:
    return settings.from_env("production")


def _get_fresh(settings: Any) -> Any:
    settings.get_fresh("PEAK")
    return settings


RELOADS: dict[str, Callable[[Any], Any]] = {
    "`reload()`": _reload,
    "`using_env(...)`": _using_env,
    "`from_env(...)`": _from_env,
    "`get_fresh(...)`": _get_fresh,
}


def rows(options: Options) -> Iterator[Row]:
    timers: dict[tuple[int, str], Timer] = {}
    for size in SIZES:
        path, groups = write_plain(options, size)
        settle()
        settings = _make_settings(path)
        for what, reload in RELOADS.items():
            timers[size, what] = Timer(partial(_reload_and_read, reload, settings, groups[0]))
    times = measure_calls(timers, options.rounds)
    for what in RELOADS:
        by_size = {size: times[size, what] for size in SIZES}
        yield growth_row(f"{what} and read a group, file unchanged", by_size, 1.3)


def _make_settings(path: Path) -> Any:
    file = path.with_suffix(".toml")
    file.write_text(f'[default.peak.running.cluster]\n_filename = "{path}"\n', "utf-8")
    return Dynaconf(loaders=LOADERS, settings_files=[str(file)], environments=True)


def _reload_and_read(reload: Callable[[Any], Any], settings: Any, group: str) -> object:
    return reload(settings).peak.running.cluster.groups[group]
