"""Cluster files of any size and shape."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_SITES = ("fra", "ams", "nyc", "sin")
_SCATTER = 7919
"""A prime, so that its multiples reach every group before they repeat."""


class Facts(NamedTuple):
    """What a cluster file says: the hosts of each group, the groups of each lump."""

    groups: Mapping[str, Sequence[str]]
    lumps: Mapping[str, Sequence[str]]


class Style(NamedTuple):
    """How a cluster file is written."""

    newline: str = "\n"
    indent: str = ""
    comment: str = ""
    """Stands above each section, and above every tenth line."""


_USUAL = Style()


class Shape(NamedTuple):
    make: Callable[[int], Facts]
    """Makes the facts of a file of about so many lines."""
    style: Style = _USUAL


def _host(number: int) -> str:
    return f"node{number:06d}.{_SITES[number % len(_SITES)]}.example.com"


def _hosts(count: int) -> list[str]:
    return list(map(_host, range(count)))


def plain(
    hosts: int, groups: int = 0, lumps: int = 50, host: Callable[[int], str] = _host
) -> Facts:
    """Make a cluster with 30 % of the hosts in more than one group; 200 hosts a group."""
    groups = groups or max(3, hosts // 200)
    names = [f"group{n:05d}" for n in range(groups)]
    listed: dict[str, list[str]] = {name: [] for name in names}
    for number in range(hosts):
        name = host(number)
        listed[names[number * groups // hosts]].append(name)
        for times in range((number % 10 < 3) + (number % 50 == 0)):
            listed[names[(number + times) * _SCATTER % groups]].append(name)
    above = {
        f"lump{n:05d}": [names[(n + k) * _SCATTER % groups] for k in range(min(10, groups))]
        for n in range(lumps)
    }
    return Facts(listed, above)


def plain_lines(lines: int) -> Facts:
    return plain(lines * 3 // 4)


def mixed_case(lines: int) -> Facts:
    return plain(lines * 3 // 4, host=lambda number: _host(number).replace("node", "Node"))


def giant(lines: int) -> Facts:
    return Facts({"giant": _hosts(lines)}, {})


def many_groups(lines: int) -> Facts:
    """Make one host a group, which takes two lines for each."""
    return Facts({f"group{n:06d}": [_host(n)] for n in range(lines)}, {})


def chain(lines: int) -> Facts:
    """Make a chain of lumps, one line in ten, above one group."""
    names = [f"lump{n:05d}" for n in range(lines // 10)]
    above = {name: [below] for name, below in zip(names, [*names[1:], "group"], strict=True)}
    return Facts({"group": _hosts(lines * 8 // 10)}, above)


def many_lumps(lines: int) -> Facts:
    """Make one line in ten a lump, of nine out of the same 100 groups of 100 hosts."""
    hosts, size = _hosts(lines // 10), max(1, lines // 1000)
    groups = {f"group{n:02d}": hosts[n * size : (n + 1) * size] for n in range(100)}
    names = list(groups)
    above = {
        f"lump{n:05d}": [names[(n + k * (1 + n // 100 % 10)) % 100] for k in range(9)]
        for n in range(lines // 10)
    }
    return Facts(groups, above)


def busy_host(lines: int) -> Facts:
    """Make one line in ten a group, all of which list the first host."""
    count = lines // 10
    groups = {
        f"group{n:05d}": [_host(0), *map(_host, range(n * 8 + 1, n * 8 + 9))] for n in range(count)
    }
    return Facts(groups, {})


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


def write_text(facts: Facts, style: Style = _USUAL) -> str:
    lines: list[str] = []
    for kind, sections in (("GROUP", facts.groups), ("LUMP", facts.lumps)):
        for name, entries in sections.items():
            lines.append(f"{kind}:{name}")
            lines += [style.indent + entry for entry in entries] if style.indent else entries
    if style.comment:
        lines = _comment(lines, style.comment)
    return style.newline.join([*lines, ""])


def _comment(lines: list[str], comment: str) -> list[str]:
    commented: list[str] = []
    for start in range(0, len(lines), 10):
        commented += [comment, *lines[start : start + 10]]
    return commented


def write_file(path: Path, facts: Facts, style: Style = _USUAL) -> Path:
    path.write_text(write_text(facts, style), encoding="utf-8", newline="")
    return path


def settle() -> None:
    """Wait until no file that was just written counts as one that may still change."""
    time.sleep(2.5)
