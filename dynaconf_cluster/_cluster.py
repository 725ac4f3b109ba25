"""A cluster: what the sections of its file say, worked out when it is asked for.

Nothing here is computed before somebody asks, nothing is computed twice, and
all of it is bulk work on whole sections: reading a file should cost about what
it costs to hold its names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, MutableSequence, Sequence
from functools import cached_property, partial
from itertools import chain, repeat
from operator import itemgetter
from threading import RLock
from typing import Any, TypeVar

from ._names import Namespace
from ._parser import ALL, ORPHANS, RESERVED, Section

_K = TypeVar("_K")
_V = TypeVar("_V")


class Cluster:
    """The hosts and groups of a cluster file.

    ``groups`` and ``hosts`` are tuples in cluster order, the order in which
    the file first mentions each name; see `Namespace`.
    """

    def __init__(self, sections: tuple[Section, ...]) -> None:
        self._lock = RLock()
        self._sections = sections
        self._listings: list[tuple[int | None, str]] = []
        self._members = _Computed(self._find_members)
        self._above = _Computed(self._find_above)
        self._spread = _Computed(self._find_spread)
        self._scanned = False

    @staticmethod
    def alone(hostname: str) -> Cluster:
        """Return the cluster that is one machine without groups."""
        rank = {name: place for place, name in enumerate(RESERVED)}
        return _restore({hostname: 0}, [(None, ORPHANS)], rank, {}, {})

    def __reduce__(self) -> tuple[Callable[..., Cluster], tuple[Any, ...]]:
        self.hosts  # noqa: B018  # under the lock
        return _restore, (self._listed, self._listings, self._rank, self._lumps, self._alias)

    def __repr__(self) -> str:
        return f"<Cluster: {len(self.hosts):,} hosts in {len(self.groups):,} groups>"

    @cached_property
    def groups(self) -> Namespace:
        """The names of the declared groups and lumps; each gives its hosts."""
        with self._lock:
            names = {name: name for name in self._rank}
        return Namespace("group", names, self._members, hidden=RESERVED)

    @cached_property
    def hosts(self) -> Namespace:
        """The names of all hosts; each gives the groups that it is in."""
        with self._lock:
            return Namespace("host", self._listed, self._spread)

    def parts_of(self, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the groups that a lump names, and the hosts that a group lists itself."""
        with self._lock:
            named = sorted(self._lumps.get(group, ()), key=self._rank.__getitem__)
            return tuple(named), self._hosts_at(self._places.get(group, ()))

    # What the file says.

    @cached_property
    def _rank(self) -> dict[str, int]:
        """Each group's place in cluster order, the orphans before all others."""
        names = dict.fromkeys(RESERVED)
        for section in self._sections:
            names[section.name] = None
            if section.lump:
                names.update(dict.fromkeys(section.split()))
        return dict(zip(names, range(len(names)), strict=True))

    @cached_property
    def _lumps(self) -> dict[str, dict[str, None]]:
        """The groups and lumps that each lump names."""
        lumps: dict[str, dict[str, None]] = {}
        for section in self._sections:
            if section.lump:
                lumps.setdefault(section.name, {}).update(dict.fromkeys(section.split()))
        return lumps

    @cached_property
    def _listed(self) -> dict[str, int]:
        """Which groups list each host, as a number; hosts in cluster order.

        A number stands for a host's groups up to some section: for the number
        it had before, and the section. So hosts of the same groups share one,
        and none is longer than the others.
        """
        listed: dict[str, int] = {}
        numbers = _Computed(self._add_listing)
        for section in self._sections:
            if not section.lump:
                hosts, alone = section.split(), numbers[None, section.name]
                before = list(map(listed.setdefault, hosts, repeat(alone)))
                if before.count(alone) < len(before):
                    after = {number: numbers[number, section.name] for number in set(before)}
                    after[alone] = alone
                    listed.update(zip(hosts, map(after.__getitem__, before), strict=True))
        self._rank, self._lumps, self._alias  # noqa: B018  # all that is left to know of the text
        self._sections = ()
        return listed

    def _add_listing(self, listing: tuple[int | None, str]) -> int:
        self._listings.append(listing)
        return len(self._listings) - 1

    def _expand(self, number: int | None) -> dict[str, None]:
        """Return the groups that a number in `_listed` stands for."""
        groups: dict[str, None] = {}
        while number is not None:
            number, group = self._listings[number]
            groups[group] = None
        return groups

    @cached_property
    def _places(self) -> dict[str, MutableSequence[int]]:
        """The hosts that each group lists itself, as places in cluster order."""
        from array import array  # not needed by those who read one group

        places: dict[str, MutableSequence[int]] = defaultdict(partial(array, "I"))
        expanded = _Computed(self._expand)
        for place, number in enumerate(self._listed.values()):
            for group in expanded[number]:
                places[group].append(place)
        return places

    # From a group to its hosts.

    def _find_members(self, group: str) -> tuple[str, ...]:
        if (target := self._follow(group)) != group:
            return self._members[target]
        parts = self._find_parts(group)
        if ALL in parts:
            return self._order
        if not self._scanned and "_listed" not in self.__dict__:
            self._scanned = True
            return self._scan(parts)
        places = [self._places[part] for part in parts if part in self._places]
        united: Sequence[int] = places[0] if len(places) == 1 else sorted(set().union(*places))
        return self._hosts_at(united)

    def _hosts_at(self, places: Sequence[int]) -> tuple[str, ...]:
        if len(places) < 2:  # where an `itemgetter` gives no tuple
            return tuple(self._order[place] for place in places)
        hosts: tuple[str, ...] = itemgetter(*places)(self._order)
        return hosts

    @cached_property
    def _order(self) -> tuple[str, ...]:
        return tuple(self._listed)

    @cached_property
    def _alias(self) -> dict[str, str]:
        """Lumps that are nothing but another name for a group or a lump."""
        lists = {section.name for section in self._sections if not section.lump}
        return {
            lump: next(iter(names))
            for lump, names in self._lumps.items()
            if len(names) == 1 and lump not in lists
        }

    def _follow(self, group: str) -> str:
        way = []
        while group in self._alias:
            way.append(group)
            group = self._alias[group]
        self._alias.update(dict.fromkeys(way, group))
        return group

    def _find_parts(self, group: str) -> set[str]:
        """Find all that a group or lump is made of, itself included."""
        parts: set[str] = set()
        todo = [group]
        while todo:
            part = self._follow(todo.pop())
            if part not in parts:
                parts.add(part)
                todo.extend(self._lumps.get(part, ()))
        return parts

    def _scan(self, parts: set[str]) -> tuple[str, ...]:
        """Find the hosts of the first group that is asked for, without an index.

        They come in the order in which any group first lists them, so the
        sections up to the last of ``parts`` have to be gone through.
        """
        sections = [section for section in self._sections if not section.lump]
        while sections and sections[-1].name not in parts:
            sections.pop()
        inside = [section.split() for section in sections if section.name in parts]
        if len(inside) == len(sections):
            return tuple(dict.fromkeys(chain.from_iterable(inside)))
        wanted = set(chain.from_iterable(inside))
        listed = chain.from_iterable(section.split() for section in sections)
        return tuple(dict.fromkeys(filter(wanted.__contains__, listed)))

    # From a host to its groups.

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        parents: dict[str, list[str]] = {}
        for lump, names in self._lumps.items():
            for name in names:
                parents.setdefault(name, []).append(lump)
        return parents

    def _find_above(self, group: str) -> set[str]:
        """Find a group and the lumps that contain it, directly or through others."""
        above = {group}
        todo = [*self._parents.get(group, ()), *self._parents.get(ALL, ())]
        while todo:
            lump = todo.pop()
            if lump not in above:
                above.add(lump)
                todo.extend(self._parents.get(lump, ()))
        return above

    def _find_spread(self, number: int) -> tuple[str, ...]:
        """Find the groups of the hosts of a number in `_listed`, lumps included."""
        spread = set().union(*map(self._above.__getitem__, self._expand(number)))
        return tuple(sorted(spread, key=self._rank.__getitem__))


class _Computed(dict[_K, _V]):
    """Values that are computed when they are first looked up, by one thread at a time."""

    def __init__(self, compute: Callable[[_K], _V]) -> None:
        self._compute = compute
        self._lock = getattr(getattr(compute, "__self__", None), "_lock", None) or RLock()

    def __missing__(self, key: _K) -> _V:
        with self._lock:
            return self[key] if key in self else self.setdefault(key, self._compute(key))

    def __reduce__(self) -> tuple[type[_Computed[_K, _V]], tuple[Callable[[_K], _V]]]:
        return type(self), (self._compute,)


def _restore(
    listed: dict[str, int],
    listings: list[tuple[int | None, str]],
    rank: dict[str, int],
    lumps: dict[str, dict[str, None]],
    alias: dict[str, str],
) -> Cluster:
    cluster = Cluster(())
    cluster._listings = listings
    cluster.__dict__.update(_listed=listed, _rank=rank, _lumps=lumps, _alias=alias)
    return cluster
