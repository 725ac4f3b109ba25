"""Output, encodings and exit statuses of a command."""

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
"""Part of every object that ``--json`` prints; changes when the shape does."""


class Result(NamedTuple):
    """The outcome of a command: text for standard output, notes for standard error."""

    text: str = ""
    status: int = OK
    notes: tuple[str, ...] = ()


class Failure(Exception):  # noqa: N818  # it is an outcome, not a bug
    """The command has failed, with a message and an exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def missing_extra(library: str) -> Failure:
    """Return the error for a library of the extra that is not installed."""
    return Failure(f"this takes {library}: pip install 'dynaconf-cluster[cli]'", FAILED)


def lines(entries: Iterable[str]) -> str:
    """Write one entry a line."""
    return "".join(f"{entry}\n" for entry in entries)


def count(number: int, what: str) -> str:
    """Say how many there are, as in ``2 hosts``."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def format_size(hosts: int, groups: int, lumps: int) -> str:
    """Say how large a cluster is, as in ``9 hosts, 4 groups, 1 lump``."""
    counts = [count(hosts, "host"), count(groups, "group")]
    return ", ".join(counts + [count(lumps, "lump")] * (lumps > 0))


def to_json(value: object) -> str:
    """Write JSON, indented on a terminal only, as that takes much longer."""
    import json

    return f"{json.dumps(value, indent=2 if is_terminal() else None)}\n"


def is_terminal() -> bool:
    """Tell whether standard output is a terminal, to whose width lines are cut."""
    return sys.stdout is not None and sys.stdout.isatty()


def import_drawing() -> ModuleType:
    """Import what draws; raise `Failure` without rich."""
    try:
        from . import drawing
    except ImportError:
        raise missing_extra("rich") from None
    return drawing


def run(program: str, command: Callable[[], Result]) -> int:
    """Run a command and print its result; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a path may hold bytes that are not UTF-8: they go out as they came in
            stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    try:
        result = command()
    except ClusterFileError as error:
        result = Result(status=NO, notes=(str(error),))
    except Failure as failure:
        result = Result(status=failure.status, notes=(f"{program}: {failure}",))
    except BrokenPipeError:
        _discard_output()  # in a help text, on Python 3.10
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit:
        if status := _write(""):  # of what argparse has printed
            return status
        raise
    status = _write(result.text) or result.status
    for note in result.notes if sys.stderr else ():  # which may be closed
        print(note, file=sys.stderr)
    return status


def _write(text: str) -> int:
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        _discard_output()  # the reader has gone, as `head` does
    except OSError as error:
        _discard_output()
        print(f"cannot write the result: {error.strerror}", file=sys.stderr)
        return FAILED
    return OK


def _discard_output() -> None:
    """Keep the interpreter from flushing again what could not be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
