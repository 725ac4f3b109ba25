"""Resolving the sections of a cluster file into hosts and groups.

Everything is computed on demand: the first group by scanning the text, everything
else from an index of the hosts.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Set
from functools import cached_property
from itertools import chain
from operator import lt
from typing import TypeVar

from ._names import Namespace
from ._parser import Sections
from ._syntax import ALL, RESERVED

_K = TypeVar("_K")
_V = TypeVar("_V")


class Resolution:
    """The hosts and groups that follow from sections.

    ``note()`` is appended to the message of a failed look-up.
    """

    def __init__(self, sections: Sections, note: Callable[[], str] = str) -> None:
        self._sections = sections
        self._note = note
        self._hosts_of = _Computed(self._find_hosts)
        self._lumps_above = _Computed(self._find_lumps_above)
        self._groups_of = _Computed(self._find_groups)
        self._scanned = False

    @cached_property
    def groups(self) -> Namespace:
        keys = {name: name for name in self._rank}
        return Namespace("group", keys, self._hosts_of, RESERVED, note=self._note)

    @cached_property
    def hosts(self) -> Namespace:
        return Namespace(
            "host", self._listed_by, self._groups_of, listed=self._order, note=self._note
        )

    def parts_of(self, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the groups that a lump names, and the hosts that a group lists itself."""
        if group not in self._lumps:
            return (), self._hosts_of[group]
        return self._sort(self._lumps[group]), self._unite([group])

    # The groups.

    @cached_property
    def _lumps(self) -> dict[str, dict[str, None]]:
        """The groups and lumps that each lump names."""
        lumps: dict[str, dict[str, None]] = {}
        for lump, names in zip(self._sections.lumps, self._sections.members, strict=True):
            lumps.setdefault(lump, {}).update(dict.fromkeys(names))
        return lumps

    @cached_property
    def _rank(self) -> dict[str, int]:
        """Each group's place in cluster order, after the two that are always there."""
        order = [*RESERVED]
        if self._lumps:  # whose lines may be the first to mention a group
            for name, is_lump, text in self._sections:
                order.append(name)
                order += self._sections.split(text) if is_lump else ()
        else:
            order += self._sections.names
        names = dict.fromkeys(order)
        return dict(zip(names, range(len(names)), strict=True))

    def _sort(self, groups: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(groups, key=self._rank.__getitem__))

    # The hosts.

    @cached_property
    def _listed_by(self) -> dict[str, tuple[str, ...]]:
        """Each host in cluster order, with the groups that list it itself."""
        listed: dict[str, tuple[str, ...]] = {}
        alone = {name: (name,) for name in self._sections.groups}
        more: dict[str, list[str]] = {}
        keep = listed.setdefault
        for name, hosts in zip(self._sections.groups, self._sections.hosts, strict=True):
            group = alone[name]
            for host in hosts:
                groups = keep(host, group)
                if groups is group:  # its first, or listed twice in the same
                    continue
                if len(groups) == 1:
                    listed[host] = groups + group
                else:  # in a list, as to make a longer tuple each time would be quadratic
                    more.setdefault(host, []).append(name)
        for host, names in more.items():
            listed[host] = tuple(dict.fromkeys((*listed[host], *names)))
        return listed

    @cached_property
    def _order(self) -> tuple[str, ...]:
        return tuple(self._listed_by)

    @cached_property
    def _places(self) -> dict[str, array[int]]:
        """The places of each group's own hosts in cluster order."""
        places = {name: array("I") for name in self._sections.groups}
        for place, groups in enumerate(self._listed_by.values()):
            for group in groups:
                places[group].append(place)
        return places

    # From a group to its hosts.

    def _find_hosts(self, group: str) -> tuple[str, ...]:
        if group not in self._lumps:
            parts = {group}
        elif group in self._alias:
            return self._hosts_of[self._follow(group)]
        else:
            parts = self._find_parts(group)
        if ALL in parts:
            return self._order
        if not self._scanned and "_listed_by" not in self.__dict__:
            self._scanned = True  # from the second group on, an index costs less
            return self._scan(parts)
        return self._unite(parts)

    @cached_property
    def _alias(self) -> dict[str, str]:
        """Lumps that are nothing but another name for a group or a lump."""
        groups = {*self._sections.groups}
        lumps = self._lumps.items()
        return {lump: next(iter(to)) for lump, to in lumps if len(to) == 1 and lump not in groups}

    def _follow(self, group: str) -> str:
        """Return what an alias finally stands for, and shorten the way for the next look-up."""
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

    def _unite(self, groups: Collection[str]) -> tuple[str, ...]:
        """Return the hosts that some groups list themselves, in cluster order."""
        lists = [self._places[group] for group in groups if group in self._places]
        places = lists[0] if len(lists) == 1 else sorted({*chain.from_iterable(lists)})
        return tuple(map(self._order.__getitem__, places))

    def _scan(self, parts: set[str]) -> tuple[str, ...]:
        """Find the hosts of the first group that is asked for, without an index.

        They come in the order in which any group first lists them, so the
        sections up to the last of ``parts`` have to be gone through.
        """
        split = self._sections.split
        chosen = [place for place, name in enumerate(self._sections.groups) if name in parts]
        texts = self._sections.texts[: max(chosen, default=-1) + 1]
        inside = {*chain.from_iterable(split(texts[place]) for place in chosen)}
        hosts: dict[str, None] = {}
        for names in map(split, texts):
            if not inside.isdisjoint(names):  # which costs less than filtering in vain
                hosts.update(dict.fromkeys(filter(inside.__contains__, names)))
        return tuple(hosts)

    # From a host to its groups.

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        """The lumps that name each group or lump."""
        parents: dict[str, list[str]] = {}
        for lump, names in self._lumps.items():
            for name in names:
                parents.setdefault(name, []).append(lump)
        return parents

    def _find_lumps_above(self, group: str) -> frozenset[str]:
        """Find the lumps that contain a group, directly or through others."""
        above: set[str] = set()
        todo = [*self._parents.get(group, ()), *self._parents.get(ALL, ())]
        while todo:
            lump = todo.pop()
            if lump not in above:
                above.add(lump)
                todo.extend(self._parents.get(lump, ()))
        return frozenset(above)

    def _find_groups(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups that list a host and the lumps that contain these, in order."""
        if self._in_order and self._named_by_lumps.isdisjoint(groups):
            return groups
        return self._sort(
            {*groups, *chain.from_iterable(map(self._lumps_above.__getitem__, groups))}
        )

    @cached_property
    def _named_by_lumps(self) -> Set[str]:
        """The groups that lumps name."""
        return self._rank.keys() if ALL in self._parents else self._parents.keys()

    @cached_property
    def _in_order(self) -> bool:
        """Tell whether sections stand in cluster order, as is mostly the case."""
        ranks = [self._rank[name] for name in self._sections.groups]
        return all(map(lt, ranks, ranks[1:]))


class _Computed(dict[_K, _V]):
    """Values that are computed when they are first looked up."""

    def __init__(self, compute: Callable[[_K], _V]) -> None:
        self._compute = compute

    def __missing__(self, key: _K) -> _V:
        value = self[key] = self._compute(key)
        return value
