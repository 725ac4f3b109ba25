"""Completing command lines: a shell runs the command itself, and argcomplete answers."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable

from .._errors import ClusterFileError
from .._rules import RULES, WARNING
from .._syntax import RESERVED
from .arguments import INVENTORY, PROGRAM, Parser
from .process import WRONG, Answer, Failure
from .source import View, find_view

SHELLS = ("bash", "zsh", "fish")


def write_script(arguments: argparse.Namespace) -> Answer:
    """Give the script that teaches a shell; raise `Failure` without argcomplete."""
    try:
        from argcomplete.shell_integration import shellcode
    except ImportError:
        advice = "pip install 'dynaconf-cluster[cli]'"
        raise Failure(f"completion is done by argcomplete; {advice}", WRONG) from None
    script = shellcode([PROGRAM, INVENTORY], shell=arguments.shell)
    return Answer(f"{script.rstrip()}\n")


def answer_shell(parser: Parser) -> None:
    """If it is a shell that asks, tell it what can stand in the command line, and leave."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete

        argcomplete.autocomplete(parser, False, sys.exit, print_suppressed=True)


def complete(with_: Callable[..., Iterable[str]], *actions: argparse.Action) -> None:
    """Have arguments completed by a function; all others are with files."""
    for action in actions:
        vars(action)["completer"] = with_


def list_groups(parsed_args: argparse.Namespace, prefix: str, **_: object) -> list[str]:
    return _list(parsed_args, prefix, lambda view: (*view.groups, *RESERVED))


def list_hosts(parsed_args: argparse.Namespace, prefix: str, **_: object) -> list[str]:
    return _list(parsed_args, prefix, lambda view: view.hosts)


def _list(
    parsed_args: argparse.Namespace, prefix: str, names: Callable[[View], Iterable[str]]
) -> list[str]:
    try:
        return [name for name in names(find_view(parsed_args)) if name.startswith(prefix)]
    except (ClusterFileError, Failure):
        return []  # which the command will say


def list_warnings(prefix: str, **_: object) -> list[str]:
    """Complete the last of several rules with commas."""
    before = prefix.rpartition(",")[0]
    known = [rule for rule in RULES if RULES[rule].severity == WARNING]
    return [f"{before},{rule}" if before else rule for rule in known]
