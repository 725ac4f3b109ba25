"""``show``: the cluster as a tree that a person reads at a glance, drawn by rich."""

from __future__ import annotations

import argparse
import math
from itertools import chain
from typing import TYPE_CHECKING

from .._location import MAIN, THE_SETTING, places
from .._syntax import ORPHANS, RESERVED
from .process import Answer, count, count_all, is_terminal, lines, make_console, write_json
from .source import NothingNamedError, Parts, View, find_view

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

MARK = "*"
_HERE = "bold green"
_INDENT = 4
_WIDEST_NAME = 32


def show(arguments: argparse.Namespace) -> Answer:
    """Draw the cluster: its file, what each group is made of, and its size."""
    explanation = ""
    try:
        view = find_view(arguments)
    except NothingNamedError as nothing:
        view, explanation = nothing.view, _explain(nothing)
    groups = [view.find_group(name) for name in dict.fromkeys(arguments.group)]
    if arguments.json:
        return Answer(write_json(describe(view, groups)))
    console, drawn = make_console(is_cut=is_terminal() and not arguments.all)
    drawing = Drawing(view, groups, arguments.depth, console.width)
    console.print(explanation, end="")
    console.print(drawing.draw(), no_wrap=True, overflow="ellipsis")
    console.print(drawing.count())
    return Answer(drawn.getvalue())


def _explain(nothing: NothingNamedError) -> str:
    """Say what was found where a cluster file could be named, and what follows."""
    said = {
        THE_SETTING: nothing.setting,
        MAIN: "not seen from here, as the application's program sets it",
    }
    found = [
        f"  {origin}: {said.get(origin) or ('not set' if value is None else 'empty')}"
        for value, origin in places(None)
    ]
    follows = "so an application takes this machine alone for its cluster, and other commands stop"
    return lines(["no cluster file is named:", *found, follows])


def list_groups(view: View) -> list[str]:
    """Give every group that has something to show."""
    return [*view.groups, *([ORPHANS] if view.orphans else [])]


def describe(view: View, groups: list[str]) -> dict[str, object]:
    """Give what ``--json`` prints: these groups or all, and their hosts."""
    chosen = {group: view.groups[group] for group in groups or list_groups(view)}
    inside = {*view.hosts} if not groups else {host for hosts in chosen.values() for host in hosts}
    return {
        "file": view.location.path or None,
        "named_by": view.location.origin if view.location.path else None,
        "hostname": view.hostname,
        "machine": view.machine,
        "groups": {
            group: {"hosts": hosts, "members": view.parts_of(group).groups}
            for group, hosts in chosen.items()
        },
        "hosts": {host: names for host, names in view.hosts.items() if host in inside},
    }


class Drawing:
    """The tree of some groups of a cluster, or of all, and what it adds up to."""

    def __init__(self, view: View, groups: list[str], depth: int | None, width: int) -> None:
        self.view = view
        self.chosen = groups
        self.groups = groups or list_groups(view)
        self.depth = depth or math.inf
        self.width = width
        """How wide the drawing can be, which is as many hosts as are worth drawing."""
        self.here = () if view.machine is None else view.hosts[view.machine]
        self.parts: dict[str, Parts] = {}
        """What has been spelt out."""
        self.name_width = min(
            _WIDEST_NAME, max((self._name(name).cell_len for name in self.groups), default=0)
        )

    def draw(self) -> Tree:
        """Draw the groups, and below lumps their members; those known already by name alone."""
        from rich.tree import Tree

        location = self.view.location
        named = f"{location.path}  (named by {location.origin})"
        root = Tree(named if location.path else "this machine alone")
        todo = [(root, group, 1) for group in reversed(self.groups)]
        while todo:
            above, group, level = todo.pop()
            if level > 1 and group in self.parts:
                above.add(self._name(group))
                continue
            node = above.add(self._spell_out(group, level))
            if level < self.depth:
                members = reversed(self.parts[group].groups)
                todo += [(node, member, level + 1) for member in members]
        return root

    def _name(self, group: str, style: str = "") -> Text:
        from rich.text import Text

        is_here = group in self.here
        return Text.assemble((f"{group} {MARK}", _HERE) if is_here else (group, style))

    def _spell_out(self, group: str, level: int) -> Text:
        parts = self.parts[group] = self.view.parts_of(group)
        text = self._name(group, "bold")
        indent = _INDENT * (level - 1)
        text.pad_right(max(0, self.name_width - indent - text.cell_len))
        text.append(f"  {count(len(self.view.groups[group]), 'host')}", "dim")
        text.append("  " if parts.hosts else "")
        hosts = parts.hosts[: self.width]
        machine = self.view.machine
        if machine is None or machine not in hosts:
            return text.append(", ".join(hosts))
        at = hosts.index(machine)
        before, after = "".join(f"{host}, " for host in hosts[:at]), hosts[at + 1 :]
        text.append(before).append(f"{machine} {MARK}", _HERE)
        return text.append("".join(f", {host}" for host in after))

    def count(self) -> str:
        """Say how many hosts, groups and lumps have been drawn, and which is this machine."""
        view = self.view
        hosts = {*chain.from_iterable(view.groups[group] for group in self.chosen)}
        drawn = [group for group in self.parts if group not in RESERVED]
        lumps = [group for group in drawn if self.parts[group].groups]
        size = len(hosts) if self.chosen else len(view.hosts)
        if view.machine is None:
            here = f"this machine, {view.hostname}, is not among them"
        else:
            here = f"{MARK} marks this machine, {view.machine}"
        return f"{count_all(size, len(drawn) - len(lumps), len(lumps))}; {here}"
