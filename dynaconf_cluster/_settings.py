"""Everything that depends on dynaconf.

The loader turns a settings object into `ClusterSettings` and attaches a `ClusterState`.
Each of the `OUTPUTS` in the tree is then a lazy value, like those of ``@format``, which
dynaconf evaluates on access.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

import dynaconf
from dynaconf.base import Settings
from dynaconf.loaders import env_loader
from dynaconf.loaders.base import SourceMetadata
from dynaconf.utils import missing, upperfy
from dynaconf.utils.functional import empty
from dynaconf.utils.parse_conf import Lazy, apply_converter, converters, parse_conf_data

from ._errors import setting_error
from ._location import CLUSTER
from ._names import SEPARATOR, Namespace, find_below
from ._source import Source, find_hostname, is_same
from ._syntax import fold
from ._tables import PATH, ROOT, Record, find_key, find_table, flatten, nest, override

INPUTS = ("_filename", "_hostname")
OUTPUTS = ("groups", "hosts", "group_names", "hostname", "shortname")
READ_DIRECTLY = [f"{CLUSTER}.{name}" for name in (*INPUTS, "groups")]
"""The settings that the loader itself reads from the environment and from nested keywords."""
STATE = "__cluster__"
"""The attribute that holds the state; dynaconf does not treat it as a setting."""

_LIBRARIES = tuple(
    os.path.splitext(str(module.__file__).removesuffix("__init__.py"))[0]
    for module in (sys.modules[__package__], dynaconf, contextlib)
)
_AT_CALLER: dict[str, Any] = (
    {"skip_file_prefixes": _LIBRARIES} if sys.version_info >= (3, 12) else {"stacklevel": 2}
)


class ClusterSettings(Settings):  # type: ignore[misc]  # dynaconf is not typed
    """Settings with a cluster."""

    def get(
        self, key: Any, default: Any = None, cast: Any = None, fresh: Any = False, **rest: Any
    ) -> Any:
        """Look up an output, or a name below it, before dynaconf splits the name."""
        below = split_output(self, key, rest) if is_below_root(key) else None
        if below is None:
            return super().get(key, default, cast, fresh, **rest)
        output, name = below
        root = super().get(ROOT, fresh=fresh)  # reloads it if ``fresh``
        value = dict.get(find_table({ROOT: root}) or {}, output, missing)
        value = value(self) if isinstance(value, Output) else value
        if name and value is not missing:
            value = find_below(value, name, missing)
        value = default if value is missing else value
        if cast is True:
            return parse_conf_data(value, tomlfy=True, box_settings=self)
        return apply_converter(cast, value, self) if cast in converters else value

    def set(
        self, key: Any, value: Any, loader_identifier: Any = None, tomlfy: Any = False, **rest: Any
    ) -> None:
        """Refresh the cluster on writes below `ROOT`, all of which end in a `set` of `ROOT`."""
        state = state_of(self) if is_below_root(key) else None
        if state is None or state.waiting:
            super().set(key, value, loader_identifier, tomlfy, **rest)
            return
        if state.copied:  # dynaconf 3.2 evaluates lazy values when copying
            state.restore_outputs()
            state.copied = False
        if below := split_output(self, key, rest):
            tomlfy = tomlfy and isinstance(value, str)
            value = parse_conf_data(value, tomlfy=tomlfy, box_settings=self)
            groups = state.replace(*below, value)
            if groups is None:
                return
            # dynaconf evaluates lazy values set by dotted name; sourceless ones become defaults
            key, value, tomlfy = ROOT, nest((*PATH[1:], "groups"), groups), False
            rest["merge"], loader_identifier = True, loader_identifier or "undefined"
        if upperfy(key.strip()) != ROOT:
            super().set(key, value, loader_identifier, tomlfy, **rest)
            return
        validate = rest.pop("validate", empty)
        with state.transaction():
            super().set(key, value, loader_identifier, tomlfy, validate=False, **rest)
        if validate is empty:
            validate = self.get("VALIDATE_ON_UPDATE_FOR_DYNACONF")
        if validate is True:
            self.validators.validate()

    def as_dict(self, env: str | None = None, internal: bool = False) -> dict[str, Any]:
        """Return plain data, with groups and hosts as dicts."""
        with contextlib.nullcontext() if env is None else self.using_env(env):
            data: dict[str, Any] = super().as_dict(internal=internal)
            state, table = state_of(self), find_table(data)
            if state and table:
                for name in table.keys() & OUTPUTS:
                    value = state.read(name)
                    table[name] = dict(value.items()) if isinstance(value, Namespace) else value
        return data

    to_dict = as_dict

    def execute_loaders(
        self, env: Any = None, silent: Any = None, key: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        """Refresh once everything is loaded; until then, later sources may override."""
        state = state_of(self)
        if state is None or (key is not None and upperfy(key) != ROOT):
            super().execute_loaders(env, silent, key, *args, **kwargs)
            return
        try:
            with state.deferred(waiting=True):
                super().execute_loaders(env, silent, key, *args, **kwargs)
        finally:
            state.restore_outputs()
        state.refresh()


class Output(Lazy):  # type: ignore[misc]  # dynaconf is not typed
    """The lazy value of an output, which carries the ``replaced`` groups through merges."""

    def __init__(self, state: ClusterState, name: str, replaced: Mapping[str, object]) -> None:
        super().__init__(f"<the {name} of the cluster>")
        self.state = state
        self.name = name
        self.replaced = replaced

    def __call__(self, settings: Any, validator_object: Any = None) -> Any:
        return self.state.read(self.name)

    def __repr__(self) -> str:
        return repr(self.state.read(self.name))

    def _dynaconf_encode(self) -> str:
        return HistoryText(repr(self))


class HistoryText(str):
    """An output in dynaconf's history: text that has no keys."""

    __slots__ = ()

    def get(self, name: str, bypass_eval: bool = True) -> Any:
        raise KeyError(name)


class ClusterState:
    """The cluster state of a settings object; derives the outputs from the settings tree."""

    def __init__(self, settings: ClusterSettings) -> None:
        self.settings = settings
        self.source = Source()
        self.replaced: Mapping[str, object] = {}
        self._values: dict[str, Any] = {}
        self.copied = False
        self.loading = False
        """Whether loading is in progress, so that later writes may override earlier ones."""
        self.waiting = False
        """Whether writes go straight to dynaconf, because this loader has not run yet."""
        self.stale = True
        """Whether the tree may have changed since the last refresh."""

    def __getstate__(self) -> dict[str, Any]:
        # dynaconf passes a copy to hooks
        return {**vars(self), "copied": True, "loading": False, "waiting": False}

    def read(self, name: str) -> Any:
        """Return the value of an output."""
        replaced = self.replaced  # first, as another thread that begins to load drops them
        if self.stale and not self.loading:
            self.refresh(name, replaced)
        values = self._values  # another thread may replace it meanwhile
        if name not in values:
            values[name] = self._compute(name)
        return values[name]

    def _compute(self, name: str) -> Any:
        cluster, hostname = self.source.cluster, self.source.hostname
        if name == "hostname":
            return hostname
        if name == "shortname":
            return hostname.partition(".")[0]
        if name == "group_names":
            return cluster.groups_of_machine(hostname)
        names: Namespace = getattr(cluster, name)
        separator = option(self.settings, "NESTED_SEPARATOR_FOR_DYNACONF") or ""
        return names if separator == SEPARATOR else names.with_separator(separator)

    def refresh(self, read: str = "", replaced: Mapping[str, object] | None = None) -> None:
        """Refresh the source from the inputs and the replaced groups; raise its errors.

        Lazy inputs are evaluated only to read an output, ``read``. The names of this
        machine are read without the file, as its path may depend on them.
        """
        replaced = self.replaced if replaced is None else replaced
        table = find_table(self.settings.store) or {}
        filename, hostname = (dict.get(table, find_key(table, name)) for name in INPUTS)
        lazy = isinstance(filename, Lazy) or isinstance(hostname, Lazy)
        self.stale = lazy and not read
        if self.stale:
            return
        found, warning = self.source.found, None
        try:  # while evaluated, lazy inputs read the current outputs
            self.source.hostname = find_hostname(self._evaluate(hostname))
            if not (lazy and read in ("hostname", "shortname")):
                filename, find = self._evaluate(filename), partial(find_file, self.settings)
                warning = self.source.refresh(filename, replaced, find, tuple(table))
        finally:
            self._values = {}
            self.stale = lazy
        if self.source.location and self.source.found not in (None, found):
            record = SourceMetadata("cluster", self.source.location.path, "global")
            self.settings.loaded_by_loaders[record] = Record(self.source.found)
        if warning is not None:
            warnings.warn(warning, **_AT_CALLER)

    def _evaluate(self, value: Any) -> Any:
        self._values = {}
        return value(self.settings) if isinstance(value, Lazy) else value

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Refresh after a write to the tree, or roll it back on an error."""
        store, source = self.settings.store, self.source
        root, before, old_source = dict.get(store, ROOT, missing), {**vars(self)}, {**vars(source)}
        try:
            yield
            if dict.__contains__(store, ROOT):  # otherwise it was deleted
                self.restore_outputs()
                self.stale = True
                if not self.loading:
                    self.refresh()
        except Exception:
            vars(self).update(before)
            vars(source).update(old_source)
            dict.pop(store, ROOT, None)
            if root is not missing:
                dict.__setitem__(store, ROOT, root)
            self.settings.update(validate=False)  # clears what dynaconf has cached meanwhile
            raise

    def restore_outputs(self) -> None:
        """Put the outputs back into the tree, and collect values that replaced them."""
        table: Any = find_table(self.settings.store, strict=True)
        if table is None:
            source = SourceMetadata("cluster", "", "global", merged=True)
            options = {"loader_identifier": source, "validate": False, "merge": True}
            super(ClusterSettings, self.settings).set(ROOT, nest(PATH[1:], {}), **options)
            self.settings.loaded_by_loaders.pop(source)  # it set nothing
            table = find_table(self.settings.store)
        outputs: list[Any] = [dict.get(table, name) for name in OUTPUTS]
        if all(type(value) is Output and value.state is self for value in outputs):
            self.replaced = outputs[0].replaced
        else:
            self._collect_replaced(table)

    def _collect_replaced(self, table: dict[str, Any]) -> None:
        """Update the replaced groups from values written over the outputs."""
        outputs = {name: dict.pop(table, find_key(table, name), None) for name in OUTPUTS}
        groups, hosts = outputs["groups"], outputs["hosts"]
        entries = flatten(groups) if isinstance(groups, dict) else {}
        if isinstance(groups, Output):
            self.replaced = groups.replaced
        elif not isinstance(groups, (list, tuple)) and Output not in map(type, outputs.values()):
            names = {*map(fold, entries)}  # others were dropped with the old table
            self.replaced = {
                name: self.replaced[name] for name in self.replaced if fold(name) in names
            }
        if isinstance(groups, dict):
            changes = self.source.find_changes("groups", entries, every=self.loading)
            self.replaced = override(self.replaced, changes)
        elif not isinstance(groups, (Output, list, tuple, type(None))):
            raise setting_error(f"the setting {CLUSTER}.groups", groups, "expected a table")
        if isinstance(hosts, dict):
            self.source.find_changes("hosts", flatten(hosts))
        for name in OUTPUTS:
            table[name] = Output(self, name, self.replaced)

    def replace(self, output: str, name: str, value: object) -> Output | None:
        """Return the new groups output, or `None` if writing to an output changes no group.

        Raise `TypeError` for values that cannot be set.
        """
        if output not in ("groups", "hosts") or value is None:
            return None
        names: Namespace = getattr(self.source.cluster, output)
        current = find_below(names, name, missing) if name else names
        if is_same(current, value) and not (name and self.loading):
            return None
        if name:
            separator = option(self.settings, "NESTED_SEPARATOR_FOR_DYNACONF")
            dotted = name.replace(separator, ".") if separator else name
            entries = flatten({name if name in names else dotted: value})
        elif isinstance(value, dict):
            entries = flatten(value)
        else:
            advice = f"set the hosts of single groups: {CLUSTER}.groups.NAME"
            raise setting_error(f"the setting {CLUSTER}.{output}", value, advice)
        changes = self.source.find_changes(output, entries, every=self.loading)
        return Output(self, "groups", override(self.replaced, changes)) if changes else None

    @contextlib.contextmanager
    def deferred(self, waiting: bool = False) -> Iterator[None]:
        """Do not refresh on writes inside this context."""
        before, self.loading, self.waiting = self.loading, True, waiting
        self.replaced = {} if waiting else self.replaced
        try:
            yield
        finally:
            self.loading, self.waiting = before, False


def adopt(obj: Any) -> ClusterState:
    """Turn a settings object into `ClusterSettings`, and return its state."""
    settings = unwrap(obj)
    if not isinstance(settings, ClusterSettings):
        # a plain assignment would create a setting
        cls: Any = type(settings)
        object.__setattr__(settings, "__class__", _class_for(cls))
    state = state_of(settings) or ClusterState(settings)
    settings.__dict__[STATE] = state
    return state


def unwrap(obj: Any) -> Settings:
    """Return the settings behind a `LazySettings`, setting it up if necessary."""
    return obj.get.__self__


@lru_cache
def _class_for(cls: Any) -> type:
    """Return our subclass of ``cls``, which is dynaconf's `Settings` or a user's class."""
    if cls is Settings:
        return ClusterSettings
    return type(f"Cluster{cls.__name__}", (ClusterSettings, cls), {})


def state_of(settings: Settings) -> ClusterState | None:
    state: ClusterState | None = settings.__dict__.get(STATE)
    return state


def option(settings: Settings, name: str) -> Any:
    """Return one of dynaconf's own settings, bypassing its slow ``get``."""
    return dict.get(settings.store, name)


def is_below_root(key: object) -> bool:
    return isinstance(key, str) and key[:4].upper() == ROOT


def split_output(
    settings: Settings, key: str, options: Mapping[str, Any]
) -> tuple[str, str] | None:
    """Split a dotted name into an output and the name below it, which may contain dots.

    Return `None` for other names, and for all names if dotted look-ups are disabled.
    """
    dotted = options.get("dotted_lookup", empty)
    if dotted is empty:
        dotted = option(settings, "DOTTED_LOOKUP_FOR_DYNACONF")
    if not dotted or options.get("parent") is not None:
        return None
    *path, output, name = [*split(settings, key), "", ""][:5]
    is_output = output.lower() in OUTPUTS and ".".join(path).lower() == CLUSTER
    return (output.lower(), name) if is_output else None


def split(settings: Settings, key: str) -> list[str]:
    """Split a name as dynaconf does, but keep the name of a group or host whole."""
    separator = option(settings, "NESTED_SEPARATOR_FOR_DYNACONF") or "."
    return _pattern(separator).split(key, 4)


@lru_cache
def _pattern(separator: str) -> re.Pattern[str]:
    return re.compile(rf"\.|{re.escape(separator)}")


def find_file(settings: Settings, name: str) -> str:
    """Find a file the way dynaconf finds its own.

    The settings directory, which dynaconf tries first, is checked directly: its
    own search takes as long as the rest of loading.
    """
    path: str = settings.path_for(name)
    skipped = option(settings, "SKIP_FILES_FOR_DYNACONF") or ()
    in_root = option(settings, "ROOT_PATH_FOR_DYNACONF") and path not in skipped
    return path if in_root and os.path.exists(path) else settings.find_file(name) or path


def read_keywords(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield trees for nested keywords of `Dynaconf`, unless another source sets them.

    During the first load, dynaconf keeps these keywords in its store unsplit.
    """
    for key in filter(is_below_root, [*settings.store]):
        path = split(settings, key)
        if ".".join(path).lower() in READ_DIRECTLY and settings.get(key, missing) is missing:
            yield nest(path[1:], option(settings, key))


def read_environment(settings: Settings) -> Iterator[tuple[dict[str, Any], SourceMetadata]]:
    """Yield trees below `ROOT`, and their sources, for variables that set inputs or groups.

    If `env_loader` is a loader, dynaconf reads them, too, but perhaps after this loader,
    and not on fresh look-ups. If the application filters its variables, they are left to
    dynaconf.
    """
    separator = option(settings, "NESTED_SEPARATOR_FOR_DYNACONF")
    if not separator or f"{ROOT}{separator}" not in "\n".join(os.environ).upper():
        return
    filters = settings.filter_strategy or option(settings, "IGNORE_UNKNOWN_ENVVARS_FOR_DYNACONF")
    if filters or env_loader not in settings.loaders:
        return
    for prefix in list_prefixes(option(settings, "ENVVAR_PREFIX_FOR_DYNACONF")):
        start = "" if prefix is False else f"{prefix.upper()}_"
        for name, value in os.environ.items():
            path = name[len(start) :].split(separator)
            if name.startswith(start) and ".".join(path[:4]).lower() in READ_DIRECTLY:
                parsed = parse_conf_data(value, tomlfy=True, box_settings=settings)
                yield nest(path[1:], parsed), SourceMetadata("env_global", prefix, "global")


def list_prefixes(prefix: Any) -> list[Any]:
    """Return the prefixes of variables in the order in which dynaconf reads them."""
    if prefix is None:
        return []
    given = prefix.split(",") if prefix else [prefix]
    return given if prefix and prefix.upper() == "DYNACONF" else ["DYNACONF", *given]
