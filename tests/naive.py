"""A second reading of cluster files, as plain and as slow as it can be.

It follows the format line by line and decides nothing cleverly: groups grow
until nothing is added any more, and every question goes through every line
again. The properties hold the package against it.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field


@dataclass
class Line:
    """What one line of the file is taken for."""

    number: int
    kind: str
    """``group`` or ``lump`` for a header, else ``host`` or ``member`` (of a lump)."""
    name: str
    section: str
    """The header that the line stands below."""


@dataclass
class Reading:
    """What the naive reading makes of a text."""

    lines: list[Line] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    """The lines with a problem, but for lumps that contain themselves."""
    unknown: set[int] = field(default_factory=set)
    """Those among them that name no group."""

    @property
    def hosts(self) -> list[str]:
        return [*dict.fromkeys(line.name for line in self.lines if line.kind == "host")]

    @property
    def groups(self) -> list[str]:
        names = [line.name for line in self.lines if line.kind != "host"]
        return [name for name in dict.fromkeys(names) if name not in SPECIAL]

    def members(self, group: str) -> list[str]:
        """List the hosts of a group, in cluster order."""
        sections = self.sections_of(group)
        listed = [line for line in self.lines if line.kind == "host"]
        inside = {line.name for line in listed if line.section in sections or "__all__" in sections}
        return [host for host in self.hosts if host in inside]

    def belongs(self, host: str) -> list[str]:
        """List the groups that a host is in, in cluster order, the orphans first."""
        return [group for group in ["__orphans__", *self.groups] if host in self.members(group)]

    def sections_of(self, group: str) -> set[str]:
        """Collect a group and all that it contains as a lump."""
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
        elif is_like_a_header(entry):
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


def is_like_a_header(entry: str) -> bool:
    if entry.startswith(PROPER) or entry in ("GROUP", "LUMP") or slip(entry):
        return True
    if is_in_brackets(entry) and not is_host(entry):
        return True
    for word in ("group", "lump"):
        for form in (word, word + "s"):
            rest = entry[len(form) :]
            begins = entry.lower().startswith(form) and rest and rest[0] != "@"
            if begins and not belongs_to_a_name(rest[0]):
                return True
    return False


def is_in_brackets(entry: str) -> bool:
    """Tell whether a line looks like a section of an INI file, as Ansible has them."""
    if len(entry) < 3 or entry[0] != "[" or entry[-1] != "]":
        return False
    name, colon, suffix = (part.strip() for part in entry[1:-1].partition(":"))
    named = name != "" and all(map(belongs_to_a_name, name))
    return named and (not colon or suffix.replace("_", "a").isalnum())


def belongs_to_a_name(char: str) -> bool:
    return char.isalnum() or char in "_.-"


def slip(entry: str) -> str:
    """Tell which header is meant before a colon.

    It stands among marks there, or is in capitals that are one slip away.
    """
    word = strip_marks(entry.partition(":")[0].lower(), "")
    if ":" in entry and word.removesuffix("s") in ("group", "lump"):
        return word.removesuffix("s")
    whole = entry
    while entry and not belongs_to_a_name(entry[0]):
        entry = entry[1:]
    before = entry.partition(":")[0].lower()
    letters = before != "" and all("a" <= char <= "z" for char in before)
    capitals = entry[: len(before)] == before.upper()
    if ":" in entry and letters and (capitals or not is_host(whole)):
        for word in ("group", "lump"):
            if one_slip(before, word) or one_slip(word, before) or before == word:
                return word
    return ""


def one_slip(short: str, long: str) -> bool:
    """Tell whether a letter more, another one, or two in the other order make the same."""
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
    """Tell the kind of a header and its name, however it is spelt."""
    for kind in ("group", "lump"):
        if entry.startswith(kind.upper() + ":"):
            return kind, entry[len(kind) + 1 :].strip()
    for kind in ("group", "lump"):
        for form in (kind + "s", kind):
            rest = entry[len(form) :]
            if entry.lower().startswith(form) and not (rest and belongs_to_a_name(rest[0])):
                return kind, strip_marks(rest)
    if not slip(entry):
        name, _, suffix = (part.strip() for part in entry[1:-1].partition(":"))
        return "lump" if suffix == "children" else "group", strip_marks(name)
    behind = entry.lstrip("".join(char for char in entry if not belongs_to_a_name(char)))
    return slip(entry), strip_marks(behind.partition(":")[2])


def strip_marks(name: str, kept: str = "_.-#") -> str:
    while name and not (name[0].isalnum() or name[0] in kept):
        name = name[1:]
    while name and not (name[-1].isalnum() or name[-1] in kept):
        name = name[:-1]
    return name


def is_proper_header(entry: str, name: str) -> bool:
    return entry.startswith(PROPER) and same_in_any_case(name) not in SPECIAL and is_group(name)


def is_group(name: str) -> bool:
    """Tell whether labels of letters, digits, hyphens and underscores are parted by dots."""
    labels = name.split(".")
    inside = all(label and all(map(belongs_to_a_name, label)) for label in labels)
    return inside and name[0] != "-"


def is_host(name: str) -> bool:
    """Tell whether a name is one, or an address, with a user and a port if need be."""
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
    """Pick the headers that define a name."""
    defined = [line for line in lines if line.kind in ("group", "lump")]
    return [line for line in defined if same_in_any_case(line.name) not in SPECIAL]


def unknown_members(lines: list[Line]) -> set[int]:
    """Find what names no group, but for below a header that has no name itself."""
    known = [*SPECIAL, *(line.name for line in headers(lines))]
    members = [line for line in lines if line.kind == "member" and line.section]
    return {line.number for line in members if line.name not in known}


def other_spellings(lines: list[Line]) -> set[int]:
    """Find where a name first stands that was spelt in another case before."""
    refused = set()
    for i, line in enumerate(lines):
        before = [other.name for other in lines[:i]]
        known = line.name in before
        if not known and same_in_any_case(line.name) in map(same_in_any_case, before):
            refused.add(line.number)
    return refused


def same_in_any_case(name: str) -> str:
    return name.upper().casefold()
