"""What goes wrong with a cluster file, and how it is told."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._problem import Problem

SHOWN = 20
"""How many problems the text of an error lists; ``problems`` has them all."""


class ClusterFileError(ValueError):
    """A cluster file that cannot mean what its author thought.

    ``path`` is the file (or the ``source`` given to ``parse``); ``problems``
    is a tuple of every `Problem` in it, in the order of the lines.
    """

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = problems

    def __str__(self) -> str:
        lines = [f"{self.path}:{p.line}:{p.column}: {p.message}" for p in self.problems[:SHOWN]]
        if (more := len(self.problems) - SHOWN) > 0:
            lines.append(f"{self.path}: and {more:,} more problem{'s' * (more > 1)}")
        return "\n".join(lines)


class ClusterFileWarning(UserWarning):
    """The cluster file is not there, or has turned bad since it was last read.

    ``error`` is what came of reading it.
    """

    def __init__(self, message: str, error: Exception) -> None:
        super().__init__(message, error)
        self.error = error

    def __str__(self) -> str:
        return str(self.args[0])


def complain(complaint: Exception | None) -> None:
    """Raise an error or give a warning, if there is one."""
    if isinstance(complaint, Warning):
        warnings.warn(complaint, stacklevel=2)
    elif complaint is not None:
        raise complaint


def show(value: object) -> str:
    """Show a value by ``repr``, cut to a length that a person reads."""
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


_SHOWN = 200
_LONGEST = 60


def quote(text: str) -> str:
    """Quote a name from a file by ``repr``, cut to a length that a person reads."""
    return repr(text) if len(text) <= _LONGEST else f"{text[:_LONGEST]!r}..."
