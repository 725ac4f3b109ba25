"""Convert an inventory to a cluster file.

examples:
  ansible-inventory -i hosts.ini --list > hosts.json
  dynaconf-cluster import ansible hosts.json > a.cluster
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from .._advice import is_host_line
from .._errors import ClusterFileError, quote
from .._parser import parse_sections
from .._syntax import RESERVED, WORDS, fold, is_group_name
from .arguments import PROGRAM
from .process import NO, Failure, Result, count, lines
from .source import STDIN, unreadable

_Members = dict[str, tuple[list[str], list[str]]]
"""The hosts and the children of each group."""


def import_ansible(arguments: argparse.Namespace) -> Result:
    """Convert an Ansible inventory to a cluster file.

    Groups with hosts become groups, groups with children lumps. What a cluster
    file cannot say is counted on standard error: variables, invalid names, and
    names that differ from others in case alone. The members of a group that
    is left out are then those of the groups above it.

    examples:
      ansible-inventory -i hosts.ini --list > hosts.json
      dynaconf-cluster import ansible hosts.json > a.cluster
    """
    is_piped = arguments.path in (None, STDIN)
    source: str = "standard input" if is_piped else arguments.path
    text, lost = _read(source, is_piped)
    names = [f"{what} {name}" for what in lost for name in lost[what]]
    counts = ", ".join(count(len(lost[what]), what) for what in lost if lost[what])
    left_out = names if arguments.strict else [f"{counts}; --strict names them"] if names else []
    notes = tuple(f"{PROGRAM}: left out: {what}" for what in left_out)
    try:
        parse_sections(text, source)
    except ClusterFileError as error:
        (problem, *_) = error.problems  # no hosts, or a group that contains itself
        return Result("", NO, (*notes, f"{PROGRAM}: cannot import {source}: {problem.message}"))
    return Result("", NO, notes) if arguments.strict and names else Result(text, notes=notes)


def _read(source: str, is_piped: bool) -> tuple[str, dict[str, list[str]]]:
    try:
        with open(0 if is_piped else source, "rb", closefd=not is_piped) as file:
            return _convert(json.loads(file.read()))
    except OSError as error:
        raise unreadable(source, error) from error
    except (AttributeError, RecursionError, TypeError, ValueError) as error:
        raise Failure(f"{source} is not what {_EXPECTED}", NO) from error


_EXPECTED = "ansible-inventory prints; write: ansible-inventory -i INVENTORY --list | " + (
    f"{PROGRAM} import ansible"
)


def _convert(data: dict[str, Any]) -> tuple[str, dict[str, list[str]]]:
    """Return a cluster file, and what it leaves out; raise an error for invalid inventories."""
    hostvars = data.pop("_meta", {}).get("hostvars", {})
    variables = [f"{name!r} of host {host!r}" for host in hostvars for name in hostvars[host]]
    for group, entry in data.items():
        variables += [f"{name!r} of group {group!r}" for name in entry.get("vars", ())]
    members = {
        group: (_list(data, group, "hosts"), _list(data, group, "children")) for group in data
    }
    everywhere = (members.get(group, ([], []))[0] for group in ("ungrouped", *members))
    hosts, lost_hosts = _partition(chain.from_iterable(everywhere), is_host_line)
    groups, lost_groups = _partition(_order(members), _is_group)
    kept = {group: _find_members(group, members, hosts, groups) for group in groups}
    grouped = {host for own, _ in kept.values() for host in own}
    entries = [host for host in hosts if host not in grouped]
    for group, (own, children) in kept.items():
        entries += [f"GROUP:{group}", *own] if own or not children else []
        entries += [f"LUMP:{group}", *children] if children else []
    lost = {"variable": variables, "host": lost_hosts, "group": lost_groups}
    return lines(entries), lost


def _list(data: dict[str, Any], group: str, kind: str) -> list[str]:
    """Return the ``hosts`` or the ``children`` of a group."""
    names = data[group].get(kind, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(names)
    return names


def _order(members: _Members) -> Iterator[str]:
    """Yield the groups level by level, as Ansible does, then any that are not below `all`."""
    seen = {"ungrouped"}
    for start in ("all", *members):
        level = [start]
        for group in level:
            if group not in seen:
                seen.add(group)
                level += members.get(group, ([], []))[1]
                yield from () if group == "all" else (group,)


def _partition(
    names: Iterable[str], is_good: Callable[[str], bool]
) -> tuple[dict[str, None], list[str]]:
    """Split names into those valid in a cluster file and the others, with reasons."""
    first: dict[str, str] = {}
    lost = []
    for name in dict.fromkeys(names):
        if not is_good(name):
            lost.append(f"{quote(name)}, which is no name in a cluster file")
        elif (other := first.setdefault(fold(name), name)) != name:
            lost.append(f"{quote(name)}, which differs from {quote(other)} in case alone")
    return dict.fromkeys(first.values()), lost


def _is_group(name: str) -> bool:
    return is_group_name(name) and name not in WORDS and fold(name) not in RESERVED


def _find_members(
    group: str, members: _Members, hosts: dict[str, None], groups: dict[str, None]
) -> tuple[dict[str, None], dict[str, None]]:
    """Return the valid hosts and children of a group, including those of dropped children."""
    own: dict[str, None] = {}
    children: dict[str, None] = {}
    parts = [group]
    for part in parts:
        below = members.get(part, ([], []))
        own |= dict.fromkeys(filter(hosts.__contains__, below[0]))
        children |= dict.fromkeys(filter(groups.__contains__, below[1]))
        parts += [child for child in below[1] if child not in groups and child not in parts]
    return own, children
