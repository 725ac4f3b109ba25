"""Working out from the sections of a cluster file which hosts and groups there are.

Nothing is worked out before somebody asks: the first group by a scan of the
text, all else from one index, which cuts out whole groups at once. It is bulk
work on whole sections, as reading a file should cost about what it costs to
hold its names.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Set
from functools import cached_property, partial
from itertools import chain, count, pairwise
from operator import lt
from threading import RLock
from typing import Any, TypeVar

from ._names import Namespace
from ._parser import Sections
from ._rules import ALL, RESERVED

_K = TypeVar("_K")
_V = TypeVar("_V")


class Resolution:
    """What a cluster's sections say of its hosts and groups.

    What ``note()`` gives is told of names that are not there.
    """

    def __init__(self, sections: Sections, note: Callable[[], str] = str) -> None:
        self._note = note
        self._lock = RLock()
        self._sections = sections
        self._members = _Computed(self._find_members)
        self._above = _Computed(self._find_above)
        self._spread = _Computed(self._find_spread)
        self._scanned = False

    @cached_property
    def groups(self) -> Namespace:
        with self._lock:
            return Namespace("group", self._named[0], self._members, RESERVED, note=self._note)

    @cached_property
    def hosts(self) -> Namespace:
        with self._lock:
            index = self._index
            return Namespace(
                "host", index.listed, self._spread, listed=index.order, note=self._note
            )

    def parts_of(self, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        with self._lock:
            return self._sort(self._lumps.get(group, ())), self._unite([group])

    # What the file says.

    @cached_property
    def _named(self) -> tuple[dict[str, str], dict[str, dict[str, None]]]:
        order = [*RESERVED, *self._sections.names]
        lumps: dict[str, dict[str, None]] = {}
        if self._sections.lumps:  # which may be the first to name a group
            order = [*RESERVED]
            for name, is_lump, text in self._sections:
                order.append(name)
                if is_lump:
                    below = self._sections.split(text)
                    order += below
                    lumps.setdefault(name, {}).update(dict.fromkeys(below))
        names = dict(zip(order, order, strict=True))
        return names, lumps

    @cached_property
    def _rank(self) -> dict[str, int]:
        """Each group's place in cluster order, the orphans before all others."""
        names = self._named[0]
        return dict(zip(names, range(len(names)), strict=True))

    @property
    def _lumps(self) -> dict[str, dict[str, None]]:
        """The groups and lumps that each lump names."""
        return self._named[1]

    @cached_property
    def _index(self) -> _Index:
        """All that is read of the hosts; groups that are one block get theirs at once."""
        gathered = self._gathered
        sections, starts, listed, several, reopened = gathered
        again: defaultdict[str, array[int]] = defaultdict(partial(array, "I"))
        index = _Index(tuple(listed), listed, sections, starts, again)
        if reopened:
            last = dict(zip(sections, count()))
            for place, name in enumerate(sections):
                if last[name] != place:
                    again[name].extend(range(*starts[place : place + 2]))
        changed = self._arrange(index) if several else {}
        if reopened:  # which may have put places in twice, and out of order
            again.update({name: array("I", sorted({*again[name]})) for name in again})
        elsewhere = index.again.keys() | self._lumps.keys()
        whole = {
            name: index.order[start:end]
            for name, (start, end) in zip(sections, pairwise(starts), strict=True)
            if name not in elsewhere
        }
        whole.update(self._members)
        self._members.update(whole)
        listed.update(changed)  # at the end, as what is interrupted is done again
        return index

    @cached_property
    def _gathered(self) -> tuple[list[str], list[int], dict[str, _Chain], bool, bool]:
        """What the text says of the hosts; whether some, and groups, are in several sections.

        It is kept for `_index`, should that be interrupted.
        """
        self._alias  # noqa: B018  # all else that is to be known of the text
        listed: dict[str, _Chain] = {}
        starts: list[int] = []
        sections, keep, several = self._sections.groups, listed.setdefault, False
        alone: dict[str, _Chain] = dict(zip(sections, zip(sections, strict=True), strict=True))
        alone.update({name: _InLumps(alone[name]) for name in self._contained & alone.keys()})
        reopened = len(alone) < len(sections)
        owners = map(alone.__getitem__, sections) if reopened else alone.values()
        for group, hosts in zip(owners, self._sections.hosts, strict=True):
            starts.append(len(listed))
            name, last, longer, in_lumps = group[0], group, group, type(group) is _InLumps
            for host in hosts:
                groups = keep(host, group)
                if groups is not group and groups[-1] is not name:  # nor twice in this section
                    if groups is not last:  # which neighbours share
                        last, several = groups, True
                        longer = groups + group if len(groups) < _LONG else (groups, *group)
                        if in_lumps or type(groups) is _InLumps:
                            longer = _InLumps(longer)
                    listed[host] = longer
        return sections, [*starts, len(listed)], listed, several, reopened

    def _arrange(self, index: _Index) -> dict[str, _Chain]:
        """Note which groups list a host again; return the groups of hosts where they change."""
        ranks = [self._rank[name] for name in index.sections]
        in_order = all(map(lt, ranks, ranks[1:]))
        again = index.again
        changed: dict[str, _Chain] = {}
        last: _Chain = ()
        groups = arranged = last
        for place, chained in enumerate(index.listed.values()):
            if len(chained) > 1:
                if chained is not last:
                    last = chained
                    groups = chained if type(chained[0]) is str else _unchain(chained)
                    arranged = groups if in_order else type(chained)(self._sort(set(groups)))
                for group in groups[1:]:
                    again[group].append(place)
                if arranged is not chained:
                    changed[index.order[place]] = arranged
        return changed

    @cached_property
    def _last(self) -> dict[str, int]:
        """The last section of each group that lists hosts."""
        return dict(zip(self._index.sections, count()))

    @cached_property
    def _contained(self) -> Set[str]:
        """The groups that lumps name."""
        return self._rank.keys() if ALL in self._parents else self._parents.keys()

    # From a group to its hosts.

    def _find_members(self, group: str) -> tuple[str, ...]:
        with self._lock:
            if group in self._members:  # by another thread
                return self._members[group]
            if group in self._alias:
                return self._members[self._follow(group)]
            parts = self._find_parts(group) if group in self._lumps else {group}
            if ALL in parts:
                return self._index.order
            if not self._scanned and "_gathered" not in self.__dict__:
                self._scanned = True
                return self._scan(parts)
            return self._unite(parts)

    def _unite(self, groups: Collection[str]) -> tuple[str, ...]:
        """Find the hosts that any of some groups lists itself."""
        order, starts, last = self._index.order, self._index.starts, self._last
        again = [*filter(None, map(self._index.again.get, groups))]
        places = again[0] if len(again) == 1 else sorted(dict.fromkeys(chain.from_iterable(again)))
        hosts: list[str] = []
        done = 0
        for section in sorted([last[group] for group in groups if group in last]):
            start, end = starts[section : section + 2]
            here = bisect_left(places, start, done)
            hosts += [order[place] for place in places[done:here]]
            hosts += order[start:end]
            done = bisect_left(places, end, here)
        hosts += [order[place] for place in places[done:]]
        return tuple(hosts)

    @cached_property
    def _alias(self) -> dict[str, str]:
        """Lumps that are nothing but another name for a group or a lump."""
        alias = {lump: next(iter(names)) for lump, names in self._lumps.items() if len(names) == 1}
        for name in alias.keys() & self._sections.groups:  # which list hosts, too
            del alias[name]
        return alias

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
        texts = self._sections.texts
        chosen = {place for place, name in enumerate(self._sections.groups) if name in parts}
        inside = [self._sections.split(texts[place]) for place in sorted(chosen)]
        last = max(chosen, default=-1)
        if not any(texts[place].strip() for place in range(last) if place not in chosen):
            return tuple(dict.fromkeys(chain.from_iterable(inside)))  # nothing stands between
        wanted = set(chain.from_iterable(inside))
        if len(wanted) < 2:
            return tuple(wanted)
        hosts: dict[str, None] = {}
        for names in map(self._sections.split, texts[: last + 1]):
            if not wanted.isdisjoint(names):  # which takes half the time of the filter
                hosts.update(dict.fromkeys(filter(wanted.__contains__, names)))
        return tuple(hosts)

    # From a host to its groups.

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        parents: dict[str, list[str]] = {}
        for lump, names in self._lumps.items():
            for name in names:
                parents.setdefault(name, []).append(lump)
        return parents

    def _find_above(self, group: str) -> tuple[str, ...]:
        """Find the lumps that contain a group, directly or through others."""
        above: set[str] = set()
        todo = [*self._parents.get(group, ()), *self._parents.get(ALL, ())]
        while todo:
            lump = todo.pop()
            if lump not in above:
                above.add(lump)
                todo.extend(self._parents.get(lump, ()))
        return self._sort(above - {group})

    def _find_spread(self, groups: _InLumps) -> tuple[str, ...]:
        """Add to the groups that list a host the lumps that contain them."""
        lumps: tuple[str, ...] = ()
        others: set[str] = set()
        for group in groups:
            if lumps:
                others.update(self._above[group])
            else:  # mostly the only ones, and in order as they are
                lumps = self._above[group]
        if others:
            lumps = self._sort(others.union(lumps))
        return groups + lumps if self._lumps_come_last else self._sort({*groups, *lumps})

    @cached_property
    def _lumps_come_last(self) -> bool:
        """Tell whether no lump comes before a group that lists hosts, as is mostly the case."""
        rank = self._rank
        lumps = [rank[name] for name in self._lumps]
        return max(map(rank.__getitem__, self._index.sections)) < min(lumps, default=len(rank))

    def _sort(self, groups: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(groups, key=self._rank.__getitem__))


class _Index:
    """Which groups list each host, and where the hosts of a group are, in cluster order.

    ``listed`` gives the groups that list a host; neighbours of the same groups share
    a tuple. If a lump names one of them, it is `_InLumps`, and the lumps are still
    to be added. The group ``sections[n]`` is the first to list the hosts at the
    places from ``starts[n]`` up to ``starts[n + 1]``. A group has the hosts of its
    last section, and those at the places in ``again``, which are in order.
    """

    def __init__(
        self,
        order: tuple[str, ...],
        listed: dict[str, tuple[str, ...]],
        sections: list[str],
        starts: list[int],
        again: dict[str, array[int]],
    ) -> None:
        self.order = order
        self.listed = listed
        self.sections = sections
        self.starts = starts
        self.again = again


class _InLumps(tuple[str, ...]):
    """Groups of which lumps contain some, so that there is more to find."""

    __slots__ = ()


_Chain = tuple[Any, ...]
"""Groups in the order of the file; after `_LONG` of them a new chain starts with the old one.

So a host that is listed again and again costs no more each time.
"""

_LONG = 100


def _unchain(chained: _Chain) -> tuple[str, ...]:
    kind, parts = type(chained), []
    while type(chained[0]) is not str:
        chained, *groups = chained
        parts.append(groups)
    return kind((*chained, *chain.from_iterable(reversed(parts))))


class _Computed(dict[_K, _V]):
    """Values that are computed when they are first looked up."""

    def __init__(self, compute: Callable[[_K], _V]) -> None:
        self._compute = compute

    def __missing__(self, key: _K) -> _V:
        return self.setdefault(key, self._compute(key))
