"""What ClusterIt's own tools would make of a cluster file, and what looks like a slip.

Errors are the parser's. The warnings here are found in one pass over the lines,
in broken files too: a line that has an error has no warning besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .._errors import Problem, quote
from .._problems import HEADER
from .._rules import ALL, ORPHANS, fold, pattern

WARNINGS = {
    "duplicate-host": "a host stands twice in one group",
    "empty-group": "a group or lump has no hosts",
    "header-in-comment": "an indented comment holds GROUP or LUMP: ClusterIt takes it for a header",
    "header-in-name": "a name holds GROUP or LUMP: ClusterIt takes its line for a header",
    "host-like-group": "a host is named like a group",
    "long-line": "a line has 1,023 bytes or more: ClusterIt reads it as several",
    "nested-lump": "a lump names a lump: ClusterIt's lumps are made of groups",
    "orphans": "hosts stand before the first header: ClusterIt's -g runs on them too, "
    "or loses them where the file ends in a lump",
    "trailing-space": "white space or a carriage return after a host: "
    "to ClusterIt it is part of the name",
}
ERRORS = {
    "case-conflict": "two hosts, or two groups, differ in case alone",
    "encoding": "the text is not UTF-8",
    "header-name": "a header has no name",
    "invalid-name": "a line is not the name of a host, or of a group",
    "lump-loop": "a lump contains itself",
    "misspelt-header": "a header is not spelt GROUP: or LUMP:",
    "no-hosts": "there are no hosts in the file",
    "other-format": "the file looks like another format",
    "reserved-name": "a header declares __all__ or __orphans__",
    "too-many-problems": "there are more than 1,000 problems",
    "unknown-group": "a lump names what is no group",
}

LONGEST = 1022
_WORD = re.compile("GROUP|LUMP")


class _Entry(NamedTuple):
    name: str
    line: int
    column: int
    raw: str


class _Part(NamedTuple):
    """A section: its header, and the entries below it."""

    kind: str
    """``GROUP`` or ``LUMP``; empty for what stands before the first header."""
    header: _Entry
    entries: list[_Entry]
    broken: bool = False
    """Some line of it has an error, so that more may have been meant to be in it."""


def find_warnings(raw: list[str], problems: Iterable[Problem]) -> list[Problem]:
    """Find everything in the lines of a cluster file that deserves a warning.

    ``problems`` are the errors of the same lines.
    """
    parts = _split(raw, {problem.line: problem.rule for problem in problems})
    names = _Names(parts)
    return sorted(
        [
            *_check_lines(raw),
            *_check_orphans(parts),
            *_check_words(parts),
            *_check_spaces(parts),
            *_check_duplicates(parts),
            *_check_lumps(parts, names),
            *_check_empty(names),
            *_check_likeness(parts, names),
        ]
    )


def _split(raw: list[str], broken: Mapping[int, str]) -> list[_Part]:
    """Split lines into sections; lines with errors are left out, but still end a section."""
    parts = [_Part("", _Entry(ORPHANS, 1, 1, ""), [])]
    for number, line in enumerate(raw, 1):
        name = line.strip()
        if not name or name[0] == "#":
            continue
        entry = _Entry(name, number, len(line) - len(line.lstrip()) + 1, line)
        header = pattern(HEADER).fullmatch(name)
        if header:
            parts.append(_Part(header[1], entry._replace(name=header[2]), []))
        elif broken.get(number) == "misspelt-header":
            parts.append(_Part("GROUP", entry, []))
        elif number not in broken or broken[number] in _STILL_NAMES:
            parts[-1].entries.append(entry)
        if number in broken:
            parts[-1] = parts[-1]._replace(broken=True)
    return parts


_STILL_NAMES = ("case-conflict", "lump-loop", "unknown-group")


class _Names:
    """What the sections say of each group."""

    def __init__(self, parts: list[_Part]) -> None:
        self.first: dict[str, _Part] = {}
        self.lumps: dict[str, list[_Entry]] = {}
        self.listing = {ALL, ORPHANS}
        """The groups that list hosts themselves; those always there are never called empty."""
        for part in parts:
            name = part.header.name
            if part.kind:
                self.first.setdefault(name, part)
            if part.kind == "LUMP":
                self.lumps.setdefault(name, []).extend(part.entries)
            elif part.entries:
                self.listing.add(name)

    def find_filled(self) -> set[str]:
        """Find the groups that have hosts; a name that nobody defines may have some."""
        above: dict[str, list[str]] = {}
        todo = [*self.listing]
        for lump, entries in self.lumps.items():
            for entry in entries:
                above.setdefault(entry.name, []).append(lump)
                if entry.name not in self.first:
                    todo.append(entry.name)
        filled: set[str] = set()
        while todo:
            name = todo.pop()
            if name not in filled:
                filled.add(name)
                todo.extend(above.get(name, ()))
        return filled


def _warn(rule: str, entry: _Entry, message: str) -> Problem:
    return Problem(entry.line, entry.column, message, rule)


def _check_lines(raw: list[str]) -> Iterator[Problem]:
    for number, line in enumerate(raw, 1):
        size = len(line.encode("utf-8", "surrogateescape"))
        if size > LONGEST:
            message = (
                f"a line of {size:,} bytes; ClusterIt reads {LONGEST + 1:,} at a time "
                "and takes the rest for another line"
            )
            yield Problem(number, 1, message, "long-line")
        comment = line.strip()
        if comment[:1] == "#" and line[0] != "#" and (word := _WORD.search(line)):
            message = (
                f"an indented comment with {word[0]!r} in it, which ClusterIt takes for a header; "
                "begin the line with '#'"
            )
            yield Problem(number, word.start() + 1, message, "header-in-comment")


def _check_orphans(parts: list[_Part]) -> Iterator[Problem]:
    orphans, last = parts[0].entries, parts[-1].kind
    if not orphans or not last:
        return
    many = f"{len(orphans):,} hosts" if len(orphans) > 1 else f"host {quote(orphans[0].name)}"
    stand, them = ("stand", "them") if len(orphans) > 1 else ("stands", "it")
    fate = (
        f"loses {them}, as the file ends in a lump" if last == "LUMP" else f"runs on {them} as well"
    )
    message = f"{many} {stand} before the first header; ClusterIt's -g {fate}"
    yield _warn("orphans", orphans[0], message)


def _check_words(parts: list[_Part]) -> Iterator[Problem]:
    for part in parts:
        for entry in part.entries:
            if word := _WORD.search(entry.name):
                what = "group" if part.kind == "LUMP" else "host"
                message = (
                    f"{what} {quote(entry.name)} has {word[0]!r} in its name, "
                    "for which ClusterIt takes the line for a header"
                )
                yield _warn("header-in-name", entry, message)


def _check_spaces(parts: list[_Part]) -> Iterator[Problem]:
    for part in parts:
        for entry in part.entries:
            if part.kind != "LUMP" and (space := entry.raw[len(entry.raw.rstrip()) :]):
                what = "a carriage return" if space == "\r" else "white space"
                message = f"{what} after host {quote(entry.name)}, part of its name to ClusterIt"
                after = entry.column + len(entry.name)
                yield Problem(entry.line, after, message, "trailing-space")


def _check_duplicates(parts: list[_Part]) -> Iterator[Problem]:
    seen: dict[str, dict[str, _Entry]] = {}
    for part in parts:
        group = part.header.name
        listed = seen.setdefault(group, {})
        for entry in part.entries if part.kind != "LUMP" else ():
            first = listed.setdefault(entry.name, entry)
            if first is not entry:
                where = f"in group {quote(group)}" if part.kind else "before the first header"
                message = (
                    f"host {quote(entry.name)} stands twice {where}, first on line {first.line}"
                )
                yield _warn("duplicate-host", entry, message)


def _check_lumps(parts: list[_Part], names: _Names) -> Iterator[Problem]:
    for part in parts:
        for entry in part.entries if part.kind == "LUMP" else ():
            if entry.name in names.lumps:
                message = (
                    f"lump {quote(part.header.name)} names lump {quote(entry.name)}; "
                    "ClusterIt's lumps are made of groups alone"
                )
                yield _warn("nested-lump", entry, message)


def _check_empty(names: _Names) -> Iterator[Problem]:
    filled = names.find_filled()
    for name, part in names.first.items():
        if name and name not in filled and not part.broken:
            yield _warn(
                "empty-group", part.header, f"{part.kind.lower()} {quote(name)} has no hosts"
            )


def _check_likeness(parts: list[_Part], names: _Names) -> Iterator[Problem]:
    # of names that differ in case alone, the first header counts
    groups = {fold(name): part.header for name, part in reversed(names.first.items())}
    seen: set[str] = set()
    for part in parts:
        for entry in part.entries if part.kind != "LUMP" else ():
            form = fold(entry.name)
            if form in groups and form not in seen:
                seen.add(form)
                group = groups[form]
                message = (
                    f"host {quote(entry.name)} is named like group {quote(group.name)} "
                    f"(line {group.line})"
                )
                yield _warn("host-like-group", entry, message)
