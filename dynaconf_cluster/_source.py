"""Where settings get their cluster from, and what they do when that fails.

The file is named by a setting, `__main__` or the environment, in that order.
This module does not import dynaconf, unless it has settings to serve.
"""

from __future__ import annotations

import copy
import errno
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from ._cluster import Cluster, read_unchanged

ROOT = "PEAK"
"""The setting that holds the cluster, as dynaconf calls it."""

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
    what is no path, and `ValueError` for one that no file can have.
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
    if not isinstance(path, str) or not _can_be_called(path):
        from ._errors import misfit

        kind = ValueError if isinstance(path, str) else TypeError
        raise misfit(origin, value, "expected the path of a cluster file", kind)
    return os.path.expanduser(path)


def _can_be_called(path: str) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


class Source:
    """Finds and reads the cluster file of one settings object.

    It remembers the last good cluster of each file that these settings have
    read well, and ``records`` in their history what it reads. ``silent`` and
    ``env`` are what dynaconf said when it last loaded them.
    """

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.silent = True
        self.env = ""
        self.records = True
        self._paths: dict[str, str] = {}
        self._good: dict[str, Cluster] = {}
        self._last: tuple[Location, Cluster | None] | None = None

    def copy_for(self, settings: Any) -> Source:
        source = copy.copy(self)
        source.settings = settings
        source._paths, source._good = self._paths.copy(), self._good.copy()
        return source

    def find_cluster(
        self, filename: object, hostname: Callable[[], str], *, again: bool
    ) -> tuple[Cluster, Exception | None]:
        """Find the cluster, and an error or a warning that is still to be told.

        A file that was read before is looked at ``again`` only on demand.
        Raise `OSError` or `ClusterFileError` for a file that must not be done without.
        """
        location = find_location(filename, self._find_file)
        if location is None:
            return Cluster.alone(hostname()), None
        complaint = None
        if again or self._last is None or self._last[0] != location:
            cluster, complaint = self._read(location)
            self._last = location, cluster
        return self._last[1] or Cluster.alone(hostname()), complaint

    def location_of(self, cluster: Cluster) -> Location | None:
        """Return where a cluster was found, unless another one was found since."""
        return self._last[0] if self._last and self._last[1] is cluster else None

    def _read(self, location: Location) -> tuple[Cluster | None, Exception | None]:
        try:
            if location.path in (option(self.settings, "SKIP_FILES_FOR_DYNACONF") or ()):
                raise FileNotFoundError(errno.ENOENT, "is in skip_files", location.path)
            cluster = read_unchanged(location.path)
        except OSError as error:
            return self._do_without(location, error)
        except ValueError as error:
            from ._errors import ClusterFileError

            if isinstance(error, ClusterFileError):
                return self._do_without(location, error)
            raise
        self._good[location.path] = cluster
        if self.records:
            from dynaconf.loaders.base import SourceMetadata  # which the command does without

            record = SourceMetadata("cluster", location.path, self.env)
            self.settings.loaded_by_loaders[record] = Record(cluster)
        return cluster, None

    def _do_without(
        self, location: Location, error: OSError | ValueError
    ) -> tuple[Cluster | None, Exception | None]:
        """Return what is in force while the file cannot be read, if anything is."""
        cluster = self._good.get(location.path)
        if cluster and self.silent:
            message = f"{location} is no longer good, the last good one stays in force: {error}"
            return cluster, ClusterFileWarning(message, error)
        if isinstance(error, OSError):
            error.strerror = f"{error.strerror} (named by {location.origin})"
        if cluster:
            return cluster, error
        if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise error
        if not self.silent:
            raise FileNotFoundError(errno.ENOENT, f"no {location}") from error
        message = f"there is no {location}; the cluster is taken to be this machine alone"
        return None, ClusterFileWarning(message, error)

    def _find_file(self, name: str) -> str:
        """Find a file as dynaconf does, or where it was before it went away.

        The place where dynaconf looks first, the folder of the settings, is tried
        without its help, which costs as much as all the rest of loading.
        """
        settings = self.settings
        root = option(settings, "ROOT_PATH_FOR_DYNACONF") or settings._root_path
        path = os.path.join(os.path.abspath(root or ""), name)
        skipped = path in (option(settings, "SKIP_FILES_FOR_DYNACONF") or ())
        if not root or skipped or not os.path.exists(path):
            path = settings.find_file(name) or self._paths.get(name, path)
        self._paths[name] = path
        return path


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


def complain(complaint: Exception | None) -> None:
    """Raise an error or give a warning, if there is one."""
    if isinstance(complaint, Warning):
        warnings.warn(complaint, stacklevel=_count_inner_frames())
    elif complaint is not None:
        raise complaint


_INNER = {"dynaconf_cluster", "dynaconf", "contextlib", "functools"}


def _count_inner_frames() -> int:
    """Count the calls since the user's own code, which a warning should point to."""
    frame: FrameType | None = sys._getframe(1)
    count = 0
    while frame and str(frame.f_globals.get("__name__")).partition(".")[0] in _INNER:
        frame = frame.f_back
        count += 1
    return count + 1


def option(settings: Any, name: str) -> Any:
    """Return one of dynaconf's own settings, without the long way through its `get`."""
    return dict.get(settings.store, name)


class Record(dict[str, Any]):
    """What was read from a cluster file, in the shape of settings.

    dynaconf keeps it as the history of the settings; nothing is worked out
    before somebody looks.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__({ROOT: None})
        self._cluster = cluster

    def __getitem__(self, key: str) -> Any:
        if key != ROOT:
            raise KeyError(key)
        cluster = self._cluster
        return {"running": {"cluster": {"groups": cluster.groups, "hosts": cluster.hosts}}}

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def items(self) -> Any:
        return [(ROOT, self[ROOT])]

    def __deepcopy__(self, memo: object) -> Record:
        return self

    def __reduce__(self) -> tuple[type[Record], tuple[Cluster]]:
        return Record, (self._cluster,)
