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
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, compress, starmap
from operator import gt, lt

from ._rules import ALL, ORPHANS, RESERVED, Rules, find_loops


class Sections:
    """The sections of a cluster file: headers, and the text below them.

    The hosts before the first header are the section `ORPHANS`, always the first.
    """

    def __init__(
        self,
        names: list[str],
        lumps: list[bool],
        texts: list[str],
        split: Callable[[str], list[str]] = str.split,
    ) -> None:
        """Take sections whose texts ``split`` takes apart, one name a line."""
        self.split = split
        self.names = names
        self._lumps = lumps
        self._texts = texts
        self._groups = [not lump for lump in lumps]

    def __iter__(self) -> Iterator[tuple[str, bool, str]]:
        """Give each section's name, whether it is a lump, and the text below the header."""
        return zip(self.names, self._lumps, self._texts, strict=True)

    @property
    def groups(self) -> list[str]:
        """The names of the sections that list hosts."""
        return [*compress(self.names, self._groups)]

    @property
    def texts(self) -> list[str]:
        """The text of each of these sections, which is its hosts."""
        return [*compress(self._texts, self._groups)]

    @property
    def hosts(self) -> Iterator[list[str]]:
        """The hosts in each of these sections."""
        return map(self.split, compress(self._texts, self._groups))

    @property
    def lumps(self) -> list[str]:
        """The names of the other sections."""
        return [*compress(self.names, self._lumps)]

    @property
    def members(self) -> Iterator[list[str]]:
        """The groups and lumps that each lump section names."""
        return map(self.split, compress(self._texts, self._lumps))

    def is_lower(self) -> bool:
        """Tell whether all hosts are spelt in lower case, which is then what `fold` makes."""
        return all(text.isascii() and text == text.lower() for text in self.texts)

    def replace(self, groups: Mapping[str, Iterable[str]]) -> Sections:
        """Return what a file would say in which these groups list these hosts.

        They stand where their first sections do, whose text is theirs alone, or at the end.
        """
        texts = {name: "\n".join(hosts) for name, hosts in groups.items()}
        parts = [
            (name, False, texts.pop(name)) if name in texts else (name, is_lump, text)
            for name, is_lump, text in self
            if name in texts or name not in groups
        ]
        parts += [(name, False, text) for name, text in texts.items()]
        names, lumps, bodies = map(list, zip(*parts, strict=True))
        return Sections(names, lumps, bodies, self.split)


def split_sections(text: str) -> Sections:
    """Split tidy text at its headers."""
    names: list[str] = []
    texts: list[str] = []
    lumps: list[bool] = []
    for group in _split_at_groups(text):
        texts.append(group)
        lumps.append(False)
        if ":" in group:  # one character is found much faster than six
            texts[-1], *below = group.split("\nLUMP:")
            texts += below
            lumps += [True] * len(below)
    for place, section in enumerate(texts):
        name, _, texts[place] = section.partition("\n")
        names.append(name)
    return Sections([ORPHANS, *names[1:]], lumps, texts)


def _split_at_groups(text: str) -> list[str]:
    """Split text before the names of groups, the first of which may stand in its first line."""
    parts = text.split("\nGROUP:")
    parts[:1] = f"\n{parts[0]}".split("\nGROUP:")  # instead of making a copy of all
    return parts


def parse_sections(text: str, source: str) -> Sections:
    """Parse the text of a cluster file.

    Raise `ClusterFileError` with every problem of the text.
    """
    text = text.removeprefix("\ufeff")
    tidy = _tidy(text)
    sections = split_sections(tidy)
    if _is_utf8(text) and _proves_clean(tidy, sections):
        return sections
    return split_sections(Rules(text, source).canonical)


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
_PART = 2**16
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
        and _lumps_hold(sections, names)
    )


def _all_lower(text: str, names: list[str]) -> bool:
    """Tell whether capitals and colons stand in proper headers only, blanks nowhere."""
    odd = _without(_PLAIN, text)
    if odd.count(b":") != len(names):
        return False
    return not odd.replace(b"GROUP:", b"").replace(b"LUMP:", b"").strip(b"\n")


def _without(characters: bytes, text: str) -> bytes:
    """Drop characters from text, in parts that fit into the caches of a processor."""
    starts = range(0, len(text), _PART)
    parts = [text[at : at + _PART].encode().translate(None, characters) for at in starts]
    return b"".join(parts)


def _no_case_conflict(text: str, sections: Sections, names: list[str]) -> bool:
    """Tell the same of text with capitals in its names."""
    if _without(_PRINTABLE, text).strip(b"\n"):
        return False
    doubtful = [entries for _, _, entries in sections if _may_have_headers(entries.lower())]
    if doubtful and re.search(_LIKE_A_HEADER, "\n".join(["", *doubtful, ""])):
        return False
    return all(map(_differ, map("\n".join, (sections.texts, [*RESERVED, *names]))))


def _may_have_headers(entries: str) -> bool:
    """Tell whether any of what headers are made of is there, which is mostly not the case."""
    return ":" in entries or "group" in entries or "lump" in entries


def _differ(names: str) -> bool:
    """Tell whether names, one a line, differ in more than case."""
    lower = names.lower()
    return lower == names or len({*lower.split()}) == len({*names.split()})


def _lumps_hold(sections: Sections, names: list[str]) -> bool:
    """Tell whether lumps name defined groups only, and none contains itself."""
    lumps, members = sections.lumps, [*sections.members]
    if not lumps:
        return True
    named = set(chain.from_iterable(members))
    if not named <= {*RESERVED, *names}:
        return False
    places = {lump: place for place, lump in enumerate(lumps)}
    if named.isdisjoint(places):
        return True
    below = list(zip(lumps, members, strict=True))
    links = [
        (places[lump], places[name]) for lump, names in below for name in names if name in places
    ]
    if all(starmap(lt, links)) or all(starmap(gt, links)):  # mostly, what is named comes first
        return True
    graph: dict[str, set[str]] = {}
    for lump, names in below:
        graph.setdefault(lump, set()).update(places.keys() & names)
    return next(find_loops(graph), None) is None
