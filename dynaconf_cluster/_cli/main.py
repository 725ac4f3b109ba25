"""The entry point of ``dynaconf-cluster``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .arguments import PROGRAM, parse
from .commands import make_parser
from .process import Answer, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    return run(PROGRAM, lambda: _answer(given))


def _answer(given: Sequence[str]) -> Answer:
    arguments = parse(make_parser(), given)
    answer: Answer = arguments.run(arguments)
    return answer
