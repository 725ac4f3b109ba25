"""The subcommands of ``dynaconf-cluster``: their arguments and handlers."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from .._errors import hint
from .._rules import ERROR, RULES
from .arguments import PROGRAM, Parser, add_source, make_top_parser
from .completion import complete_groups, complete_hosts, complete_rules, complete_warnings


def make_parser() -> Parser:
    """Return the parser of the whole command."""
    parser = make_top_parser(PROGRAM, _ABOUT)
    parser.add_commands(
        "COMMAND",
        {
            "check": ("find every problem in cluster files", _check),
            "explain": ("explain a rule, with an example", _explain),
            "show": ("draw the cluster as a tree", _show),
            "hosts": ("list the hosts of groups", _hosts),
            "groups": ("list the groups of a host, or all groups", _groups),
            "in": ("test whether this machine is in a group", _in),
            "graph": ("draw a picture of groups and lumps", _graph),
            "clustershell": ("answer the upcalls of ClusterShell", _clustershell),
            "import": ("convert an inventory to a cluster file", _import),
            "completion": ("print a completion script for a shell", _completion),
        },
    )
    return parser


_ABOUT = """\
Read a cluster file, or find what is wrong with it.

Results go to standard output, everything else to standard error. The command is
also python -m dynaconf_cluster.

exit status:
  0  success, or yes
  1  the file is refused, a name is unknown, or no
  2  wrong usage; or no file is named, it is missing, or cannot be read. The
     command never guesses, as other tools run things on the hosts it prints;
     show alone explains where a file was looked for

examples:
  dynaconf-cluster check racks.cluster
  dynaconf-cluster show racks.cluster
  dynaconf-cluster hosts web --exclude spare
  if dynaconf-cluster in web; then echo yes; fi
  dynaconf-cluster -i shop.conf.settings show
"""


def _add_path(parser: Parser) -> None:
    parser.add_argument("path", metavar="FILE", nargs="?", help="the cluster file, as -f FILE")


def _add_json(parser: Any, what: str) -> None:
    text = f'print JSON: {what}, and "version": 1, which changes if the shape does'
    parser.add_argument("--json", action="store_true", help=text)


def _check(parser: Parser) -> None:
    from .check import FORMATS, check

    parser.run_with(check)
    parser.is_intermixed = True
    text = "a file to check, - for standard input; without any, the cluster file"
    parser.add_argument("files", metavar="FILE", nargs="*", help=text)
    text = "do not give the warnings of a rule; may be given again, or several with commas"
    options: dict[str, Any] = {"action": "extend", "default": [], "help": text}
    ignore = parser.add_argument("--ignore", metavar="RULE", type=_parse_warnings, **options)
    complete_warnings(ignore)
    parser.add_argument("--strict", action="store_true", help="treat warnings as errors")
    text = (
        "full, with the lines, which is what a terminal gets; concise, which is what a pipe "
        "gets; json; or github: annotations of a workflow"
    )
    parser.add_argument("--format", metavar="FORMAT", choices=FORMATS, help=text)
    parser.add_argument("-q", "--quiet", action="store_true", help="omit the summary")


def _parse_warnings(text: str) -> list[str]:
    warnings = [_parse_rule(rule.strip()) for rule in text.split(",")]
    for rule in warnings:
        if RULES[rule].severity == ERROR:
            raise argparse.ArgumentTypeError(f"{rule!r} is an error, not a warning")
    return warnings


def _parse_rule(rule: str) -> str:
    if rule not in RULES:
        near = hint(rule, RULES) or f"; {PROGRAM} explain lists them"
        raise argparse.ArgumentTypeError(f"no rule {rule!r}{near}")
    return rule


def _explain(parser: Parser) -> None:
    from .explain import explain

    parser.run_with(explain, reads=False)
    options: dict[str, Any] = {"nargs": "?", "type": _parse_rule, "help": "all if none"}
    complete_rules(parser.add_argument("rule", metavar="RULE", **options))


def _show(parser: Parser) -> None:
    from .show import show

    parser.run_with(show)
    _add_path(parser)
    text = "show this group alone; may be given again"
    options: dict[str, Any] = {"action": "append", "default": [], "help": text}
    complete_groups(parser.add_argument("--group", metavar="GROUP", **options))
    text = "how deep to follow lumps; 1 is the groups alone"
    parser.add_argument("--depth", metavar="N", type=_parse_depth, help=text)
    parser.add_argument("--all", action="store_true", help="cut nothing, however long the lines")
    _add_json(parser, "groups, each with hosts and members, and hosts, each with its groups")


def _parse_depth(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


def _hosts(parser: Parser) -> None:
    from .names import hosts

    parser.run_with(hosts)
    parser.is_intermixed = True
    complete_groups(
        parser.add_argument("groups", metavar="GROUP", nargs="*", help="all hosts if none")
    )
    for option, what in (("--exclude", "leave out the"), ("--intersect", "keep only the")):
        text = f"{what} hosts of this group; may be given again"
        options: dict[str, Any] = {"action": "append", "default": [], "help": text}
        complete_groups(parser.add_argument(option, metavar="GROUP", **options))
    form = parser.add_mutually_exclusive_group()
    text = "what to put between hosts, in place of the end of the line"
    form.add_argument("--separator", metavar="TEXT", default="\n", help=text)
    _add_json(form, "hosts")


def _groups(parser: Parser) -> None:
    from .names import groups

    parser.run_with(groups)
    whose = parser.add_mutually_exclusive_group()
    text = "the groups of this host"
    complete_hosts(whose.add_argument("host", metavar="HOST", nargs="?", help=text))
    whose.add_argument("--here", action="store_true", help="the groups of this machine")
    _add_json(parser, "groups")


def _in(parser: Parser) -> None:
    from .names import is_in

    parser.run_with(is_in)
    parser.is_intermixed = True
    text = "one of these will do"
    complete_groups(parser.add_argument("groups", metavar="GROUP", nargs="+", help=text))
    complete_hosts(parser.add_argument("--host", metavar="HOST", help="ask for this host"))


def _graph(parser: Parser) -> None:
    from .graph import FORMATS, graph

    parser.run_with(graph)
    _add_path(parser)
    text = "mermaid (the default), which GitHub draws in Markdown, or dot, for Graphviz"
    parser.add_argument("--format", choices=FORMATS, default="mermaid", help=text)
    parser.add_argument("--hosts", action="store_true", help="draw the hosts, too")


def _clustershell(parser: Parser) -> None:
    from . import clustershell

    parser.description = clustershell.__doc__
    add_source(parser, hidden=True)
    parser.add_commands(
        "UPCALL",
        {
            "map": ("print the hosts of a group", _map),
            "mapall": (
                "print every group with its hosts",
                partial(Parser.run_with, run=clustershell.map_all),
            ),
            "all": ("print every host", partial(Parser.run_with, run=clustershell.list_hosts)),
            "list": (
                "print every declared group",
                partial(Parser.run_with, run=clustershell.list_groups),
            ),
            "reverse": ("print the groups of a host", _reverse),
        },
    )


def _map(parser: Parser) -> None:
    from .clustershell import map_group

    parser.run_with(map_group)
    complete_groups(parser.add_argument("group", metavar="GROUP"))


def _reverse(parser: Parser) -> None:
    from .clustershell import reverse

    parser.run_with(reverse)
    complete_hosts(parser.add_argument("host", metavar="HOST"))


def _import(parser: Parser) -> None:
    from . import importing

    parser.description = importing.__doc__
    parser.add_commands("FORMAT", {"ansible": ("an inventory of Ansible", _import_ansible)})


def _import_ansible(parser: Parser) -> None:
    from .importing import import_ansible

    parser.run_with(import_ansible, reads=False)
    text = "what ansible-inventory --list prints; without it, standard input"
    parser.add_argument("path", metavar="FILE", nargs="?", help=text)
    text = "name what is left out, and if there is any, print nothing and exit with 1"
    parser.add_argument("--strict", action="store_true", help=text)


def _completion(parser: Parser) -> None:
    from .completion import SHELLS, write_script

    parser.run_with(write_script, reads=False)
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
