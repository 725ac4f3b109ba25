"""``hosts``, ``groups`` and ``in``: names for shells."""

from __future__ import annotations

import argparse

from .._syntax import ALL
from .process import BAD, GOOD, Answer, lines, write_json
from .source import View, find_view


def hosts(arguments: argparse.Namespace) -> Answer:
    """Give the hosts of groups, united, in cluster order."""
    view = find_view(arguments)
    first, *more = arguments.groups or [ALL]
    names = view.groups[view.find_group(first)]
    if more:
        chosen = {*names, *_unite(view, more)}
        names = tuple(host for host in view.hosts if host in chosen)
    for group in arguments.intersect:
        kept = _unite(view, [group])
        names = tuple(filter(kept.__contains__, names))
    if arguments.exclude:
        left_out = _unite(view, arguments.exclude)
        names = tuple(host for host in names if host not in left_out)
    if arguments.json:
        return Answer(write_json({"hosts": names}))
    separator: str = arguments.separator
    text = separator.join(names)
    return Answer(f"{text}\n" if text else "")


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
    if arguments.json:
        return Answer(write_json({"groups": names}))
    return Answer(lines(names))


def is_in(arguments: argparse.Namespace) -> Answer:
    """Tell by the exit status whether a host is in one of the groups."""
    view = find_view(arguments)
    members = _unite(view, arguments.groups)
    if arguments.host in members:  # and so the other hosts need not be known
        return Answer()
    host = view.machine if arguments.host is None else view.find_host(arguments.host)
    return Answer(status=GOOD if host in members else BAD)
