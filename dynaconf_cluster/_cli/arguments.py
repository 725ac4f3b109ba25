"""The options that every subcommand shares, and how help texts are laid out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

PROGRAM = "dynaconf-cluster"
INVENTORY = f"{PROGRAM}-inventory"

Parser = argparse.ArgumentParser


def make_top_parser(program: str, description: str, epilog: str) -> Parser:
    """Make the parser of a whole command."""
    parser = Parser(program, description=description, epilog=epilog, **LAYOUT)
    parser.add_argument(
        "-V", "--version", action=_Version, nargs=0, help="show the version and leave"
    )
    add_source(parser, None)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: Parser, *given: Any) -> None:
        from importlib import metadata  # takes as long as all the rest of the command

        print(f"{parser.prog} {metadata.version(PROGRAM)}")
        parser.exit()


LAYOUT: dict[str, Any] = {
    "formatter_class": argparse.RawDescriptionHelpFormatter,
    "allow_abbrev": False,
}


def add_source(parser: Parser, default: str | None = argparse.SUPPRESS) -> argparse.Action:
    """Add the options that say which cluster file to read.

    They are taken before and after the subcommand: with the default, the
    parser of a subcommand leaves alone what stood before it. Return the
    option that takes a file.
    """
    group = parser.add_argument_group("the cluster file")
    file = group.add_argument(
        "-f",
        "--file",
        metavar="PATH",
        default=default,
        help="read this cluster file, - for standard input; without it, and without -i, the one "
        "that CLUSTER in the environment names",
    )
    group.add_argument(
        "-i",
        "--instance",
        metavar="PATH",
        default=default,
        help="read the cluster of a settings object, what it overrides included: "
        "package.module.settings",
    )
    return file


def add_path(parser: Parser) -> argparse.Action:
    """Take the cluster file without an option, too."""
    return parser.add_argument(
        "path", metavar="FILE", nargs="?", help="the cluster file, as with --file"
    )


def parse(parser: Parser, given: Sequence[str]) -> argparse.Namespace:
    """Parse what was typed, or complain and leave."""
    arguments = parser.parse_args(given)
    path = vars(arguments).pop("path", None)
    if sum(source is not None for source in (path, arguments.file, arguments.instance)) > 1:
        parser.error("only one of FILE, -f/--file and -i/--instance can be given")
    arguments.file = arguments.file if path is None else path
    return arguments


def make_inventory_parser() -> Parser:
    """Make the parser of the inventory script."""
    parser = make_top_parser(INVENTORY, _INVENTORY, _INVENTORY_EXAMPLES)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--list", action="store_true", help="give every group, for Ansible")
    wanted.add_argument(
        "--host", metavar="HOST", help="give the variables of a host: a cluster file has none"
    )
    return parser


_INVENTORY = """\
The cluster file as an inventory of Ansible.

`ansible -i` takes the path of this script and no arguments, so the cluster
file is the one that CLUSTER in the environment names. A script of your own
can name another: exec dynaconf-cluster-inventory --file PATH "$@"
"""
_INVENTORY_EXAMPLES = """\
examples:
  export CLUSTER=/etc/racks.cluster
  ansible-inventory -i "$(command -v dynaconf-cluster-inventory)" --graph
  ansible -i "$(command -v dynaconf-cluster-inventory)" 'web:&odd' --list-hosts

Groups named all, ungrouped or _meta are refused: Ansible keeps these for itself.
"""
