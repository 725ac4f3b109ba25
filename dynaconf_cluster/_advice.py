"""Suggested fixes for misspelt headers and invalid names."""

from __future__ import annotations

import unicodedata
from functools import cache

from ._errors import edits, quote
from ._syntax import NAME, is_group_name, is_host_name, pattern

_MISSPELT = (
    r"(?i:(group|lump)s?(?![\w.@-])(.+))",
    r"(GROUP|LUMP)()",
    r"(?i:(?:[^\w:]|_)*(group|lump)s?(?:[^\w:]|_)*:(.*))",
)
_NEARLY = r"(?i:[^\w.-]*([a-z]+?)s?:(.*))"
_BRACKETS = r"\[\s*([\w.-]+)\s*(?::\s*(\w+)\s*)?\]"


def is_host_line(entry: str) -> bool:
    """Check whether a line that is not a plain name is a host, not a misspelt header."""
    return is_host_name(entry) and not read_misspelt(entry)


def read_misspelt(entry: str) -> tuple[str, str] | None:
    """Return the kind and name of the header that a line misspells, or `None`.

    A valid host counts only if it is a single word, alone or before a colon.
    """
    may_be_host = is_host_name(entry)
    word = entry.partition(":")[0].strip("_.-")
    if len(entry) > _MAX_LENGTH or (may_be_host and not word.isalpha()):
        return None
    for misspelt in _MISSPELT:
        if match := pattern(misspelt).fullmatch(entry):
            return match[1].upper(), _strip_marks(match[2])
    nearly, bracketed = (pattern(near).fullmatch(entry) for near in (_NEARLY, _BRACKETS))
    if nearly and (nearly[1].isupper() or not may_be_host) and nearly[1].lower() in _misspellings():
        return _misspellings()[nearly[1].lower()], _strip_marks(nearly[2])
    if bracketed and not may_be_host:
        return "LUMP" if bracketed[2] == "children" else "GROUP", bracketed[1]
    return None


@cache
def _misspellings() -> dict[str, str]:
    """Map each one-edit misspelling of ``group`` and ``lump`` to the header word."""
    return {misspelling: word for word in ("LUMP", "GROUP") for misspelling in edits(word.lower())}


def _strip_marks(name: str) -> str:
    """Strip punctuation around the name in a misspelt header."""
    marks = "".join({char for char in name if not (char.isalnum() or char in "_.-#")})
    return name.strip(marks)


_MAX_LENGTH = 1000
_COMMENTS = (
    (r"\r", "lines end in LF or CRLF"),
    ("#", "a comment needs a line of its own"),
    (r"^(?:;|//)\s", "a comment begins with '#'"),
)
_ADVICE = (
    (
        r"(?<=[\w.-])\[[\w,:.-]+\]|\{\w+(?:,|\.\.)[\w,.]+\}",
        "ranges are not expanded here: write every name out, one a line",
    ),
    (r"\w\s*=", "a cluster file has no variables"),
    (r"\s", "write one name a line, without white space"),
    ("[,;]", "write one name a line"),
    ("://", "write the name of the host alone"),
    (r"^(?:.*@)?\[", "brackets are for IPv6 addresses"),
    (r"^(?:.*@)?[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:", "this is no IPv6 address"),
    (r"\.\.", "leave out one of the dots"),
    ("", "use letters, digits, '_', '-' and '.'"),
)


def explain_name(name: str, what: str) -> tuple[int, str]:
    """Return the index of the first bad character of an invalid name, and the message.

    ``what`` is ``host`` or ``group``.
    """
    start = name[:_MAX_LENGTH]
    user = rf"(?:{NAME}@)?" if what == "host" else ""
    rest = pattern(rf"{user}(?:{NAME})?").sub("", start, count=1) or start[-1:]
    fix = None if name != start else _fix_name(name, what, rest[:1])
    advice = _find(_COMMENTS, start) or fix or _find(_ADVICE, start)
    return len(start) - len(rest), f"{quote(name)} is not the name of a {what}; {advice}"


def _find(table: tuple[tuple[str, str], ...], name: str) -> str | None:
    """Return the advice for the first pattern that matches in a name."""
    return next((advice for wrong, advice in table if pattern(wrong).search(name)), None)


def _fix_name(name: str, what: str, bad: str) -> str | None:
    """Suggest a fix for an invalid name; ``bad`` is its first invalid character."""
    is_good = is_group_name if what == "group" else is_host_name
    stripped = name.lstrip(" \"'.-").rstrip(" \"',;:.")
    composed = unicodedata.normalize("NFC", name)
    host, _, port = name.rpartition(":")
    if name[:1] == "@" and is_group_name(name[1:]):
        in_lump = f"write {quote(name[1:])}"
        return in_lump if what == "group" else "groups are named below 'LUMP:', without the '@'"
    if what == "group" and is_host_name(name):
        return "no group has a user, a port or an address"
    if is_good(name.rstrip(".")):
        return "leave out the dot at the end"
    if port.isdecimal() and is_host_name(host):
        return "a port is a number from 1 to 65535"
    if is_good(stripped):
        group = f", or 'GROUP:{stripped}' above its hosts" if name[-1] == ":" else ""
        return f"write {quote(stripped)}{group}"
    if is_good(composed):
        return f"write it composed (NFC), as {quote(composed)}"
    if not bad.isprintable() and not bad.isspace():
        return f"remove the character U+{ord(bad):04X}"
    return None
