"""Benchmark: the loader's overhead on `set`, `update` and `get` of other settings."""

from __future__ import annotations

from collections.abc import Iterator
from timeit import Timer
from typing import Any

from .files import plain, settle, write_file
from .measure import Options, Row, make_settings, measure_calls

GOALS = {
    "settings.set('peak.x', 1)": 1.5,
    "settings.set('peak.running.cluster.x', 1)": 1.5,
    "settings.update({'PEAK': {'x': 1}}, merge=True)": 1.5,
    "settings.get('other')": 1.4,
    "settings.get('table.x')": 1.4,
    "settings.set('other', 1)": 1.4,
    "settings.set('table.x', 1)": 1.4,
}


def rows(options: Options) -> Iterator[Row]:
    path = write_file(options.folder / "small.cluster", plain(10))
    settle()
    extra: dict[str, Any] = {"other": 1, "table": {"x": 1}}
    variants = {loader: make_settings(path, loader=loader, **extra) for loader in (True, False)}
    timers = {
        (statement, loader): Timer(statement, globals={"settings": settings})
        for statement in GOALS
        for loader, settings in variants.items()
    }
    times = measure_calls(timers, options.rounds * 5)
    for statement, goal in GOALS.items():
        ratio = times[statement, True] / times[statement, False]
        yield Row(f"`{statement}`", "10 hosts", ratio, "without the loader", goal)
