"""Rows: looking things up in clusters of any size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from timeit import Timer
from typing import Any, NamedTuple

from dynaconf import Dynaconf

from .files import settle
from .loading import write_plain
from .measure import Options, Row, make_settings, measure_calls

SIZES = (10, 1000, 100_000, 1_000_000)
SAMPLE = 1000
"""Names that are looked up by turns, for the processor not to know what comes."""

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
        f"settings.get('{_DEEP}.NAME')", f"plain.get('{_DEEP}.KEY.fra.example.com')", 2
    ),
    "a miss: `settings.get('....hosts.a.b.c')`": _LookUp(
        f"settings.get('{_DEEP}.NAME-')", f"plain.get('{_DEEP}.KEY.fra.example.com')", 2
    ),
}


def rows(options: Options) -> Iterator[Row]:
    timers: dict[tuple[int, str], Timer] = {}
    for size in SIZES:
        path, groups = write_plain(options, size)
        settle()
        made = _make_timers(make_settings(path), groups)
        timers |= {(size, what): timer for what, timer in made.items()}
    took = measure_calls(timers, options.rounds)
    yield from _plain_rows(took)
    yield from _growth_rows(took)


def _plain_rows(took: dict[tuple[int, str], float]) -> Iterator[Row]:
    for what, look_up in LOOK_UPS.items():
        for size in SIZES:
            ratio = took[size, what] / took[size, f"plain {what}"]
            yield Row(what, f"{size:,} hosts", ratio, "a plain setting", look_up.goal)


def _growth_rows(took: dict[tuple[int, str], float]) -> Iterator[Row]:
    for what, look_up in LOOK_UPS.items():
        yield grow(what, {size: took[size, what] for size in SIZES}, look_up.growth)


def grow(what: str, seconds: dict[int, float], goal: float) -> Row:
    """Compare the largest size with the smallest."""
    small, large = min(seconds), max(seconds)
    at = f"{large:,} hosts"
    return Row(what, at, seconds[large] / seconds[small], f"{small:,} hosts", goal)


def _make_timers(settings: Any, groups: list[str]) -> dict[str, Timer]:
    keys = [f"key{number}" for number in range(10)]
    plain = _make_plain(keys)
    cluster = settings.peak.running.cluster
    names = {
        "settings": settings,
        "groups": cluster.groups,
        "hosts": cluster.hosts,
        "plain": plain,
        "node": plain.peak.running.cluster.groups,
    }
    timers: dict[str, Timer] = {}
    for what, (statement, usual, *_) in LOOK_UPS.items():
        some = _pick(groups if "groups" in statement else cluster.hosts)
        timers[what] = _make_timer(statement, "NAME", some, names)
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


def _pick(names: Iterable[str]) -> list[str]:
    listed = list(names)
    return listed[:: len(listed) // SAMPLE | 1][:SAMPLE]


def _make_timer(statement: str, mark: str, names: list[str], known: dict[str, Any]) -> Timer:
    """Make a timer of a thousand look-ups, one after the other."""
    many = (names * (SAMPLE // len(names) + 1))[:SAMPLE]
    return Timer("\n".join(statement.replace(mark, name) for name in many), globals=known)
