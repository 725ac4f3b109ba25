"""Keeps ``peak.running.cluster`` right, whatever is written to the settings.

The namespace follows its inputs, the keys ``_filename`` and ``_hostname``.
Each settings object that the loader has met has a `Keeper`, which looks at
every value on its way into ``PEAK`` and puts the outputs back in their place.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple, cast

from dynaconf.loaders.base import SourceMetadata
from dynaconf.utils import handle_metavalues
from dynaconf.utils.parse_conf import parse_with_toml

from ._cluster import Cluster
from ._environ import find_original, read_environment, reads_environment
from ._errors import complain, show
from ._facts import CLUSTER, DROPPED, find_hostname, find_machine, override
from ._guise import is_table
from ._names import Namespace, replace
from ._source import Source
from ._tree import (
    ROOT,
    ClusterDict,
    ClusterNode,
    Node,
    Output,
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
        self,
        keeper: Keeper,
        inputs: Inputs,
        sought: Inputs,
        written: dict[str, list[object]],
        again: bool,
    ) -> None:
        self.inputs = inputs
        self._sought = sought
        self._written = written
        self._keeper = keeper
        self.found: Cluster | None = None
        self.again = again

    def settle(self) -> Exception | None:
        """Work out whatever may raise an error; return what else there is to say."""
        complaint = None
        if self.found is None:
            self.found, complaint = self._find_cluster()
        for what, tables in self._written.items():
            if tables:
                getattr(self, what)
        return complaint

    @property
    def cluster(self) -> Cluster:
        if self.found is None:
            self.found, complaint = self._find_cluster()
            self._keeper.live = True  # whoever reads has loaded the settings
            complain(complaint)
        return self.found

    def _find_cluster(self) -> tuple[Cluster, Exception | None]:
        keeper = self._keeper
        filename = keeper.evaluate(self._sought.filename)
        return keeper.source.find_cluster(filename, self.hostname, again=self.again)

    @cached_property
    def hostname(self) -> str:
        value = self._keeper.evaluate(self._sought.hostname)
        return find_hostname(find_original(self._keeper.settings, f"{CLUSTER}._hostname", value))

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
        replaced, values = self._keeper.override(names, what, self._written[what])
        self._written[what] = [values] if values else []
        return replaced


class Keeper:
    """Sees every write to ``PEAK`` of one settings object.

    ``live`` is false while the settings are being loaded: what is written then
    is not final, and no file is read because of it.
    """

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.source = Source(settings)
        self.facts: Facts | None = None
        self.live = False
        self._loading = False
        self._environment: dict[str, Any] = {}
        self._restoring = False
        self._complaint: Exception | None = None
        self._replaced: dict[str, tuple[object, ...]] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Keeper:
        keeper = copy.copy(self)
        keeper.settings = memo.get(id(self.settings), self.settings)
        keeper.source = self.source.copy_for(keeper.settings)
        keeper._replaced = self._replaced.copy()
        return keeper

    def load(self, env: str | None, silent: bool, key: str | None) -> None:
        """Find and read the cluster file, and put the namespace in place."""
        if self._loading:
            return
        self.source.env = (env or "global").lower()
        self.source.silent = silent and bool(self.settings.SILENT_ERRORS_FOR_DYNACONF)
        if reads_environment(self.settings, later=key is None):
            self._environment = read_environment(self.settings, ROOT, nested_only=key is not None)
        self._restoring = key is not None
        self._loading = True
        try:
            self._place()
            if self._complaint is not None and not isinstance(self._complaint, Warning):
                self._restoring = True  # no other loader will have its turn after the error
                self._place()
        finally:
            self._loading = False
            self._environment = {}
            self.live = not self._has_includes()
        complain(self._complaint)

    def _place(self) -> None:
        """Have dynaconf store what it has already, which `put_right` sees."""
        here = SourceMetadata("cluster", "", self.source.env)
        try:
            self.settings.set(ROOT, {}, loader_identifier=here, merge=False, validate=False)
        finally:
            self.settings.loaded_by_loaders.pop(here, None)

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
        complaint = self._settle(facts)
        self.facts = facts
        boxed = isinstance(self.settings.store, Node)
        plain = Node if boxed else dict
        running[cluster_key] = make_node(
            ClusterNode if boxed else ClusterDict, cluster, self.settings
        )
        peak[running_key] = make_node(plain, running, self.settings)
        return make_node(plain, peak, self.settings), complaint

    def _settle(self, facts: Facts) -> Exception | None:
        """Work facts out if their inputs are final; when loading, leave errors to `load`."""
        if not self._loading:
            return facts.settle() if self.live else None
        self._complaint = None
        if not self._has_includes():
            try:
                self._complaint = facts.settle()
            except Exception as error:
                self._complaint = error
        return None

    def _has_includes(self) -> bool:
        """Tell whether dynaconf has more to load after all loaders."""
        store = self.settings.store
        names = "DYNACONF_INCLUDE", "INCLUDES_FOR_DYNACONF"
        return any(dict.get(store, name) for name in names)

    def _open_table(self, setting: str, value: object) -> dict[Any, Any]:
        if not is_table(value):
            value = self.evaluate(value)
        if value is None:
            return {}
        if is_table(value):
            return dict(dict.items(value))
        raise TypeError(
            f"the setting {setting} is {show(value)}; expected a table, as it holds {CLUSTER}"
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
        again = self._loading or (old is not None and old.again and old.found is None)
        facts = Facts(self, inputs, sought, written, again)
        if old is not None and inputs == old.inputs and not (self._loading or _is_lazy(inputs)):
            facts.found = old.found
        cluster.update({name: Output(facts, name) for name in OUTPUTS})
        return facts

    def _foresee(self, inputs: Inputs) -> Inputs:
        """Return the inputs as they will be when the environment has been read."""
        known = inputs._asdict().items()
        table: Any = self._environment
        for label in CLUSTER.split(".")[1:]:
            table = table.get(find_key(table, label)) if is_table(table) else None
        if not is_table(table):
            return inputs
        ahead = {name: table.get(find_key(table, f"_{name}"), value) for name, value in known}
        return Inputs(**{name: _unmark(value) for name, value in ahead.items()})

    def _read_input(self, cluster: dict[Any, Any], name: str) -> object:
        key = find_key(cluster, f"_{name}")
        value = _unmark(cluster.get(key))
        before = getattr(self.facts.inputs, name) if self.facts else None
        if (
            isinstance(before, str)
            and not (value is None or isinstance(value, str))
            and parse_with_toml(before) == value
        ):
            # dynaconf 3.2 reads all text below PEAK as TOML when a validator has a default
            value = cluster[key] = before
        return value

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

    def override(
        self, names: Namespace, what: str, tables: list[object]
    ) -> tuple[Namespace, dict[str, tuple[str, ...]]]:
        """Lay what was set over ``names``; give the same again while both stay the same."""
        separator = self.settings.NESTED_SEPARATOR_FOR_DYNACONF or ""
        values = override(names, what, tables, self.settle)
        before, *same, replaced = self._replaced.get(what, (None, None))
        if before is not names or same != [values, separator]:
            replaced = replace(names, values, separator)
            self._replaced[what] = names, values, separator, replaced
        return cast("Namespace", replaced), values

    def look_below_no_groups(self, name: str, default: object) -> object:
        if self.facts is None or self.facts.groups:
            return default
        return self.facts.groups.get(name, default)


def _unmark(value: Any) -> Any:
    """Take a value out of one of dynaconf's marks, of which ``@del`` holds none."""
    if not getattr(value, "_meta_value", False):
        return value
    return None if getattr(value, "_dynaconf_del", False) else value.unwrap()


def _is_lazy(values: Iterable[object]) -> bool:
    return any(getattr(value, "_dynaconf_lazy_format", False) for value in values)
