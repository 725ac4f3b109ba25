"""Rows: what the loader adds to reading and writing other settings, and to writing below `peak`."""

from __future__ import annotations

from collections.abc import Iterator
from timeit import Timer
from typing import Any

from .files import plain, settle, write_file
from .measure import Options, Row, make_settings, measure_calls

WRITES = {
    "`settings.set('peak.x', 1)`": ("settings.set('peak.x', 1)", 1.5),
    "`settings.set('peak.running.cluster.x', 1)`": (
        "settings.set('peak.running.cluster.x', 1)",
        1.5,
    ),
    "`settings.update(PEAK={...}, merge=True)`": (
        "settings.update({'PEAK': {'x': 1}}, merge=True)",
        1.5,
    ),
    "`settings.get('other')`": ("settings.get('other')", 1.4),
    "`settings.get('other.x')`": ("settings.get('table.x')", 1.4),
    "`settings.set('other', 1)`": ("settings.set('other', 1)", 1.4),
    "`settings.set('other.x', 1)`": ("settings.set('table.x', 1)", 1.4),
}


def rows(options: Options) -> Iterator[Row]:
    path = write_file(options.folder / "small.cluster", plain(10))
    settle()
    more: dict[str, Any] = {"other": 1, "table": {"x": 1}}
    kinds = {
        "with": make_settings(path, **more),
        "without": make_settings(path, loader=False, **more),
    }
    timers = {
        (what, kind): Timer(statement, globals={"settings": settings})
        for what, (statement, _) in WRITES.items()
        for kind, settings in kinds.items()
    }
    took = measure_calls(timers, options.rounds * 5)
    for what, (_, goal) in WRITES.items():
        ratio = took[what, "with"] / took[what, "without"]
        yield Row(what, "10 hosts", ratio, "without the loader", goal)
