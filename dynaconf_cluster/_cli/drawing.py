"""Drawing for terminals with rich, which only this module imports."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Iterator
from itertools import chain

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from rich.text import Text
from rich.tree import Tree

from .._rules import ABOUT_THE_FILE, ERROR, WARNING
from .._syntax import RESERVED
from .check import Finding
from .process import count, format_size, is_terminal
from .source import View

_MARK = "*"
_SPACE, _CONTINUE, _FORK, _END = Tree.TREE_GUIDES[0]
_WIDEST_NAME = 32
_WIDEST_LINE = 1000
"""The number of columns of a line that are shown without a terminal."""
_HERE, _BOLD, _DIM = map(Style.parse, ("bold green", "bold", "dim"))
_COLOURS = {ERROR: "bold red", WARNING: "bold magenta"}


class _Buffer(io.StringIO):
    """A buffer that rich treats like standard output."""

    def isatty(self) -> bool:
        return is_terminal()


def _make_console(width: int | None) -> tuple[Console, _Buffer]:
    buffer, width = _Buffer(), width or 2**30
    console = Console(file=buffer, width=width, markup=False, emoji=False, highlight=False)
    return console, buffer


def draw_cluster(
    view: View, explanation: str, groups: list[str], depth: float, width: int | None
) -> str:
    """Draw a tree of groups, cut to a width if given, and a summary line."""
    (console, buffer), tree = _make_console(width), _ClusterTree(view, groups, depth, width)
    console.print(explanation, end="")
    console.print(Segments(chain.from_iterable(tree.draw())), crop=False, end="")
    console.print(tree.describe())
    return buffer.getvalue()


class _ClusterTree:
    def __init__(self, view: View, groups: list[str], depth: float, width: int | None) -> None:
        self._view = view
        self._groups = groups
        self._depth = depth
        self._width = width
        self._machine = view.machine
        self._here = () if self._machine is None else view.hosts[self._machine]
        self._members: dict[str, tuple[str, ...]] = {}
        widths = (cell_len(self._mark(group)) for group in groups)
        self._name_width = min(_WIDEST_NAME, max(widths, default=0))

    def draw(self) -> Iterator[list[Segment]]:
        """Yield the lines of groups and of lump members; repeated members have only their name."""
        path, origin = self._view.location.path, self._view.location.origin
        yield self._cut([Segment(f"{path}  (named by {origin})" if path else "this machine alone")])
        known: set[str] = set()
        todo = _stack(self._groups, "", 1)
        while todo:
            group, above, branch, level = todo.pop()
            line = [Segment(above + branch)]
            if level > 1 and group in known:
                yield self._cut([*line, self._name(group, None)])
                continue
            yield self._cut([*line, *self._spell_out(group, level)])
            members = self._members[group]
            if level < self._depth or not members:
                known.add(group)
                below = above + (_SPACE if branch == _END else _CONTINUE)
                todo += _stack(members, below, level + 1)

    def _spell_out(self, group: str, level: int) -> Iterator[Segment]:
        self._members[group], hosts = self._view.cluster.parts_of(group)
        name = self._name(group, _BOLD)
        room = self._name_width - len(_SPACE) * (level - 1) - name.cell_length
        yield name
        yield Segment(" " * room)
        yield Segment(f"  {count(len(self._view.groups[group]), 'host')}", _DIM)
        marked = f"{self._machine} {_MARK}"
        shown = hosts[: self._width]  # each host takes at least a column
        text = ", ".join(marked if host == self._machine else host for host in shown)
        before, here, after = text.partition(marked)
        yield Segment(f"  {before}" if hosts else "")
        yield Segment(here, _HERE)
        yield Segment(after)

    def _mark(self, group: str) -> str:
        return f"{group} {_MARK}" if group in self._here else group

    def _name(self, group: str, style: Style | None) -> Segment:
        return Segment(self._mark(group), _HERE if group in self._here else style)

    def _cut(self, line: list[Segment]) -> list[Segment]:
        if self._width is not None and Segment.get_line_length(line) > self._width:
            line = [*Segment.adjust_line_length(line, self._width - 1), Segment("…")]
        return [*line, Segment.line()]

    def describe(self) -> str:
        """Summarize the hosts, groups and lumps drawn, and say which host is this machine."""
        hosts = {*chain.from_iterable(self._view.groups[group] for group in self._groups)}
        drawn = [members for group, members in self._members.items() if group not in RESERVED]
        lumps = len([*filter(None, drawn)])
        if self._machine is None:
            here = f"this machine, {self._view.hostname}, is not among them"
        else:
            here = f"{_MARK} marks this machine, {self._machine}"
        return f"{format_size(len(hosts), len(drawn) - lumps, lumps)}; {here}"


def _stack(groups: Iterable[str], above: str, level: int) -> list[tuple[str, str, str, int]]:
    """Return siblings with their prefixes and level, in reverse order."""
    return [
        (group, above, _FORK if number else _END, level)
        for number, group in enumerate(reversed([*groups]))
    ]


def draw_findings(findings: Iterable[Finding]) -> str:
    """Draw each problem with its line, and a caret below the position."""
    width = shutil.get_terminal_size().columns if is_terminal() else _WIDEST_LINE
    console, buffer = _make_console(None)
    for finding in findings:
        place, severity, message = finding.locate()
        console.print(Text.assemble(place, (severity, _COLOURS[severity]), message))
        if finding.problem.rule not in ABOUT_THE_FILE:
            console.print(*_draw_line(finding, width), sep="\n")
    return buffer.getvalue()


def _draw_line(finding: Finding, width: int) -> tuple[Text, Text]:
    """Draw as much of a line as fits, and a caret below the position."""
    margin = f"{finding.problem.line:>5} | "
    room, at = width - len(margin), finding.problem.column - 1
    before = _make_visible(finding.line[max(0, at - room) : at])
    if at > room or cell_len(before) >= room:
        tail = Text(before[::-1])
        tail.truncate(room // 2)
        before = f"…{tail.plain[::-1]}"
    line = Text(before + _make_visible(finding.line[at : at + room]))
    line.truncate(room, overflow="ellipsis")
    caret = Text(f"{' ' * (len(margin) + cell_len(before))}^", _COLOURS[finding.severity])
    return Text.assemble((margin, "dim"), line), caret


def _make_visible(text: str) -> str:
    """Replace control characters, which would disturb a terminal."""
    shown = (char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in text)
    return "".join(shown)
