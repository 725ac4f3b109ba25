"""The subcommands of ``dynaconf-cluster``, and what they take; their docstrings are the help."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from .._errors import hint
from .._rules import ERROR, RULES
from . import check, clustershell, completion, explain, graph, importing, names, show
from .arguments import PROGRAM, Parser, add_source, make_top_parser
from .completion import complete_groups, complete_hosts, complete_warnings
from .process import Answer

Command = Callable[[argparse.Namespace], Answer]


def make_parser() -> Parser:
    """Make the parser of the whole command."""
    parser = make_top_parser(PROGRAM, _ABOUT)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    subcommands = (_check, _explain, _show, _hosts, _groups, _in, _graph)
    for add in (*subcommands, _clustershell, _import, _completion):
        add(commands)
    return parser


_ABOUT = """\
Read a cluster file, or say what is wrong with it.

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


def _add(commands: Any, name: str, run: Command, *, source: bool = True) -> Parser:
    """Add a subcommand, which reads a cluster file unless told otherwise."""
    parser = _add_text(commands, name, run.__doc__)
    parser.set_defaults(run=run)
    if source:
        add_source(parser, hidden=True)
    return parser


def _add_text(commands: Any, name: str, text: str | None) -> Parser:
    about = text or ""
    first = about.partition("\n")[0].rstrip(".")
    parser: Parser = commands.add_parser(name, help=first, description=about)
    return parser


def _add_path(parser: Parser) -> None:
    parser.add_argument("path", metavar="FILE", nargs="?", help="the cluster file, as -f FILE")


def _add_json(parser: Any, what: str) -> None:
    text = f'print JSON: {what}, and "version": 1, which changes if the shape does'
    parser.add_argument("--json", action="store_true", help=text)


def _check(commands: Any) -> None:
    parser = _add(commands, "check", check.check)
    text = "a file to check, - for standard input; without any, the cluster file"
    parser.add_argument("files", metavar="FILE", nargs="*", help=text)
    text = "do not give the warnings of a rule; may be given again, or several with commas"
    options: dict[str, Any] = {"action": "extend", "default": [], "help": text}
    ignore = parser.add_argument("--ignore", metavar="RULE", type=_parse_rules, **options)
    complete_warnings(ignore)
    parser.add_argument("--strict", action="store_true", help="let warnings count as errors do")
    text = (
        "full, with the lines, which is what a terminal gets; concise, which is what a pipe "
        "gets; json; or github: annotations of a workflow"
    )
    parser.add_argument("--format", metavar="FORMAT", choices=check.FORMATS, help=text)
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


def _explain(commands: Any) -> None:
    parser = _add(commands, "explain", explain.explain, source=False)
    parser.add_argument("rule", metavar="RULE", nargs="?", choices=RULES, help="all if none")


def _show(commands: Any) -> None:
    parser = _add(commands, "show", show.show)
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


def _hosts(commands: Any) -> None:
    parser = _add(commands, "hosts", names.hosts)
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


def _groups(commands: Any) -> None:
    parser = _add(commands, "groups", names.groups)
    whose = parser.add_mutually_exclusive_group()
    text = "the groups of this host"
    complete_hosts(whose.add_argument("host", metavar="HOST", nargs="?", help=text))
    whose.add_argument("--here", action="store_true", help="the groups of this machine")
    _add_json(parser, "groups")


def _in(commands: Any) -> None:
    parser = _add(commands, "in", names.is_in)
    text = "one of these will do"
    complete_groups(parser.add_argument("groups", metavar="GROUP", nargs="+", help=text))
    complete_hosts(parser.add_argument("--host", metavar="HOST", help="ask for this host"))


def _graph(commands: Any) -> None:
    parser = _add(commands, "graph", graph.graph)
    _add_path(parser)
    text = "mermaid (the default), which GitHub draws in Markdown, or dot, for Graphviz"
    parser.add_argument("--format", choices=graph.FORMATS, default="mermaid", help=text)
    parser.add_argument("--hosts", action="store_true", help="draw the hosts, too")


def _clustershell(commands: Any) -> None:
    parser = _add_text(commands, "clustershell", clustershell.__doc__)
    upcalls = parser.add_subparsers(title="upcalls", metavar="UPCALL", required=True)
    group = _add(upcalls, "map", clustershell.map_group)
    complete_groups(group.add_argument("group", metavar="GROUP"))
    _add(upcalls, "mapall", clustershell.map_all)
    _add(upcalls, "all", clustershell.list_hosts)
    _add(upcalls, "list", clustershell.list_groups)
    host = _add(upcalls, "reverse", clustershell.reverse)
    complete_hosts(host.add_argument("host", metavar="HOST"))


def _import(commands: Any) -> None:
    parser = _add_text(commands, "import", importing.__doc__)
    formats = parser.add_subparsers(title="formats", metavar="FORMAT", required=True)
    parser = _add(formats, "ansible", importing.import_ansible, source=False)
    text = "what ansible-inventory --list prints; without it, standard input"
    parser.add_argument("path", metavar="FILE", nargs="?", help=text)
    text = "name what is left out, and if there is any, print nothing and exit with 1"
    parser.add_argument("--strict", action="store_true", help=text)


def _completion(commands: Any) -> None:
    parser = _add(commands, "completion", completion.write_script, source=False)
    parser.add_argument("shell", choices=completion.SHELLS)
