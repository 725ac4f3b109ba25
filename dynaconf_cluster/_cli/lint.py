"""Warnings: what ClusterIt's own tools would read differently, and likely mistakes.

The parser reports errors. Warnings are also found in invalid files, but not in
lines that have an error. Each check first tests many lines at once for anything
to find, so that large files are cheap to check.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from .. import _rules as rules
from .._errors import Problem, quote
from .._problems import HEADER
from .._syntax import ALL, ORPHANS, WORDS, fold, pattern
from .process import format_size

MAX_LINE = 1022
_WORD = re.compile("|".join(WORDS))
_STILL_NAMES = (None, rules.CASE_CONFLICT, rules.LUMP_LOOP, rules.UNKNOWN_GROUP)
"""Rules that a line can break and still be a valid name."""


class _Entry(NamedTuple):
    line: int
    column: int
    name: str

    def warn(self, rule: str, message: str) -> Problem:
        return Problem(self.line, self.column, message, rule)


class _Section(NamedTuple):
    kind: str
    """``GROUP`` or ``LUMP``; empty for the lines before the first header."""
    header: _Entry
    names: list[str]
    """The name in each line below the header; empty for a line without one."""
    is_broken: bool
    """Whether any line has an error, so that the section may lack names."""


class File:
    """The lines of a cluster file, and the sections that they form.

    ``problems`` are the errors in these lines.
    """

    def __init__(self, lines: list[str], problems: Iterable[Problem]) -> None:
        self.lines = lines
        names = [*map(str.strip, lines)]
        self.has_spaces = names != lines
        self.comments: list[int] = []
        broken = {problem.line: problem.rule for problem in problems}
        candidates = {number for number, name in enumerate(names, 1) if ":" in name or "#" in name}
        headers = [("", _Entry(0, 1, ORPHANS))]
        for number in sorted(candidates | broken.keys()):
            name = names[number - 1]
            if name.startswith("#"):
                self.comments.append(number)
            elif header := pattern(HEADER).fullmatch(name):
                headers.append((header[1], self._locate(number, header[2])))
            elif broken.get(number) == rules.MISSPELT_HEADER:
                headers.append(("GROUP", self._locate(number, name)))
            elif broken.get(number) in _STILL_NAMES:
                continue
            names[number - 1] = ""
        self.sections = _split(headers, names, sorted(broken))
        self.lumps = [section for section in self.sections if section.kind == "LUMP"]
        self.groups = [section for section in self.sections if section.kind != "LUMP"]
        """The sections that list hosts."""

    def _locate(self, number: int, name: str) -> _Entry:
        line = self.lines[number - 1]
        return _Entry(number, len(line) - len(line.lstrip()) + 1, name)

    def entries(self, section: _Section) -> Iterator[_Entry]:
        """Yield the names below a header, with their positions."""
        for number, name in enumerate(section.names, section.header.line + 1):
            if name:
                yield self._locate(number, name)

    def describe(self) -> str:
        """Return the number of hosts, groups and lumps as text."""
        hosts = {*chain.from_iterable(section.names for section in self.groups)} - {""}
        lumps = {section.header.name for section in self.lumps if any(section.names)}
        groups = {section.header.name for section in self.sections[1:]} - lumps
        return format_size(len(hosts), len(groups), len(lumps))


def _split(
    headers: list[tuple[str, _Entry]], names: list[str], broken: list[int]
) -> list[_Section]:
    """Split names at headers; ``broken`` are the lines with errors."""
    ends = [*(header.line - 1 for _, header in headers[1:]), len(names)]
    return [
        _Section(
            kind,
            header,
            names[header.line : end],
            bisect_left(broken, header.line) < bisect_right(broken, end),
        )
        for (kind, header), end in zip(headers, ends, strict=True)
    ]


def find_warnings(file: File) -> list[Problem]:
    """Return all warnings about a cluster file, sorted."""
    return sorted(chain.from_iterable(check(file) for check in _CHECKS))


def _find_long_lines(file: File) -> Iterator[Problem]:
    if max(map(len, file.lines)) <= MAX_LINE // 4:  # a character has up to four bytes
        return
    for number, line in enumerate(file.lines, 1):
        size = len(line.encode("utf-8", "surrogateescape"))
        if size > MAX_LINE:
            message = (
                f"a line of {size:,} bytes; ClusterIt reads {MAX_LINE + 1:,} at a time "
                "and takes the rest for another line"
            )
            yield Problem(number, 1, message, rules.LONG_LINE)


def _find_words(file: File) -> Iterator[Problem]:
    """Find lines that ClusterIt mistakes for headers."""
    for number in file.comments:
        line = file.lines[number - 1]
        if line[0] != "#" and (word := _WORD.search(line)):
            message = (
                f"an indented comment with {word[0]!r} in it, which ClusterIt takes for a header; "
                "begin the line with '#'"
            )
            yield Problem(number, word.start() + 1, message, rules.HEADER_IN_COMMENT)
    for section in file.sections:
        text = "\n".join(section.names)
        for entry in file.entries(section) if any(word in text for word in WORDS) else ():
            if word := _WORD.search(entry.name):
                what = "group" if section.kind == "LUMP" else "host"
                message = (
                    f"{what} {quote(entry.name)} has {word[0]!r} in its name, "
                    "for which ClusterIt takes the line for a header"
                )
                yield entry.warn(rules.HEADER_IN_NAME, message)


def _find_orphans(file: File) -> Iterator[Problem]:
    first, *others = file.sections
    orphans = [*file.entries(first)] if others else []
    if not orphans:
        return
    many = f"{len(orphans):,} hosts" if len(orphans) > 1 else f"host {quote(orphans[0].name)}"
    come, them = ("come", "them") if len(orphans) > 1 else ("comes", "it")
    loses = f"loses {them}, as the file ends in a lump"
    effect = loses if others[-1].kind == "LUMP" else f"runs on {them} as well"
    message = f"{many} {come} before the first header; ClusterIt's -g {effect}"
    yield orphans[0].warn(rules.ORPHANS_TOO, message)


def _find_trailing_spaces(file: File) -> Iterator[Problem]:
    for entry in chain.from_iterable(map(file.entries, file.groups)) if file.has_spaces else ():
        after = entry.column + len(entry.name)
        if space := file.lines[entry.line - 1][after - 1 :]:
            what = "a carriage return" if space == "\r" else "white space"
            message = f"{what} after host {quote(entry.name)}, part of its name to ClusterIt"
            yield Problem(entry.line, after, message, rules.TRAILING_SPACE)


def _find_duplicates(file: File) -> Iterator[Problem]:
    same: dict[str, list[_Section]] = {}
    for section in file.groups:
        same.setdefault(section.header.name, []).append(section)
    for group, sections in same.items():
        names = [*filter(None, chain.from_iterable(section.names for section in sections))]
        if len({*names}) == len(names):
            continue
        where = f"in group {quote(group)}" if sections[0].kind else "before the first header"
        first: dict[str, int] = {}
        for entry in chain.from_iterable(map(file.entries, sections)):
            line = first.setdefault(entry.name, entry.line)
            if line != entry.line:
                message = f"host {quote(entry.name)} is listed twice {where}, first on line {line}"
                yield entry.warn(rules.DUPLICATE_HOST, message)


def _find_nested_lumps(file: File) -> Iterator[Problem]:
    lumps = {section.header.name for section in file.lumps}
    for section in file.lumps:
        for entry in file.entries(section) if not lumps.isdisjoint(section.names) else ():
            if entry.name in lumps:
                message = (
                    f"lump {quote(section.header.name)} names lump {quote(entry.name)}; "
                    "ClusterIt's lumps are made of groups alone"
                )
                yield entry.warn(rules.NESTED_LUMP, message)


def _find_empty_groups(file: File) -> Iterator[Problem]:
    first = {section.header.name: section for section in reversed(file.sections[1:])}
    broken = {section.header.name for section in file.sections if section.is_broken}
    for name in first.keys() - _find_nonempty(file, {*first}) - broken:
        section = first[name]
        message = f"{section.kind.lower()} {quote(name)} has no hosts"
        yield section.header.warn(rules.EMPTY_GROUP, message)


def _find_nonempty(file: File, known: set[str]) -> set[str]:
    """Return the groups that have hosts; undefined groups are assumed to have some."""
    above: dict[str, list[str]] = {}
    for section in file.lumps:
        for name in filter(None, section.names):
            above.setdefault(name, []).append(section.header.name)
    todo = [ALL, ORPHANS, *(above.keys() - known)]
    todo += [section.header.name for section in file.groups if any(section.names)]
    nonempty: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in nonempty:
            nonempty.add(name)
            todo.extend(above.get(name, ()))
    return nonempty


def _find_hosts_like_groups(file: File) -> Iterator[Problem]:
    # if names differ only in case, the first header counts
    headers = [section.header for section in reversed(file.sections[1:])]
    groups = {fold(header.name): header for header in headers}
    for section in file.groups:
        text = "\n".join(section.names)
        folded = fold(text)
        if groups.keys().isdisjoint(section.names if folded == text else folded.split("\n")):
            continue
        for entry in file.entries(section):
            group = groups.pop(fold(entry.name), None)  # warn once per group
            if group is not None:
                message = (
                    f"host {quote(entry.name)} is named like group {quote(group.name)} "
                    f"(line {group.line})"
                )
                yield entry.warn(rules.HOST_LIKE_GROUP, message)


_CHECKS = (
    _find_long_lines,
    _find_words,
    _find_orphans,
    _find_trailing_spaces,
    _find_duplicates,
    _find_nested_lumps,
    _find_empty_groups,
    _find_hosts_like_groups,
)
