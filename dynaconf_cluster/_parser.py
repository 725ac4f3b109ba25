"""The format of a cluster file: text in, sections out.

Every rule of the format stands in `_Careful`, which reads line by line and
finds every problem. Most files have none, and for those `_proves_clean` shows
in a few passes over the whole text that the careful reader would not object;
where it cannot show that, the careful reader decides. The tests hold the two
against each other on arbitrary text.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from ._errors import ClusterFileError, Problem, quote
from ._nearest import hint

ALL = "__all__"
ORPHANS = "__orphans__"
RESERVED = (ALL, ORPHANS)


class Section(NamedTuple):
    """A header and the names below it: hosts, or for a lump, groups.

    The hosts before the first header are the section `ORPHANS`, always the
    first. The names stand in ``text`` from ``start`` to ``end``.
    """

    name: str
    lump: bool
    text: str
    start: int
    end: int

    def split(self) -> list[str]:
        return self.text[self.start : self.end].split()


def fold(name: str) -> str:
    """Drop what host names and dynaconf disregard: the case.

    dynaconf looks keys up in upper case (``upperfy``), which is not always
    undone by ``lower``.
    """
    return name.lower() if name.isascii() else name.upper().casefold()


def parse_sections(text: str, source: str) -> tuple[Section, ...]:
    """Parse the text of a cluster file.

    Raise `ClusterFileError` with every problem of the text.
    """
    text = text.removeprefix("\ufeff")
    tidy = _tidy(text)
    sections = _split(tidy)
    if _proves_clean(tidy, sections):
        return sections
    return _split(_Careful(text, source).canonical)


def _tidy(text: str) -> str:
    """Drop what the format ignores: comments and white space around entries."""
    text = text.replace("\r\n", "\n")
    if "#" in text or " " in text or "\t" in text:
        lines = map(str.strip, text.split("\n"))
        text = "\n".join([line for line in lines if line[:1] != "#"])
    return text


def _split(text: str) -> tuple[Section, ...]:
    """Split tidy text at its headers."""
    if text.startswith(("GROUP:", "LUMP:")):
        text = f"\n{text}"
    # no clean text has a NUL: it marks the lumps, so that one split finds both kinds
    text = text.replace("\nLUMP:", "\nGROUP:\0")
    orphans, *parts = text.split("\nGROUP:")
    sections = [Section(ORPHANS, False, text, 0, len(orphans))]
    start = len(orphans)
    for part in parts:
        start += len("\nGROUP:")
        end = start + len(part)
        name = part.partition("\n")[0]
        lump = name[:1] == "\0"
        sections.append(Section(name[lump:], lump, text, start + len(name), end))
        start = end
    return tuple(sections)


_NAMES = string.ascii_lowercase + string.digits + string.punctuation
_PLAIN = "".join(set(_NAMES) - set(":=#")).encode()
_PRINTABLE = (_NAMES + string.ascii_uppercase).encode()
_ONLY_HEADERS = re.compile(rb"\n*(?:(?:GROUP|LUMP):\n*)*")


def _proves_clean(text: str, sections: tuple[Section, ...]) -> bool:
    """Tell whether it is certain that tidy ``text`` has no problem."""
    names = [section.name for section in sections[1:]]
    return (
        text.isascii()
        and not ("" in names or ALL in names or ORPHANS in names)
        and (_all_lower(text, names) or _no_case_conflict(text, sections))
        and _lumps_hold(sections)
    )


def _all_lower(text: str, names: list[str]) -> bool:
    """Tell whether capitals and colons stand in proper headers only, blanks nowhere."""
    odd = text.encode().translate(None, _PLAIN)
    return odd.count(b":") == len(names) and _ONLY_HEADERS.fullmatch(odd) is not None


def _no_case_conflict(text: str, sections: tuple[Section, ...]) -> bool:
    """Tell the same of text with capitals in its names."""
    if text.encode().translate(None, _PRINTABLE).strip(b"\n"):
        return False
    if len(_LIKE_A_HEADER_LINE.findall(f"\n{text}\n")) != len(sections) - 1:
        return False
    groups = {section.name for section in sections}
    hosts = set(chain.from_iterable(s.split() for s in sections if not s.lump))
    return all(len(set(map(str.lower, each))) == len(each) for each in (groups, hosts))


def _lumps_hold(sections: tuple[Section, ...]) -> bool:
    """Tell whether lumps name defined groups only, and none contains itself."""
    known = {section.name for section in sections} | {ALL}
    lumps = {section.name for section in sections if section.lump}
    nested: dict[str, set[str]] = {}
    for section in sections:
        if section.lump:
            names = set(section.split())
            if not names <= known:
                return False
            if not names.isdisjoint(lumps):
                nested.setdefault(section.name, set()).update(names & lumps)
    return next(_loops(nested), None) is None


class _Loop(NamedTuple):
    lump: str
    link: str
    """The line of ``lump`` that closes the loop names this one."""
    way: str
    """From ``link`` to itself; a long way is cut in the middle."""


def _loops(graph: Mapping[str, Iterable[str]]) -> Iterator[_Loop]:
    """Find the loops among lumps, depth first and without recursion.

    Every link that closes a loop is met once, so without them there is none.
    """
    done: set[str] = set()
    for start in graph:
        way, links, at = [start], [iter(graph[start])], {start: 0}
        while way and start not in done:
            link = next((link for link in links[-1] if link not in done), None)
            if link is None:
                links.pop()
                done.add(way.pop())
            elif link in at:
                yield _Loop(way[-1], link, _show_way(way, at[link]))
            elif link in graph:
                at[link] = len(way)
                way.append(link)
                links.append(iter(graph[link]))


def _show_way(way: list[str], start: int) -> str:
    names = [*map(quote, way[start : start + 6])]
    if (more := len(way) - start - len(names)) > 0:
        names += [f"{more - 1:,} more"] * (more > 1) + [quote(way[-1])]
    return " -> ".join([*names, quote(way[start])])


_SUGGESTIONS = 100
_HEADER = re.compile(r"(GROUP|LUMP):\s*(.*)", re.DOTALL)
_LIKE_A_HEADER = re.compile(
    r"(group|lump)s?(?:\s*[:=]|\s)[\s:=]*(.*?)[\s:]*|(?-i:(GROUP|LUMP))",
    re.DOTALL | re.IGNORECASE,
)
_LIKE_A_HEADER_LINE = re.compile(r"\n(?:(?i:group|lump)[sS]?[:=]|(?:GROUP|LUMP)(?=\n))")

_UNDECODABLE = re.compile("[\ud800-\udfff]")
"""What ``surrogateescape`` makes of bytes that are not UTF-8."""


class _Line(NamedTuple):
    number: int
    column: int
    kind: str
    """``GROUP`` or ``LUMP`` for a header, else empty."""
    name: str


class _Careful:
    """Reads a cluster file line by line: the shape of each line, then what they mean.

    ``canonical`` is the text without what the format ignores. Raises
    `ClusterFileError` if there was a problem. At most the first hundred
    unknown names are compared with the known ones, which keeps the time in
    proportion to the size of the text.
    """

    def __init__(self, text: str, source: str) -> None:
        self.problems: list[Problem] = []
        lines = [self.read_line(n, raw) for n, raw in enumerate(text.split("\n"), 1)]
        self.lines = [line for line in lines if line is not None]
        self.check_headers()
        self.check_hosts()
        self.check_lumps()
        if self.problems:
            raise ClusterFileError(source, tuple(sorted(self.problems)))

    @property
    def canonical(self) -> str:
        return "\n".join(f"{ln.kind}:{ln.name}" if ln.kind else ln.name for ln in self.lines)

    def report(self, rule: str, number: int, column: int, message: str) -> None:
        self.problems.append(Problem(number, column, message, rule))

    def read_line(self, number: int, raw: str) -> _Line | None:
        if not raw.isascii() and (odd := _UNDECODABLE.search(raw)):
            problem = f"byte {ord(odd[0]) & 0xFF:#04x} is not UTF-8 text; save the file as UTF-8"
            self.report("encoding", number, odd.start() + 1, problem)
            return None
        entry = raw.strip()
        column = len(raw) - len(raw.lstrip()) + 1
        if not entry or entry[0] == "#":
            return None
        if entry[0] in "GLgl":
            if header := _HEADER.fullmatch(entry):
                return self.read_header(number, column, header)
            if like := _LIKE_A_HEADER.fullmatch(entry):
                return self.read_misspelt_header(number, column, entry, like)
        if self.has_odd_character(number, column, entry):
            return None
        return _Line(number, column, "", entry)

    def read_header(self, number: int, column: int, header: re.Match[str]) -> _Line:
        kind, name = header.groups()
        what = kind.lower()
        if not name:
            self.report(
                "header-name", number, column, f"a {what} without a name; write '{kind}:name'"
            )
        elif fold(name) == ALL:
            problem = (
                f"{what} {name!r} is every host of the file and always there; rename this {what}"
            )
            self.report("reserved-name", number, column, problem)
        elif fold(name) == ORPHANS:
            problem = f"{what} {name!r} is always there; list its hosts before the first header"
            self.report("reserved-name", number, column, problem)
        else:
            self.has_odd_character(number, column + header.start(2), name, what)
        return _Line(number, column, kind, name)

    def read_misspelt_header(
        self, number: int, column: int, entry: str, like: re.Match[str]
    ) -> _Line:
        kind, name = (like[1] or like[3]).upper(), like[2] or ""
        instead = f"{kind}:{name or 'name'}"
        problem = f"{quote(entry)} is not spelt like a header; write {quote(instead)}"
        self.report("misspelt-header", number, column, problem)
        return _Line(number, column, kind, name)

    def has_odd_character(self, number: int, column: int, name: str, what: str = "entry") -> bool:
        if name.isprintable() and " " not in name:
            return False
        odd = next((i for i, char in enumerate(name) if _is_odd(char)), None)
        if odd is None:
            return False
        message = f"{_describe(name[odd])} inside {what} {quote(name)}; {_advice(name, odd, what)}"
        self.report("odd-character", number, column + odd, message)
        return True

    def check_headers(self) -> None:
        headers = [line for line in self.lines if line.kind and fold(line.name) not in RESERVED]
        self.known = {line.name for line in headers} | set(RESERVED)
        self.check_case("group", headers)

    def check_hosts(self) -> None:
        """Tell the hosts from the members of lumps."""
        self.members: list[tuple[str, _Line]] = []
        hosts: list[_Line] = []
        lump = None
        for line in self.lines:
            if line.kind:
                lump = line.name if line.kind == "LUMP" else None
            elif lump is None:
                hosts.append(line)
            else:
                self.members.append((lump, line))
        self.hosts = {line.name for line in hosts}
        self.check_case("host", hosts)

    def check_case(self, what: str, lines: list[_Line]) -> None:
        spellings: dict[str, _Line] = {}
        for line in lines:
            spellings.setdefault(line.name, line)
        first: dict[str, _Line] = {}
        for name, line in spellings.items():
            other = first.setdefault(fold(name), line)
            if other is not line:
                problem = (
                    f"{what} {quote(name)} differs from {quote(other.name)} (line {other.number}) "
                    "in case alone; write both the same"
                )
                self.report("case-conflict", line.number, line.column, problem)

    def check_lumps(self) -> None:
        graph: dict[str, dict[str, _Line]] = {lump: {} for lump, _ in self.members}
        unknown = 0
        for lump, line in self.members:
            if line.name in self.known:
                graph[lump].setdefault(line.name, line)
                continue
            unknown += 1
            if line.name in self.hosts:
                advice = f"; {quote(line.name)} is a host, and a lump is made of groups"
            else:
                advice = hint(line.name, self.known) if unknown <= _SUGGESTIONS else ""
            problem = f"lump {quote(lump)} names unknown group {quote(line.name)}{advice}"
            self.report("unknown-group", line.number, line.column, problem)
        for loop in _loops(graph):
            line = graph[loop.lump][loop.link]
            problem = f"lump {quote(loop.link)} contains itself: {loop.way}"
            self.report("lump-loop", line.number, line.column, problem)


def _is_odd(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "Z" or category in ("Cc", "Cf")


def _describe(char: str) -> str:
    if char.isspace():
        return "white space"
    what = "control" if unicodedata.category(char) == "Cc" else "invisible"
    return f"{what} character U+{ord(char):04X}"


def _advice(name: str, odd: int, what: str) -> str:
    if name[odd:].lstrip().startswith("#"):
        return "a comment stands on a line of its own"
    if what == "entry" and name[odd].isspace():
        return "write one name a line"
    return "remove it"
