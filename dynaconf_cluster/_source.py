"""The source of a cluster: a file, whose last good state is kept, or this machine."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Callable, Collection, Mapping
from functools import partial
from time import time_ns
from weakref import WeakValueDictionary

from ._cluster import Cluster, parse_data
from ._errors import ClusterFileError, ClusterFileWarning, setting_error
from ._location import CLUSTER, Location, Locator, explain_no_file
from ._syntax import is_host_name

_Stamp = tuple[int, ...]
"""The times, identity and size of a file, at least one of which changes with its content."""
_known: WeakValueDictionary[tuple[str, _Stamp], Cluster] = WeakValueDictionary()
"""The clusters in use, by the path and stamp that they were read from."""
_ATTEMPTS = 20
_CLOCK_GRANULARITY = 2_100_000_000


def is_same(current: object, value: object) -> bool:
    """Check whether a value equals the current one, treating lists as tuples."""
    return current == (tuple(value) if isinstance(value, list) else value)


class Source:
    """The source of one settings object's cluster; remembers the last good files.

    If ``silent``, it falls back to them, or to this machine alone, with a warning.
    """

    def __init__(self) -> None:
        self.silent = True
        self.location: Location | None = None
        self.found: Cluster | None = None
        """The cluster of the file at the location, or its last good one, if any."""
        self.hostname = find_hostname(None)
        self.cluster = Cluster.alone(self.hostname)
        self.siblings: Collection[str] = ()
        """The keys next to ``_filename`` in the settings; one may be a misspelling of it."""
        self._locator = Locator()
        self._good: dict[str, Cluster] = {}
        self._last_inputs: tuple[object, ...] | None = None

    def invalidate(self) -> None:
        """Check the file again on the next `refresh`."""
        self._last_inputs = None

    def refresh(
        self,
        filename: object,
        replaced: Mapping[str, object],
        find_file: Callable[[str], str],
        siblings: Collection[str],
    ) -> ClusterFileWarning | None:
        """Update the cluster if the settings have changed; return any warning to issue.

        Raise the error if the file is refused or a group cannot be replaced. The cluster
        then stays as it was, and the file is not read again before `invalidate`.
        """
        before, self._last_inputs = self._last_inputs, (filename, self.hostname, replaced, siblings)
        if self._last_inputs == before:
            return None
        warning = None
        self.siblings = siblings
        if before is None or before[0] != filename:
            self.location = self._locator.find(filename, find_file)
            warning = self._read()
        missing = partial(str, f"; there is no {self.location}")
        note = missing if self.location else partial(explain_no_file, siblings)
        cluster = self.found or Cluster.alone(self.hostname, note)
        self.cluster = cluster.replace(replaced) if replaced else cluster
        return warning

    def find_changes(
        self, output: str, entries: Mapping[str, object], *, every: bool = False
    ) -> dict[str, object]:
        """Return the entries that differ from the current groups or hosts.

        With ``every``, used while the file may still change, return all entries for
        groups. Raise `TypeError` if any hosts differ.
        """
        current = {} if every and output == "groups" else getattr(self.cluster, output)
        changes = {
            name: value
            for name, value in entries.items()
            if value is not None and not is_same(current.get(name), value)
        }
        if output == "hosts" and changes:
            name, value = next(iter(changes.items()))
            advice = f"set the hosts of groups instead: {CLUSTER}.groups.NAME"
            raise setting_error(f"the setting {CLUSTER}.hosts.{name}", value, advice)
        return changes

    def _read(self) -> ClusterFileWarning | None:
        if self.location is None:
            self.found = None
            return None
        path = self.location.path
        try:
            good = self._good.get(path) if _is_pipe(path) else None  # pipes are read once
            self.found = self._good[path] = good or _read_unchanged(path)
        except (OSError, ClusterFileError) as error:
            self.found, warning = self._fall_back(self.location, error)
            return warning
        return None

    def _fall_back(
        self, location: Location, error: OSError | ClusterFileError
    ) -> tuple[Cluster | None, ClusterFileWarning]:
        """Return the fallback cluster and its warning; raise the error if none is allowed."""
        good = self._good.get(location.path)
        if good and self.silent:
            message = f"{location} is no longer good, the last good one stays in use: {error}"
            return good, ClusterFileWarning(message, error)
        if isinstance(error, OSError):
            error.strerror = f"{error.strerror} (named by {location.origin})"
        if good or not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise error.with_traceback(None)  # hides the frames of the parser
        if not self.silent:
            raise FileNotFoundError(errno.ENOENT, f"no {location}") from error
        message = f"there is no {location}; the cluster is taken to be this machine alone"
        return None, ClusterFileWarning(message, error)


def find_hostname(value: object) -> str:
    """Return the name of this machine: ``value``, the setting, or the system's hostname.

    Raise `TypeError` or `ValueError` for a value that is not a host name.
    """
    if value is None or value == "":
        return socket.gethostname()
    name = str(value) if type(value) is int else value
    if not isinstance(name, str) or not is_host_name(name):
        kind = ValueError if isinstance(name, str) else TypeError
        setting = f"the setting {CLUSTER}._hostname"
        raise setting_error(setting, value, "expected the name of a host", kind)
    return name


def read(path: str | os.PathLike[str]) -> Cluster:
    """Read a cluster file.

    Raise `OSError` if it cannot be read, and `ClusterFileError`, listing every
    problem in the file, if it is refused.
    """
    return parse_data(read_data(path), os.fspath(path))


def read_data(path: str | os.PathLike[str]) -> str | bytes:
    """Read a file that is not being written to; see `decode` for the result."""
    return _read_whole(path)[0]


def _read_unchanged(path: str) -> Cluster:
    """Read a cluster file, or return the same cluster again if the file is unchanged."""
    cluster = _known.get((path, _stamp(os.stat(path))))
    if cluster is None:
        data, stamp = _read_whole(path)
        cluster = parse_data(data, path)
        if _is_settled(stamp):
            _known[path, stamp] = cluster
    return cluster


def decode(data: bytes) -> str | bytes:
    """Decode UTF-8 text; return the bytes unchanged if they are not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _is_pipe(path: str) -> bool:
    return stat.S_ISFIFO(os.stat(path).st_mode)


def _stamp(status: os.stat_result) -> _Stamp:
    times = status.st_mtime_ns, status.st_ctime_ns
    return *times, status.st_dev, status.st_ino, status.st_size


def _is_settled(stamp: _Stamp) -> bool:
    """Check whether any later change will alter the stamp; some file systems store seconds."""
    return time_ns() - max(stamp[:2]) > _CLOCK_GRANULARITY


def _read_whole(path: str | os.PathLike[str]) -> tuple[str | bytes, _Stamp]:
    """Read a file; retry if it was written to meanwhile."""
    for _ in range(_ATTEMPTS):
        with open(path, "rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            data = file.read()
            unchanged = _stamp(before) == _stamp(os.fstat(file.fileno()))
        if unchanged or not stat.S_ISREG(before.st_mode):
            return decode(data), _stamp(before)
    raise OSError(errno.EBUSY, "keeps changing while it is read", os.fspath(path))
