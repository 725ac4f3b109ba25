"""Keeps ``peak.running.cluster`` right, whatever is written to the settings.

The namespace follows its inputs, the keys ``_filename`` and ``_hostname``.
Each settings object that the loader has met has a `Keeper`, which looks at
every value on its way into ``PEAK`` and puts the outputs back in their place.
"""

from __future__ import annotations

import copy
import errno
import os
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from dynaconf.loaders.base import SourceMetadata
from dynaconf.utils import handle_metavalues
from dynaconf.utils.parse_conf import parse_with_toml

from ._cluster import Cluster
from ._environ import read_environment, reads_environment
from ._errors import ClusterFileError, ClusterFileWarning, complain
from ._facts import CLUSTER, DROPPED, find_hostname, find_machine, override
from ._file import read_unchanged
from ._guise import is_table
from ._location import Location, find_location
from ._names import Namespace
from ._tree import (
    ROOT,
    ClusterDict,
    ClusterNode,
    Node,
    Output,
    Record,
    find_key,
    make_node,
    merge_tables,
)

OUTPUTS = ("groups", "hosts", "group_names", "hostname", "shortname")


class Inputs(NamedTuple):
    """What the settings say of the cluster file and of this machine; may be lazy."""

    filename: object
    hostname: object


class Facts:
    """The outputs, each worked out when it is first read."""

    def __init__(
        self, keeper: Keeper, inputs: Inputs, sought: Inputs, written: dict[str, list[object]]
    ) -> None:
        self.inputs = inputs
        self._sought = sought
        self._written = written
        self._keeper = keeper
        self.found: Cluster | None = None

    def settle(self) -> Exception | None:
        """Work out whatever may raise an error; return what else there is to say."""
        complaint = None
        if self.found is None:
            self.found, complaint = self._keeper.find_cluster(self._sought.filename, self.hostname)
        for what, tables in self._written.items():
            if tables:
                getattr(self, what)
        return complaint

    @property
    def cluster(self) -> Cluster:
        if self.found is None:
            self.found, complaint = self._keeper.find_cluster(self._sought.filename, self.hostname)
            complain(complaint)
        return self.found

    @cached_property
    def hostname(self) -> str:
        return find_hostname(self._keeper.evaluate(self._sought.hostname))

    @property
    def shortname(self) -> str:
        return self.hostname.partition(".")[0]

    @cached_property
    def groups(self) -> Namespace:
        return self._override("groups", self.cluster.groups)

    @cached_property
    def hosts(self) -> Namespace:
        return self._override("hosts", self.cluster.hosts)

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        machine = find_machine(self.hosts, self.hostname)
        return () if machine is None else self.hosts[machine]

    def written_to(self, what: str) -> list[object]:
        """Return what was set to single groups or hosts."""
        return self._written[what]

    def _override(self, what: str, names: Namespace) -> Namespace:
        keeper = self._keeper
        names, values = override(names, what, self._written[what], keeper.settle, keeper.separator)
        self._written[what] = [values] if values else []
        return names


class Keeper:
    """Sees every write to ``PEAK`` of one settings object.

    It also remembers, for each file that these settings have read well, the
    last good cluster. ``live`` is false while the settings are being loaded,
    up to the point where the loader has had its turn: what is written then
    is not final, and nothing is read because of it.
    """

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.live = False
        self._loading = False
        self._environment: dict[str, Any] = {}
        self._restoring = False
        self._silent = True
        self._env = ""
        self.facts: Facts | None = None
        self._last: tuple[Location, str, Cluster] | None = None
        self._good: dict[str, Cluster] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Keeper:
        keeper = copy.copy(self)
        keeper.settings = memo.get(id(self.settings), self.settings)
        keeper._good = self._good.copy()
        return keeper

    def load(self, env: str | None, silent: bool, key: str | None) -> None:
        """Find and read the cluster file, and put the namespace in place."""
        if self._loading:
            return
        self.live = False
        self._env = (env or "global").lower()
        self._silent = silent and bool(self.settings.SILENT_ERRORS_FOR_DYNACONF)
        if reads_environment(self.settings, later=key is None):
            self._environment = read_environment(self.settings, ROOT)
        self._restoring = key is not None
        self._loading = True
        here = SourceMetadata("cluster", "", self._env)
        try:
            self.settings.set(ROOT, {}, loader_identifier=here, merge=False, validate=False)
        finally:
            self._loading = False
            self._environment = {}
            self.settings.loaded_by_loaders.pop(here, None)
        self.live = True

    def put_right(self, value: object) -> tuple[dict[Any, Any], Exception | None]:
        """Put the namespace in its place in a value of ``PEAK``.

        Return the value to store, and what is to be said once it is stored.
        Raise `TypeError` for what cannot hold the namespace.
        """
        if self._loading:
            value = dict.get(self.settings.store, ROOT)
            if self._restoring:
                value = merge_tables(value, self._environment)
        peak = self._open_table("peak", value)
        running_key = find_key(peak, "running")
        running = self._open_table("peak.running", peak.get(running_key))
        cluster_key = find_key(running, "cluster")
        cluster = self._open_table(CLUSTER, running.get(cluster_key))
        facts = self._make_facts(cluster)
        complaint = facts.settle() if self._is_settled() else None
        self.facts = facts
        boxed = isinstance(self.settings.store, Node)
        plain = Node if boxed else dict
        running[cluster_key] = make_node(
            ClusterNode if boxed else ClusterDict, cluster, self.settings
        )
        peak[running_key] = make_node(plain, running, self.settings)
        return make_node(plain, peak, self.settings), complaint

    def _is_settled(self) -> bool:
        """Tell whether the inputs are final; includes are yet to come when loaders run."""
        if self._loading:
            store = self.settings.store
            includes = dict.get(store, "DYNACONF_INCLUDE"), dict.get(store, "INCLUDES_FOR_DYNACONF")
            return not any(includes)
        return self.live

    def _open_table(self, setting: str, value: object) -> dict[Any, Any]:
        if not is_table(value):
            value = self.evaluate(value)
        if value is None:
            return {}
        if is_table(value):
            return dict(dict.items(value))
        raise TypeError(
            f"the setting {setting} is {value!r}; expected a table, as it holds {CLUSTER}"
        )

    def _make_facts(self, cluster: dict[Any, Any]) -> Facts:
        """Take the outputs out of the table, and put back such as follow its inputs."""
        old = self.facts
        inputs = Inputs(
            self._read_input(cluster, "filename"), self._read_input(cluster, "hostname")
        )
        sought = self._foresee(inputs)
        # a table that still holds outputs was merged over what was there before
        merged = old is not None and any(type(v) in (Output, Namespace) for v in cluster.values())
        written: dict[str, list[object]] = {}
        for what in ("groups", "hosts"):
            table = cluster.get(find_key(cluster, what))
            tables = old.written_to(what) if old is not None and merged else []
            written[what] = tables if table is None or type(table) is Output else [*tables, table]
        for key in [key for key in cluster if str(key).lower() in OUTPUTS]:
            del cluster[key]
        facts = Facts(self, inputs, sought, written)
        if old is not None and inputs == old.inputs and not (self._loading or _is_lazy(inputs)):
            facts.found = old.found
        cluster.update({name: Output(facts, name) for name in OUTPUTS})
        return facts

    def _foresee(self, inputs: Inputs) -> Inputs:
        """Return the inputs as they will be when the environment has been read."""
        table: Any = self._environment
        for label in CLUSTER.split(".")[1:]:
            table = table.get(find_key(table, label)) if is_table(table) else None
        if not is_table(table):
            return inputs
        return Inputs(
            *(table.get(find_key(table, f"_{k}"), v) for k, v in inputs._asdict().items())
        )

    def _read_input(self, cluster: dict[Any, Any], name: str) -> object:
        key = find_key(cluster, f"_{name}")
        value = cluster.get(key)
        before = getattr(self.facts.inputs, name) if self.facts else None
        if (
            isinstance(before, str)
            and not (value is None or isinstance(value, str))
            and parse_with_toml(before) == value
        ):
            # dynaconf 3.2 reads all text below PEAK as TOML when a validator has a default
            value = cluster[key] = before
        return value

    def find_cluster(self, filename: object, hostname: str) -> tuple[Cluster, Exception | None]:
        """Find the cluster that the inputs name, and what there is to say about it.

        Raise `OSError` or `ClusterFileError` if there is none.
        """
        location = find_location(self.evaluate(filename), self._find_file)
        if location is None:
            return Cluster.alone(hostname), None
        if not self._loading and self._last and self._last[:2] == (location, hostname):
            return self._last[2], None
        cluster, complaint = self._read(location, hostname)
        self._last = location, hostname, cluster
        return cluster, complaint

    def location_of(self, cluster: Cluster) -> Location | None:
        """Return where a cluster was found, unless another one was found since."""
        return self._last[0] if self._last and self._last[2] is cluster else None

    def _read(self, location: Location, hostname: str) -> tuple[Cluster, Exception | None]:
        try:
            cluster = read_unchanged(location.path)
        except (OSError, ClusterFileError) as error:
            return self._do_without(location, hostname, error)
        self._good[location.path] = cluster
        self._record(location, cluster)
        return cluster, None

    def _do_without(
        self, location: Location, hostname: str, error: OSError | ClusterFileError
    ) -> tuple[Cluster, Exception | None]:
        """Return what is in force while the file can not be read, if anything is."""
        if cluster := self._good.get(location.path):
            message = f"{location} is no longer good, the last good one stays in force: {error}"
            return cluster, ClusterFileWarning(message, error) if self._silent else error
        if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise error
        if not self._silent:
            raise FileNotFoundError(errno.ENOENT, f"no {location}") from error
        message = f"there is no {location}; the cluster is taken to be this machine alone"
        return Cluster.alone(hostname), ClusterFileWarning(message, error)

    def _record(self, location: Location, cluster: Cluster) -> None:
        """Credit the file with what was read from it, for ``dynaconf inspect``."""
        source = SourceMetadata("cluster", location.path, self._env)
        self.settings.loaded_by_loaders[source] = Record(cluster)

    def _find_file(self, name: str) -> str:
        """Find a file as dynaconf does; the place where it looks first costs it most."""
        settings = self.settings
        if root := settings._root_path:
            path = os.path.join(os.path.abspath(root), name)
            if os.path.exists(path) and path not in (settings.SKIP_FILES_FOR_DYNACONF or ()):
                return path
        return str(settings.find_file(name))

    def evaluate(self, value: Any) -> Any:
        """Evaluate what dynaconf keeps for later (``@format``, ``@jinja``)."""
        if isinstance(value, list):
            return [self.evaluate(element) for element in value]
        return value(self.settings) if _is_lazy([value]) else value

    def settle(self, value: object, current: tuple[str, ...]) -> object:
        """Apply dynaconf's marks (``@merge``, ``@del``, ``dynaconf_merge``) to ``current``."""
        if isinstance(value, tuple):
            return value
        value = self.evaluate(value)
        if getattr(value, "_dynaconf_del", False):
            return DROPPED
        new = {"names": value}
        handle_metavalues({"names": [*current]}, new)
        return new["names"]

    @property
    def separator(self) -> str:
        return self.settings.NESTED_SEPARATOR_FOR_DYNACONF or ""

    def look_below_no_groups(self, name: str, default: object) -> object:
        if self.facts is None or self.facts.groups:
            return default
        return self.facts.groups.get(name, default)


def _is_lazy(values: Iterable[object]) -> bool:
    return any(getattr(value, "_dynaconf_lazy_format", False) for value in values)
