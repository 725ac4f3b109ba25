"""Running a command: output, encodings and exit statuses."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import NamedTuple

from .._errors import ClusterFileError

OK = 0
NO = 1
"""The file is refused, a name is unknown, or the answer is no."""
FAILED = 2
"""Wrong usage, or a file that cannot be read."""
INTERRUPTED = 130
JSON_VERSION = {"version": 1}
"""Part of every object that ``--json`` prints; increases when the structure changes."""


class Result(NamedTuple):
    """The outcome of a command: text for standard output, notes for standard error."""

    text: str = ""
    status: int = OK
    notes: tuple[str, ...] = ()


class Failure(Exception):  # noqa: N818  # it is an outcome, not a bug
    """A command failed, with a message and an exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def missing_extra(library: str) -> Failure:
    """Return the error for a missing library of the ``cli`` extra."""
    return Failure(f"this needs {library}: pip install 'dynaconf-cluster[cli]'", FAILED)


def lines(entries: Iterable[str]) -> str:
    """Format one entry per line."""
    return "".join(f"{entry}\n" for entry in entries)


def count(number: int, what: str) -> str:
    """Format a number with its noun, as in ``2 hosts``."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def format_size(hosts: int, groups: int, lumps: int) -> str:
    """Format the size of a cluster, as in ``9 hosts, 4 groups, 1 lump``."""
    counts = [count(hosts, "host"), count(groups, "group")]
    return ", ".join(counts + [count(lumps, "lump")] * (lumps > 0))


def to_json(value: object) -> str:
    """Format JSON, indented only on a terminal, as indenting takes much longer."""
    import json

    return f"{json.dumps(value, indent=2 if is_terminal() else None)}\n"


def is_terminal() -> bool:
    """Check whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def import_drawing() -> ModuleType:
    """Import the drawing module; raise `Failure` if rich is not installed."""
    try:
        from . import drawing
    except ImportError:
        raise missing_extra("rich") from None
    return drawing


def run(program: str, command: Callable[[], Result]) -> int:
    """Run a command and print its result; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # print the bytes of a path unchanged, even if they are not UTF-8
            stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    try:
        result = command()
    except ClusterFileError as error:
        result = Result(status=NO, notes=(str(error),))
    except Failure as failure:
        result = Result(status=failure.status, notes=(f"{program}: {failure}",))
    except KeyboardInterrupt:
        return INTERRUPTED
    status = write(result.text) or result.status
    for note in result.notes if sys.stderr else ():  # it may be closed
        print(note, file=sys.stderr)
    return status


def write(text: str) -> int:
    """Write to standard output; return the exit status."""
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        _discard_output()  # the reader has exited, as `head` does
    except OSError as error:
        _discard_output()
        print(f"cannot write the result: {error.strerror}", file=sys.stderr)
        return FAILED
    return OK


def _discard_output() -> None:
    """Keep the interpreter from flushing unwritten output again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
