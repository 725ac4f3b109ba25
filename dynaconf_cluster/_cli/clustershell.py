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

_MARKS = "[]%@"
_SHOWN = 10


def map_group(arguments: argparse.Namespace) -> Result:
    """Give the hosts of a group."""
    view = find_view(arguments)
    return _list(view.groups[view.find_group(arguments.group)])


def map_all(arguments: argparse.Namespace) -> Result:
    """Give every group with its hosts."""
    view = find_view(arguments)
    unfit = _find_unfit(view.hosts)
    text = lines(
        f"{group}: {' '.join(host for host in hosts if host not in unfit)}"
        for group, hosts in view.groups.items()
    )
    return Result(text, notes=_complain(unfit))


def list_hosts(arguments: argparse.Namespace) -> Result:
    """Give every host."""
    return _list(find_view(arguments).hosts)


def list_groups(arguments: argparse.Namespace) -> Result:
    """Give every declared group."""
    return Result(lines(find_view(arguments).groups))


def reverse(arguments: argparse.Namespace) -> Result:
    """Give the groups of a host."""
    view = find_view(arguments)
    return Result(lines(view.groups_of(view.find_host(arguments.host))))


def _list(hosts: Iterable[str]) -> Result:
    unfit = _find_unfit(hosts)
    return Result(lines(host for host in hosts if host not in unfit), notes=_complain(unfit))


def _find_unfit(hosts: Iterable[str]) -> dict[str, None]:
    """Find the hosts that ClusterShell cannot have."""
    return dict.fromkeys(filter(_is_marked, hosts)) if _is_marked("\n".join(hosts)) else {}


def _is_marked(text: str) -> bool:
    return any(mark in text for mark in _MARKS)


def _complain(unfit: dict[str, None]) -> tuple[str, ...]:
    """Say which hosts are left out, if any."""
    if not unfit:
        return ()
    names = ", ".join(map(ascii, [*unfit][:_SHOWN]))
    more = f" and {len(unfit) - _SHOWN:,} more" if len(unfit) > _SHOWN else ""
    return (f"{PROGRAM}: left out, as ClusterShell cannot have them: {names}{more}",)
