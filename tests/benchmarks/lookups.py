"""Rows: looking things up in clusters of any size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from timeit import Timer
from typing import Any, NamedTuple

from dynaconf import Dynaconf

from .files import settle
from .loading import write_plain
from .measure import Options, Row, make_settings, measure_calls

SIZES = (10, 1000, 100_000, 1_000_000)
FEW, MANY = 10, 1000
"""Different names that are looked up by turns: as many as the plain settings have, and
more than the processor's caches hold of a large cluster."""

_DEEP = "peak.running.cluster.hosts"


class _LookUp(NamedTuple):
    statement: str
    """With the name of a host or a group in place of NAME."""
    plain: str
    """What it is compared with; KEY is one of ten keys."""
    goal: float = 1.3
    growth: float = 1.3


LOOK_UPS = {
    "`groups.name`": _LookUp("groups.NAME", "node.KEY"),
    "`groups['name']`": _LookUp("groups['NAME']", "node['KEY']"),
    "`hosts['a.b.c']`": _LookUp("hosts['NAME']", "node['KEY']"),
    "a miss: `groups.get('name')`": _LookUp("groups.get('NAME-')", "node.get('KEY')"),
    "`name in hosts`": _LookUp("'NAME' in hosts", "node['KEY']", growth=2),
    "`settings.peak.running.cluster.groups.name`": _LookUp(
        "settings.peak.running.cluster.groups.NAME", "plain.peak.running.cluster.groups.KEY"
    ),
    "`settings.get('....hosts.a.b.c')`": _LookUp(
        f"settings.get('{_DEEP}.NAME')", f"plain.get('{_DEEP}.KEY.fra.example.com')"
    ),
    "a miss: `settings.get('....hosts.a.b.c')`": _LookUp(
        f"settings.get('{_DEEP}.NAME-')", f"plain.get('{_DEEP}.KEY.fra.example.com')"
    ),
}


_FLOOR = "`{...}['a.b.c']`, a plain dict"
_OF_HOSTS = [what for what in LOOK_UPS if "hosts" in what]

Taken = dict[tuple[int, str], float]
"""Seconds, by the size of the cluster and what was done."""


def rows(options: Options) -> Iterator[Row]:
    timers: dict[tuple[int, str], Timer] = {}
    for size in SIZES:
        path, groups = write_plain(options, size)
        settle()
        made = _make_timers(make_settings(path), groups)
        timers |= {(size, what): timer for what, timer in made.items()}
    took = measure_calls(timers, options.rounds * 3)
    yield from _plain_rows(took)
    yield from _growth_rows(took)


def _plain_rows(took: Taken) -> Iterator[Row]:
    at = f"the worst of {min(SIZES)} to {max(SIZES):,} hosts"
    for what, look_up in LOOK_UPS.items():
        ratio = max(took[size, what] / took[size, f"plain {what}"] for size in SIZES)
        yield Row(what, at, ratio, "a plain setting", look_up.goal)


def _growth_rows(took: Taken) -> Iterator[Row]:
    for what, look_up in LOOK_UPS.items():
        yield grow(what, {size: took[size, what] for size in SIZES}, look_up.growth)
    for what in (_FLOOR, *_OF_HOSTS):
        seconds = {size: took[size, f"many {what}"] for size in SIZES if size >= MANY}
        yield grow(f"{what}, {MANY:,} names by turns", seconds)


def grow(what: str, seconds: dict[int, float], goal: float = math.nan) -> Row:
    """Compare the largest size with the smallest."""
    small, large = min(seconds), max(seconds)
    at = f"{large:,} hosts"
    return Row(what, at, seconds[large] / seconds[small], f"{small:,} hosts", goal)


def _make_timers(settings: Any, groups: list[str]) -> dict[str, Timer]:
    keys = [f"key{number}" for number in range(FEW)]
    plain = _make_plain(keys)
    cluster = settings.peak.running.cluster
    hosts = cluster.hosts
    names = {
        "settings": settings,
        "groups": cluster.groups,
        "hosts": hosts,
        "floor": dict.fromkeys(hosts),
        "plain": plain,
        "node": plain.peak.running.cluster.groups,
    }
    timers = {f"many {_FLOOR}": _make_timer("floor['NAME']", "NAME", _pick(hosts, MANY), names)}
    for what, (statement, usual, *_) in LOOK_UPS.items():
        some = hosts if what in _OF_HOSTS else groups
        timers[what] = _make_timer(statement, "NAME", _pick(some, FEW), names)
        timers[f"many {what}"] = _make_timer(statement, "NAME", _pick(some, MANY), names)
        timers[f"plain {what}"] = _make_timer(usual, "KEY", keys, names)
    return timers


def _make_plain(keys: list[str]) -> Any:
    """Make settings of the same depth, about ten keys at each level but the topmost."""
    few = {key: key for key in keys}
    host = {key: {"fra": {"example": {"com": "value"}, **few}, **few} for key in keys}
    tree = {"groups": few, "hosts": host}
    for label in ("cluster", "running"):
        tree = {label: {**tree, **few}}
    return Dynaconf(loaders=[], PEAK=tree)


def _pick(names: Iterable[str], count: int) -> list[str]:
    """Pick names from all over; the odd distance keeps them from being all of a kind."""
    listed = list(names)
    return listed[:: max(1, (len(listed) - 1) // count | 1)][:count]


def _make_timer(statement: str, mark: str, names: list[str], known: dict[str, Any]) -> Timer:
    """Make a timer of a thousand look-ups, one after the other."""
    many = (names * (MANY // len(names) + 1))[:MANY]
    return Timer("\n".join(statement.replace(mark, name) for name in many), globals=known)
