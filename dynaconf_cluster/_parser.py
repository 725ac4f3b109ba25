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
from itertools import chain

ALL = "__all__"
ORPHANS = "__orphans__"
RESERVED = (ALL, ORPHANS)


Below = tuple[str, int, int]
"""The names below a header: a text, and from and up to where they stand in it."""

Section = tuple[str, bool, Below]
"""A name, whether it is a lump's, and the names below: hosts, or for a lump, groups.

The hosts before the first header are the section `ORPHANS`, always the first.
These are bare tuples, as Python's garbage collector soon leaves those of text alone.
"""


def split(below: Below) -> list[str]:
    text, start, end = below
    return text[start:end].split()


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
    if _is_utf8(text) and _proves_clean(tidy, sections):
        return sections
    from ._rules import Rules  # most programs never need them

    return _split(Rules(text, source).canonical)


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


def _split(text: str) -> tuple[Section, ...]:
    """Split tidy text at its headers, without copying it."""
    text = f"\n{text}"
    headers = [(each[2], each[1] == "LUMP", *each.span()) for each in re.finditer(_HEADER, text)]
    ends = [*(end for _, _, end, _ in headers), len(text)]
    sections: list[Section] = [(ORPHANS, False, (text, 0, ends[0]))]
    for (name, lump, _, start), end in zip(headers, ends[1:], strict=True):
        sections.append((name, lump, (text, start, end)))
    return tuple(sections)


_HEADER = r"\n(GROUP|LUMP):(.*)"

_NAMES = string.ascii_lowercase + string.digits + string.punctuation
_PLAIN = f"{string.ascii_lowercase}{string.digits}-._".encode()
_PRINTABLE = (_NAMES + string.ascii_uppercase).encode()
_LIKE_A_HEADER = r"\n(?:(?i:group|lump)[sS]?(?![\w.\n-])|(?:GROUP|LUMP)(?=\n)|[^\w\n.-]*[A-Z]+:)"


def _proves_clean(text: str, sections: tuple[Section, ...]) -> bool:
    """Tell whether it is certain that tidy ``text`` has no problem."""
    names = [name for name, _, _ in sections[1:]]
    return (
        text.isascii()
        and not ("" in names or ALL in names or ORPHANS in names)
        and (_all_lower(text, names) or _no_case_conflict(text, sections))
        and _lumps_hold(sections)
    )


def _all_lower(text: str, names: list[str]) -> bool:
    """Tell whether capitals and colons stand in proper headers only, blanks nowhere."""
    odd = text.encode().translate(None, _PLAIN)
    if odd.count(b":") != len(names):
        return False
    return not odd.replace(b"GROUP:", b"").replace(b"LUMP:", b"").strip(b"\n")


def _no_case_conflict(text: str, sections: tuple[Section, ...]) -> bool:
    """Tell the same of text with capitals in its names."""
    if text.encode().translate(None, _PRINTABLE).strip(b"\n"):
        return False
    if len(re.findall(_LIKE_A_HEADER, f"\n{text}\n")) != len(sections) - 1:
        return False
    groups = {*RESERVED, *(name for name, _, _ in sections)}
    hosts = set(chain.from_iterable(split(below) for _, lump, below in sections if not lump))
    return all(len(set(map(str.lower, each))) == len(each) for each in (groups, hosts))


def _lumps_hold(sections: tuple[Section, ...]) -> bool:
    """Tell whether lumps name defined groups only, and none contains itself."""
    lumps = {name for name, lump, _ in sections if lump}
    if not lumps:
        return True
    known = {ALL, *(name for name, _, _ in sections)}
    nested: dict[str, set[str]] = {}
    for name, lump, below in sections:
        if lump:
            names = set(split(below))
            if not names <= known:
                return False
            if not names.isdisjoint(lumps):
                nested.setdefault(name, set()).update(names & lumps)
    if not nested:
        return True
    from ._rules import find_loops

    return next(find_loops(nested), None) is None
