"""Shell completion: the shell runs the command itself, and argcomplete responds."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable

from .._errors import ClusterFileError
from .._rules import RULES, WARNING
from .._syntax import RESERVED
from .arguments import INVENTORY, PROGRAM, Parser
from .process import FAILED, Failure, Result, missing_extra
from .source import View, find_view

SHELLS = ("bash", "zsh", "fish")


def write_script(arguments: argparse.Namespace) -> Result:
    """Print a script that makes a shell complete the command.

    This needs argcomplete: pip install 'dynaconf-cluster[cli]'.

    examples:
      eval "$(dynaconf-cluster completion bash)"  # .bashrc
      eval "$(dynaconf-cluster completion zsh)"   # .zshrc
      dynaconf-cluster completion fish | source
    """
    try:
        from argcomplete.shell_integration import shellcode
    except ImportError:
        raise missing_extra("argcomplete") from None
    script = shellcode([PROGRAM, INVENTORY], use_defaults=False, shell=arguments.shell)
    words = _KEEP_AT_SIGNS if arguments.shell == "bash" else ""
    return Result(f"{words}{script.rstrip()}\n")


_KEEP_AT_SIGNS = "COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}\n"
"""Makes bash treat ``user@host`` as one word."""


def complete_for_shell(parser: Parser) -> None:
    """If a shell requests completions, print them and exit."""
    if "_ARGCOMPLETE" not in os.environ:
        return
    try:
        import argcomplete
    except ImportError:
        sys.exit(FAILED)  # a shell cannot use an error message
    parser.prepare_all()
    argcomplete.autocomplete(parser, False, sys.exit, print_suppressed=True)


def complete_groups(action: argparse.Action) -> None:
    """Complete an argument with group names."""
    _complete(action, lambda view: (*view.groups, *RESERVED))


def complete_hosts(action: argparse.Action) -> None:
    _complete(action, lambda view: view.hosts)


def _complete(action: argparse.Action, names: Callable[[View], Iterable[str]]) -> None:
    def find(parsed_args: argparse.Namespace, prefix: str, **_: object) -> list[str]:
        try:
            return [name for name in names(find_view(parsed_args)) if name.startswith(prefix)]
        except (ClusterFileError, Failure):
            return []  # running the command reports it

    vars(action)["completer"] = find


def complete_rules(action: argparse.Action) -> None:
    vars(action)["completer"] = lambda **_: {name: RULES[name].summary for name in RULES}


def complete_warnings(action: argparse.Action) -> None:
    """Complete the last of several comma-separated rules."""

    def find(prefix: str, **_: object) -> list[str]:
        before = prefix[: prefix.rfind(",") + 1]
        return [before + rule for rule in RULES if RULES[rule].severity == WARNING]

    vars(action)["completer"] = find
