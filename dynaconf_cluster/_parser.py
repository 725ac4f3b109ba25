"""The format of a cluster file: text in, sections out.

The rules of the format stand in `_rules`, which reads line by line and finds
every problem. Most files have none, and for those `_proves_clean` shows in a
few passes over the whole text that no rule is broken. Where it cannot show
that, the rules decide. The tests hold the two against each other on arbitrary
text.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from itertools import chain, starmap
from operator import gt, lt

ALL = "__all__"
ORPHANS = "__orphans__"
RESERVED = (ALL, ORPHANS)


Header = tuple[str, bool, int, int]
"""A name, whether it is a lump's, and from and up to where the names below it stand."""


class Sections:
    """The sections of a cluster file: headers, and the names below them in the text.

    The hosts before the first header are the section `ORPHANS`, always the first.
    """

    def __init__(self, text: str) -> None:
        """Split tidy text at its headers, without copying it."""
        self._text = text = f"\n{text}"
        found = list(re.finditer(_HEADER, text))
        self.names = [ORPHANS, *[header[2] for header in found]]
        self._lumps = [False, *[header[1] == "LUMP" for header in found]]
        self._starts = [0, *[header.end() for header in found]]
        self._ends = [*[header.start() for header in found], len(text)]

    def headers(self) -> Iterator[Header]:
        return zip(self.names, self._lumps, self._starts, self._ends, strict=True)

    def below(self, header: Header) -> list[str]:
        """Return the names below a header: hosts, or for a lump, groups."""
        return self._text[header[2] : header[3]].split()

    def hosts(self) -> Iterator[tuple[str, list[str]]]:
        """Give each group and the hosts below one of its headers."""
        return ((header[0], self.below(header)) for header in self.headers() if not header[1])

    def members(self) -> Iterator[tuple[str, list[str]]]:
        """Give each lump and the groups and lumps below one of its headers."""
        return ((header[0], self.below(header)) for header in self.headers() if header[1])


_HEADER = r"\n(GROUP|LUMP):(.*)"


def fold(name: str) -> str:
    """Drop what host names and dynaconf disregard: the case.

    dynaconf looks keys up in upper case (``upperfy``), which is not always
    undone by ``lower``.
    """
    return name.lower() if name.isascii() else name.upper().casefold()


def parse_sections(text: str, source: str) -> Sections:
    """Parse the text of a cluster file.

    Raise `ClusterFileError` with every problem of the text.
    """
    text = text.removeprefix("\ufeff")
    tidy = _tidy(text)
    sections = Sections(tidy)
    if _is_utf8(text) and _proves_clean(tidy, sections):
        return sections
    from ._rules import Rules  # most programs never need them

    return Sections(Rules(text, source).canonical)


def _is_utf8(text: str) -> bool:
    """Tell whether all of the text, comments included, was decoded without escapes."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _tidy(text: str) -> str:
    """Drop what the format ignores: comments and white space around entries."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "#" in text or " " in text or "\t" in text:
        lines = map(str.strip, text.split("\n"))
        text = "\n".join([line for line in lines if line[:1] != "#"])
    return text


_NAMES = string.ascii_lowercase + string.digits + string.punctuation
_PLAIN = f"{string.ascii_lowercase}{string.digits}-._".encode()
_PRINTABLE = (_NAMES + string.ascii_uppercase).encode()
_LIKE_A_HEADER = (
    r"\n(?:(?i:group|lump)[sS]?(?![\w.\n-])|(?:GROUP|LUMP)(?=\n)|[^\w\n.-]*[A-Z]+:"
    r"|(?:[^\w\n:]|_)*(?i:group|lump)[sS]?(?:[^\w\n:]|_)*:)"
)


def _proves_clean(text: str, sections: Sections) -> bool:
    """Tell whether it is certain that tidy ``text`` has no problem."""
    names = sections.names[1:]
    return (
        text.isascii()
        and not ("" in names or ALL in names or ORPHANS in names)
        and (_all_lower(text, names) or _no_case_conflict(text, sections, names))
        and ("LUMP:" not in text or _lumps_hold(sections, {*RESERVED, *names}))
    )


def _all_lower(text: str, names: list[str]) -> bool:
    """Tell whether capitals and colons stand in proper headers only, blanks nowhere."""
    odd = text.encode().translate(None, _PLAIN)
    if odd.count(b":") != len(names):
        return False
    return not odd.replace(b"GROUP:", b"").replace(b"LUMP:", b"").strip(b"\n")


def _no_case_conflict(text: str, sections: Sections, names: list[str]) -> bool:
    """Tell the same of text with capitals in its names."""
    if text.encode().translate(None, _PRINTABLE).strip(b"\n"):
        return False
    if len(re.findall(_LIKE_A_HEADER, f"\n{text}\n")) != len(names):
        return False
    groups = {*RESERVED, *names}
    hosts = set(chain.from_iterable(below for _, below in sections.hosts()))
    return all(len(set(map(str.lower, each))) == len(each) for each in (groups, hosts))


def _lumps_hold(sections: Sections, groups: set[str]) -> bool:
    """Tell whether lumps name defined groups only, and none contains itself."""
    members = list(sections.members())
    named = set(chain.from_iterable(below for _, below in members))
    places = {lump: place for place, (lump, _) in enumerate(members)}
    if not named <= groups:
        return False
    if named.isdisjoint(places):
        return True
    links = [
        (places[lump], places[name]) for lump, names in members for name in names if name in places
    ]
    if all(starmap(lt, links)) or all(starmap(gt, links)):  # mostly, what is named comes first
        return True
    from ._rules import find_loops

    graph: dict[str, set[str]] = {}
    for lump, names in members:
        graph.setdefault(lump, set()).update(places.keys() & names)
    return next(find_loops(graph), None) is None
