"""Recognizing other file formats by their first lines."""

from __future__ import annotations

import re
from itertools import chain

_DATA = {
    "compressed data (gzip)": "\x1f\udc8b",
    "compressed data (bzip2)": "BZh[1-9]1AY",
    "compressed data (xz)": "\udcfd7zXZ",
    "compressed data (zstd)": r"\(\udcb5/\udcfd",
    "compressed data (lz4)": '\x04"M\x18',
    "compressed data (zip)": "PK[\x03\x05]",
    "compressed data (7z)": "7z\udcbc\udcaf",
    "text in UTF-16": "\udcff\udcfe|\udcfe\udcff|(?:[^\0]\0){2}|(?:\0[^\0]){2}",
    "binary data": r"[^\0]*\0|(?:[^\0-\x08\x0e-\x1f]*[\0-\x08\x0e-\x1a\x1c-\x1f]){8}",
}
"""Patterns for the start of the text; bytes that are not UTF-8 are escaped as surrogates."""

_CONFLICT = r"^(?:<{7}|={7}|>{7}|\|{7})(?: |$)"
_MARKUP = r"\A\s*<[!?A-Za-z]"
_HEADER = r"^[ \t]*(?:GROUP|LUMP):"

_KEY = r"(?!(?i:groups?|lumps?)\b)[\w\"'.-]+"
_REST = r"\s*(?:[{#].*)?$"
_LINES = (
    (
        "an Ansible inventory (INI)",
        r"^[ \t]*\[[\w.-]+:(?:children|vars|hosts)\]|^[\w.:-][^\s#]*[ \t][^#\n]*\bansible_\w+\s*="
        r"|^[\w.:-][^\s#]*(?:[ \t]+\w+=[^\s,]+){2}|^[\w.-]+\[\w+:\w+\]",
    ),
    (
        "an Ansible inventory (YAML)",
        rf"^all:[ \t]*(?:\{{|(?:#.*)?\n[ \t]+\S)|^[ \t]+[\"']?(?:hosts|children)[\"']?:{_REST}",
    ),
    ("an ssh_config file", r"^[ \t]*(?i:host|match)[ \t=]+\S.*\n[ \t]*[A-Za-z]+[ \t=]+\S"),
    ("TOML", rf"^[ \t]*(?:\[\[{_KEY}\]\]|{_KEY}\s*=\s*[\"'\[{{]|{_KEY} = (?:\d|true\b|false\b))"),
    ("JSON", r"\A\s*(?:\{\s*[\"}]|\[\s*(?:[\]\[{\"]|-?\d+\s*[],.]|true|false|null))"),
    ("an INI file", rf"^[ \t]*\[.*\]\s*\n[ \t]*{_KEY}[ \t]*="),
    ("an Ansible inventory (INI)", r"^[ \t]*\[ *[\w.-]+ *\]\s*(?:[;#].*)?$"),
    (
        "YAML",
        rf"\A---[ \t]*$|^{_KEY}:[ \t]*\n(?:[ \t]*- |[ \t]+{_KEY}:(?:\s|$))|^- {_KEY}:(?:\s|$)",
    ),
)
"""Patterns found in any line, or at the beginning (``\\A``)."""

_ADDRESS = r"(?:(?:\d+\.){3}\d+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)(?:%[\w.-]+)?"
_ATTRIBUTE = r"[\w.-]+(?:=[^\s,]*)?"
_ENTRIES = (
    ("/etc/hosts", rf"(?:{_ADDRESS}[ \t]+[\w.-]+.*\n)+"),
    (
        "a genders file",
        rf"(?=[\s\S]*[=,\[])(?:\S*[\w\]][ \t]+{_ATTRIBUTE}(?:,{_ATTRIBUTE})*\n)+",
    ),
    ("YAML", rf"(?:(?:- |{_KEY}: ).*\n)+"),
    ("CSV or other separated values", r"(?:\|?[^\[\]{},;\t|\n]+[,;\t|][ \t]*\S.*\n)+"),
)
"""Patterns that all of the first entries match."""
_MAX_ENTRIES = 20


def recognize(start: str) -> str | None:
    """Guess the format of a refused file from how it starts."""
    for name, beginning in _DATA.items():
        if re.match(beginning, start):
            return name
    if re.search(_CONFLICT, start, re.MULTILINE):
        return "a file with merge conflicts"
    if re.match(_MARKUP, start):
        return "HTML or XML"
    if re.search(_HEADER, start, re.MULTILINE):
        return None
    lines = [line for line in start.splitlines() if line.strip() and line.strip()[0] != "#"]
    entries = [re.sub(r"\s#.*", "", line).strip() for line in lines[:_MAX_ENTRIES]]
    text, first = "\n".join(lines), "".join(f"{entry}\n" for entry in entries)
    found = (name for name, regex in _LINES if re.search(regex, text, re.MULTILINE))
    also = (name for name, regex in _ENTRIES if re.fullmatch(regex, first))
    return next(chain(found, also), None)
