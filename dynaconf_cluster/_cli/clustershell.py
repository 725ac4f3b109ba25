"""``clustershell``: the upcalls by which ClusterShell asks for groups.

In its language of node sets, brackets, ``%`` and ``@`` have a meaning, and one
host with any of these makes all of ``nodeset -a`` fail. So such hosts are left
out, which is said on standard error.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable

from .arguments import PROGRAM
from .process import Answer, lines
from .source import find_view

_UNFIT = re.compile(r"[][%@]")
_SHOWN = 10


def map_group(arguments: argparse.Namespace) -> Answer:
    """Give the hosts of a group."""
    view = find_view(arguments)
    hosts = view.groups[view.find_group(arguments.group)]
    return Answer(lines(_fit(hosts)), complaints=_complain(hosts))


def map_all(arguments: argparse.Namespace) -> Answer:
    """Give each group and its hosts, parted by a colon."""
    view = find_view(arguments)
    text = lines(f"{group}: {' '.join(_fit(hosts))}" for group, hosts in view.groups.items())
    return Answer(text, complaints=_complain(view.hosts))


def list_hosts(arguments: argparse.Namespace) -> Answer:
    """Give every host."""
    hosts = find_view(arguments).hosts
    return Answer(lines(_fit(hosts)), complaints=_complain(hosts))


def list_groups(arguments: argparse.Namespace) -> Answer:
    """Give every declared group."""
    return Answer(lines(find_view(arguments).groups))


def reverse(arguments: argparse.Namespace) -> Answer:
    """Give the declared groups of a host."""
    view = find_view(arguments)
    return Answer(lines(view.groups_of(view.find_host(arguments.host))))


def _fit(hosts: Iterable[str]) -> list[str]:
    return [host for host in hosts if not _UNFIT.search(host)]


def _complain(hosts: Iterable[str]) -> tuple[str, ...]:
    """Say which hosts are left out, if any."""
    unfit = [ascii(host) for host in hosts if _UNFIT.search(host)]
    if not unfit:
        return ()
    more = f" and {len(unfit) - _SHOWN:,} more" if len(unfit) > _SHOWN else ""
    names = ", ".join(unfit[:_SHOWN])
    return (f"{PROGRAM}: left out, as ClusterShell cannot have them: {names}{more}",)
