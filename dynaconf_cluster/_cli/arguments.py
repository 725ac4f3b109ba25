"""The options that every subcommand shares, and what help and complaints look like."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from .._errors import hint

PROGRAM = "dynaconf-cluster"
INVENTORY = f"{PROGRAM}-inventory"


class Parser(argparse.ArgumentParser):
    """A parser whose texts fit the terminal, and that knows what a misspelt word was meant to be.

    In descriptions and epilogs, lines that are indented are examples.
    """

    def __init__(self, *given: Any, **options: Any) -> None:
        options |= {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}
        super().__init__(*given, **options)
        self.set_defaults(parser=self)

    def format_help(self) -> str:
        self.description, self.epilog = map(_fit, (self.description, self.epilog))
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        choice = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
        near = hint(choice[1], re.findall(r"[\w-]+", choice[2])) if choice else ""
        super().error(f"{message}{near}")

    def find_options(self) -> set[str]:
        """Find the long options that can be given."""
        return {"--file", "--instance", *re.findall(r"--[a-z-]+", super().format_help())}


def _fit(text: str | None) -> str:
    """Fill paragraphs, and break examples where the terminal is too narrow for them."""
    import shutil
    import textwrap

    width = shutil.get_terminal_size().columns - 2
    fill = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    filled = []
    for line in re.sub(r"(?<=\S)\n(?=\S)", " ", text or "").splitlines():
        fill.subsequent_indent = " " * 6 if line.startswith(" ") else ""
        filled.append(fill.fill(line))
    return "\n".join(filled)


def make_top_parser(program: str, description: str, epilog: str) -> Parser:
    """Make the parser of a whole command."""
    parser = Parser(program, description=description, epilog=epilog)
    parser.add_argument(
        "-V", "--version", action=_Version, nargs=0, help="show the version and leave"
    )
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *given: Any) -> None:
        from importlib import metadata  # takes as long as all the rest of the command

        print(f"{parser.prog} {metadata.version(PROGRAM)}")
        parser.exit()


def add_source(parser: Parser, **hidden: str) -> None:
    """Add the options that say which cluster file to read.

    They are taken before and after the subcommand, whose parser hides them: it leaves
    alone what stood before it, and explanations to the help text of the whole command.
    """
    group = parser.add_argument_group("the cluster file")
    file: dict[str, Any] = {"metavar": "FILE", "help": _FILE}
    settings: dict[str, Any] = {"metavar": "SETTINGS", "help": _SETTINGS}
    group.add_argument("-f", "--file", **(file | hidden))
    group.add_argument("-i", "--instance", **(settings | hidden))


HIDDEN = {"help": argparse.SUPPRESS, "default": argparse.SUPPRESS}
_FILE = (
    "read this cluster file, - for standard input; without it, and without -i, the one that "
    "CLUSTER in the environment names"
)
_SETTINGS = (
    "read the cluster of a settings object, what it overrides included: package.module.settings"
)


def add_path(parser: Parser) -> None:
    """Take the cluster file without an option, too."""
    parser.add_argument("path", metavar="FILE", nargs="?", help="the cluster file, as -f FILE")


def parse(parser: Parser, given: Sequence[str]) -> argparse.Namespace:
    """Parse what was typed, or complain and leave."""
    arguments, unknown = parser.parse_known_args(given)
    chosen: Parser = arguments.parser
    if unknown:
        near = hint(unknown[0].partition("=")[0], chosen.find_options())
        chosen.error(f"unrecognized arguments: {' '.join(unknown)}{near}")
    sources = vars(arguments).get("path"), vars(arguments).get("file"), arguments.instance
    if sum(source is not None for source in sources) > 1:
        chosen.error("only one of FILE, -f/--file and -i/--instance can be given")
    return arguments


def make_inventory_parser() -> Parser:
    """Make the parser of the inventory script."""
    parser = make_top_parser(INVENTORY, _INVENTORY, _INVENTORY_EXAMPLES)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--list", action="store_true", help="give every group, for Ansible")
    wanted.add_argument(
        "--host", metavar="HOST", help="give the variables of a host: a cluster file has none"
    )
    add_source(parser)
    return parser


_INVENTORY = """\
The cluster file as an inventory of Ansible.

`ansible -i` takes the path of this script and no arguments, so the cluster
file is the one that CLUSTER in the environment names. A script of your own
can name another: exec dynaconf-cluster-inventory --file FILE "$@"

Groups named all, ungrouped or _meta are refused: Ansible keeps these for itself.
"""
_INVENTORY_EXAMPLES = """\
examples:
  export CLUSTER=/etc/racks.cluster
  script=$(command -v dynaconf-cluster-inventory)
  ansible-inventory -i "$script" --graph
  ansible -i "$script" web --list-hosts
"""
