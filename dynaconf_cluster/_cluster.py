"""A cluster, where its file is found, and how it is read.

The file is named by a setting, `__main__` or the environment, in that order. It is
read once for as long as it does not change. Many programs that load settings never
ask what it says. So what works that out, in `_resolution`, is not even imported
before somebody does.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections import deque
from functools import cached_property
from threading import RLock
from time import sleep, time_ns
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from ._parser import Sections, parse_sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._names import Namespace
    from ._resolution import Resolution

ROOT = "PEAK"
"""The setting that holds the cluster, as dynaconf calls it."""

CLUSTER = "peak.running.cluster"
SETTING = f"{CLUSTER}._filename"


class Cluster:
    """The hosts and groups of a cluster file.

    ``groups`` and ``hosts`` are tuples in cluster order, the order in which
    the file first mentions each name; see `Namespace`.
    """

    def __init__(self, sections: Sections) -> None:
        self._lock = RLock()
        self._sections = sections
        self._hostname: str | None = None
        self._resolved: Resolution | None = None

    @staticmethod
    def alone(hostname: str) -> Cluster:
        """Return the cluster that is one machine without groups."""
        cluster = Cluster(Sections(""))
        cluster._hostname = hostname
        return cluster

    @property
    def _resolution(self) -> Resolution:
        """What the sections say; it takes these over."""
        with self._lock:
            sections = self._sections  # which a signal handler may ask for while we do
            if self._resolved is None:
                from ._resolution import Resolution, resolve_alone

                if self._hostname is None:
                    self._resolved = Resolution(sections, self)
                else:
                    self._resolved = resolve_alone(self._hostname)
                self._sections = Sections("")
            return self._resolved

    def __reduce__(self) -> tuple[Callable[..., Cluster], tuple[Resolution]]:
        return _restore, (self._resolution,)

    def __repr__(self) -> str:
        return f"<Cluster: {len(self.hosts):,} hosts in {len(self.groups):,} groups>"

    @cached_property
    def groups(self) -> Namespace:
        """The names of the declared groups and lumps; each gives its hosts."""
        return self._resolution.groups

    @cached_property
    def hosts(self) -> Namespace:
        """The names of all hosts; each gives the groups that it is in."""
        return self._resolution.hosts

    def parts_of(self, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the groups that a lump names, and the hosts that a group lists itself."""
        return self._resolution.parts_of(group)


def _restore(resolution: Resolution) -> Cluster:
    cluster = Cluster(Sections(""))
    cluster._resolved = resolution
    return cluster


def parse(text: str, source: str = "<string>") -> Cluster:
    """Parse the text of a cluster file; ``source`` is what errors call it.

    Raise `ClusterFileError`, with every problem of the text.
    """
    if not isinstance(text, str):
        raise TypeError(f"the text of a cluster file is {type(text).__name__}; expected str")
    return Cluster(parse_sections(text, source))


def read(path: str | os.PathLike[str]) -> Cluster:
    """Read a cluster file.

    Raise `OSError` if it cannot be read, and `ClusterFileError`, with every
    problem of the file, if it is no cluster file.
    """
    return parse(read_text(path), os.fspath(path))


def read_text(path: str | os.PathLike[str]) -> str:
    """Read the text of a file; bytes that are not UTF-8 are escaped as surrogates."""
    return _read_whole(path)[0]


def read_unchanged(path: str) -> Cluster:
    """Do as `read`, but give the same cluster again while the file stays as it is."""
    cluster = _known.get((path, _stamp(os.stat(path))))
    if cluster is None:
        text, stamp, settled = _read_whole(path)
        cluster = parse(text, path)
        if settled:
            _known[path, stamp] = cluster
            if len(text) < _SMALL:
                _recent.append(cluster)
    return cluster


_Stamp = tuple[int, ...]
"""What the file system tells of a file: times last; changes with its content."""


_known: WeakValueDictionary[tuple[str, _Stamp], Cluster] = WeakValueDictionary()
_recent: deque[Cluster] = deque(maxlen=8)
"""Keeps small clusters between one settings object and the next, as in test suites."""
_SMALL = 10_000
_ATTEMPTS = 20
_PAUSE = 0.02
_GRAIN = 50_000_000
_COARSE_GRAIN = 2_100_000_000


def _stamp(status: os.stat_result) -> _Stamp:
    times = status.st_mtime_ns, status.st_ctime_ns
    return status.st_dev, status.st_ino, status.st_size, *times


def _is_settled(stamp: _Stamp) -> bool:
    """Tell whether a change from now on would show in the stamp.

    File systems stamp with the kernel's clock tick, some with whole seconds:
    two changes within that grain leave the same stamp (git calls it racy).
    """
    times, now = stamp[-2:], time_ns()
    grain = _GRAIN if any(time % 10**9 for time in times) else _COARSE_GRAIN
    # a time in the future was set by hand, or by another clock: a change resets it
    past = [time for time in times if time < now + grain]
    return bool(past) and now - max(past) > grain


def _read_whole(path: str | os.PathLike[str]) -> tuple[str, _Stamp, bool]:
    """Read a file that nobody wrote to meanwhile; try again if somebody did.

    Return its text, its stamp, and whether the stamp is sure to be another
    after the next change. Where it is not, a write could also go unseen while
    the file is read, so only the same content twice is believed.
    """
    previous = None
    for _ in range(_ATTEMPTS):
        with open(path, "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            stamp, settled = _stamp(status), _is_settled(_stamp(status))
            data = file.read()
            unchanged = stamp == _stamp(os.fstat(file.fileno())) == _stamp(os.stat(path))
        if not stat.S_ISREG(status.st_mode) or (unchanged and (settled or data == previous)):
            return data.decode("utf-8", "surrogateescape"), stamp, settled
        previous = data
        sleep(_PAUSE)
    raise OSError(errno.EBUSY, "keeps changing while it is read", os.fspath(path))


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
