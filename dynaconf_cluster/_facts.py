"""What is read below ``peak.running.cluster``, and how it follows from what was set there.

The `Source` of some settings gets the cluster from its file, or does without that.
This module does not import dynaconf, unless it has settings to serve.
"""

from __future__ import annotations

import copy
import errno
import os
import socket
import sys
import warnings
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._cluster import CLUSTER, ROOT, Cluster, Location, find_location, read_unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from ._keeper import Keeper
    from ._names import Namespace

INPUTS = "_filename", "_hostname"

OUTPUTS = ("groups", "hosts", "group_names", "hostname", "shortname")


Inputs = dict[str, object]
"""What is set to ``_filename`` and ``_hostname``; may be lazy."""

Layer = tuple[object, str]
"""A table of what was set to single groups or hosts, and how its lists go over earlier ones.

They ``extend`` or ``patch`` these, or replace them, which is the empty string.
"""


class Facts:
    """The outputs, each worked out when it is first read.

    ``layers`` is what was set to single names, lowest first; they are one when
    the names are worked out, unless something in them is lazy. ``again`` tells to
    look at a file again that was read before.
    """

    def __init__(
        self,
        keeper: Keeper,
        inputs: Inputs,
        layers: dict[str, list[Layer]],
        again: bool,
    ) -> None:
        self.keeper = keeper
        self.inputs = inputs
        self.layers = layers
        self.again = again
        self.lazy = any(map(is_lazy, inputs.values()))
        self.found: Cluster | None = None
        self._evaluated: dict[str, object] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Facts:
        layers = {what: layers.copy() for what, layers in self.layers.items()}
        facts = Facts(copy.deepcopy(self.keeper, memo), self.inputs, layers, self.again)
        facts.found, facts._evaluated = self.found, self._evaluated.copy()
        return facts

    def settle(self) -> Exception | None:
        """Work out whatever may raise an error; return what else there is to say.

        A lazy input may wait for what is still to be set: its errors are for those who read it.
        """
        complaint = None
        try:
            _, complaint = self._find_cluster()
            self.hostname  # noqa: B018  # may be of another type
        except Exception as error:
            if error is not self.keeper.now.failed:
                raise
        for what, layers in self.layers.items():
            if layers and self.found is not None:
                getattr(self, what)
        return complaint

    def follow(self) -> None:
        """Forget what followed from lazy inputs if these have other values now."""
        if self.keeper.now.working_out:
            return
        before = self._evaluated.copy()
        for name in self.inputs:
            try:
                self._evaluate(name)
            except Exception:  # for those who read what follows from it
                self._evaluated.pop(name, None)
        if before and before != self._evaluated:
            self.found, self.again = None, False  # unless it is another file
            for name in ("hostname", "groups", "hosts"):
                self.__dict__.pop(name, None)

    def _evaluate(self, name: str) -> object:
        value = self._evaluated[name] = self.keeper.evaluate_input(name, self.inputs[name])
        return value

    @property
    def cluster(self) -> Cluster:
        cluster, complaint = self._find_cluster()
        if not self.keeper.quiet:
            complain(complaint)
        return cluster

    def _find_cluster(self) -> tuple[Cluster, Exception | None]:
        """Find the cluster, unless that was done, and an error or a warning to be told."""
        if (found := self.found) is not None:
            return found, None
        filename, find = self._evaluate("_filename"), self.keeper.source.find_cluster
        found, complaint = find(filename, lambda: self.hostname, again=self.again)
        self.found = found
        return found, complaint

    def foresee(self) -> Cluster | None:
        """Find the cluster while it is not known whether it is final, if it is any good."""
        source = self.keeper.source.copy_for(self.keeper.settings)
        source.records = False
        try:
            filename = self._evaluate("_filename")
            return source.find_cluster(filename, lambda: self.hostname, again=self.again)[0]
        except Exception:
            return None

    def preview(self) -> Facts:
        """Return what can be read now, when a bad file may still be overridden."""
        facts = copy.copy(self)
        facts.layers, facts._evaluated = self.layers.copy(), self._evaluated.copy()
        facts.found = self.foresee() or Cluster.alone(self.hostname)
        return facts

    @cached_property
    def hostname(self) -> str:
        return find_hostname(self._evaluate("_hostname"))

    @property
    def shortname(self) -> str:
        return self.hostname.partition(".")[0]

    @cached_property
    def groups(self) -> Namespace:
        return self._override("groups", self.cluster.groups)

    @cached_property
    def hosts(self) -> Namespace:
        return self._override("hosts", self.cluster.hosts)

    def _override(self, what: str, names: Namespace) -> Namespace:
        separator = option(self.keeper.settings, "NESTED_SEPARATOR_FOR_DYNACONF") or ""
        if not self.layers[what] and separator == names._separator:
            self.keeper.replaced.pop(what, None)
            return names
        from ._overrides import override

        return override(self, what, names, separator)

    @property
    def group_names(self) -> tuple[str, ...]:
        from ._guise import looks_parsed
        from ._names import Names, find_machine

        machine = find_machine(self.hosts, self.hostname)
        groups = () if machine is None else self.hosts[machine]
        return Names(groups) if any(map(looks_parsed, groups)) else groups


def find_hostname(value: object) -> str:
    """Return the name of this machine: ``value``, the setting, or what the system says.

    Raise `TypeError` for a value that is no name.
    """
    if value is None or value == "":
        return socket.gethostname()
    if isinstance(value, (str, bool, int, float)) or hasattr(value, "isoformat"):
        # dynaconf reads numbers, truth values and dates out of text
        return str(value).lower() if isinstance(value, bool) else str(value)
    from ._errors import misfit

    raise misfit(f"the setting {CLUSTER}._hostname", value, "expected the name of a host")


def is_lazy(value: Any) -> bool:
    """Tell whether dynaconf evaluates a value, or some of a list, when it is read."""
    if getattr(value, "_meta_value", False):  # a mark keeps text, to be parsed when it applies
        values = value.value if isinstance(value.value, list) else [value.value]
        return any(is_lazy(each) or str(each).startswith("@") for each in values)
    if isinstance(value, list):
        return any(map(is_lazy, value))
    return bool(getattr(value, "_dynaconf_lazy_format", False))


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
