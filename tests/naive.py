"""A reference implementation of the format, as simple and slow as can be.

It goes line by line without any optimization: groups grow until nothing is
added, and every query scans all lines again. The property tests compare the
package with it.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field


@dataclass
class Line:
    """The interpretation of one line of the file."""

    number: int
    kind: str
    """``group`` or ``lump`` for a header, else ``host`` or ``member`` (of a lump)."""
    name: str
    section: str
    """The name of the section that the line is in."""


@dataclass
class Reading:
    """The result of reading a text naively."""

    lines: list[Line] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    """The lines with a problem, except lumps that contain themselves."""
    unknown: set[int] = field(default_factory=set)
    """The refused lines that name an unknown group."""

    @property
    def hosts(self) -> list[str]:
        return [*dict.fromkeys(line.name for line in self.lines if line.kind == "host")]

    @property
    def groups(self) -> list[str]:
        names = [line.name for line in self.lines if line.kind != "host"]
        return [name for name in dict.fromkeys(names) if name not in SPECIAL]

    def members(self, group: str) -> list[str]:
        """Return the hosts of a group, in cluster order."""
        sections = self.sections_of(group)
        listed = [line for line in self.lines if line.kind == "host"]
        inside = {line.name for line in listed if line.section in sections or "__all__" in sections}
        return [host for host in self.hosts if host in inside]

    def belongs(self, host: str) -> list[str]:
        """Return the groups of a host in cluster order, orphans first."""
        return [group for group in ["__orphans__", *self.groups] if host in self.members(group)]

    def sections_of(self, group: str) -> set[str]:
        """Return a group and everything that it contains as a lump."""
        sections = {group}
        while True:
            below = [line for line in self.lines if line.section in sections]
            more = {line.name for line in below if line.kind == "member"}
            if more <= sections:
                return sections
            sections |= more

    def contains_itself(self, lump: str) -> bool:
        below = [line.name for line in self.lines if line.kind == "member" and line.section == lump]
        return any(lump in self.sections_of(name) for name in below)

    @property
    def has_loop(self) -> bool:
        known = [line for line in self.lines if line.number not in self.unknown]
        return any(Reading(known).contains_itself(line.section) for line in known)


SPECIAL = ("__all__", "__orphans__")
PROPER = ("GROUP:", "LUMP:")


def read_naively(text: str) -> Reading:
    """Read a cluster file, whether it is valid or not."""
    reading = Reading()
    if text[:1] == "\ufeff":
        text = text[1:]
    section, kind = "__orphans__", "host"
    for number, raw in enumerate(text.split("\n"), 1):
        entry = raw.strip()
        if any("\ud800" <= char <= "\udfff" for char in raw):
            reading.refused.add(number)
        elif entry == "" or entry.startswith("#"):
            continue
        elif is_header_like(entry):
            header, section = split_header(entry)
            kind = "member" if header == "lump" else "host"
            if not is_proper_header(entry, section):
                reading.refused.add(number)
            reading.lines.append(Line(number, header, section, section))
        elif not (is_group(entry) if kind == "member" else is_host(entry)):
            reading.refused.add(number)
        else:
            reading.lines.append(Line(number, kind, entry, section))
    if not reading.hosts and not reading.refused:
        reading.refused.add(1)
    reading.unknown = unknown_members(reading.lines)
    reading.refused |= reading.unknown
    reading.refused |= other_spellings([line for line in reading.lines if line.kind == "host"])
    reading.refused |= other_spellings(headers(reading.lines))
    return reading


def is_header_like(entry: str) -> bool:
    if entry.startswith(PROPER) or entry in ("GROUP", "LUMP") or misspelt_word(entry):
        return True
    if is_in_brackets(entry) and not is_host(entry):
        return True
    for word in ("group", "lump"):
        for form in (word, word + "s"):
            rest = entry[len(form) :]
            begins = entry.lower().startswith(form) and rest and rest[0] != "@"
            if begins and not is_name_char(rest[0]):
                return True
    return False


def is_in_brackets(entry: str) -> bool:
    """Check whether a line looks like a section header of an Ansible INI file."""
    if len(entry) < 3 or entry[0] != "[" or entry[-1] != "]":
        return False
    name, colon, suffix = (part.strip() for part in entry[1:-1].partition(":"))
    named = name != "" and all(map(is_name_char, name))
    return named and (not colon or suffix.replace("_", "a").isalnum())


def is_name_char(char: str) -> bool:
    return char.isalnum() or char in "_.-"


def misspelt_word(entry: str) -> str:
    """Return the header word misspelt before a colon, or "".

    It may be surrounded by punctuation, or be one edit away.
    """
    word = strip_marks(entry.partition(":")[0].lower(), "")
    if ":" in entry and word.removesuffix("s") in ("group", "lump"):
        return word.removesuffix("s")
    whole = entry
    while entry and not is_name_char(entry[0]):
        entry = entry[1:]
    before = entry.partition(":")[0].lower()
    letters = before != "" and all("a" <= char <= "z" for char in before)
    capitals = entry[: len(before)] == before.upper()
    if ":" in entry and letters and (capitals or not is_host(whole)):
        for word in ("group", "lump"):
            if is_one_edit(before, word) or is_one_edit(word, before) or before == word:
                return word
    return ""


def is_one_edit(short: str, long: str) -> bool:
    """Check whether one insertion, substitution or transposition turns one into the other."""
    for i in range(len(long)):
        if short == long[:i] + long[i + 1 :]:
            return True
        if len(short) == len(long):
            if short[:i] + short[i + 1 :] == long[:i] + long[i + 1 :]:
                return True
            if short == long[:i] + long[i + 1 : i + 2] + long[i : i + 1] + long[i + 2 :]:
                return True
    return False


def split_header(entry: str) -> tuple[str, str]:
    """Return the kind and name of a header, even if it is misspelt."""
    for kind in ("group", "lump"):
        if entry.startswith(kind.upper() + ":"):
            return kind, entry[len(kind) + 1 :].strip()
    for kind in ("group", "lump"):
        for form in (kind + "s", kind):
            rest = entry[len(form) :]
            if entry.lower().startswith(form) and not (rest and is_name_char(rest[0])):
                return kind, strip_marks(rest)
    if not misspelt_word(entry):
        name, _, suffix = (part.strip() for part in entry[1:-1].partition(":"))
        return "lump" if suffix == "children" else "group", strip_marks(name)
    behind = entry.lstrip("".join(char for char in entry if not is_name_char(char)))
    return misspelt_word(entry), strip_marks(behind.partition(":")[2])


def strip_marks(name: str, kept: str = "_.-#") -> str:
    while name and not (name[0].isalnum() or name[0] in kept):
        name = name[1:]
    while name and not (name[-1].isalnum() or name[-1] in kept):
        name = name[:-1]
    return name


def is_proper_header(entry: str, name: str) -> bool:
    return entry.startswith(PROPER) and fold(name) not in SPECIAL and is_group(name)


def is_group(name: str) -> bool:
    """Check that a name consists of dot-separated labels of valid characters."""
    labels = name.split(".")
    inside = all(label and all(map(is_name_char, label)) for label in labels)
    return inside and name[0] != "-"


def is_host(name: str) -> bool:
    """Check for a valid name or address, optionally with user and port."""
    user, at, host = name.rpartition("@")
    if at and not is_group(user):
        return False
    if host[:1] == "[":
        address, _, port = host[1:].rpartition("]")
        return is_address(address) and (port == "" or (port[0] == ":" and is_port(port[1:])))
    before, _, port = host.rpartition(":")
    return is_group(host) or is_address(host) or (is_group(before) and is_port(port))


def is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535


def is_address(text: str) -> bool:
    address, percent, zone = text.partition("%")
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return not percent or is_group(zone)


def headers(lines: list[Line]) -> list[Line]:
    """Return the headers that define a group or lump."""
    defined = [line for line in lines if line.kind in ("group", "lump")]
    return [line for line in defined if fold(line.name) not in SPECIAL]


def unknown_members(lines: list[Line]) -> set[int]:
    """Return the lines that name an unknown group, except below a header without a name."""
    known = [*SPECIAL, *(line.name for line in headers(lines))]
    members = [line for line in lines if line.kind == "member" and line.section]
    return {line.number for line in members if line.name not in known}


def other_spellings(lines: list[Line]) -> set[int]:
    """Return the first lines of names that occurred before in another case."""
    refused = set()
    for i, line in enumerate(lines):
        before = [other.name for other in lines[:i]]
        known = line.name in before
        if not known and fold(line.name) in map(fold, before):
            refused.add(line.number)
    return refused


def fold(name: str) -> str:
    return name.upper().casefold()
