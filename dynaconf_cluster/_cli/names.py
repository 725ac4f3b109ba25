"""``hosts``, ``groups`` and ``in``: names for shells."""

from __future__ import annotations

import argparse

from .._syntax import ALL
from .process import JSON_VERSION, NO, OK, Result, lines, to_json
from .source import View, find_view


def hosts(arguments: argparse.Namespace) -> Result:
    """List the hosts of groups, one a line.

    Several groups are united. Hosts come in the order of the file, each once.

    examples:
      dynaconf-cluster hosts                every host
      dynaconf-cluster hosts web db --exclude spare
      dynaconf-cluster hosts __orphans__    above any header
      dynaconf-cluster hosts web | pdsh -w - uptime
      pdsh -w "$(dynaconf-cluster hosts --separator ,)" date
    """
    view = find_view(arguments)
    first, *more = arguments.groups or [ALL]
    names = view.groups[view.find_group(first)]
    if more:
        chosen = {*names, *_union(view, more)}
        names = tuple(host for host in view.hosts if host in chosen)
    for group in arguments.intersect:
        kept = _union(view, [group])
        names = tuple(filter(kept.__contains__, names))
    if arguments.exclude:
        left_out = _union(view, arguments.exclude)
        names = tuple(host for host in names if host not in left_out)
    if arguments.json:
        return Result(to_json(JSON_VERSION | {"hosts": names}))
    separator: str = arguments.separator
    text = separator.join(names)
    return Result(f"{text}\n" if text else "")


def _union(view: View, groups: list[str]) -> set[str]:
    return set().union(*(view.groups[view.find_group(group)] for group in groups))


def groups(arguments: argparse.Namespace) -> Result:
    """List the groups of a host, or all groups, one a line.

    The groups come in the order of the file. Those that are always there,
    __all__ and __orphans__, are left out.

    examples:
      dynaconf-cluster groups           every group and lump
      dynaconf-cluster groups one.baz.com
      dynaconf-cluster groups --here    nothing if not listed
    """
    view = find_view(arguments)
    if arguments.here:
        names = view.groups_of(view.machine) if view.machine is not None else ()
    elif arguments.host is not None:
        names = view.groups_of(view.find_host(arguments.host))
    else:
        names = tuple(view.groups)
    if arguments.json:
        return Result(to_json(JSON_VERSION | {"groups": names}))
    return Result(lines(names))


def is_in(arguments: argparse.Namespace) -> Result:
    """Test whether this machine is in a group.

    The exit status is 0 if it is in any of the groups, 1 if it is in none.

    examples:
      if dynaconf-cluster in web; then echo yes; fi
      dynaconf-cluster in web db --host one.baz.com
    """
    view = find_view(arguments)
    members = _union(view, arguments.groups)
    if arguments.host in members:  # avoids resolving all hosts
        return Result()
    host = view.machine if arguments.host is None else view.find_host(arguments.host)
    return Result(status=OK if host in members else NO)
