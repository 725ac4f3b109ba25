"""Locating the cluster file: the setting, `__main__` or the environment, in that order."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator

from ._errors import nearest, setting_error

CLUSTER = "peak.running.cluster"
SETTING = f"{CLUSTER}._filename"
THE_SETTING = f"the setting {SETTING}"
MAIN = "CLUSTER in __main__"


class Location:
    """The path of a cluster file, and where it was set, for messages."""

    def __init__(self, path: str, origin: str) -> None:
        self.path = path
        self.origin = origin

    def __str__(self) -> str:
        return f"cluster file {self.path!r} (named by {self.origin})"


class Locator:
    """Finds the cluster file of one settings object.

    A relative path keeps resolving to where it was first found, even if the working
    directory is changed or removed.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str] = {}

    def find(self, filename: object, find_file: Callable[[str], str]) -> Location | None:
        """Return the first location that is set; ``filename`` is the setting.

        A relative path in the setting is resolved by ``find_file``; elsewhere it is
        relative to the working directory. Raise `TypeError` for a value that is not
        a path, and `ValueError` for a path that no file can have.
        """
        for value, origin in places(filename):
            if value is not None and value != "":
                path = _as_path(value, origin)
                if not os.path.isabs(path):
                    find = find_file if origin == THE_SETTING else os.path.abspath
                    path = self._find_relative(path, origin, find)
                return Location(path, origin)
        return None

    def _find_relative(self, path: str, origin: str, find: Callable[[str], str]) -> str:
        known = self._found.get((path, origin))
        if known is not None:
            return known
        absolute = os.path.abspath(find(path))
        if os.path.exists(absolute):
            self._found[path, origin] = absolute
        return absolute


def places(filename: object) -> Iterator[tuple[object, str]]:
    yield filename, THE_SETTING
    yield getattr(sys.modules.get("__main__"), "CLUSTER", None), MAIN
    yield os.environ.get("CLUSTER"), "the environment variable CLUSTER"


def _as_path(value: object, origin: str) -> str:
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(path, str) or not _is_usable(path):
        kind = ValueError if isinstance(path, str) else TypeError
        raise setting_error(origin, value, "expected the path of a cluster file", kind)
    return os.path.abspath(path) if os.path.isabs(path) else os.path.expanduser(path)


def _is_usable(path: str) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def explain_no_file(siblings: Iterable[str]) -> str:
    """Explain that no file is set; ``siblings`` are the keys next to ``_filename``."""
    alone = f"no cluster file is named, so this machine is alone ({list_places()})"
    return f"; {alone}{find_typo(siblings)}"


def list_places() -> str:
    return f"looked at {', '.join(origin for _, origin in places(None))}"


def find_typo(siblings: Iterable[str]) -> str:
    """Ask whether a similar key next to ``_filename`` is a misspelling of it."""
    slips = [f"{CLUSTER}.{key}" for key in siblings if nearest(key, ["_filename"])]
    slips = [slip for slip in slips if slip != SETTING]
    return f"; is {' or '.join(map(repr, slips))} meant to be {SETTING!r}?" if slips else ""
