"""Reading a cluster file line by line, to find every problem in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from . import _rules as rules
from ._advice import explain_name, read_misspelt
from ._errors import Problem, hint, quote
from ._syntax import ALL, ORPHANS, RESERVED, WORDS, fold, is_group_name, is_host_name, pattern

MOST = 1000
"""Reading stops after this many problems."""
_SUGGESTIONS = 100
HEADER = r"(GROUP|LUMP):\s*(.*)"
_UNDECODABLE = "[\ud800-\udfff]"
"""Surrogates: escaped bytes that are not UTF-8, and halves of UTF-16 pairs."""
_Place = tuple[int, int]
"""A line and a column, counted from 1."""


class _TooManyProblemsError(Exception):
    """Reading stops at `MOST` problems."""


class LineReader:
    """Checks a cluster file line by line: first the syntax, then the meaning.

    ``problems`` are in line order; reading stops after `MOST` of them, and the
    last one says so. If there are none, ``canonical`` is the text without
    anything that the format ignores. Only the first hundred unknown names are
    compared with the known ones, to keep the time linear in the size of the
    text.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.stopped = False
        """Whether reading stopped because of too many problems."""
        self._found: list[Problem] = []
        self._lines: list[str] = []
        self._groups: dict[str, _Place] = {}
        self._hosts: dict[str, _Place] = {}
        self._members: list[tuple[str, str, _Place]] = []
        self._lump: str | None = None
        """The lump being read, or `None` in a group."""
        try:
            for number, raw in enumerate(lines, 1):
                self._read_line(number, raw)
            if not self._hosts and not self._found:
                self._report(rules.NO_HOSTS, (1, 1), "no hosts")
            self._check_case("host", self._hosts)
            self._check_case("group", self._groups)
            self._check_lumps()
        except _TooManyProblemsError:
            self.stopped = True

    @property
    def problems(self) -> tuple[Problem, ...]:
        problems = sorted(self._found)
        if self.stopped:
            message = f"more than {MOST:,} problems; the rest was not read"
            problems.append(problems[-1]._replace(message=message, rule=rules.TOO_MANY))
        return tuple(problems)

    @property
    def canonical(self) -> str:
        return "\n".join(self._lines)

    def _report(self, rule: str, place: _Place, message: str) -> None:
        if len(self._found) == MOST:
            raise _TooManyProblemsError
        self._found.append(Problem(*place, message, rule))

    def _read_line(self, number: int, raw: str) -> None:
        if not raw.isascii() and (bad := pattern(_UNDECODABLE).search(raw)):
            code = ord(bad[0])
            what = f"byte {code & 0xFF:#04x}" if code & 0xFF80 == 0xDC80 else f"U+{code:04X}"
            problem = f"{what} is not UTF-8 text; save the file as UTF-8"
            self._report(rules.ENCODING, (number, bad.start() + 1), problem)
            return
        entry = raw.strip()
        if not entry or entry[0] == "#":
            return
        place = number, len(raw) - len(raw.lstrip()) + 1
        if is_group_name(entry) and entry not in WORDS:
            self._read_entry(place, entry)
        elif header := pattern(HEADER).fullmatch(entry):
            self._read_header(place, header)
        elif misspelt := read_misspelt(entry):
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
            self._report(rules.HEADER_NAME, place, f"a {what} without a name; write '{kind}:name'")
        elif fold(name) == ALL:
            problem = (
                f"{what} {name!r} is every host of the file and always there; rename this {what}"
            )
            self._report(rules.RESERVED_NAME, place, problem)
        elif fold(name) == ORPHANS:
            problem = f"{what} {name!r} is always there; list its hosts before the first header"
            self._report(rules.RESERVED_NAME, place, problem)
        elif not is_group_name(name):
            self._refuse_name((place[0], place[1] + header.start(2)), name, "group")

    def _read_misspelt_header(self, place: _Place, entry: str, kind: str, name: str) -> None:
        self._start_section(place, kind, name)
        instead = name if is_group_name(name) and fold(name) not in RESERVED else "name"
        problem = f"{quote(entry)} is not spelt like a header; write {quote(f'{kind}:{instead}')}"
        self._report(rules.MISSPELT_HEADER, place, problem)

    def _refuse_name(self, place: _Place, name: str, what: str) -> None:
        at, message = explain_name(name, what)
        self._report(rules.INVALID_NAME, (place[0], place[1] + at), message)

    def _check_case(self, what: str, names: Mapping[str, _Place]) -> None:
        first: dict[str, str] = {}
        for name, place in names.items():
            other = first.setdefault(fold(name), name)
            if other is not name:
                problem = (
                    f"{what} {quote(name)} differs from {quote(other)} (line {names[other][0]}) "
                    "in case alone; write both the same"
                )
                self._report(rules.CASE_CONFLICT, place, problem)

    def _check_lumps(self) -> None:
        known = dict.fromkeys([*self._groups, *RESERVED])
        graph: dict[str, dict[str, _Place]] = {lump: {} for lump, _, _ in self._members}
        unknown = 0
        for lump, name, place in self._members:
            if not lump:  # the missing name is already reported
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
            self._report(rules.UNKNOWN_GROUP, place, problem)
        for lump, link, path in find_loops(graph):
            problem = f"lump {quote(link)} contains itself: {path}"
            self._report(rules.LUMP_LOOP, graph[lump][link], problem)


def find_loops(graph: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield each link that closes a loop: the lump, the member, and the loop as text.

    The search is depth-first without recursion; a long loop is abbreviated. Removing
    the links yielded would remove all loops.
    """
    done: set[str] = set()
    for start in graph:
        path, links, at = [start], [iter(graph[start])], {start: 0}
        while start not in done:
            for link in links[-1]:
                if link in at:
                    yield path[-1], link, _format_loop(path, at[link])
                elif link in graph and link not in done:
                    at[link] = len(path)
                    path.append(link)
                    links.append(iter(graph[link]))
                    break
            else:
                links.pop()
                done.add(lump := path.pop())
                del at[lump]


def _format_loop(path: list[str], start: int) -> str:
    names = [*map(quote, path[start : start + 6])]
    if (more := len(path) - start - len(names)) > 0:
        names += [f"{more - 1:,} more"] * (more > 1) + [quote(path[-1])]
    return " -> ".join([*names, quote(path[start])])
