"""Where the cluster file is: a setting, `__main__` or the environment, in that order."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

CLUSTER = "peak.running.cluster"
SETTING = f"{CLUSTER}._filename"


class Location:
    """The path of a cluster file, and what named it."""

    def __init__(self, path: str, origin: str) -> None:
        self.path = path
        self.origin = origin

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Location) and vars(self) == vars(other)

    def __str__(self) -> str:
        return f"cluster file {self.path!r} (named by {self.origin})"


def find_location(filename: object, find_file: Callable[[str], str]) -> Location | None:
    """Find the first place that names a cluster file; ``filename`` is the setting.

    A relative path from the setting is made absolute by ``find_file``; from the
    other places it is relative to the working directory. Raise `TypeError` for
    what is no path, and `ValueError` for one with a NUL in it.
    """
    for value, origin in _places(filename):
        if value is not None and value != "":
            path = _as_path(value, origin)
            if origin == _SETTING_ORIGIN and not os.path.isabs(path):
                path = find_file(path)
            return Location(os.path.abspath(path), origin)
    return None


_SETTING_ORIGIN = f"the setting {SETTING}"


def _places(filename: object) -> Iterator[tuple[object, str]]:
    yield filename, _SETTING_ORIGIN
    yield getattr(sys.modules.get("__main__"), "CLUSTER", None), "CLUSTER in __main__"
    yield os.environ.get("CLUSTER"), "the environment variable CLUSTER"


def _as_path(value: object, origin: str) -> str:
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(path, str) or "\0" in path:
        from ._errors import misfit

        kind = ValueError if isinstance(path, str) else TypeError
        raise misfit(origin, value, "expected the path of a cluster file", kind)
    return os.path.expanduser(path)
