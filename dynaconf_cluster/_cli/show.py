"""``show``: the cluster as a tree that a person reads at a glance, drawn by rich."""

from __future__ import annotations

import argparse
import math
from itertools import chain
from typing import TYPE_CHECKING

from .._location import MAIN, THE_SETTING, places
from .._syntax import ORPHANS, RESERVED
from .process import (
    JSON_VERSION,
    Result,
    count,
    format_size,
    is_terminal,
    lines,
    make_console,
    to_json,
)
from .source import NothingNamedError, View, find_view

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

MARK = "*"
_HERE = "bold green"
_INDENT = 4
_WIDEST_NAME = 32


def show(arguments: argparse.Namespace) -> Result:
    """Draw the cluster as a tree.

    Each group has a line: its size and its hosts. Below a lump stand its members;
    what has been spelt out before, by its name alone. A * marks this machine and
    its groups. On a terminal, lines are cut to its width.

    examples:
      dynaconf-cluster show racks.cluster
      dynaconf-cluster show --group web --group db --all
      dynaconf-cluster -i shop.conf.settings show --json
    """
    explanation = ""
    try:
        view = find_view(arguments)
    except NothingNamedError as nothing:
        view, explanation = nothing.view, _explain(nothing)
    groups = [view.find_group(name) for name in arguments.group] or list_groups(view)
    if arguments.json:
        return Result(to_json(describe(view, groups)))
    console, drawn = make_console(is_cut=is_terminal() and not arguments.all)
    drawing = Drawing(view, groups, arguments.depth, console.width)
    console.print(explanation, end="")
    console.print(drawing.draw(), no_wrap=True, overflow="ellipsis")
    console.print(drawing.count())
    return Result(drawn.getvalue())


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
    return [*view.groups, *([ORPHANS] if view.groups[ORPHANS] else [])]


def describe(view: View, groups: list[str]) -> dict[str, object]:
    """Give what ``--json`` prints of these groups, and of their hosts."""
    inside = {*chain.from_iterable(view.groups[group] for group in groups)}
    return {
        **JSON_VERSION,
        "file": view.location.path or None,
        "named_by": view.location.origin if view.location.path else None,
        "hostname": view.hostname,
        "machine": view.machine,
        "groups": {
            group: {"hosts": view.groups[group], "members": view.cluster.parts_of(group)[0]}
            for group in groups
        },
        "hosts": {host: names for host, names in view.hosts.items() if host in inside},
    }


class Drawing:
    """The tree of some groups of a cluster, and what it adds up to."""

    def __init__(self, view: View, groups: list[str], depth: int | None, width: int) -> None:
        self.view = view
        self.groups = groups
        self.depth = depth or math.inf
        self.width = width
        """How wide the drawing can be, which is as many hosts as are worth drawing."""
        self.machine = view.machine
        self.here = () if self.machine is None else view.hosts[self.machine]
        self.members: dict[str, tuple[str, ...]] = {}
        """The members of every group that has been spelt out."""
        widths = (self._name(name).cell_len for name in groups)
        self.name_width = min(_WIDEST_NAME, max(widths, default=0))

    def draw(self) -> Tree:
        """Draw the groups, and below lumps their members; those known already by name alone."""
        from rich.tree import Tree

        location = self.view.location
        named = f"{location.path}  (named by {location.origin})"
        root = Tree(named if location.path else "this machine alone")
        todo = [(root, group, 1) for group in reversed(self.groups)]
        while todo:
            above, group, level = todo.pop()
            if level > 1 and group in self.members:
                above.add(self._name(group))
                continue
            node = above.add(self._spell_out(group, level))
            if level < self.depth:
                todo += [(node, member, level + 1) for member in reversed(self.members[group])]
        return root

    def _name(self, group: str, style: str = "") -> Text:
        from rich.text import Text

        is_here = group in self.here
        return Text.assemble((f"{group} {MARK}", _HERE) if is_here else (group, style))

    def _spell_out(self, group: str, level: int) -> Text:
        self.members[group], hosts = self.view.cluster.parts_of(group)
        text = self._name(group, "bold")
        text.pad_right(max(0, self.name_width - _INDENT * (level - 1) - text.cell_len))
        text.append(f"  {count(len(self.view.groups[group]), 'host')}", "dim")
        here = f"{self.machine} {MARK}"
        shown = [here if host == self.machine else host for host in hosts[: self.width]]
        text.append("  " if hosts else "").append(", ".join(shown))
        text.highlight_words([here], _HERE)
        return text

    def count(self) -> str:
        """Say how many hosts, groups and lumps have been drawn, and which is this machine."""
        hosts = {*chain.from_iterable(self.view.groups[group] for group in self.groups)}
        drawn = [members for group, members in self.members.items() if group not in RESERVED]
        lumps = len([*filter(None, drawn)])
        if self.machine is None:
            here = f"this machine, {self.view.hostname}, is not among them"
        else:
            here = f"{MARK} marks this machine, {self.machine}"
        return f"{format_size(len(hosts), len(drawn) - lumps, lumps)}; {here}"
