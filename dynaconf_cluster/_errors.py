"""What goes wrong, and how it is told; only programs that meet with that need this."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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


def misfit(
    what: str, value: object, advice: str, kind: Callable[[str], Exception] = TypeError
) -> Exception:
    """Make the error for a setting with a value that it can not have."""
    shown = repr(value)
    shown = shown if len(shown) <= _WIDEST else f"{shown[:_WIDEST]}..."
    return kind(f"{what} is {shown}; {advice}")


_WIDEST = 200
"""How much of a value an error shows."""
_LONGEST = 60


def quote(text: str) -> str:
    """Quote a name from a file by ``repr``, cut to a length that a person reads."""
    return repr(text) if len(text) <= _LONGEST else f"{text[:_LONGEST]!r}..."
