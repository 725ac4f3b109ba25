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
_ADDRESS = r"[0-9A-Fa-f:.]+"
_HOST = (
    rf"(?:{_NAME}|\[(?P<inside>{_ADDRESS})(?:%{_NAME})?\])(?::(?P<port>[0-9]{{1,5}}))?"
    rf"|(?P<bare>{_ADDRESS})(?:%{_NAME})?"
)
_HIGHEST_PORT = 65_535
DOUBTFUL = rf"^(?!{_NAME}$|$).*"
"""The lines, among many, that are more than a name."""


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
    user, at, host = name.rpartition("@")
    match = pattern(_HOST).fullmatch(host)
    if match is None or (at and not is_group_name(user)):
        return False
    address, port = match["bare"] or match["inside"], match["port"]
    if port and not 0 < int(port) <= _HIGHEST_PORT:
        return False
    try:
        return address is None or bool(IPv6Address(address))
    except AddressValueError:
        return False


def is_host_line(entry: str) -> bool:
    """Tell whether a line that is more than a name is a host, and not like a header."""
    return is_host_name(entry) and not _read_misspelt(entry)


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


WORDS = ("GROUP", "LUMP")
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


_Place = tuple[int, int]
"""A line and a column, which count from 1."""


class _EnoughError(Exception):
    """There are more problems than anybody wants to read."""


class Rules:
    """Reads a cluster file line by line: the shape of each line, then what they mean.

    ``problems`` are in the order of the lines; after `MOST` of them reading
    stops, which the last one says. Without any, ``canonical`` is the text
    without what the format ignores. At most the first hundred unknown names
    are compared with the known ones, which keeps the time in proportion to
    the size of the text.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.stopped = False
        """Whether there were too many problems."""
        self._found: list[Problem] = []
        self._lines: list[str] = []
        self._groups: dict[str, _Place] = {}
        self._hosts: dict[str, _Place] = {}
        self._members: list[tuple[str, str, _Place]] = []
        self._lump: str | None = None
        """The lump that the lines read belong to, or nothing in a group."""
        try:
            for number, raw in enumerate(lines, 1):
                self._read_line(number, raw)
            if not self._hosts and not self._found:
                self._report(NO_HOSTS, (1, 1), "no hosts")
            self._check_case("host", self._hosts)
            self._check_case("group", self._groups)
            self._check_lumps()
        except _EnoughError:
            self.stopped = True

    @property
    def problems(self) -> tuple[Problem, ...]:
        problems = sorted(self._found)
        if self.stopped:
            message = f"more than {MOST:,} problems; the rest was not read"
            problems.append(problems[-1]._replace(message=message, rule=TOO_MANY))
        return tuple(problems)

    @property
    def canonical(self) -> str:
        return "\n".join(self._lines)

    def _report(self, rule: str, place: _Place, message: str) -> None:
        if len(self._found) == MOST:
            raise _EnoughError
        self._found.append(Problem(*place, message, rule))

    def _read_line(self, number: int, raw: str) -> None:
        if not raw.isascii() and (odd := pattern(_UNDECODABLE).search(raw)):
            code = ord(odd[0])
            what = f"byte {code & 0xFF:#04x}" if code & 0xFF80 == 0xDC80 else f"U+{code:04X}"
            problem = f"{what} is not UTF-8 text; save the file as UTF-8"
            self._report("encoding", (number, odd.start() + 1), problem)
            return
        entry = raw.strip()
        if not entry or entry[0] == "#":
            return
        place = number, len(raw) - len(raw.lstrip()) + 1
        if is_group_name(entry) and entry not in WORDS:
            self._read_entry(place, entry)
        elif header := pattern(HEADER).fullmatch(entry):
            self._read_header(place, header)
        elif misspelt := _read_misspelt(entry):
            self._read_misspelt_header(place, entry, *misspelt)
        else:
            self._read_entry(place, entry)

    def _read_entry(self, place: _Place, name: str) -> None:
        self._lines.append(name)
        if self._lump is None and is_host_name(name):
            self._hosts.setdefault(name, place)
        elif self._lump is not None and is_group_name(name):
            self._members.append((self._lump, name, place))
        else:
            self._refuse_name(place, name, "host" if self._lump is None else "group")

    def _start_section(self, place: _Place, kind: str, name: str) -> None:
        self._lines.append(f"{kind}:{name}")
        self._lump = name if kind == "LUMP" else None
        if name and fold(name) not in RESERVED:
            self._groups.setdefault(name, place)

    def _read_header(self, place: _Place, header: re.Match[str]) -> None:
        kind, name = header.groups()
        what = kind.lower()
        self._start_section(place, kind, name)
        if not name:
            self._report("header-name", place, f"a {what} without a name; write '{kind}:name'")
        elif fold(name) == ALL:
            problem = (
                f"{what} {name!r} is every host of the file and always there; rename this {what}"
            )
            self._report("reserved-name", place, problem)
        elif fold(name) == ORPHANS:
            problem = f"{what} {name!r} is always there; list its hosts before the first header"
            self._report("reserved-name", place, problem)
        elif not is_group_name(name):
            self._refuse_name((place[0], place[1] + header.start(2)), name, "group")

    def _read_misspelt_header(self, place: _Place, entry: str, kind: str, name: str) -> None:
        self._start_section(place, kind, name)
        instead = name if is_group_name(name) and fold(name) not in RESERVED else "name"
        problem = f"{quote(entry)} is not spelt like a header; write {quote(f'{kind}:{instead}')}"
        self._report("misspelt-header", place, problem)

    def _refuse_name(self, place: _Place, name: str, what: str) -> None:
        at, message = explain_name(name, what)
        self._report("invalid-name", (place[0], place[1] + at), message)

    def _check_case(self, what: str, names: Mapping[str, _Place]) -> None:
        first: dict[str, str] = {}
        for name, place in names.items():
            other = first.setdefault(fold(name), name)
            if other is not name:
                problem = (
                    f"{what} {quote(name)} differs from {quote(other)} (line {names[other][0]}) "
                    "in case alone; write both the same"
                )
                self._report("case-conflict", place, problem)

    def _check_lumps(self) -> None:
        known = self._groups | dict.fromkeys(RESERVED, (0, 0))
        graph: dict[str, dict[str, _Place]] = {lump: {} for lump, _, _ in self._members}
        unknown = 0
        for lump, name, place in self._members:
            if not lump:  # of which it is said that it has no name
                continue
            if name in known:
                graph[lump].setdefault(name, place)
                continue
            unknown += 1
            if name in self._hosts:
                advice = f"; {quote(name)} is a host, and a lump is made of groups"
            else:
                advice = hint(name, known, lump) if unknown <= _SUGGESTIONS else ""
            problem = f"lump {quote(lump)} names unknown group {quote(name)}{advice}"
            self._report("unknown-group", place, problem)
        for lump, link, way in find_loops(graph):
            self._report(
                "lump-loop", graph[lump][link], f"lump {quote(link)} contains itself: {way}"
            )


def _read_misspelt(entry: str) -> tuple[str, str] | None:
    """Tell which header a line was meant to be: its kind and its name.

    Of lines that may be hosts, a word alone or before a colon is like a header.
    """
    may_be_host = is_host_name(entry)
    word = entry.partition(":")[0].strip("_.-")
    if len(entry) > _LONGEST or (may_be_host and not word.isalpha()):
        return None
    for misspelt in _MISSPELT:
        if match := pattern(misspelt).fullmatch(entry):
            return match[1].upper(), _strip_marks(match[2])
    nearly, bracketed = (pattern(near).fullmatch(entry) for near in (_NEARLY, _BRACKETS))
    if nearly and (nearly[1].isupper() or not may_be_host) and nearly[1].lower() in _slips():
        return _slips()[nearly[1].lower()], _strip_marks(nearly[2])
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
    start = name[:_LONGEST]
    rest = pattern(rf"(?:{_NAME}@)?(?:{_NAME})?").sub("", start, count=1) or start[-1:]
    advice = _advise(start, what, rest[:1])
    return len(start) - len(rest), f"{quote(name)} is not the name of a {what}; {advice}"


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
