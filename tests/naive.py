"""A second reading of cluster files, as plain and as slow as it can be.

It follows the format line by line and decides nothing cleverly: groups grow
until nothing is added any more, and every question goes through every line
again. The properties hold the package against it.
"""

from __future__ import annotations

import unicodedata
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
        return no_duplicates([line.name for line in self.lines if line.kind == "host"])

    @property
    def groups(self) -> list[str]:
        names = [line.name for line in self.lines if line.kind != "host"]
        return [name for name in no_duplicates(names) if name not in SPECIAL]

    def members(self, group: str) -> list[str]:
        """List the hosts of a group, in cluster order."""
        inside = {line.name for line in self.lines if line.kind == "host"}
        if group != "__all__":
            sections = self.sections_of(group)
            inside = {
                line.name
                for line in self.lines
                if line.kind == "host" and (line.section in sections or "__all__" in sections)
            }
        return [host for host in self.hosts if host in inside]

    def belongs(self, host: str) -> list[str]:
        """List the groups that a host is in, in cluster order, the orphans first."""
        return [group for group in ["__orphans__", *self.groups] if host in self.members(group)]

    def sections_of(self, group: str) -> set[str]:
        """Collect a group and all that it contains as a lump."""
        sections = {group}
        while True:
            more = {
                line.name
                for line in self.lines
                if line.kind == "member" and line.section in sections
            }
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
        elif has_odd_character(entry):
            reading.refused.add(number)
        else:
            reading.lines.append(Line(number, kind, entry, section))
    reading.unknown = unknown_members(reading.lines)
    reading.refused |= reading.unknown
    reading.refused |= other_spellings([line for line in reading.lines if line.kind == "host"])
    reading.refused |= other_spellings(headers(reading.lines))
    return reading


def is_like_a_header(entry: str) -> bool:
    if is_proper_word(entry) or entry in ("GROUP", "LUMP") or slip(entry):
        return True
    for word in ("group", "lump"):
        for form in (word, word + "s"):
            rest = entry[len(form) :]
            if entry.lower().startswith(form) and rest and not belongs_to_a_name(rest[0]):
                return True
    return False


def is_proper_word(entry: str) -> bool:
    return entry.startswith(("GROUP:", "LUMP:"))


def belongs_to_a_name(char: str) -> bool:
    return char.isalnum() or char in "_.-"


def slip(entry: str) -> str:
    """Tell which header is meant before a colon.

    It stands among marks there, or is in capitals that are one slip away.
    """
    word = entry.partition(":")[0].lower()
    while word and not word[0].isalnum():
        word = word[1:]
    while word and not word[-1].isalnum():
        word = word[:-1]
    if ":" in entry and word.removesuffix("s") in ("group", "lump"):
        return word.removesuffix("s")
    while entry and not belongs_to_a_name(entry[0]):
        entry = entry[1:]
    before = entry.partition(":")[0].lower()
    letters = before != "" and all("a" <= char <= "z" for char in before)
    if ":" in entry and letters and entry[: len(before)] == before.upper():
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
    return slip(entry), strip_marks(entry.partition(":")[2])


def strip_marks(name: str) -> str:
    while name and not (belongs_to_a_name(name[0]) or name[0] == "#"):
        name = name[1:]
    while name and not (belongs_to_a_name(name[-1]) or name[-1] == "#"):
        name = name[:-1]
    return name


def is_proper_header(entry: str, name: str) -> bool:
    return (
        entry.startswith(("GROUP:", "LUMP:"))
        and name != ""
        and same_in_any_case(name) not in SPECIAL
        and not has_odd_character(name)
    )


def has_odd_character(name: str) -> bool:
    categories = [unicodedata.category(char) for char in name]
    return any(category[0] == "Z" or category in ("Cc", "Cf") for category in categories)


def headers(lines: list[Line]) -> list[Line]:
    """Pick the headers that define a name."""
    return [
        line
        for line in lines
        if line.kind in ("group", "lump") and same_in_any_case(line.name) not in SPECIAL
    ]


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


def no_duplicates(names: list[str]) -> list[str]:
    return [name for i, name in enumerate(names) if name not in names[:i]]
