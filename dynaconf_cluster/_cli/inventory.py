"""``dynaconf-cluster-inventory``: the cluster as an Ansible inventory script.

Ansible runs the script with ``--list``, or with ``--host`` and a name. Group names
that have a special meaning in Ansible are refused, as they would change which hosts
a playbook runs on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .._errors import quote
from .._syntax import ORPHANS, RESERVED
from .arguments import INVENTORY, Parser, make_top_parser, parse
from .completion import complete_for_shell
from .process import NO, Failure, Result, run, to_json
from .source import View, find_view

RESERVED_BY_ANSIBLE = ("all", "ungrouped", "_meta")
"""The group names that Ansible reserves."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the inventory script; return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    return run(INVENTORY, lambda: _run(given))


def _run(given: Sequence[str]) -> Result:
    parser = _make_parser()
    complete_for_shell(parser)
    arguments = parse(parser, given)
    view = find_view(arguments)
    return list_groups(view) if arguments.list else Result("{}\n")


def _make_parser() -> Parser:
    parser = make_top_parser(INVENTORY, _ABOUT)
    modes = parser.add_mutually_exclusive_group(required=True)
    modes.add_argument("--list", action="store_true", help="give every group, for Ansible")
    text = "give the variables of a host: a cluster file has none"
    modes.add_argument("--host", metavar="HOST", help=text)
    return parser


_ABOUT = """\
The cluster file as an inventory of Ansible.

`ansible -i` takes the path of this script and no arguments, so the cluster
file is the one that CLUSTER in the environment names. A script of your own
can name another: exec dynaconf-cluster-inventory --file FILE "$@"

Groups list their hosts, lumps have children, and the hosts before the first
header are ungrouped. Groups named all, ungrouped or _meta are refused: Ansible
keeps these names for itself.

examples:
  export CLUSTER=/etc/racks.cluster
  script=$(command -v dynaconf-cluster-inventory)
  ansible-inventory -i "$script" --graph
  ansible -i "$script" web --list-hosts
"""


def list_groups(view: View) -> Result:
    """Return the output of ``--list``; raise `Failure` for names that Ansible reserves."""
    reserved = [group for group in RESERVED_BY_ANSIBLE if group in view.groups]
    if reserved:
        raise Failure(f"{view.location.path}: {_refuse(reserved)}", NO)
    # `all` comes first, as Ansible orders hosts by first mention
    groups: dict[str, object] = {
        "_meta": {"hostvars": {}},
        "all": {"hosts": [*view.hosts], "children": ["ungrouped", *view.groups]},
        "ungrouped": {"hosts": [*view.groups[ORPHANS]]},
    }
    groups |= {group: _describe(view, group) for group in view.groups}
    return Result(to_json(groups))


def _refuse(reserved: list[str]) -> str:
    names, what, them = ", ".join(map(quote, reserved)), "group", "it"
    if len(reserved) > 1:
        what, them = "groups", "them"
    return f"Ansible keeps the name of {what} {names} for itself; rename {them}"


def _describe(view: View, group: str) -> dict[str, list[str]]:
    """Return the hosts of a group and the children of a lump.

    A lump that names ``__all__`` or ``__orphans__`` lists their hosts: Ansible's
    ``all`` contains every group, and its ``ungrouped`` no host of another group.
    """
    groups, own_hosts = view.cluster.parts_of(group)
    children = [name for name in groups if name not in RESERVED]
    if len(children) == len(groups):
        hosts = [*own_hosts]
    else:
        special = (view.groups[name] for name in groups if name in RESERVED)
        own = set(own_hosts).union(*special)
        hosts = [host for host in view.groups[group] if host in own]
    return {"hosts": hosts} | ({"children": children} if children else {})
