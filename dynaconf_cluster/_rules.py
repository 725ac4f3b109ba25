"""The rules of a cluster file, and what is said of a file that breaks them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from ipaddress import AddressValueError, IPv6Address

from ._errors import NO_HOSTS, TOO_MANY, Problem, edits, hint, quote

ALL = "__all__"
ORPHANS = "__orphans__"
RESERVED = (ALL, ORPHANS)

_NAME = r"\w[\w-]*(?:\.[\w-]+)*"
_ADDRESS = rf"(?P<{{}}>[0-9A-Fa-f:.]+)(?:%{_NAME})?"
_HOST_NAME = (
    rf"(?:{_NAME}@)?(?:(?P<name>{_NAME})(?::(?P<port>[0-9]{{1,5}}))?|{_ADDRESS.format('bare')}"
    rf"|\[{_ADDRESS.format('inside')}\](?::(?P<port_behind>[0-9]{{1,5}}))?)"
)
_HIGHEST_PORT = 65_535


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed, which for most programs is never."""
    return re.compile(text, re.DOTALL)


def fold(name: str) -> str:
    """Drop what host names and dynaconf disregard: the case.

    dynaconf looks keys up in upper case (``upperfy``), which is not always
    undone by ``lower``.
    """
    return name.lower() if name.isascii() else name.upper().casefold()


def is_group_name(name: str) -> bool:
    """Tell whether a group may be called so."""
    return pattern(_NAME).fullmatch(name) is not None


def is_host_name(name: str) -> bool:
    """Tell whether a host may be called so: a name or an address, with a user and a port."""
    match = pattern(_HOST_NAME).fullmatch(name)
    if match is None:
        return False
    address, port = match["bare"] or match["inside"], match["port"] or match["port_behind"]
    if port and not 0 < int(port) <= _HIGHEST_PORT:
        return False
    try:
        return address is None or bool(IPv6Address(address))
    except AddressValueError:
        return False


def bare_name(host: str) -> str:
    """Return the name or address of a host, without user, port and brackets."""
    host = host.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def first_label(name: str) -> str:
    """Return a name up to its first dot; an address has none."""
    is_address = ":" in name or name.replace(".", "").isdigit()
    return name if is_address else name.partition(".")[0]


def find_loops(graph: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, str]]:
    """Find the loops among lumps, depth first and without recursion.

    Give the lump that closes a loop, what it names to do so, and the way from
    there to itself, of which a long one is cut in the middle. Every link that
    closes a loop is met once, so without them there is none.
    """
    done: set[str] = set()
    for start in graph:
        way, links, at = [start], [iter(graph[start])], {start: 0}
        while start not in done:
            link = next((link for link in links[-1] if link not in done), None)
            if link is None:
                links.pop()
                done.add(way.pop())
            elif link in at:
                yield way[-1], link, _show_way(way, at[link])
            elif link in graph:
                at[link] = len(way)
                way.append(link)
                links.append(iter(graph[link]))


def _show_way(way: list[str], start: int) -> str:
    names = [*map(quote, way[start : start + 6])]
    if (more := len(way) - start - len(names)) > 0:
        names += [f"{more - 1:,} more"] * (more > 1) + [quote(way[-1])]
    return " -> ".join([*names, quote(way[start])])


MOST = 1000
"""After so many problems reading stops."""
_SUGGESTIONS = 100
HEADER = r"(GROUP|LUMP):\s*(.*)"
_MISSPELT = (
    r"(?i:(group|lump)s?(?![\w.@-])(.+))",
    r"(GROUP|LUMP)()",
    r"(?i:(?:[^\w:]|_)*(group|lump)s?(?:[^\w:]|_)*:(.*))",
)
_NEARLY = r"(?i:[^\w.-]*([a-z]+?)s?:(.*))"
_BRACKETS = r"\[\s*([\w.-]+)\s*(?::\s*(\w+)\s*)?\]"
_UNDECODABLE = "[\ud800-\udfff]"
"""What ``surrogateescape`` makes of bytes that are not UTF-8, and halves of pairs in UTF-16."""


class _EnoughError(Exception):
    """There are more problems than anybody wants to read."""


class _Line:
    """A line; ``kind`` is ``GROUP`` or ``LUMP`` for a header, else empty."""

    __slots__ = ("column", "kind", "name", "number")

    def __init__(self, number: int, column: int, kind: str, name: str) -> None:
        self.number = number
        self.column = column
        self.kind = kind
        self.name = name


class Rules:
    """Reads a cluster file line by line: the shape of each line, then what they mean.

    ``problems`` are in the order of the lines; after `MOST` of them reading
    stops, which the last one says. Without any, ``canonical`` is the text
    without what the format ignores. At most the first hundred unknown names
    are compared with the known ones, which keeps the time in proportion to
    the size of the text.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines: list[_Line] = []
        self.hosts: list[_Line] = []
        self.members: list[tuple[str, _Line]] = []
        self.lump: str | None = None
        """The lump that the lines read belong to, or nothing in a group."""
        self._found: list[Problem] = []
        try:
            for number, raw in enumerate(lines, 1):
                self.read_line(number, raw)
            if not self.hosts and not self._found:
                self.report(NO_HOSTS, 1, 1, "no hosts")
            self.check_case("host", self.hosts)
            self.check_headers()
            self.check_lumps()
        except _EnoughError:
            self._found.sort()
            message = f"more than {MOST:,} problems; the rest was not read"
            self._found.append(self._found[-1]._replace(message=message, rule=TOO_MANY))
        else:
            self._found.sort()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._found)

    @property
    def canonical(self) -> str:
        return "\n".join(f"{ln.kind}:{ln.name}" if ln.kind else ln.name for ln in self.lines)

    def report(self, rule: str, number: int, column: int, message: str) -> None:
        if len(self._found) == MOST:
            raise _EnoughError
        self._found.append(Problem(number, column, message, rule))

    def read_line(self, number: int, raw: str) -> None:
        if not raw.isascii() and (odd := pattern(_UNDECODABLE).search(raw)):
            code = ord(odd[0])
            what = f"byte {code & 0xFF:#04x}" if code & 0xFF80 == 0xDC80 else f"U+{code:04X}"
            problem = f"{what} is not UTF-8 text; save the file as UTF-8"
            self.report("encoding", number, odd.start() + 1, problem)
            return
        entry = raw.strip()
        if not entry or entry[0] == "#":
            return
        column = len(raw) - len(raw.lstrip()) + 1
        good = is_host_name(entry) if self.lump is None else is_group_name(entry)
        if not good or ":" in entry or entry in ("GROUP", "LUMP"):
            if header := pattern(HEADER).fullmatch(entry):
                self.read_header(number, column, header)
                return
            if misspelt := _read_misspelt(entry):
                self.read_misspelt_header(number, column, entry, *misspelt)
                return
            if not good:
                what = "host" if self.lump is None else "group"
                self.refuse_name(number, column, entry, what)
                return
        self.add_entry(_Line(number, column, "", entry))

    def add_entry(self, line: _Line) -> None:
        self.lines.append(line)
        if self.lump is None:
            self.hosts.append(line)
        else:
            self.members.append((self.lump, line))

    def start_section(self, number: int, column: int, kind: str, name: str) -> None:
        self.lines.append(_Line(number, column, kind, name))
        self.lump = name if kind == "LUMP" else None

    def read_header(self, number: int, column: int, header: re.Match[str]) -> None:
        kind, name = header.groups()
        self.start_section(number, column, kind, name)
        what = kind.lower()
        if not name:
            problem = f"a {what} without a name; write '{kind}:name'"
            self.report("header-name", number, column, problem)
        elif fold(name) == ALL:
            problem = (
                f"{what} {name!r} is every host of the file and always there; rename this {what}"
            )
            self.report("reserved-name", number, column, problem)
        elif fold(name) == ORPHANS:
            problem = f"{what} {name!r} is always there; list its hosts before the first header"
            self.report("reserved-name", number, column, problem)
        elif not is_group_name(name):
            self.refuse_name(number, column + header.start(2), name, "group")

    def read_misspelt_header(
        self, number: int, column: int, entry: str, word: str, rest: str
    ) -> None:
        kind, name = word.upper(), _strip_marks(rest)
        self.start_section(number, column, kind, name)
        instead = name if is_group_name(name) and fold(name) not in RESERVED else "name"
        problem = f"{quote(entry)} is not spelt like a header; write {quote(f'{kind}:{instead}')}"
        self.report("misspelt-header", number, column, problem)

    def refuse_name(self, number: int, column: int, name: str, what: str) -> None:
        at, message = explain_name(name, what)
        self.report("invalid-name", number, column + at, message)

    def check_headers(self) -> None:
        headers = [line for line in self.lines if line.kind and fold(line.name) not in RESERVED]
        self.known = dict.fromkeys([*(line.name for line in headers if line.name), *RESERVED])
        self.check_case("group", headers)

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
        hosts = {line.name for line in self.hosts} if self.members else set()
        graph: dict[str, dict[str, _Line]] = {lump: {} for lump, _ in self.members}
        unknown = 0
        for lump, line in self.members:
            if not lump:  # of which it is said that it has no name
                continue
            if line.name in self.known:
                graph[lump].setdefault(line.name, line)
                continue
            unknown += 1
            if line.name in hosts:
                advice = f"; {quote(line.name)} is a host, and a lump is made of groups"
            else:
                advice = hint(line.name, self.known, lump) if unknown <= _SUGGESTIONS else ""
            problem = f"lump {quote(lump)} names unknown group {quote(line.name)}{advice}"
            self.report("unknown-group", line.number, line.column, problem)
        for lump, link, way in find_loops(graph):
            line = graph[lump][link]
            problem = f"lump {quote(link)} contains itself: {way}"
            self.report("lump-loop", line.number, line.column, problem)


def _read_misspelt(entry: str) -> tuple[str, str] | None:
    """Tell which header a line was meant to be, and what stands behind its word."""
    for misspelt in _MISSPELT:
        if match := pattern(misspelt).fullmatch(entry):
            return match[1], match[2]
    nearly, bracketed = (pattern(near).fullmatch(entry) for near in (_NEARLY, _BRACKETS))
    may_be_host = is_host_name(entry)  # with a port behind a colon, an address in brackets
    if nearly and (nearly[1].isupper() or not may_be_host) and nearly[1].lower() in _slips():
        return _slips()[nearly[1].lower()], nearly[2]
    if bracketed and not may_be_host:
        return "LUMP" if bracketed[2] == "children" else "GROUP", bracketed[1]
    return None


@cache
def _slips() -> dict[str, str]:
    """Return what one slip makes of the words of headers."""
    return {slip: word for word in ("LUMP", "GROUP") for slip in edits(word.lower())}


def _strip_marks(name: str) -> str:
    """Drop what stands around the name in a misspelt header."""
    marks = "".join({char for char in name if not (char.isalnum() or char in "_.-#")})
    return name.strip(marks)


_MARKS = " \"',;:.-"
_LONGEST = 1000
_ADVICE = (
    (
        r"(?<=[\w.-])\[[\w,:-]+\]|\{\w+(?:,|\.\.)[\w,.]+\}",
        "ranges are not expanded here: write the hosts out, one a line",
    ),
    ("=", "a cluster file has no variables"),
    (r"\s", "write one name a line, without white space"),
    ("[,;]", "write one name a line"),
    ("://", "write the name of the host alone"),
    (r"^(?:.*@)?\[?[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:", "this is no IPv6 address"),
    (r":\d+$", "a port is a number from 1 to 65535"),
    (r"\.\.", "leave out one of the dots"),
    ("", "use letters, digits, '_', '-' and '.'"),
)
"""What helps where a name that is none has something in it; the first that is there counts."""


def explain_name(name: str, what: str) -> tuple[int, str]:
    """Say where a name that is none goes wrong, and what to write; ``what`` is host or group."""
    rest = pattern(rf"(?:{_NAME}@)?(?:{_NAME})?").sub("", name, count=1) or name[-1:]
    advice = _advise(name[:_LONGEST], what, rest[:1])
    return len(name) - len(rest), f"{quote(name)} is not the name of a {what}; {advice}"


def _advise(name: str, what: str, odd: str) -> str:
    """Say what to write instead of a name that is none, in which ``odd`` is the first slip."""
    is_good = is_group_name if what == "group" else is_host_name
    if odd == "\r":
        return "lines end in LF or CRLF"
    if "#" in name:
        return "a comment stands on a line of its own"
    if name[:1] == "@" and is_group_name(name[1:]):
        in_lump = f"write {quote(name[1:])}"
        return in_lump if what == "group" else "groups are named below 'LUMP:', without the '@'"
    if what == "group" and is_host_name(name):
        return "no group has a user, a port or an address"
    if is_good(name.rstrip(".")):
        return "leave out the dot at the end"
    if is_good(stripped := name.strip(_MARKS)):
        return f"write {quote(stripped)}"
    if is_good(composed := unicodedata.normalize("NFC", name)):
        return f"write it composed (NFC), as {quote(composed)}"
    if not odd.isprintable() and not odd.isspace():
        return f"remove the character U+{ord(odd):04X}"
    return next(advice for wrong, advice in _ADVICE if pattern(wrong).search(name))
