"""Answer the upcalls of ClusterShell.

Hosts with brackets, % or @ are left out, with a note: they mean something in
ClusterShell's own language, and one of them makes all of `nodeset -a` fail.
ClusterShell runs upcalls in the folder of groups.conf, so let CLUSTER be an
absolute path. Since version 1.10 it can ask for everything at once, by
mapall: dynaconf-cluster clustershell mapall

a section of groups.conf:
  [Main]
  default: cluster

  [cluster]
  map: dynaconf-cluster clustershell map "$GROUP"
  all: dynaconf-cluster clustershell all
  list: dynaconf-cluster clustershell list
  reverse: dynaconf-cluster clustershell reverse "$NODE"

examples, with that:
  nodeset -s cluster -e @web
  clush -w @cluster:web uptime
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from .arguments import PROGRAM
from .process import Result, lines
from .source import find_view

_SPECIAL = "[]%@"
_SHOWN = 10


def map_group(arguments: argparse.Namespace) -> Result:
    """Print the hosts of a group.

    examples:
      dynaconf-cluster clustershell map web
    """
    view = find_view(arguments)
    return _list(view.groups[view.find_group(arguments.group)])


def map_all(arguments: argparse.Namespace) -> Result:
    """Print every group with its hosts.

    examples:
      dynaconf-cluster clustershell mapall
    """
    view = find_view(arguments)
    skipped = _find_unsupported(view.hosts)
    text = lines(
        f"{group}: {' '.join(host for host in hosts if host not in skipped)}"
        for group, hosts in view.groups.items()
    )
    return Result(text, notes=_make_notes(skipped))


def list_hosts(arguments: argparse.Namespace) -> Result:
    """Print every host.

    examples:
      dynaconf-cluster clustershell all
    """
    return _list(find_view(arguments).hosts)


def list_groups(arguments: argparse.Namespace) -> Result:
    """Print every declared group.

    examples:
      dynaconf-cluster clustershell list
    """
    return Result(lines(find_view(arguments).groups))


def reverse(arguments: argparse.Namespace) -> Result:
    """Print the groups of a host.

    examples:
      dynaconf-cluster clustershell reverse one.baz.com
    """
    view = find_view(arguments)
    return Result(lines(view.groups_of(view.find_host(arguments.host))))


def _list(hosts: Iterable[str]) -> Result:
    skipped = _find_unsupported(hosts)
    return Result(lines(host for host in hosts if host not in skipped), notes=_make_notes(skipped))


def _find_unsupported(hosts: Iterable[str]) -> dict[str, None]:
    """Return the hosts that ClusterShell cannot handle."""
    return dict.fromkeys(filter(_has_special, hosts)) if _has_special("\n".join(hosts)) else {}


def _has_special(text: str) -> bool:
    return any(char in text for char in _SPECIAL)


def _make_notes(skipped: dict[str, None]) -> tuple[str, ...]:
    """Return a note that lists the hosts left out, if any."""
    if not skipped:
        return ()
    names = ", ".join(map(ascii, [*skipped][:_SHOWN]))
    more = f" and {len(skipped) - _SHOWN:,} more" if len(skipped) > _SHOWN else ""
    return (f"{PROGRAM}: left out, as ClusterShell cannot have them: {names}{more}",)
