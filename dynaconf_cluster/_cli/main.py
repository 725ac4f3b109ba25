"""The entry point of ``dynaconf-cluster``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .arguments import PROGRAM, parse
from .commands import make_parser
from .completion import answer_shell
from .process import Answer, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    return run(PROGRAM, lambda: _answer(given))


def _answer(given: Sequence[str]) -> Answer:
    parser = make_parser()
    answer_shell(parser)
    arguments = parse(parser, given)
    answer: Answer = arguments.run(arguments)
    return answer
