"""``import ansible``: a cluster file made of what ``ansible-inventory --list`` prints.

A group that a cluster file cannot have is left out; its members are then those of
the groups above it, so that these keep their hosts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from .._advice import is_host_line
from .._errors import ClusterFileError, quote
from .._parser import parse_sections
from .._syntax import RESERVED, WORDS, fold, is_group_name
from .arguments import PROGRAM
from .process import BAD, Answer, Failure, count, lines
from .source import STDIN, find_named, read_file

_ALWAYS_THERE = ("all", "ungrouped")


def import_ansible(arguments: argparse.Namespace) -> Answer:
    """Give the cluster file; raise `Failure` for what is no inventory."""
    location = find_named(STDIN if arguments.path is None else arguments.path)
    try:
        inventory = Inventory(json.loads(read_file(location)))
    except (AttributeError, RecursionError, TypeError, ValueError) as error:
        what = "expected what ansible-inventory --list prints"
        raise Failure(f"{location.path} is no inventory; {what}", BAD) from error
    text, lost = lines(inventory.entries), inventory.lost
    names = [f"{what} {name}" for what in lost for name in lost[what]]
    counts = ", ".join(count(len(lost[what]), what) for what in lost if lost[what])
    told = names if arguments.strict else [f"{counts}; --strict names them"] if names else []
    notes = tuple(f"{PROGRAM}: left out: {what}" for what in told)
    try:
        parse_sections(text, f"{location.path} as a cluster file")
    except ClusterFileError as error:  # there are no hosts
        return Answer("", BAD, (*notes, str(error)))
    return Answer("", BAD, notes) if arguments.strict and names else Answer(text, notes=notes)


class Names:
    """The names that a cluster file can have, and why it cannot have the others."""

    def __init__(self, is_good: Callable[[str], bool]) -> None:
        self.is_good = is_good
        self.first: dict[str, str] = {}
        """The first spelling of each name, by what it is regardless of case."""
        self.lost: dict[str, str] = {}

    def has(self, name: str) -> bool:
        """Tell whether it is a name, and the first of those that differ in case alone."""
        if not self.is_good(name):
            self.lost[name] = f"{quote(name)}, which is no name in a cluster file"
            return False
        first = self.first.setdefault(fold(name), name)
        if first != name:
            self.lost[name] = f"{quote(name)}, which differs from {quote(first)} in case alone"
        return first == name


def _is_group(name: str) -> bool:
    return is_group_name(name) and name not in WORDS and fold(name) not in RESERVED


class Inventory:
    """An inventory in the lines of a cluster file, and what these cannot say."""

    def __init__(self, data: dict[str, Any]) -> None:
        """Raise an error of some kind for what is no inventory."""
        hostvars = data.pop("_meta", {}).get("hostvars", {})
        self._data = data
        self._hosts = Names(is_host_line)
        self._groups = Names(_is_group)
        self._kept = dict.fromkeys(filter(self._groups.has, self._list_groups()))
        self.entries = [*self._write()]
        variables = [f"{name!r} of host {host!r}" for host in hostvars for name in hostvars[host]]
        variables += [
            f"{name!r} of group {group!r}" for group in data for name in data[group].get("vars", ())
        ]
        self.lost: dict[str, list[str]] = {
            "variable": variables,
            "host": [*self._hosts.lost.values()],
            "group": [*self._groups.lost.values()],
        }

    def _members(self, group: str, kind: str) -> list[str]:
        """Return the ``hosts`` or the ``children`` of a group."""
        names = self._data.get(group, {}).get(kind, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError(names)
        return names

    def _list_groups(self) -> Iterator[str]:
        """List the groups below ``all``, each in front of its children, and then any others."""
        todo = [*reversed(self._data), "all"]
        seen = {*_ALWAYS_THERE} - {"all"}
        while todo:
            group = todo.pop()
            if group not in seen:
                seen.add(group)
                todo += reversed(self._members(group, "children"))
                yield from () if group == "all" else (group,)

    def _write(self) -> Iterator[str]:
        groups = {group: self._find_members(group) for group in self._kept}
        inside = {host for hosts, _ in groups.values() for host in hosts}
        everywhere = (self._members(group, "hosts") for group in ("ungrouped", *self._data))
        hosts = dict.fromkeys(filter(self._hosts.has, chain.from_iterable(everywhere)))
        yield from (host for host in hosts if host not in inside)
        for group, (own, children) in groups.items():
            if own or not children:
                yield from (f"GROUP:{group}", *own)
            if children:
                yield from (f"LUMP:{group}", *children)

    def _find_members(self, group: str) -> tuple[dict[str, None], dict[str, None]]:
        """Find the hosts and the children of a group, those of lost children among them."""
        hosts: dict[str, None] = {}
        children: dict[str, None] = {}
        parts = [group]
        for part in parts:
            hosts |= dict.fromkeys(filter(self._hosts.has, self._members(part, "hosts")))
            for child in self._members(part, "children"):
                if child in self._kept:
                    children[child] = None
                elif child not in parts:
                    parts.append(child)
        return hosts, children
