"""The format of a cluster file: text in, sections out.

For most files, `_is_provably_valid` shows in a few passes over the whole text that there
is no problem. Otherwise `_problems` decides, line by line. The tests compare the two on
arbitrary text.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, compress, islice
from string import ascii_lowercase, ascii_uppercase, digits
from typing import AnyStr

from ._advice import is_host_line
from ._errors import ClusterFileError, Problem
from ._formats import recognize
from ._problems import MOST, LineReader, find_loops
from ._rules import OTHER_FORMAT
from ._syntax import ALL, NAME, ORPHANS, RESERVED, WORDS, fold, is_group_name


class Sections:
    """The sections of a cluster file: headers, and the text below them.

    The first section is always `ORPHANS`, the hosts before the first header.
    """

    def __init__(
        self,
        names: list[str],
        lumps: list[bool],
        texts: list[str],
        split: Callable[[str], list[str]] = str.split,
    ) -> None:
        """Store sections; ``split`` splits their texts into names."""
        self.split = split
        self.names = names
        self._lumps = lumps
        self._texts = texts
        self._groups = [not lump for lump in lumps]

    def __iter__(self) -> Iterator[tuple[str, bool, str]]:
        """Yield each section's name, whether it is a lump, and the text below its header."""
        return zip(self.names, self._lumps, self._texts, strict=True)

    @property
    def groups(self) -> list[str]:
        """The names of the sections that list hosts."""
        return [*compress(self.names, self._groups)]

    @property
    def texts(self) -> list[str]:
        """The text of each section that lists hosts."""
        return [*compress(self._texts, self._groups)]

    @property
    def hosts(self) -> Iterator[list[str]]:
        """The hosts in each section that lists hosts."""
        return map(self.split, compress(self._texts, self._groups))

    @property
    def lumps(self) -> list[str]:
        """The names of the lump sections."""
        return [*compress(self.names, self._lumps)]

    @property
    def members(self) -> Iterator[list[str]]:
        """The groups and lumps that each lump section names."""
        return map(self.split, compress(self._texts, self._lumps))

    def is_lower(self) -> bool:
        """Check whether all hosts are lower-case ASCII, and so unchanged by `fold`."""
        return all(text.isascii() and text == text.lower() for text in self.texts)

    def replace(self, groups: Mapping[str, Iterable[str]]) -> Sections:
        """Return sections in which these groups list these hosts.

        Each takes the place of its first section, or comes last; its others are dropped.
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
        if ":" in group:  # searching for one character is much faster than for six
            texts[-1], *below = group.split("\nLUMP:")
            texts += below
            lumps += [True] * len(below)
    for place, section in enumerate(texts):
        name, _, texts[place] = section.partition("\n")
        names.append(name)
    return Sections([ORPHANS, *names[1:]], lumps, texts)


def _split_at_groups(text: str) -> list[str]:
    """Split text at group headers, one of which may be its first line."""
    parts = text.split("\nGROUP:")
    parts[:1] = f"\n{parts[0]}".split("\nGROUP:")  # copies only the first part
    return parts


def parse_sections(data: str | bytes, source: str) -> Sections:
    """Parse a cluster file: its text, or its bytes if they are not UTF-8.

    Raise `ClusterFileError` with its problems, the first of which may be that it
    looks like another format.
    """
    if isinstance(data, str) and not _is_hopeless(data):
        text = data.removeprefix("\ufeff")
        tidy = _tidy(text)
        sections = split_sections(tidy)
        if _is_utf8(text) and _is_provably_valid(tidy, sections):
            return sections
    reader = LineReader(read_lines(data))
    if reader.problems:
        raise ClusterFileError(source, (*_recognize(data[:_CHUNK]), *reader.problems))
    return split_sections(reader.canonical)


def read_lines(data: str | bytes) -> Iterator[str]:
    """Yield the lines, with bytes that are not UTF-8 escaped as surrogates."""
    if isinstance(data, str):
        return _split_lines(data.removeprefix("\ufeff"), "\n")
    return map(_escape, _split_lines(data.removeprefix(BOM_UTF8), b"\n"))


def _split_lines(data: AnyStr, end: AnyStr) -> Iterator[AnyStr]:
    start = 0
    while (stop := data.find(end, start)) >= 0:
        yield data[start:stop]
        start = stop + 1
    yield data[start:]


def _escape(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _recognize(start: str | bytes) -> Iterator[Problem]:
    text = start if isinstance(start, str) else _escape(start)
    name = recognize(text.removeprefix("\ufeff"))
    if name is not None:
        advice = "; see dynaconf-cluster import ansible --help" if "Ansible" in name else ""
        yield Problem(1, 1, f"looks like {name}{advice}", OTHER_FORMAT)


def _is_hopeless(text: str) -> bool:
    """Check whether a large text has few lines, or starts with too many problems."""
    few = 2 * MOST
    return len(text) > _LARGE and (
        text.count("\n") < few or LineReader(islice(read_lines(text), few)).stopped
    )


def _is_utf8(text: str) -> bool:
    """Check whether the text, including comments, was decoded without escapes."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _tidy(text: str) -> str:
    """Remove comments and white space around entries."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "#" in text or " " in text or "\t" in text:
        lines = map(str.strip, text.split("\n"))
        text = "\n".join([line for line in lines if line and line[0] != "#"])
    return text


_LARGE = 2**24
_CHUNK = 2**16
_CLASS_OF = {
    **dict.fromkeys(f"{ascii_lowercase}{digits}_", "a"),
    **dict.fromkeys(ascii_uppercase, "A"),
    **dict.fromkeys("-.:\n", "."),
}
_CLASSES = "".join(_CLASS_OF.get(chr(code), "!") for code in range(256)).encode()
_BAD_PAIRS = ("..", ".\n", "\n.", "\n-", ":.", ":-")
"""Pairs of valid characters that occur only in invalid names."""


def _is_provably_valid(text: str, sections: Sections) -> bool:
    """Check whether tidy text, split into ``sections``, provably has no problem.

    This checks the rules of `_problems` for many names at a time; a false result
    proves nothing.
    """
    names = sections.names[1:]
    capitals = _count_capitals(text, sections)
    return (
        any(hosts and not hosts.isspace() for hosts in sections.texts)
        and not ("" in names or ALL in names or ORPHANS in names)
        and (capitals is not None or _has_valid_lines(sections, names))
        and (capitals == 0 or _has_consistent_case(sections, names))
        and _has_valid_lumps(sections, names)
    )


def _count_capitals(text: str, sections: Sections) -> int | None:
    """Count the capitals in text made of plain names and headers, or return `None`.

    Plain names are ASCII and contain no colon.
    """
    groups, lumps = len(sections.groups) - 1, len(sections.lumps)
    if not text.isascii() or text.count(":") != groups + lumps:
        return None
    if text.startswith(("-", ".")) or text.endswith("."):
        return None
    count = -len("GROUP") * groups - len("LUMP") * lumps
    for at in range(0, len(text), _CHUNK):  # in parts that fit into CPU caches
        chunk = text[at : at + _CHUNK + 1]
        classes = chunk.encode().translate(_CLASSES)
        if b"!" in classes or (b".." in classes and any(wrong in chunk for wrong in _BAD_PAIRS)):
            return None
        count += classes.count(b"A", 0, _CHUNK)
    return count


def _has_valid_lines(sections: Sections, names: list[str]) -> bool:
    """Check whether every line is a valid name; only unusual ones are checked one by one."""
    lines = "\n".join(text for _, _, text in sections)
    unusual = re.findall(rf"^(?!{NAME}$|$).*", lines, re.MULTILINE)
    return all(map(is_group_name, names)) and all(map(is_host_line, unusual))


def _has_consistent_case(sections: Sections, names: list[str]) -> bool:
    """Check that no names differ only in case, and that none is a header word."""
    hosts = "\n".join(["", *sections.texts, ""])
    return (
        not any(f"\n{word}\n" in hosts for word in WORDS)
        and not any(word in members for members in sections.members for word in WORDS)
        and all(map(_is_consistent, (hosts, "\n".join([*RESERVED, *names]))))
    )


def _is_consistent(names: str) -> bool:
    """Check that no two of the names, one per line, differ only in case."""
    folded = fold(names)
    return folded == names or len({*folded.split("\n")}) == len({*names.split("\n")})


def _has_valid_lumps(sections: Sections, names: list[str]) -> bool:
    """Check that lumps name only defined groups, and that none contains itself."""
    graph: dict[str, list[str]] = {}
    for lump, members in zip(sections.lumps, sections.members, strict=True):
        graph.setdefault(lump, []).extend(members)
    referenced = {*chain.from_iterable(graph.values())}
    if not referenced <= {*RESERVED, *names}:
        return False
    return referenced.isdisjoint(graph) or next(find_loops(graph), None) is None
