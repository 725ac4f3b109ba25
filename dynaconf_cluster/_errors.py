"""What goes wrong, and how it is told; only programs that meet with that need this."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from ._problem import Problem

SHOWN = 20
"""How many problems the text of an error lists; ``problems`` has them all."""


class ClusterFileError(ValueError):
    """A cluster file that cannot mean what its author thought.

    ``path`` is the file (or the ``source`` given to ``parse``); ``problems``
    is a tuple of every `Problem` in it, in the order of the lines.
    """

    __module__ = "dynaconf_cluster"

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = problems

    def __repr__(self) -> str:
        count = len(self.problems)
        return f"<{type(self).__name__}: {count:,} problem{'s' * (count > 1)} in {self.path!r}>"

    def __str__(self) -> str:
        lines = [f"{self.path}:{p.line}:{p.column}: {p.message}" for p in self.problems[:SHOWN]]
        if (more := len(self.problems) - SHOWN) > 0:
            lines.append(f"{self.path}: and {more:,} more problem{'s' * (more > 1)}")
        return "\n".join(lines)


class ClusterFileWarning(UserWarning):
    """The cluster file is not there, or has turned bad since it was last read.

    ``error`` is what came of reading it.
    """

    __module__ = "dynaconf_cluster"

    def __init__(self, message: str, error: Exception) -> None:
        super().__init__(message, error)
        self.error = error

    def __str__(self) -> str:
        return str(self.args[0])


def tell(complaint: Exception) -> None:
    """Raise an error, or give a warning."""
    if not isinstance(complaint, Warning):
        raise complaint
    warnings.warn(complaint, stacklevel=_count_inner_frames())


_INNER = {"dynaconf_cluster", "dynaconf", "contextlib", "functools"}


def _count_inner_frames() -> int:
    """Count the calls since the user's own code, which a warning should point to."""
    frame: FrameType | None = sys._getframe(1)
    count = 0
    while frame and str(frame.f_globals.get("__name__")).partition(".")[0] in _INNER:
        frame = frame.f_back
        count += 1
    return count + 1


def misfit(
    what: str, value: object, advice: str, kind: Callable[[str], Exception] = TypeError
) -> Exception:
    """Make the error for a setting with a value that it can not have."""
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
    return kind(f"{what} is {shown}; {advice}")


_SHOWN = 200
"""How much of a value an error shows."""
_LONGEST = 60


def quote(text: str) -> str:
    """Quote a name from a file by ``repr``, cut to a length that a person reads."""
    return repr(text) if len(text) <= _LONGEST else f"{text[:_LONGEST]!r}..."
