"""``show``: the cluster as a tree that a person reads at a glance."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Callable, Sequence

from .._location import MAIN, THE_SETTING, places
from .._rules import ORPHANS
from .process import Answer, count, lines
from .source import NothingNamedError, View, find_view

MARK = "*"
_WIDEST_NAME = 32


def show(arguments: argparse.Namespace) -> Answer:
    """Draw the cluster: its file, its size, and what each group is made of."""
    try:
        view = find_view(arguments)
        origin = [f"{view.location.path}  (named by {view.location.origin})"]
    except NothingNamedError as nothing:
        view, origin = nothing.view, _explain(nothing)
    import shutil

    width = None if arguments.all else shutil.get_terminal_size().columns
    return Answer(lines([*origin, _count(view), *_draw(view, width)]))


def _explain(nothing: NothingNamedError) -> list[str]:
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
    return ["no cluster file is named:", *found, follows]


def _count(view: View) -> str:
    lumps = [group for group in view.groups if view.parts_of(group).groups]
    counts = [
        count(len(view.hosts), "host"),
        count(len(view.groups) - len(lumps), "group"),
        *([count(len(lumps), "lump")] if lumps else []),
    ]
    if view.machine is None:
        here = f"this machine, {view.hostname}, is not among them"
    else:
        here = f"{MARK} marks this machine, {view.machine}"
    return f"{', '.join(counts)}; {here}"


def _draw(view: View, width: int | None) -> list[str]:
    """Draw a line for each group: its name, its size, and what it is made of."""
    groups = [*view.groups, *([ORPHANS] if view.orphans else [])]
    here = () if view.machine is None else view.hosts[view.machine]
    marked = {group: f"{group} {MARK}" if group in here else group for group in groups}
    sizes = {group: count(len(view.groups[group]), "host") for group in groups}
    first = min(_WIDEST_NAME, max(map(_measure, marked.values()), default=0))
    second = max(map(len, sizes.values()), default=0)
    drawn = []
    for group in groups:
        branch = "└──" if group == groups[-1] else "├──"
        start = f"{branch} {_pad(marked[group], first)}  {sizes[group]:>{second}}  "
        drawn.append((start + _describe(view, group, start, width)).rstrip())
    return drawn


def _describe(view: View, group: str, start: str, width: int | None) -> str:
    parts = view.parts_of(group)
    text = ""
    if parts.groups:
        text = "= " + _fit(parts.groups, str, f"{start}= ", width, " + ")
        text += " + " if parts.hosts else ""
    mark = view.machine
    return text + _fit(
        parts.hosts,
        lambda host: f"{host} {MARK}" if host == mark else host,
        start + text,
        width,
        ", ",
    )


def _fit(
    names: Sequence[str], spell: Callable[[str], str], start: str, width: int | None, joint: str
) -> str:
    """Join as many names as the rest of the line holds, and count the others."""
    if width is None:
        return joint.join(map(spell, names))
    room = width - _measure(start)
    text = ""
    for number, name in enumerate(names):
        longer = f"{text}{joint}{spell(name)}" if text else spell(name)
        left = len(names) - number - 1
        if _measure(longer) + (len(_more(left)) if left else 0) > room:
            return text + _more(len(names) - number) if text else _more(len(names)).lstrip(", ")
        text = longer
    return text


def _more(number: int) -> str:
    return f", … {number:,} more"


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _measure(text))


def _measure(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
