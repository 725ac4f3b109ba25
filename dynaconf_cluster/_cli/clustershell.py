"""``clustershell``: the upcalls by which ClusterShell asks for groups.

ClusterShell puts what it is told into command lines that a shell reads, and
into its own language of node sets. Only names that mean nothing to either are
told; what is left out is said on standard error.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable

from .arguments import PROGRAM
from .process import Answer, lines
from .source import find_view

_HOST = re.compile(r"[A-Za-z0-9_.:][A-Za-z0-9_.:-]*")
_GROUP = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")  # a colon would end the name of a source
_SHOWN = 10


class _Sieve:
    """Holds names back that are not safe, and remembers them."""

    def __init__(self) -> None:
        self._held: dict[str, None] = {}

    def hosts(self, names: Iterable[str]) -> list[str]:
        return self._sift(names, _HOST)

    def groups(self, names: Iterable[str]) -> list[str]:
        return self._sift(names, _GROUP)

    def _sift(self, names: Iterable[str], safe: re.Pattern[str]) -> list[str]:
        passed = []
        for name in names:
            if safe.fullmatch(name):
                passed.append(name)
            else:
                self._held[name] = None
        return passed

    def answer(self, entries: Iterable[str]) -> Answer:
        text = lines(entries)
        return Answer(text, complaints=(self._complain(),)) if self._held else Answer(text)

    def _complain(self) -> str:
        some = ", ".join(ascii(name) for name in [*self._held][:_SHOWN])
        more = len(self._held) - _SHOWN
        rest = f" and {more:,} more" if more > 0 else ""
        return f"{PROGRAM}: left out, not safe with ClusterShell: {some}{rest}"


def map_group(arguments: argparse.Namespace) -> Answer:
    """Give the hosts of a group."""
    view, sieve = find_view(arguments), _Sieve()
    return sieve.answer(sieve.hosts(view.groups[view.find_group(arguments.group)]))


def map_all(arguments: argparse.Namespace) -> Answer:
    """Give each group and its hosts, parted by a colon."""
    view, sieve = find_view(arguments), _Sieve()
    groups = sieve.groups(view.groups)
    return sieve.answer(
        [f"{group}: {' '.join(sieve.hosts(view.groups[group]))}" for group in groups]
    )


def list_hosts(arguments: argparse.Namespace) -> Answer:
    """Give every host."""
    view, sieve = find_view(arguments), _Sieve()
    return sieve.answer(sieve.hosts(view.hosts))


def list_groups(arguments: argparse.Namespace) -> Answer:
    """Give every declared group."""
    view, sieve = find_view(arguments), _Sieve()
    return sieve.answer(sieve.groups(view.groups))


def reverse(arguments: argparse.Namespace) -> Answer:
    """Give the declared groups of a host."""
    view, sieve = find_view(arguments), _Sieve()
    return sieve.answer(sieve.groups(view.groups_of(view.find_host(arguments.host))))
