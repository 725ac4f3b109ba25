"""The entry point of ``dynaconf-cluster``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .arguments import PROGRAM, parse
from .commands import make_parser
from .completion import complete_for_shell
from .process import Result, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    return run(PROGRAM, lambda: _run(given))


def _run(given: Sequence[str]) -> Result:
    parser = make_parser()
    complete_for_shell(parser)
    arguments = parse(parser, given)
    result: Result = arguments.run(arguments)
    return result
