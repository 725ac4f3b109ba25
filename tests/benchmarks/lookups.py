"""Benchmark: lookups, by cluster size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from timeit import Timer
from typing import Any, NamedTuple

from dynaconf import Dynaconf

from .files import settle
from .loading import write_plain
from .measure import Options, Row, make_settings, measure_calls

SIZES = (10, 1000, 100_000, 1_000_000)
FEW, MANY = 10, 1000
"""How many names to cycle through: as many as the plain settings have, and too many for
the CPU caches in a large cluster."""
GOAL = 1.3

_HOSTS = "peak.running.cluster.hosts"


class _Lookup(NamedTuple):
    statement: str
    """NAME stands for a host or group."""
    plain: str
    """The baseline; KEY stands for one of ten keys."""
    growth_goal: float = GOAL


LOOKUPS = {
    "`groups.name`": _Lookup("groups.NAME", "node.KEY"),
    "`groups['name']`": _Lookup("groups['NAME']", "node['KEY']"),
    "`hosts['a.b.c']`": _Lookup("hosts['NAME']", "node['KEY']"),
    "miss: `groups.get('name')`": _Lookup("groups.get('NAME-')", "node.get('KEY')"),
    "`name in hosts`": _Lookup("'NAME' in hosts", "node['KEY']", growth_goal=2),
    "`settings.peak.running.cluster.groups.name`": _Lookup(
        "settings.peak.running.cluster.groups.NAME", "plain.peak.running.cluster.groups.KEY"
    ),
    "`settings.get('....hosts.a.b.c')`": _Lookup(
        f"settings.get('{_HOSTS}.NAME')", f"plain.get('{_HOSTS}.KEY.fra.example.com')"
    ),
    "miss: `settings.get('....hosts.a.b.c')`": _Lookup(
        f"settings.get('{_HOSTS}.NAME-')", f"plain.get('{_HOSTS}.KEY.fra.example.com')"
    ),
}
_HOST_LOOKUPS = {what: lookup.statement for what, lookup in LOOKUPS.items() if "hosts" in what}
_CYCLED = {"`{...}['a.b.c']`, plain dict": "plain_dict['NAME']"} | _HOST_LOOKUPS

Times = dict[tuple[int, str], float]
"""Seconds by cluster size and timer."""


def rows(options: Options) -> Iterator[Row]:
    timers: dict[tuple[int, str], Timer] = {}
    for size in SIZES:
        path, groups = write_plain(options, size)
        settle()
        made = _make_timers(make_settings(path), groups)
        timers |= {(size, what): timer for what, timer in made.items()}
    times = measure_calls(timers, options.rounds * 3)
    yield from _plain_rows(times)
    yield from _growth_rows(times)


def _plain_rows(times: Times) -> Iterator[Row]:
    at = f"worst of {min(SIZES)} to {max(SIZES):,} hosts"
    for what in LOOKUPS:
        ratio = max(times[size, what] / times[size, f"plain {what}"] for size in SIZES)
        yield Row(what, at, ratio, "plain setting", GOAL)


def _growth_rows(times: Times) -> Iterator[Row]:
    for what, lookup in LOOKUPS.items():
        yield growth_row(what, {size: times[size, what] for size in SIZES}, lookup.growth_goal)
    for what in _CYCLED:
        by_size = {size: times[size, f"many {what}"] for size in SIZES if size >= MANY}
        yield growth_row(f"{what}, cycling through {MANY:,} names", by_size)


def growth_row(what: str, times: dict[int, float], goal: float | None = None) -> Row:
    """Compare the largest size with the smallest."""
    small, large = min(times), max(times)
    return Row(what, f"{large:,} hosts", times[large] / times[small], f"{small:,} hosts", goal)


def _make_timers(settings: Any, groups: list[str]) -> dict[str, Timer]:
    keys = [f"key{number}" for number in range(FEW)]
    plain = _make_plain(keys)
    cluster = settings.peak.running.cluster
    hosts = cluster.hosts
    variables = {
        "settings": settings,
        "groups": cluster.groups,
        "hosts": hosts,
        "plain_dict": dict.fromkeys(hosts),
        "plain": plain,
        "node": plain.peak.running.cluster.groups,
    }
    timers: dict[str, Timer] = {}
    for what, (statement, baseline, _) in LOOKUPS.items():
        names = _pick(hosts if what in _HOST_LOOKUPS else groups, FEW)
        timers[what] = _make_timer(statement, "NAME", names, variables)
        timers[f"plain {what}"] = _make_timer(baseline, "KEY", keys, variables)
    for what, statement in _CYCLED.items():
        timers[f"many {what}"] = _make_timer(statement, "NAME", _pick(hosts, MANY), variables)
    return timers


def _make_plain(keys: list[str]) -> Any:
    """Make settings of the same depth, with about ten keys per level below the top."""
    few = {key: key for key in keys}
    host = {key: {"fra": {"example": {"com": "value"}, **few}, **few} for key in keys}
    tree = {"groups": few, "hosts": host}
    for label in ("cluster", "running"):
        tree = {label: {**tree, **few}}
    return Dynaconf(loaders=[], PEAK=tree)


def _pick(names: Iterable[str], count: int) -> list[str]:
    """Pick evenly spaced names; the odd step mixes sites."""
    listed = list(names)
    return listed[:: max(1, (len(listed) - 1) // count | 1)][:count]


def _make_timer(statement: str, mark: str, names: list[str], variables: dict[str, Any]) -> Timer:
    """Time a thousand lookups in a row, without a loop."""
    cycled = (names * (MANY // len(names) + 1))[:MANY]
    return Timer("\n".join(statement.replace(mark, n) for n in cycled), globals=variables)
