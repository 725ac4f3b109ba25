"""Problems, errors and warnings, and the suggestions in their messages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import NamedTuple

from ._rules import OTHER_FORMAT, TOO_MANY

SHOWN = 20
"""The number of problems in the text of an error; ``problems`` has them all."""
_MAX_VALUE = 200
_MAX_QUOTED = 60
_MAX_COMPARED = 300
_MAX_LENGTH = 64
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-._"


class Problem(NamedTuple):
    """One mistake in a cluster file; ``line`` and ``column`` count from 1."""

    line: int
    column: int
    message: str
    rule: str
    """The name of the broken rule, which ``dynaconf-cluster explain`` describes."""


class ClusterFileError(ValueError):
    """The cluster file is refused.

    ``path`` is the file (or the ``source`` given to ``parse``); ``problems``
    is a tuple of every `Problem` in it, in line order; the text of the error lists the
    first 20. The first may say which other format the file looks like (rule
    ``other-format``), the last that there are more than a thousand
    (``too-many-problems``).
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
    """The cluster file is missing, or has become invalid since it was last read.

    ``error`` is the exception raised by reading it.
    """

    __module__ = "dynaconf_cluster"

    def __init__(self, message: str, error: Exception) -> None:
        super().__init__(message, error)
        self.error = error

    def __str__(self) -> str:
        return str(self.args[0])


class _UnknownNameError(LookupError):
    """Suggests similar ``known`` names and appends ``note()``, once its message is read."""

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
    """Return the error for a setting with an invalid value."""
    shown = _show(value)
    shown = shown if len(shown) <= _MAX_VALUE else f"{shown[:_MAX_VALUE]}..."
    return kind(f"{what} is {shown}; {advice}")


def _show(value: object) -> str:
    """Format a value without the memory addresses that ``repr`` may contain."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_show, value[:_MAX_QUOTED]))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_show(key)}: {_show(item)}' for key, item in value.items())}}}"
    plain = value is None or isinstance(value, (str, int, float, bytes))
    return repr(value) if plain else f"<{type(value).__name__}>"


def quote(text: str) -> str:
    """Return the ``repr`` of a name from a file, truncated if it is long."""
    return repr(text) if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]!r}..."


def hint(name: str, names: Collection[str], other_than: str = "") -> str:
    """Suggest the ``names`` most similar to ``name``; return "" if there are none."""
    found = [repr(near) for near in nearest(name, names) if near != other_than]
    return f"; did you mean {' or '.join(found)}?" if found else ""


def nearest(name: str, names: Collection[str]) -> list[str]:
    """Return up to three of ``names`` that are similar to ``name``.

    Among many names, where comparing each would take too long, find only those
    that are ``name`` in lower case or one edit away (a character missing, added,
    changed or swapped with the next).
    """
    if len(name) > _MAX_LENGTH:
        return []
    if len(names) > _MAX_COMPARED:
        return [near for near in edits(name) if near in names][:3]
    folded = {known.lower(): known for known in names if len(known) <= _MAX_LENGTH}
    lower = name.lower()
    same = [lower] if lower in folded else []
    longer = [known for known in folded if known.startswith(f"{lower}.")]
    close = get_close_matches(lower, folded)
    return [folded[near] for near in dict.fromkeys(same + longer + close)][:3]


def edits(name: str) -> dict[str, None]:
    """Return ``name`` in lower case, and all names that are one edit away from it."""
    found = [name.lower()]
    for i in range(len(name) + 1):
        head, tail = name[:i], name[i:]
        found += [head + tail[1:], head + tail[1:2] + tail[:1] + tail[2:]]
        found += [head + letter + end for letter in _ALPHABET for end in (tail, tail[1:])]
    return dict.fromkeys(found)
