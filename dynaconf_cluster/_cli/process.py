"""What a command owes its shell: where text goes, in which encoding, and the exit status."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .._errors import ClusterFileError

GOOD = 0
BAD = 1
"""A refused file, an unknown name, or a no."""
WRONG = 2
"""Wrong usage, or a file that cannot be read."""


class Answer(NamedTuple):
    """What a command has to say: ``text`` is its result, the rest are complaints."""

    text: str = ""
    status: int = GOOD
    complaints: tuple[str, ...] = ()


class Failure(Exception):  # noqa: N818  # it is an answer, not a mistake of the program
    """The command has no result; says why, and with which exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def lines(entries: Iterable[str]) -> str:
    """Write one entry a line."""
    return "".join(f"{entry}\n" for entry in entries)


def count(number: int, what: str) -> str:
    """Say how many there are, as in ``2 hosts``."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def run(program: str, command: Callable[[], Answer]) -> int:
    """Run a command and give its answer to the shell; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a path may hold bytes that are not UTF-8: they go out as they came in
            stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    try:
        answer = command()
    except ClusterFileError as error:
        answer = Answer(status=BAD, complaints=(str(error),))
    except Failure as failure:
        answer = Answer(status=failure.status, complaints=(f"{program}: {failure}",))
    except BrokenPipeError:
        _forget_output()  # in a help text, on Python 3.10
        return GOOD
    except SystemExit:
        _write("")  # argparse has printed a help text or complained
        raise
    for complaint in answer.complaints if sys.stderr else ():  # which may be closed
        print(complaint, file=sys.stderr)
    return _write(answer.text) or answer.status


def _write(text: str) -> int:
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        _forget_output()  # whoever read it has seen enough
    except OSError as error:
        _forget_output()
        print(f"cannot write the result: {error.strerror}", file=sys.stderr)
        return WRONG
    return GOOD


def _forget_output() -> None:
    """Keep the interpreter from writing once more what it could not write."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
