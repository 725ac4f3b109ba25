"""Resolving the sections of a cluster file into hosts and groups.

Everything is computed on demand: the first group by scanning the text, the rest
from an index of the hosts.
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
    """The hosts and groups of a cluster, resolved from its sections.

    ``note()`` is appended to the message of a failed look-up.
    """

    def __init__(self, sections: Sections, note: Callable[[], str] = str) -> None:
        self._sections = sections
        self._note = note
        self._hosts_of = _LazyDict(self._resolve_hosts)
        self._lumps_above = _LazyDict(self._find_lumps_above)
        self._groups_of = _LazyDict(self._resolve_groups)
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
        """Return the groups that a lump names, and the hosts that a group lists directly."""
        if group not in self._lumps:
            return (), self._hosts_of[group]
        return self._sort(self._lumps[group]), self._union([group])

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
        """Each group's position in cluster order, after the two special groups."""
        order = [*RESERVED]
        if self._lumps:  # a lump may be the first to mention a group
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
        """Each host in cluster order, with the groups that list it directly."""
        listed: dict[str, tuple[str, ...]] = {}
        alone = {name: (name,) for name in self._sections.groups}
        more: dict[str, list[str]] = {}
        add_first = listed.setdefault
        for name, hosts in zip(self._sections.groups, self._sections.hosts, strict=True):
            group = alone[name]
            for host in hosts:
                groups = add_first(host, group)
                if groups is group:  # the first group of the host, or a duplicate
                    continue
                if len(groups) == 1:
                    listed[host] = groups + group
                else:  # in a list, as extending a tuple each time would be quadratic
                    more.setdefault(host, []).append(name)
        for host, names in more.items():
            listed[host] = tuple(dict.fromkeys((*listed[host], *names)))
        return listed

    @cached_property
    def _order(self) -> tuple[str, ...]:
        return tuple(self._listed_by)

    @cached_property
    def _positions(self) -> dict[str, array[int]]:
        """The positions of each group's own hosts in cluster order."""
        positions = {name: array("I") for name in self._sections.groups}
        for position, groups in enumerate(self._listed_by.values()):
            for group in groups:
                positions[group].append(position)
        return positions

    # From a group to its hosts.

    def _resolve_hosts(self, group: str) -> tuple[str, ...]:
        if group not in self._lumps:
            parts = {group}
        elif group in self._aliases:
            return self._hosts_of[self._resolve_alias(group)]
        else:
            parts = self._find_parts(group)
        if ALL in parts:
            return self._order
        if not self._scanned and "_listed_by" not in self.__dict__:
            self._scanned = True  # from the second group on, an index is cheaper
            return self._scan(parts)
        return self._union(parts)

    @cached_property
    def _aliases(self) -> dict[str, str]:
        """Lumps that are just another name for a single group or lump."""
        groups = {*self._sections.groups}
        lumps = self._lumps.items()
        return {lump: next(iter(to)) for lump, to in lumps if len(to) == 1 and lump not in groups}

    def _resolve_alias(self, group: str) -> str:
        """Resolve a chain of aliases, and shorten it for the next look-up."""
        aliases = []
        while group in self._aliases:
            aliases.append(group)
            group = self._aliases[group]
        self._aliases.update(dict.fromkeys(aliases, group))
        return group

    def _find_parts(self, group: str) -> set[str]:
        """Return everything that a group or lump contains, including itself."""
        parts: set[str] = set()
        todo = [group]
        while todo:
            part = self._resolve_alias(todo.pop())
            if part not in parts:
                parts.add(part)
                todo.extend(self._lumps.get(part, ()))
        return parts

    def _union(self, groups: Collection[str]) -> tuple[str, ...]:
        """Return the hosts that any of the groups lists directly, in cluster order."""
        lists = [self._positions[group] for group in groups if group in self._positions]
        positions = lists[0] if len(lists) == 1 else sorted({*chain.from_iterable(lists)})
        return tuple(map(self._order.__getitem__, positions))

    def _scan(self, parts: set[str]) -> tuple[str, ...]:
        """Return the hosts of the first group requested, without building the index.

        Hosts come in the order in which any group first lists them, so all
        sections up to the last of ``parts`` must be scanned.
        """
        split = self._sections.split
        chosen = [position for position, name in enumerate(self._sections.groups) if name in parts]
        texts = self._sections.texts[: max(chosen, default=-1) + 1]
        members = {*chain.from_iterable(split(texts[position]) for position in chosen)}
        hosts: dict[str, None] = {}
        for names in map(split, texts):
            if not members.isdisjoint(names):  # cheaper than filtering in vain
                hosts.update(dict.fromkeys(filter(members.__contains__, names)))
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
        """Return the lumps that contain a group, directly or indirectly."""
        above: set[str] = set()
        todo = [*self._parents.get(group, ()), *self._parents.get(ALL, ())]
        while todo:
            lump = todo.pop()
            if lump not in above:
                above.add(lump)
                todo.extend(self._parents.get(lump, ()))
        return frozenset(above)

    def _resolve_groups(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups that list a host, and the lumps that contain them, in order."""
        if self._is_in_order and self._named_by_lumps.isdisjoint(groups):
            return groups
        return self._sort(
            {*groups, *chain.from_iterable(map(self._lumps_above.__getitem__, groups))}
        )

    @cached_property
    def _named_by_lumps(self) -> Set[str]:
        """The groups that lumps name."""
        return self._rank.keys() if ALL in self._parents else self._parents.keys()

    @cached_property
    def _is_in_order(self) -> bool:
        """Whether the sections are in cluster order, as is usual."""
        ranks = [self._rank[name] for name in self._sections.groups]
        return all(map(lt, ranks, ranks[1:]))


class _LazyDict(dict[_K, _V]):
    """A dict that computes each value on first look-up."""

    def __init__(self, compute: Callable[[_K], _V]) -> None:
        self._compute = compute

    def __missing__(self, key: _K) -> _V:
        value = self[key] = self._compute(key)
        return value
