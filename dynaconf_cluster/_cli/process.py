"""What a command owes its shell: where text goes, in which encoding, and the exit status."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from .._errors import ClusterFileError

if TYPE_CHECKING:
    from rich.console import Console

GOOD = 0
BAD = 1
"""A refused file, an unknown name, or a no."""
WRONG = 2
"""Wrong usage, or a file that cannot be read."""
JSON_VERSION = {"version": 1}
"""Goes into every object that ``--json`` prints, and changes if the shape does."""


_ANY_WIDTH = 2**30


class Answer(NamedTuple):
    """What a command has to say: ``text`` is its result; notes go to standard error."""

    text: str = ""
    status: int = GOOD
    notes: tuple[str, ...] = ()


class Failure(Exception):  # noqa: N818  # it is an answer, not a mistake of the program
    """The command has no result; says why, and with which exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def lacks(library: str) -> Failure:
    """Return what to raise where a library is not installed that only some commands need."""
    return Failure(f"this takes {library}: pip install 'dynaconf-cluster[cli]'", WRONG)


def lines(entries: Iterable[str]) -> str:
    """Write one entry a line."""
    return "".join(f"{entry}\n" for entry in entries)


def count(number: int, what: str) -> str:
    """Say how many there are, as in ``2 hosts``."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def count_all(hosts: int, groups: int, lumps: int) -> str:
    """Say how large a cluster is, as in ``9 hosts, 4 groups, 1 lump``."""
    counts = [count(hosts, "host"), count(groups, "group")]
    return ", ".join(counts + [count(lumps, "lump")] * (lumps > 0))


def to_json(value: object) -> str:
    """Write JSON, with line breaks if somebody reads along, which takes much longer."""
    import json

    return f"{json.dumps(value, indent=2 if is_terminal() else None)}\n"


def is_terminal() -> bool:
    """Tell whether somebody reads along, so that lines are cut to the width of their terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def can_colour() -> bool:
    """Tell whether the result is to be drawn in colour by rich, which may not be installed."""
    if not (is_terminal() or os.environ.get("FORCE_COLOR")):
        return False
    try:
        import rich  # noqa: F401
    except ImportError:
        return False
    return True


class _Drawing(io.StringIO):
    """What is to be drawn on standard output, and only then."""

    def isatty(self) -> bool:
        return is_terminal()


def make_console(*, is_cut: bool) -> tuple[Console, io.StringIO]:
    """Return what draws for standard output, in its width or in any, and what is drawn.

    Raise `Failure` without rich.
    """
    try:
        from rich.console import Console
    except ImportError:
        raise lacks("rich") from None
    drawing, width = _Drawing(), None if is_cut else _ANY_WIDTH
    console = Console(file=drawing, width=width, markup=False, emoji=False, highlight=False)
    return console, drawing


def run(program: str, command: Callable[[], Answer]) -> int:
    """Run a command and give its answer to the shell; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a path may hold bytes that are not UTF-8: they go out as they came in
            stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    try:
        answer = command()
    except ClusterFileError as error:
        answer = Answer(status=BAD, notes=(str(error),))
    except Failure as failure:
        answer = Answer(status=failure.status, notes=(f"{program}: {failure}",))
    except BrokenPipeError:
        _forget_output()  # in a help text, on Python 3.10
        return GOOD
    except SystemExit:
        _write("")  # argparse has printed a help text or complained
        raise
    status = _write(answer.text) or answer.status
    for note in answer.notes if sys.stderr else ():  # which may be closed
        print(note, file=sys.stderr)
    return status


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
