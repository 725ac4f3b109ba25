"""A cluster: what is read from a file, with groups replaced, and with this machine in it."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from time import time_ns
from weakref import WeakValueDictionary

from ._errors import ClusterFileError, ClusterFileWarning, setting_error
from ._location import CLUSTER, Location
from ._names import Namespace
from ._parser import Sections, parse_sections
from ._resolution import Resolution
from ._rules import (
    ORPHANS,
    RESERVED,
    bare_name,
    first_label,
    fold,
    is_group_name,
    is_host_name,
)

MARKS = ("dynaconf_merge", "dynaconf_merge_unique")
"""What dynaconf has in lists and tables that are to be merged."""
_WHOLE = "a group is replaced whole: write the list of its hosts"


class Cluster:
    """The hosts and groups of a cluster file.

    ``groups`` and ``hosts`` are tuples in cluster order, the order in which
    the file first mentions each name; see `Namespace`.
    """

    def __init__(self, sections: Sections, note: Callable[[], str] = str) -> None:
        self._sections = sections
        self._note = note

    @staticmethod
    def alone(hostname: str, note: Callable[[], str] = str) -> Cluster:
        """Return the cluster that is one machine without groups.

        What ``note()`` gives, why it is alone, is told of names that are not there.
        """
        return Cluster(Sections([ORPHANS], [False], [hostname], str.splitlines), note)

    @cached_property
    def _resolution(self) -> Resolution:
        return Resolution(self._sections, self._note)

    def __reduce__(self) -> tuple[type[Cluster], tuple[Sections, Callable[[], str]]]:
        return Cluster, (self._sections, self._note)

    def __deepcopy__(self, memo: object) -> Cluster:
        return self

    def __repr__(self) -> str:
        return f"<Cluster: {len(self.hosts):,} hosts in {len(self.groups):,} groups>"

    @property
    def groups(self) -> Namespace:
        """The names of the declared groups and lumps; each gives its hosts."""
        return self._resolution.groups

    @property
    def hosts(self) -> Namespace:
        """The names of all hosts; each gives the groups that it is in."""
        return self._resolution.hosts

    def parts_of(self, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the groups that a lump names, and the hosts that a group lists itself."""
        return self._resolution.parts_of(group)

    def replace(self, groups: Mapping[str, object]) -> Cluster:
        """Return this cluster as if the file gave each of ``groups`` the hosts listed for it.

        A name is matched as `Namespace.get` does, and the file's spelling stays; a
        name that was not there comes last. Of two that are the same, the last counts.
        Raise `TypeError` or `ValueError`, which name the setting, for what cannot be.
        """
        replaced: dict[str, list[str]] = {}
        known = self.groups
        for written, value in groups.items():
            name = known.spell(written) or written
            if name == written:  # which may be another spelling of one that is new, too
                name = next((new for new in replaced if fold(new) == fold(name)), name)
            setting = f"the setting {CLUSTER}.groups.{name}"
            if name not in known:
                _check_name(setting, name, value)
            replaced[name] = _read_hosts(setting, value)
        cluster = Cluster(self._sections.replace(replaced), self._note)
        _check_case(replaced, cluster._sections)
        return cluster

    def find_machine(self, hostname: str) -> str | None:
        """Find the host that bears ``hostname``, regardless of case, user and port.

        Failing that, a name without a domain is the one host whose first label it
        is, and a name with one may be listed by its first label alone.
        """
        if hostname in self.hosts:
            return hostname
        name = fold(hostname)
        short = first_label(name)
        folded = fold("\n".join(self.hosts)).split("\n")
        near = [
            (bare_name(form), host)
            for form, host in zip(folded, self.hosts, strict=True)
            if short in form
        ]
        same = [host for bare, host in near if bare == name]
        if short == name:
            labelled = [host for bare, host in near if first_label(bare) == name]
            return next(iter(same or (labelled if len(labelled) == 1 else ())), None)
        return next(iter(same or [host for bare, host in near if bare == short]), None)

    def groups_of_machine(self, hostname: str) -> tuple[str, ...]:
        machine = self.find_machine(hostname)
        return () if machine is None else self.hosts[machine]


def _check_name(setting: str, name: str, value: object) -> None:
    if name in RESERVED:
        advice = "it follows from the others: set the groups that are declared"
        raise setting_error(setting, value, advice)
    if name in MARKS:
        raise setting_error(setting, value, _WHOLE)
    if not is_group_name(name):
        raise setting_error(setting, value, f"{name!r} cannot be a group's name", ValueError)


def _read_hosts(setting: str, value: object) -> list[str]:
    """Return the names of hosts in a list, of which some may be whole numbers."""
    if not isinstance(value, (list, tuple)):
        raise setting_error(setting, value, _WHOLE)
    hosts = [str(host) if type(host) is int else host for host in value]
    for host in hosts:
        if not isinstance(host, str) or host in MARKS:
            raise setting_error(setting, value, _WHOLE)
        if not is_host_name(host):
            advice = f"{host!r} is no name or address of a host"
            raise setting_error(setting, value, advice, ValueError)
    return hosts


def _check_case(replaced: Mapping[str, list[str]], sections: Sections) -> None:
    """Raise `ValueError` for hosts of replaced groups that others differ from in case alone."""
    spelt = {fold(host): host for hosts in replaced.values() for host in hosts}
    if sections.is_lower():
        return
    for group, hosts in zip(sections.groups, sections.hosts, strict=True):
        for host in hosts:
            other = spelt.get(fold(host), host)
            if other != host:
                setting = f"{CLUSTER}.groups.{_lister(other, replaced) or group}"
                raise ValueError(
                    f"the setting {setting} lists {other!r}, which differs from {host!r} "
                    f"of group {group!r} in case alone; write both the same"
                )


def _lister(host: str, groups: Mapping[str, Iterable[str]]) -> str | None:
    return next((group for group, hosts in groups.items() if host in hosts), None)


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


class Reader:
    """Reads cluster files for one settings object, and remembers the last good one of each."""

    def __init__(self) -> None:
        self._good: dict[str, Cluster] = {}

    def read(
        self, location: Location, silent: bool
    ) -> tuple[Cluster | None, ClusterFileWarning | None]:
        """Return the cluster of a file, unless there is none, and what there is to warn of.

        Raise `OSError` or `ClusterFileError` for a file that must not be done
        without; in place of a good one that has turned bad, only if not ``silent``.
        """
        try:
            cluster = self._good[location.path] = _read_unchanged(location.path)
        except (OSError, ClusterFileError) as error:
            return self._do_without(location, error, silent)
        return cluster, None

    def _do_without(
        self, location: Location, error: OSError | ClusterFileError, silent: bool
    ) -> tuple[Cluster | None, ClusterFileWarning]:
        good = self._good.get(location.path)
        if good and silent:
            message = f"{location} is no longer good, the last good one stays in force: {error}"
            return good, ClusterFileWarning(message, error)
        if isinstance(error, OSError):
            error.strerror = f"{error.strerror} (named by {location.origin})"
        if good or not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise error
        if not silent:
            raise FileNotFoundError(errno.ENOENT, f"no {location}") from error
        message = f"there is no {location}; the cluster is taken to be this machine alone"
        return None, ClusterFileWarning(message, error)


_Stamp = tuple[int, ...]
"""What the file system tells of a file; changes with its content."""
_known: WeakValueDictionary[tuple[str, _Stamp], Cluster] = WeakValueDictionary()
"""The clusters in use, by what they were read from."""
_ATTEMPTS = 20
_GRAIN = 2_100_000_000


def _read_unchanged(path: str) -> Cluster:
    """Do as `read`, but give the same cluster again while the file stays as it is."""
    cluster = _known.get((path, _stamp(os.stat(path))))
    if cluster is None:
        text, stamp = _read_whole(path)
        cluster = parse(text, path)
        if _is_settled(stamp):
            _known[path, stamp] = cluster
    return cluster


def _stamp(status: os.stat_result) -> _Stamp:
    times = status.st_mtime_ns, status.st_ctime_ns
    return *times, status.st_dev, status.st_ino, status.st_size


def _is_settled(stamp: _Stamp) -> bool:
    """Tell whether a change from now on shows in the stamp: some file systems count seconds."""
    return time_ns() - max(stamp[:2]) > _GRAIN


def _read_whole(path: str | os.PathLike[str]) -> tuple[str, _Stamp]:
    """Read a file that nobody wrote to meanwhile; try again if somebody did."""
    for _ in range(_ATTEMPTS):
        with open(path, "rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            data = file.read()
            unchanged = _stamp(before) == _stamp(os.fstat(file.fileno()))
        if unchanged or not stat.S_ISREG(before.st_mode):
            return data.decode("utf-8", "surrogateescape"), _stamp(before)
    raise OSError(errno.EBUSY, "keeps changing while it is read", os.fspath(path))


def find_hostname(value: object) -> str:
    """Return the name of this machine: ``value``, the setting, or what the system says.

    Raise `TypeError` or `ValueError` for a value that is no host's name.
    """
    if value is None or value == "":
        return socket.gethostname()
    name = str(value) if type(value) is int else value
    if not isinstance(name, str) or not is_host_name(name):
        kind = ValueError if isinstance(name, str) else TypeError
        setting = f"the setting {CLUSTER}._hostname"
        raise setting_error(setting, value, "expected the name of a host", kind)
    return name
