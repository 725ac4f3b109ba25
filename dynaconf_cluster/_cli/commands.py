"""The subcommands of ``dynaconf-cluster``: what they take, and how they explain themselves."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from . import check, clustershell, completion, graph, names, show
from .arguments import LAYOUT, PROGRAM, Parser, add_path, add_source, make_top_parser
from .lint import ERRORS, WARNINGS
from .process import Answer

Command = Callable[[argparse.Namespace], Answer]


def make_parser() -> Parser:
    """Make the parser of the whole command."""
    parser = make_top_parser(PROGRAM, _DESCRIPTION, _EPILOG)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_check, _show, _hosts, _groups, _in, _graph, _clustershell, _completion):
        add(subparsers)
    return parser


_DESCRIPTION = "Read a cluster file, or say what is wrong with it."
_EPILOG = """\
examples:
  dynaconf-cluster check racks.cluster            what is wrong with a file
  dynaconf-cluster show racks.cluster             the whole cluster at a glance
  dynaconf-cluster hosts web --exclude spare      hosts, one a line
  if dynaconf-cluster in web; then ...            is this machine a web server?
  dynaconf-cluster -i shop.conf.settings show     what an application sees

exit status:
  0  it worked, or yes
  1  the file is refused, a name is unknown, or no
  2  wrong usage, or no file is named, it is not there, or it cannot be read
"""


def _add(subparsers: Any, name: str, run: Command | None, text: str, epilog: str) -> Parser:
    """Add a subcommand; the first line of its text is what the list of commands shows."""
    parser: Parser = subparsers.add_parser(
        name, help=text.partition("\n")[0].rstrip("."), description=text, epilog=epilog, **LAYOUT
    )
    if run is not None:
        parser.set_defaults(run=run)
        completion.mark_files([add_source(parser)])
    return parser


def _check(subparsers: Any) -> None:
    parser = _add(subparsers, "check", check.check, _CHECK, _explain_rules())
    files = parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="a file to check, - for standard input; without any, the cluster file",
    )
    completion.mark_files([files])
    parser.add_argument(
        "--ignore",
        metavar="RULE",
        type=_parse_rules,
        action="extend",
        default=[],
        help="do not give the warnings of a rule; may be given again, or several with commas",
    )
    parser.add_argument("--strict", action="store_true", help="let warnings count as errors do")
    parser.add_argument(
        "--format",
        choices=check.FORMATS,
        default="text",
        help="text (the default), json, or github: annotations of a workflow",
    )


def _parse_rules(text: str) -> list[str]:
    rules = text.split(",")
    for rule in rules:
        if rule in ERRORS:
            raise argparse.ArgumentTypeError(f"{rule!r} is an error, not a warning")
        if rule not in WARNINGS:
            known = ", ".join(WARNINGS)
            raise argparse.ArgumentTypeError(f"no rule {rule!r}; expected one of {known}")
    return rules


_CHECK = """\
Tell every problem of cluster files.

Give each as path:line:column: severity: message [rule]. An error means that
the file is refused by everything that reads it; a warning, that ClusterIt's
own tools would make something else of it, or that it looks like a slip.
"""
_CHECK_EXAMPLES = """\
examples:
  dynaconf-cluster check *.cluster
  dynaconf-cluster check --strict --ignore orphans racks.cluster
  dynaconf-cluster check --format github racks.cluster
"""


def _explain_rules() -> str:
    width = max(map(len, (*ERRORS, *WARNINGS)))
    said = [_CHECK_EXAMPLES]
    for what, rules in (("errors", ERRORS), ("warnings", WARNINGS)):
        said += [f"{what}:", *(f"  {rule:{width}}  {rules[rule]}" for rule in rules), ""]
    return "\n".join(said)


def _show(subparsers: Any) -> None:
    parser = _add(subparsers, "show", show.show, _SHOW, _SHOW_EXAMPLES)
    completion.mark_files([add_path(parser)])
    parser.add_argument("--all", action="store_true", help="cut nothing, however long the lines")


_SHOW = """\
Draw the cluster as a tree.

Each group has a line: its size and its hosts, or after a = the groups that a
lump is made of. A * marks this machine and its groups. Lines are cut to the
width of the terminal, with a count of what is left out.
"""
_SHOW_EXAMPLES = """\
examples:
  dynaconf-cluster show racks.cluster
  dynaconf-cluster -i shop.conf.settings show --all
"""


def _hosts(subparsers: Any) -> None:
    parser = _add(subparsers, "hosts", names.hosts, _HOSTS, _HOSTS_EXAMPLES)
    groups = [parser.add_argument("groups", metavar="GROUP", nargs="*", help="all hosts if none")]
    for option, text in (
        ("--exclude", "leave out the hosts of this group; may be given again"),
        ("--intersect", "keep only the hosts of this group; may be given again"),
    ):
        groups.append(
            parser.add_argument(option, metavar="GROUP", action="append", default=[], help=text)
        )
    parser.add_argument(
        "--separator",
        metavar="TEXT",
        default="\n",
        help="what to put between hosts, in place of the end of the line",
    )
    completion.mark_groups(groups)


_HOSTS = """\
List the hosts of groups, one a line.

Several groups are united. Hosts come in the order of the file, each once.
"""
_HOSTS_EXAMPLES = """\
examples:
  dynaconf-cluster hosts                          every host
  dynaconf-cluster hosts web db --exclude spare
  dynaconf-cluster hosts __orphans__              those before the first header
  dynaconf-cluster hosts web | pdsh -w - uptime
  pdsh -w "$(dynaconf-cluster hosts web --separator ,)" uptime
"""


def _groups(subparsers: Any) -> None:
    parser = _add(subparsers, "groups", names.groups, _GROUPS, _GROUPS_EXAMPLES)
    whose = parser.add_mutually_exclusive_group()
    host = whose.add_argument("host", metavar="HOST", nargs="?", help="the groups of this host")
    whose.add_argument("--here", action="store_true", help="the groups of this machine")
    completion.mark_hosts([host])


_GROUPS = """\
List the groups of a host, or all groups, one a line.

The groups come in the order of the file. Those that are always there,
__all__ and __orphans__, are left out.
"""
_GROUPS_EXAMPLES = """\
examples:
  dynaconf-cluster groups                         every group and lump
  dynaconf-cluster groups one.baz.com
  dynaconf-cluster groups --here                  nothing if this machine is not listed
"""


def _in(subparsers: Any) -> None:
    parser = _add(subparsers, "in", names.is_in, _IN, _IN_EXAMPLES)
    groups = parser.add_argument("groups", metavar="GROUP", nargs="+", help="one of these will do")
    host = parser.add_argument("--host", metavar="HOST", help="ask for this host")
    completion.mark_groups([groups])
    completion.mark_hosts([host])


_IN = """\
Tell by the exit status whether this machine is in a group.

The status is 0 if it is in any of the groups, 1 if it is in none.
"""
_IN_EXAMPLES = """\
examples:
  if dynaconf-cluster in web; then systemctl reload nginx; fi
  dynaconf-cluster in web db --host one.baz.com
"""


def _graph(subparsers: Any) -> None:
    parser = _add(subparsers, "graph", graph.graph, _GRAPH, _GRAPH_EXAMPLES)
    completion.mark_files([add_path(parser)])
    parser.add_argument(
        "--format",
        choices=graph.FORMATS,
        default="mermaid",
        help="mermaid (the default), which GitHub draws in Markdown, or dot, for Graphviz",
    )
    parser.add_argument("--hosts", action="store_true", help="draw the hosts, too")


_GRAPH = """\
Draw a picture of groups and lumps.

An arrow leads from a lump to each group that it is made of, and with --hosts
from a group to each of its hosts.
"""
_GRAPH_EXAMPLES = """\
examples:
  dynaconf-cluster graph --format mermaid
  dynaconf-cluster graph --format dot --hosts | dot -Tsvg > racks.svg
"""


def _clustershell(subparsers: Any) -> None:
    parser = _add(subparsers, "clustershell", None, _CLUSTERSHELL, _CLUSTERSHELL_EXAMPLES)
    upcalls = parser.add_subparsers(title="upcalls", metavar="UPCALL", required=True)
    group = _add(upcalls, "map", clustershell.map_group, "Give the hosts of a group.", "")
    completion.mark_groups([group.add_argument("group", metavar="GROUP")])
    _add(upcalls, "mapall", clustershell.map_all, "Give every group with its hosts.", "")
    _add(upcalls, "all", clustershell.list_hosts, "Give every host.", "")
    _add(upcalls, "list", clustershell.list_groups, "Give every declared group.", "")
    host = _add(upcalls, "reverse", clustershell.reverse, "Give the groups of a host.", "")
    completion.mark_hosts([host.add_argument("host", metavar="HOST")])


_CLUSTERSHELL = """\
Answer the upcalls of ClusterShell.

Hosts with brackets, % or @ are left out, with a note: they mean something in
ClusterShell's own language, and one of them makes all of `nodeset -a` fail.
"""
_CLUSTERSHELL_EXAMPLES = """\
a section of groups.conf:
  [cluster]
  map: dynaconf-cluster clustershell map "$GROUP"
  all: dynaconf-cluster clustershell all
  list: dynaconf-cluster clustershell list
  reverse: dynaconf-cluster clustershell reverse "$NODE"

and then:
  nodeset -s cluster -e @web
  clush -w @cluster:web uptime
"""


def _completion(subparsers: Any) -> None:
    parser = _add(subparsers, "completion", completion.complete, _COMPLETION, _COMPLETE_EXAMPLES)
    parser.add_argument("shell", choices=completion.SHELLS)


_COMPLETION = """\
Write a completion script for a shell.

This needs shtab: pip install 'dynaconf-cluster[cli]'. The script does not.
"""
_COMPLETE_EXAMPLES = """\
examples:
  eval "$(dynaconf-cluster completion bash)"      in ~/.bashrc
  dynaconf-cluster completion zsh > ~/.zfunc/_dynaconf-cluster
"""
