"""Generate cluster files of any size and shape."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_SITES = ("fra", "ams", "nyc", "sin")
_SCATTER = 7919
"""Prime, so its multiples visit every group before repeating."""


class Contents(NamedTuple):
    """The hosts of each group and the groups of each lump."""

    groups: Mapping[str, Sequence[str]]
    lumps: Mapping[str, Sequence[str]]


class Style(NamedTuple):
    newline: str = "\n"
    indent: str = ""
    comment: str = ""
    """Inserted before every ten lines."""


_DEFAULT_STYLE = Style()


class Shape(NamedTuple):
    generate: Callable[[int], Contents]
    """Generates about this many lines."""
    style: Style = _DEFAULT_STYLE


def _host(number: int) -> str:
    return f"node{number:06d}.{_SITES[number % len(_SITES)]}.example.com"


def _hosts(count: int) -> list[str]:
    return list(map(_host, range(count)))


def plain(hosts: int, host: Callable[[int], str] = _host) -> Contents:
    """Make groups of 200 hosts, 30 % of them in more than one group, and 50 lumps."""
    count = max(3, hosts // 200)
    names = [f"group{n:05d}" for n in range(count)]
    groups: dict[str, list[str]] = {name: [] for name in names}
    for number in range(hosts):
        name = host(number)
        groups[names[number * count // hosts]].append(name)
        for extra in range((number % 10 < 3) + (number % 50 == 0)):
            groups[names[(number + extra) * _SCATTER % count]].append(name)
    lumps = {
        f"lump{n:05d}": [names[(n + k) * _SCATTER % count] for k in range(min(10, count))]
        for n in range(50)
    }
    return Contents(groups, lumps)


def plain_lines(lines: int) -> Contents:
    return plain(lines * 3 // 4)


def mixed_case(lines: int) -> Contents:
    return plain(lines * 3 // 4, host=lambda number: _host(number).replace("node", "Node"))


def giant(lines: int) -> Contents:
    return Contents({"giant": _hosts(lines)}, {})


def many_groups(lines: int) -> Contents:
    """Make `lines` groups of one host, two lines each."""
    return Contents({f"group{n:06d}": [_host(n)] for n in range(lines)}, {})


def chain(lines: int) -> Contents:
    """Make a chain of `lines // 10` nested lumps that ends in one group."""
    names = [f"lump{n:05d}" for n in range(lines // 10)]
    lumps = {name: [child] for name, child in zip(names, [*names[1:], "group"], strict=True)}
    return Contents({"group": _hosts(lines * 8 // 10)}, lumps)


def many_lumps(lines: int) -> Contents:
    """Make `lines // 10` lumps, each of nine of the same 100 groups."""
    hosts, size = _hosts(lines // 10), max(1, lines // 1000)
    groups = {f"group{n:02d}": hosts[n * size : (n + 1) * size] for n in range(100)}
    names = list(groups)
    lumps = {
        f"lump{n:05d}": [names[(n + k * (1 + n // 100 % 10)) % 100] for k in range(9)]
        for n in range(lines // 10)
    }
    return Contents(groups, lumps)


def busy_host(lines: int) -> Contents:
    """Make `lines // 10` groups that all contain the first host."""
    groups = {
        f"group{n:05d}": [_host(0), *map(_host, range(n * 8 + 1, n * 8 + 9))]
        for n in range(lines // 10)
    }
    return Contents(groups, {})


PLAIN = Shape(plain_lines)

SHAPES = {
    "one giant group": Shape(giant),
    "100,000 groups": Shape(many_groups),
    "a chain of 10,000 lumps": Shape(chain),
    "10,000 lumps over the same 100 groups": Shape(many_lumps),
    "a host in 10,000 groups": Shape(busy_host),
    "CRLF": Shape(plain_lines, Style(newline="\r\n")),
    "indented lines": Shape(plain_lines, Style(indent="    ")),
    "names in mixed case": Shape(mixed_case),
    "comments": Shape(plain_lines, Style(comment="# a comment")),
}


def write_text(contents: Contents, style: Style = _DEFAULT_STYLE) -> str:
    lines: list[str] = []
    for kind, sections in (("GROUP", contents.groups), ("LUMP", contents.lumps)):
        for name, entries in sections.items():
            lines.append(f"{kind}:{name}")
            lines += [style.indent + entry for entry in entries] if style.indent else entries
    if style.comment:
        chunks = (lines[start : start + 10] for start in range(0, len(lines), 10))
        lines = [line for chunk in chunks for line in (style.comment, *chunk)]
    return style.newline.join([*lines, ""])


def write_file(path: Path, contents: Contents, style: Style = _DEFAULT_STYLE) -> Path:
    path.write_text(write_text(contents, style), encoding="utf-8", newline="")
    return path


def settle() -> None:
    """Wait until the loader may cache the files just written."""
    time.sleep(2.5)
