"""The subcommands of ``dynaconf-cluster``: what they take, and how they explain themselves."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from .._errors import hint
from .._rules import ERROR, RULES
from . import check, clustershell, completion, explain, graph, importing, names, show
from .arguments import HIDDEN, PROGRAM, Parser, add_path, add_source, make_top_parser
from .completion import complete
from .process import Answer

Command = Callable[[argparse.Namespace], Answer]


def make_parser() -> Parser:
    """Make the parser of the whole command."""
    parser = make_top_parser(PROGRAM, _DESCRIPTION, _EPILOG)
    add_source(parser)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    commands = (_check, _explain, _show, _hosts, _groups, _in, _graph)
    for add in (*commands, _clustershell, _import, _completion):
        add(subparsers)
    return parser


_DESCRIPTION = "Read a cluster file, or say what is wrong with it."
_EPILOG = """\
exit status:
  0  it worked, or yes
  1  the file is refused, a name is unknown, or no
  2  wrong usage, or no file is named, it is not there, or it cannot be read

examples:
  dynaconf-cluster check racks.cluster
  dynaconf-cluster show racks.cluster
  dynaconf-cluster hosts web --exclude spare
  if dynaconf-cluster in web; then echo yes; fi
  dynaconf-cluster -i shop.conf.settings show
"""


def _add(subparsers: Any, name: str, run: Command | None, text: str, epilog: str) -> Parser:
    """Add a subcommand; the first line of its text is what the list of commands shows."""
    parser: Parser = subparsers.add_parser(
        name, help=text.partition("\n")[0].rstrip("."), description=text, epilog=epilog
    )
    parser.set_defaults(run=run)
    return parser


def _add_reader(subparsers: Any, name: str, run: Command, text: str, epilog: str = "") -> Parser:
    """Add a subcommand that reads a cluster file."""
    parser = _add(subparsers, name, run, f"{text.rstrip()}\n\n{_SOURCE}", epilog)
    add_source(parser, **HIDDEN)
    return parser


_SOURCE = """\
Which cluster is said by -f FILE, -i SETTINGS or CLUSTER in the environment:
see dynaconf-cluster --help.
"""


def _check(subparsers: Any) -> None:
    parser = _add_reader(subparsers, "check", check.check, _CHECK, _CHECK_EXAMPLES)
    text = "a file to check, - for standard input; without any, the cluster file"
    parser.add_argument("files", metavar="FILE", nargs="*", help=text)
    text = "do not give the warnings of a rule; may be given again, or several with commas"
    ignore = parser.add_argument(
        "--ignore", metavar="RULE", type=_parse_rules, action="extend", default=[], help=text
    )
    complete(completion.list_warnings, ignore)
    parser.add_argument("--strict", action="store_true", help="let warnings count as errors do")
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        choices=check.FORMATS,
        help="full, with the lines, which is what a terminal gets; concise, which is what a pipe "
        "gets; json; or github: annotations of a workflow",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="do not sum up at the end")


def _parse_rules(text: str) -> list[str]:
    rules = text.split(",")
    for rule in rules:
        if rule not in RULES:
            near = hint(rule, RULES) or f"; {PROGRAM} explain lists them"
            raise argparse.ArgumentTypeError(f"no rule {rule!r}{near}")
        if RULES[rule].severity == ERROR:
            raise argparse.ArgumentTypeError(f"{rule!r} is an error, not a warning")
    return rules


_CHECK = """\
Tell every problem of cluster files.

Each is told as path:line:column: severity: message [rule], and in the end how
many there are, on standard error. An error means that the file is refused by
everything that reads it; a warning, that ClusterIt's own tools would make
something else of it, or that it looks like a slip.
"""
_CHECK_EXAMPLES = """\
examples:
  dynaconf-cluster check *.cluster
  dynaconf-cluster check --strict --ignore orphans a.cluster
  dynaconf-cluster check --format github racks.cluster
  dynaconf-cluster explain orphans
"""


def _explain(subparsers: Any) -> None:
    parser = _add(subparsers, "explain", explain.explain, _EXPLAIN, _EXPLAIN_EXAMPLES)
    parser.add_argument("rule", metavar="RULE", nargs="?", choices=RULES, help="all if none")


_EXPLAIN = """\
Tell what a rule is about, with an example, or list the rules.
"""
_EXPLAIN_EXAMPLES = """\
examples:
  dynaconf-cluster explain
  dynaconf-cluster explain lump-loop
"""


def _show(subparsers: Any) -> None:
    parser = _add_reader(subparsers, "show", show.show, _SHOW, _SHOW_EXAMPLES)
    add_path(parser)
    text = "show this group alone; may be given again"
    group = parser.add_argument("--group", metavar="GROUP", action="append", default=[], help=text)
    complete(completion.list_groups, group)
    text = "how deep to follow lumps; 1 is the groups alone"
    parser.add_argument("--depth", metavar="N", type=_parse_depth, help=text)
    parser.add_argument("--all", action="store_true", help="cut nothing, however long the lines")
    _add_json(parser, "groups, each with hosts and members, and hosts, each with its groups")


def _parse_depth(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


def _add_json(parser: Any, what: str) -> None:
    text = f'print JSON: {what}, and "version": 1, which changes if the shape does'
    parser.add_argument("--json", action="store_true", help=text)


_SHOW = """\
Draw the cluster as a tree.

Each group has a line: its size and its hosts. Below a lump stand its members;
what has been spelt out before, by its name alone. A * marks this machine and
its groups. On a terminal, lines are cut to its width.
"""
_SHOW_EXAMPLES = """\
examples:
  dynaconf-cluster show racks.cluster
  dynaconf-cluster show --group web --group db --all
  dynaconf-cluster -i shop.conf.settings show --json
"""


def _hosts(subparsers: Any) -> None:
    parser = _add_reader(subparsers, "hosts", names.hosts, _HOSTS, _HOSTS_EXAMPLES)
    groups = [parser.add_argument("groups", metavar="GROUP", nargs="*", help="all hosts if none")]
    for option, text in (
        ("--exclude", "leave out the hosts of this group; may be given again"),
        ("--intersect", "keep only the hosts of this group; may be given again"),
    ):
        groups.append(
            parser.add_argument(option, metavar="GROUP", action="append", default=[], help=text)
        )
    complete(completion.list_groups, *groups)
    form = parser.add_mutually_exclusive_group()
    text = "what to put between hosts, in place of the end of the line"
    form.add_argument("--separator", metavar="TEXT", default="\n", help=text)
    _add_json(form, "hosts")


_HOSTS = """\
List the hosts of groups, one a line.

Several groups are united. Hosts come in the order of the file, each once.
"""
_HOSTS_EXAMPLES = """\
examples:
  dynaconf-cluster hosts                every host
  dynaconf-cluster hosts web db --exclude spare
  dynaconf-cluster hosts __orphans__    of no group
  dynaconf-cluster hosts web | pdsh -w - uptime
  pdsh -w "$(dynaconf-cluster hosts web --separator ,)" date
"""


def _groups(subparsers: Any) -> None:
    parser = _add_reader(subparsers, "groups", names.groups, _GROUPS, _GROUPS_EXAMPLES)
    whose = parser.add_mutually_exclusive_group()
    host = whose.add_argument("host", metavar="HOST", nargs="?", help="the groups of this host")
    complete(completion.list_hosts, host)
    whose.add_argument("--here", action="store_true", help="the groups of this machine")
    _add_json(parser, "groups")


_GROUPS = """\
List the groups of a host, or all groups, one a line.

The groups come in the order of the file. Those that are always there,
__all__ and __orphans__, are left out.
"""
_GROUPS_EXAMPLES = """\
examples:
  dynaconf-cluster groups           every group and lump
  dynaconf-cluster groups one.baz.com
  dynaconf-cluster groups --here    nothing if not listed
"""


def _in(subparsers: Any) -> None:
    parser = _add_reader(subparsers, "in", names.is_in, _IN, _IN_EXAMPLES)
    groups = parser.add_argument("groups", metavar="GROUP", nargs="+", help="one of these will do")
    host = parser.add_argument("--host", metavar="HOST", help="ask for this host")
    complete(completion.list_groups, groups)
    complete(completion.list_hosts, host)


_IN = """\
Tell by the exit status whether this machine is in a group.

The status is 0 if it is in any of the groups, 1 if it is in none.
"""
_IN_EXAMPLES = """\
examples:
  if dynaconf-cluster in web; then echo yes; fi
  dynaconf-cluster in web db --host one.baz.com
"""


def _graph(subparsers: Any) -> None:
    parser = _add_reader(subparsers, "graph", graph.graph, _GRAPH, _GRAPH_EXAMPLES)
    add_path(parser)
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
  dynaconf-cluster graph racks.cluster
  dynaconf-cluster graph --format dot | dot -Tsvg > a.svg
"""


def _clustershell(subparsers: Any) -> None:
    parser = _add(subparsers, "clustershell", None, _CLUSTERSHELL, _CLUSTERSHELL_EXAMPLES)
    upcalls = parser.add_subparsers(title="upcalls", metavar="UPCALL", required=True)
    group = _add_reader(upcalls, "map", clustershell.map_group, "Give the hosts of a group.")
    complete(completion.list_groups, group.add_argument("group", metavar="GROUP"))
    _add_reader(upcalls, "mapall", clustershell.map_all, "Give every group with its hosts.")
    _add_reader(upcalls, "all", clustershell.list_hosts, "Give every host.")
    _add_reader(upcalls, "list", clustershell.list_groups, "Give every declared group.")
    host = _add_reader(upcalls, "reverse", clustershell.reverse, "Give the groups of a host.")
    complete(completion.list_hosts, host.add_argument("host", metavar="HOST"))


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

examples, with that:
  nodeset -s cluster -e @web
  clush -w @cluster:web uptime
"""


def _import(subparsers: Any) -> None:
    text = "Make a cluster file of what other programs know.\n"
    parser = _add(subparsers, "import", None, text, _IMPORT_EXAMPLES)
    formats = parser.add_subparsers(title="formats", metavar="FORMAT", required=True)
    parser = _add(formats, "ansible", importing.import_ansible, _IMPORT, _IMPORT_EXAMPLES)
    text = "what ansible-inventory --list prints; without it, standard input"
    parser.add_argument("path", metavar="FILE", nargs="?", help=text)
    text = "name what is left out, and if there is any, print nothing and exit with 1"
    parser.add_argument("--strict", action="store_true", help=text)


_IMPORT = """\
Make a cluster file of an Ansible inventory.

Groups with hosts become groups, groups with children lumps. What a cluster
file cannot say is counted on standard error: variables, names that are none,
and names that differ from others in case alone.
"""
_IMPORT_EXAMPLES = """\
examples:
  ansible-inventory -i hosts.ini --list > hosts.json
  dynaconf-cluster import ansible hosts.json > a.cluster
"""


def _completion(subparsers: Any) -> None:
    text, script = _COMPLETION, completion.write_script
    parser = _add(subparsers, "completion", script, text, _COMPLETE_EXAMPLES)
    parser.add_argument("shell", choices=completion.SHELLS)


_COMPLETION = """\
Write a script that teaches a shell to complete the command.

This needs argcomplete: pip install 'dynaconf-cluster[cli]'.
"""
_COMPLETE_EXAMPLES = """\
examples:
  eval "$(dynaconf-cluster completion bash)"    # ~/.bashrc
  eval "$(dynaconf-cluster completion zsh)"     # ~/.zshrc
  dynaconf-cluster completion fish | source     # config.fish
"""
