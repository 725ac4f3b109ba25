"""Rows: loading again what has not changed, in clusters of any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from timeit import Timer
from typing import Any

from dynaconf import Dynaconf

from .files import settle
from .loading import write_plain
from .lookups import SIZES, grow
from .measure import LOADERS, Options, Row, measure_calls


def _reload(settings: Any) -> Any:
    settings.reload()
    return settings


def _use_env(settings: Any) -> Any:
    with settings.using_env("production"):
        return settings


def _use_from_env(settings: Any) -> Any:
    return settings.from_env("production")


def _get_fresh(settings: Any) -> Any:
    settings.get_fresh("PEAK")
    return settings


WAYS: dict[str, Callable[[Any], Any]] = {
    "`reload()`": _reload,
    "`using_env(...)`": _use_env,
    "`from_env(...)`": _use_from_env,
    "`get_fresh(...)`": _get_fresh,
}


def rows(options: Options) -> Iterator[Row]:
    timers: dict[tuple[int, str], Timer] = {}
    for size in SIZES:
        path, groups = write_plain(options, size)
        settle()
        settings = _make_settings(path)
        for what, way in WAYS.items():
            timers[size, what] = Timer(partial(_load_again, way, settings, groups[0]))
    took = measure_calls(timers, options.rounds)
    for what in WAYS:
        seconds = {size: took[size, what] for size in SIZES}
        yield grow(f"{what} and reading a group, the file unchanged", seconds, 1.3)


def _make_settings(path: Path) -> Any:
    file = path.with_suffix(".toml")
    file.write_text(f'[default.peak.running.cluster]\n_filename = "{path}"\n', "utf-8")
    return Dynaconf(loaders=LOADERS, settings_files=[str(file)], environments=True)


def _load_again(way: Callable[[Any], Any], settings: Any, group: str) -> object:
    return way(settings).peak.running.cluster.groups[group]
