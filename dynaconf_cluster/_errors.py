"""Problems, errors and warnings, and the suggestions in their messages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import NamedTuple

from ._rules import OTHER_FORMAT, TOO_MANY

SHOWN = 20
"""How many problems the text of an error lists; ``problems`` has them all."""
_WIDEST = 200
_LONGEST = 60
_FEW = 300
_LONG = 64
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-._"


class Problem(NamedTuple):
    """One mistake in a cluster file; ``line`` and ``column`` count from 1."""

    line: int
    column: int
    message: str
    rule: str
    """The name of the broken rule, of which ``dynaconf-cluster explain`` tells more."""


class ClusterFileError(ValueError):
    """A cluster file that cannot mean what its author thought.

    ``path`` is the file (or the ``source`` given to ``parse``); ``problems``
    is a tuple of every `Problem` in it, in the order of the lines, of which the text
    of the error lists the first 20. The first may
    say what other format the file looks like (rule ``other-format``), the last that
    there are more than a thousand (``too-many-problems``).
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
        lines = [self._show(problem) for problem in self.problems[:SHOWN]]
        rest = self.problems[SHOWN:]
        if rest and rest[-1].rule == TOO_MANY:
            lines.append(self._show(rest[-1]))
        elif rest:
            lines.append(f"{self.path}: and {len(rest):,} more problem{'s' * (len(rest) > 1)}")
        return "\n".join(lines)

    def _show(self, problem: Problem) -> str:
        place = "" if problem.rule == OTHER_FORMAT else f":{problem.line}:{problem.column}:"
        return f"{self.path}{place} {problem.message}"


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


class _UnknownNameError(LookupError):
    """Says, when its message is read, which ``known`` names are near, and what ``note()`` gives."""

    def __init__(
        self, what: str, name: str, known: Collection[str], note: Callable[[], str]
    ) -> None:
        super().__init__(name)
        self._parts = what, name, known, note

    def __str__(self) -> str:
        what, name, known, note = self._parts
        return f"no {what} {name!r}{hint(name, known)}{note()}"

    def __reduce__(self) -> tuple[type[_UnknownNameError], tuple[object, ...]]:
        what, name, known, note = self._parts
        return type(self), (what, name, nearest(name, known), note)


class UnknownKeyError(_UnknownNameError, KeyError):
    """There is no such host or group."""

    __module__ = "dynaconf_cluster"


class UnknownAttributeError(_UnknownNameError, AttributeError):
    """There is no such host or group."""

    __module__ = "dynaconf_cluster"


def setting_error(
    what: str, value: object, advice: str, kind: type[Exception] = TypeError
) -> Exception:
    """Make the error for a setting with a value that it cannot have."""
    shown = _show(value)
    shown = shown if len(shown) <= _WIDEST else f"{shown[:_WIDEST]}..."
    return kind(f"{what} is {shown}; {advice}")


def _show(value: object) -> str:
    """Show a value without the addresses of objects that ``repr`` may give."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_show, value[:_LONGEST]))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_show(key)}: {_show(item)}' for key, item in value.items())}}}"
    plain = value is None or isinstance(value, (str, int, float, bytes))
    return repr(value) if plain else f"<{type(value).__name__}>"


def quote(text: str) -> str:
    """Quote a name from a file by ``repr``, cut to a length that a person reads."""
    return repr(text) if len(text) <= _LONGEST else f"{text[:_LONGEST]!r}..."


def hint(name: str, names: Collection[str], other_than: str = "") -> str:
    """Say which of ``names`` are near ``name``, or nothing."""
    found = [repr(near) for near in nearest(name, names) if near != other_than]
    return f"; did you mean {' or '.join(found)}?" if found else ""


def nearest(name: str, names: Collection[str]) -> list[str]:
    """Find up to three of ``names`` that ``name`` may have been meant for.

    Few names are compared one by one; among many, where that would take too
    long, only those one edit away (a letter missing, added, changed or swapped
    with the next) or spelt in lower case are found.
    """
    if len(name) > _LONG:
        return []
    if len(names) > _FEW:
        return [near for near in edits(name) if near in names][:3]
    folded = {known.lower(): known for known in names if len(known) <= _LONG}
    lower = name.lower()
    same = [lower] if lower in folded else []
    longer = [known for known in folded if known.startswith(f"{lower}.")]
    close = get_close_matches(lower, folded)
    return [folded[near] for near in dict.fromkeys(same + longer + close)][:3]


def edits(name: str) -> dict[str, None]:
    """Return all names that are one slip away from ``name``, and itself in lower case."""
    found = [name.lower()]
    for i in range(len(name) + 1):
        head, tail = name[:i], name[i:]
        found += [head + tail[1:], head + tail[1:2] + tail[:1] + tail[2:]]
        found += [head + letter + end for letter in _ALPHABET for end in (tail, tail[1:])]
    return dict.fromkeys(found)
