"""The rules of a cluster file, and what is said of a file that breaks them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from ipaddress import AddressValueError, IPv6Address

from ._errors import ClusterFileError, Problem, edits, hint, quote

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


_SUGGESTIONS = 100
HEADER = r"(GROUP|LUMP):\s*(.*)"
_LIKE_A_HEADER = r"(?i:(group|lump)s?(?![\w.-])(.+))|(GROUP|LUMP)"
_MARKED = r"(?i:(?:[^\w:]|_)*(group|lump)s?(?:[^\w:]|_)*:(.*))"
_NEARLY = r"[^\w.-]*([A-Z]+?)S?:(.*)"
_UNDECODABLE = "[\ud800-\udfff]"
"""What ``surrogateescape`` makes of bytes that are not UTF-8, and halves of pairs in UTF-16."""


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
        if not raw.isascii() and (odd := pattern(_UNDECODABLE).search(raw)):
            code = ord(odd[0])
            what = f"byte {code & 0xFF:#04x}" if code & 0xFF80 == 0xDC80 else f"U+{code:04X}"
            problem = f"{what} is not UTF-8 text; save the file as UTF-8"
            self.report("encoding", number, odd.start() + 1, problem)
            return None
        entry = raw.strip()
        column = len(raw) - len(raw.lstrip()) + 1
        if not entry or entry[0] == "#":
            return None
        if entry[0] in "GLgl":
            if header := pattern(HEADER).fullmatch(entry):
                return self.read_header(number, column, header)
            if like := pattern(_LIKE_A_HEADER).fullmatch(entry):
                word, rest = like[1] or like[3], like[2] or ""
                return self.read_misspelt_header(number, column, entry, word, rest)
        if ":" in entry:
            if marked := pattern(_MARKED).fullmatch(entry):
                return self.read_misspelt_header(number, column, entry, marked[1], marked[2])
            nearly = pattern(_NEARLY).fullmatch(entry)
            if nearly and (word := _slips().get(nearly[1].lower())):
                return self.read_misspelt_header(number, column, entry, word, nearly[2])
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
        self, number: int, column: int, entry: str, word: str, rest: str
    ) -> _Line:
        kind, name = word.upper(), _strip_marks(rest)
        fine = name and _find_odd(name) is None and fold(name) not in RESERVED
        instead = name if fine else "name"
        problem = f"{quote(entry)} is not spelt like a header; write {quote(f'{kind}:{instead}')}"
        self.report("misspelt-header", number, column, problem)
        return _Line(number, column, kind, name)

    def has_odd_character(self, number: int, column: int, name: str, what: str = "entry") -> bool:
        odd = _find_odd(name)
        if odd is None:
            return False
        message = f"{_describe(name[odd])} inside {what} {quote(name)}; {_advice(name, odd, what)}"
        self.report("odd-character", number, column + odd, message)
        return True

    def check_headers(self) -> None:
        headers = [line for line in self.lines if line.kind and fold(line.name) not in RESERVED]
        self.known = dict.fromkeys([*(line.name for line in headers if line.name), *RESERVED])
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
            if not lump:  # of which it is said that it has no name
                continue
            if line.name in self.known:
                graph[lump].setdefault(line.name, line)
                continue
            unknown += 1
            if line.name in self.hosts:
                advice = f"; {quote(line.name)} is a host, and a lump is made of groups"
            else:
                advice = hint(line.name, self.known, lump) if unknown <= _SUGGESTIONS else ""
            problem = f"lump {quote(lump)} names unknown group {quote(line.name)}{advice}"
            self.report("unknown-group", line.number, line.column, problem)
        for lump, link, way in find_loops(graph):
            line = graph[lump][link]
            problem = f"lump {quote(link)} contains itself: {way}"
            self.report("lump-loop", line.number, line.column, problem)


@cache
def _slips() -> dict[str, str]:
    """Return what one slip makes of the words of headers."""
    return {slip: word for word in ("LUMP", "GROUP") for slip in edits(word.lower())}


def _strip_marks(name: str) -> str:
    """Drop what stands around the name in a misspelt header."""
    marks = "".join({char for char in name if not (char.isalnum() or char in "_.-#")})
    return name.strip(marks)


def _find_odd(name: str) -> int | None:
    if name.isprintable() and " " not in name:
        return None
    return next((i for i, char in enumerate(name) if _is_odd(char)), None)


def _is_odd(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "Z" or category in ("Cc", "Cf")


def _describe(char: str) -> str:
    if char.isspace():
        return "white space"
    what = "control" if unicodedata.category(char) == "Cc" else "invisible"
    return f"{what} character U+{ord(char):04X}"


def _advice(name: str, odd: int, what: str) -> str:
    if name[odd] == "\r":
        return "lines end in LF or CRLF"
    if name[0] == "#" or name[odd:].lstrip().startswith("#"):
        return "a comment stands on a line of its own"
    if what == "entry" and name[odd].isspace():
        return "write one name a line"
    return "remove it"
