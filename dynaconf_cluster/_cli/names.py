"""``hosts``, ``groups`` and ``in``: names for shells."""

from __future__ import annotations

import argparse

from .._rules import ALL
from .process import BAD, GOOD, Answer, lines
from .source import View, find_view


def hosts(arguments: argparse.Namespace) -> Answer:
    """Give the hosts of groups, united, in cluster order."""
    view = find_view(arguments)
    chosen = _unite(view, arguments.groups) if arguments.groups else set(view.groups[ALL])
    for group in arguments.intersect:
        chosen &= _unite(view, [group])
    chosen -= _unite(view, arguments.exclude)
    names = [host for host in view.hosts if host in chosen]
    separator: str = arguments.separator
    return Answer(f"{separator.join(names)}\n" if names else "")


def _unite(view: View, groups: list[str]) -> set[str]:
    return set().union(*(view.groups[view.find_group(group)] for group in groups))


def groups(arguments: argparse.Namespace) -> Answer:
    """Give the groups of a host, of this machine, or all."""
    view = find_view(arguments)
    if arguments.here:
        names = view.groups_of(view.machine) if view.machine is not None else ()
    elif arguments.host is not None:
        names = view.groups_of(view.find_host(arguments.host))
    else:
        names = tuple(view.groups)
    return Answer(lines(names))


def is_in(arguments: argparse.Namespace) -> Answer:
    """Tell by the exit status whether a host is in one of the groups."""
    view = find_view(arguments)
    wanted = {view.find_group(group) for group in arguments.groups}
    host = view.machine if arguments.host is None else view.find_host(arguments.host)
    belongs = () if host is None else (ALL, *view.hosts[host])
    return Answer(status=BAD if wanted.isdisjoint(belongs) else GOOD)
