"""The settings of an application that have a cluster: all that is known of dynaconf.

The loader gives a settings object the class `ClusterSettings`, and a `ClusterState`.
In its tree, each of the `OUTPUTS` below ``peak.running.cluster`` is then a lazy value,
as ``@format`` makes them, so that dynaconf neither parses, merges nor copies it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

import dynaconf
from dynaconf.base import Settings
from dynaconf.loaders import env_loader
from dynaconf.loaders.base import SourceMetadata
from dynaconf.utils import missing, upperfy
from dynaconf.utils.functional import empty
from dynaconf.utils.parse_conf import Lazy, apply_converter, converters, parse_conf_data

from ._cluster import Cluster, Reader, find_hostname
from ._errors import setting_error
from ._location import CLUSTER, Location, Locator, explain_nothing_named
from ._names import SEPARATOR, Namespace

ROOT = "PEAK"
"""The top of the tree, as dynaconf calls it."""
PATH = (ROOT, "running", "cluster")
INPUTS = ("_filename", "_hostname")
OUTPUTS = ("groups", "hosts", "group_names", "hostname", "shortname")
STATE = "__cluster__"
"""Where a settings object has its state: dynaconf looks for no setting of such a name."""

_PREFIXES = tuple(os.path.dirname(file) + os.sep for file in (__file__, str(dynaconf.__file__)))
_AT_THE_USER: dict[str, Any] = (
    {"skip_file_prefixes": (*_PREFIXES, str(contextlib.__file__))}
    if sys.version_info >= (3, 12)
    else {"stacklevel": 2}
)


class ClusterSettings(Settings):  # type: ignore[misc]  # dynaconf is not typed
    """Settings with a cluster; without a state yet, they are dynaconf's own."""

    def get(
        self,
        key: Any,
        default: Any = None,
        cast: Any = None,
        fresh: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Look up an output, or a name below it, before dynaconf takes the name apart."""
        below = split_output(self, key, kwargs) if is_below_root(key) else None
        if below is None:
            return super().get(key, default, cast, fresh, *args, **kwargs)
        super().get(ROOT, fresh=fresh)  # which loads it again where that is wanted
        value = read_below(self, *below)
        value = default if value is missing else value
        if cast is True:
            return parse_conf_data(value, tomlfy=True, box_settings=self)
        return apply_converter(cast, value, self) if cast in converters else value

    def set(
        self,
        key: Any,
        value: Any,
        loader_identifier: Any = None,
        tomlfy: bool = False,
        **kwargs: Any,
    ) -> None:
        """Keep the outputs what they are: whatever is written to ``PEAK`` ends here."""
        state = state_of(self) if is_below_root(key) else None
        if state is None:
            super().set(key, value, loader_identifier, tomlfy, **kwargs)
            return
        state.put_outputs()
        if below := split_output(self, key, kwargs):
            tomlfy = tomlfy and isinstance(value, str)
            parsed = parse_conf_data(value, tomlfy=tomlfy, box_settings=self)
            replaced = state.replace(*below, parsed)
            if replaced is None:
                return
            key, value, tomlfy = ROOT, nest((*PATH[1:], "groups"), replaced), False
            # by a dotted name, dynaconf would evaluate it; without a source, it would be a default
            kwargs["merge"], loader_identifier = True, loader_identifier or "undefined"
        if upperfy(key.strip()) != ROOT:
            super().set(key, value, loader_identifier, tomlfy, **kwargs)
            return
        validate = kwargs.pop("validate", empty)
        with state.guarded():
            super().set(key, value, loader_identifier, tomlfy, validate=False, **kwargs)
            state.take_over()
        if validate is empty:
            validate = self.get("VALIDATE_ON_UPDATE_FOR_DYNACONF")
        if validate is True:
            self.validators.validate()

    def as_dict(self, env: str | None = None, internal: bool = False) -> dict[str, Any]:
        """Give plain data: dicts for groups and hosts."""
        if env is not None:
            with self.using_env(env):
                return self.as_dict(internal=internal)
        data: dict[str, Any] = super().as_dict(internal=internal)
        state, table = state_of(self), find_table(data)
        for name in OUTPUTS:
            if state is not None and table is not None and name in table:
                value = state.read(name)
                table[name] = dict(value.items()) if isinstance(value, Namespace) else value
        return data

    to_dict = as_dict

    def execute_loaders(
        self, env: Any = None, silent: Any = None, key: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        """Follow what was loaded once it is: before, no source has the last word."""
        state = state_of(self)
        if state is None or (key is not None and upperfy(key) != ROOT):
            super().execute_loaders(env, silent, key, *args, **kwargs)
            return
        try:
            with state.deferred():
                super().execute_loaders(env, silent, key, *args, **kwargs)
        finally:
            state.put_outputs(create=True)
        state.settle()


class Output(Lazy):  # type: ignore[misc]  # dynaconf is not typed
    """What stands in the tree for an output; dynaconf calls it whenever that is read.

    That of the groups holds the lists of hosts that ``replaced`` some.
    """

    def __init__(self, state: ClusterState, name: str, replaced: Mapping[str, object]) -> None:
        super().__init__(f"<the {name} of the cluster>")
        self.state = state
        self.name = name
        self.replaced = replaced

    def __call__(self, settings: Any, validator_object: Any = None) -> Any:
        return self.state.read(self.name)


class ClusterState:
    """What a settings object remembers of its cluster, and how that follows from the tree."""

    def __init__(self, settings: ClusterSettings) -> None:
        self.settings = settings
        self.locator = Locator()
        self.reader = Reader()
        self.silent = True
        self.loading = False
        self.stale = True
        """Whether the inputs may be others than those that the cluster was made for."""
        self.made_for: tuple[object, ...] | None = None
        self.replaced: Mapping[str, object] = {}
        self.hostname = find_hostname(None)
        self.cluster = Cluster.alone(self.hostname)
        self.location: Location | None = None
        self.found: Cluster | None = None
        """What the file at the location says, if it is there."""
        self.note: Callable[[], str] = str

    def read(self, name: str) -> Any:
        """Return an output."""
        if self.stale:
            self.follow()
        if name == "hostname":
            return self.hostname
        if name == "shortname":
            return self.hostname.partition(".")[0]
        if name == "group_names":
            return self.cluster.groups_of_machine(self.hostname)
        names: Namespace = getattr(self.cluster, name)
        separator = option(self.settings, "NESTED_SEPARATOR_FOR_DYNACONF") or ""
        return names if separator == SEPARATOR else names.with_separator(separator)

    def replace(self, output: str, name: str, value: object) -> Output | None:
        """Return what the groups become by what is set to an output, or to a name below it.

        That is nothing if it is what is there, or is not kept. Raise `TypeError`
        for what cannot be set.
        """
        if output not in ("groups", "hosts") or value is None:
            return None
        separator = option(self.settings, "NESTED_SEPARATOR_FOR_DYNACONF")
        names = getattr(self.cluster, output)
        if separator and name not in names:
            name = name.replace(separator, ".")
        if not name and not isinstance(value, dict):
            if is_same(names, value):
                return None
            advice = f"set the hosts of single groups: {CLUSTER}.groups.NAME"
            raise setting_error(f"the setting {CLUSTER}.{output}", value, advice)
        entries = self._changes(output, flatten({name: value} if name else value))
        return Output(self, "groups", override(self.replaced, entries)) if entries else None

    def _changes(self, output: str, entries: Mapping[str, object]) -> dict[str, object]:
        """Return what is not there already; while loading, the file may still become another."""
        names = getattr(self.cluster, output)
        known = {} if self.loading and output == "groups" else names
        changes = {
            name: value
            for name, value in entries.items()
            if value is not None and not is_same(known.get(name), value)
        }
        if output == "hosts" and changes:
            name, value = next(iter(changes.items()))
            advice = f"set the hosts of groups instead: {CLUSTER}.groups.NAME"
            raise setting_error(f"the setting {CLUSTER}.hosts.{name}", value, advice)
        return changes

    def take_over(self) -> None:
        """Take over what was written to the tree."""
        if dict.__contains__(self.settings.store, ROOT):  # or else it was deleted
            self.put_outputs(create=True)
            self.stale = True
            if not self.loading:
                self.settle()

    def put_outputs(self, *, create: bool = False) -> None:
        """Put the outputs into the tree, and take what was set in their place.

        Without a table for them, ``create`` it, or do nothing.
        """
        table = find_table(self.settings.store, strict=True)
        if table is None:
            if not create:
                return
            source = SourceMetadata("cluster", "undefined", "global")
            tree = nest(PATH[1:], {})
            options = {"loader_identifier": source, "validate": False, "merge": True}
            super(ClusterSettings, self.settings).set(ROOT, tree, **options)
            table = find_table(self.settings.store, strict=True)
            assert table is not None
        here = [dict.get(table, name) for name in OUTPUTS]
        if all(type(value) is Output and value.state is self for value in here):
            self.replaced = here[0].replaced
        else:
            self._take_replaced(table)

    def _take_replaced(self, table: dict[str, Any]) -> None:
        """Tell from what stands in the place of outputs which groups are replaced."""
        found = {name: dict.get(table, find_key(table, name)) for name in OUTPUTS}
        merged = any(isinstance(value, (Output, Namespace)) for value in found.values())
        replaced = self.replaced if merged else {}
        groups, hosts = found["groups"], found["hosts"]
        if isinstance(groups, Output):
            replaced = groups.replaced
        elif isinstance(groups, dict):
            replaced = override(replaced, self._changes("groups", flatten(groups)))
        elif groups is not None and not isinstance(groups, (list, tuple)):
            raise setting_error(f"the setting {CLUSTER}.groups", groups, "expected a table")
        if isinstance(hosts, dict):
            self._changes("hosts", flatten(hosts))
        self.replaced = replaced
        for name in OUTPUTS:
            dict.pop(table, find_key(table, name), None)
            table[name] = Output(self, name, replaced)

    def settle(self) -> None:
        """Follow the inputs, but leave lazy ones to those who read what follows from them."""
        self.stale = True
        if not any(isinstance(value, Lazy) for value in self._inputs()):
            self.follow()

    def _inputs(self) -> list[Any]:
        table = find_table(self.settings.store) or {}
        return [dict.get(table, find_key(table, name)) for name in INPUTS]

    def follow(self) -> None:
        """Make the cluster what the inputs and the replaced groups say.

        Raise what comes of a file, a hostname or a group that cannot be; what can be read
        stays as it was then, and the file is not looked at again before the next load.
        """
        inputs = self._inputs()
        self.stale = False  # what a lazy input reads of the outputs is what they are now
        try:
            filename, hostname = [
                value(self.settings) if isinstance(value, Lazy) else value for value in inputs
            ]
            made_for = filename, find_hostname(hostname), self.replaced
            if made_for != self.made_for:
                self._make(*made_for)
        finally:
            self.stale = any(isinstance(value, Lazy) for value in inputs)

    def _make(self, filename: object, hostname: str, replaced: Mapping[str, object]) -> None:
        before, self.made_for = self.made_for, (filename, hostname, replaced)
        if before is None or before[0] != filename:
            self._read_file(filename)
        cluster = self.found or Cluster.alone(hostname, self.note)
        self.cluster = cluster.replace(replaced) if replaced else cluster
        self.hostname = hostname

    def _read_file(self, filename: object) -> None:
        location = self.locator.find(filename, partial(find_file, self.settings))
        if location is None:
            table = find_table(self.settings.store) or {}
            keys = [key for key in table if key not in OUTPUTS]
            self.location, self.found, warning = None, None, None
            self.note = partial(explain_nothing_named, keys)
            return
        found, warning = self.reader.read(location, self.silent)
        self.location, self.found = location, found
        self.note = partial(str, f"; there is no {location}")
        if found is not None:
            source = SourceMetadata("cluster", location.path, "global")
            self.settings.loaded_by_loaders[source] = Record(found)
        if warning is not None:
            warnings.warn(warning, **_AT_THE_USER)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Let nothing be followed that is written meanwhile."""
        before, self.loading = self.loading, True
        try:
            yield
        finally:
            self.loading = before

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Have a write that is refused change nothing."""
        store, state = self.settings.store, vars(self).copy()
        before = dict.get(store, ROOT, missing)
        try:
            yield
        except Exception:
            vars(self).update(state)
            dict.pop(store, ROOT, None)
            if before is not missing:
                dict.__setitem__(store, ROOT, before)
            self.settings.update(validate=False)  # dynaconf may have cached what was refused
            raise


class Record(dict[str, Any]):
    """What was read from a file, for dynaconf's history, in its shape; worked out by reading."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__({ROOT: None})
        self._cluster = cluster

    def __getitem__(self, key: str) -> Any:
        if key != ROOT:
            raise KeyError(key)
        names = {"groups": self._cluster.groups, "hosts": self._cluster.hosts}
        plain = {
            name: {key: list(value) for key, value in names.items()}
            for name, names in names.items()
        }
        return {"running": {"cluster": plain}}

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def items(self) -> Any:
        return [(ROOT, self[ROOT])]

    def __deepcopy__(self, memo: object) -> Record:
        return self


def adopt(obj: Any) -> ClusterSettings:
    """Give settings the class and the state that they need; return them without a wrapper."""
    settings = obj.get.__self__
    if not isinstance(settings, ClusterSettings):
        # as an attribute it would become a setting
        object.__setattr__(settings, "__class__", _class_for(type(settings)))
    if state_of(settings) is None:
        settings.__dict__[STATE] = ClusterState(settings)
    return settings


@lru_cache
def _class_for(cls: type) -> type:
    if cls is Settings:
        return ClusterSettings
    return type(f"Cluster{cls.__name__}", (ClusterSettings, cls), {})


def state_of(settings: Settings) -> ClusterState | None:
    state: ClusterState | None = settings.__dict__.get(STATE)
    return state


def option(settings: Settings, name: str) -> Any:
    """Return one of dynaconf's own settings, without the long way through its ``get``."""
    return dict.get(settings.store, name)


def is_below_root(key: object) -> bool:
    return isinstance(key, str) and key[:4].upper() == ROOT


def split_output(
    settings: Settings, key: str, options: Mapping[str, Any]
) -> tuple[str, str] | None:
    """Split a dotted name into an output and the name below it, which may have dots.

    Other names give nothing, and so do all where dotted look-ups are switched off.
    """
    dotted = options.get("dotted_lookup", empty)
    if dotted is empty:
        dotted = option(settings, "DOTTED_LOOKUP_FOR_DYNACONF")
    if not dotted or options.get("parent") is not None:
        return None
    separator = option(settings, "NESTED_SEPARATOR_FOR_DYNACONF") or "."
    *path, output, name = [*_pattern(separator).split(key, 4), "", "", "", ""][:5]
    if output.lower() not in OUTPUTS or ".".join(path).lower() != CLUSTER:
        return None
    return output.lower(), name


@lru_cache
def _pattern(separator: str) -> re.Pattern[str]:
    return re.compile(rf"\.|{re.escape(separator)}")


def find_key(table: Mapping[str, Any], name: str) -> str:
    """Return the key of a table that is ``name``, regardless of case, or else that."""
    if dict.__contains__(table, name):  # type: ignore[arg-type]  # dynaconf's tables are dicts
        return name
    return next((key for key in table if isinstance(key, str) and key.lower() == name), name)


def find_table(tree: Any, *, strict: bool = False) -> dict[str, Any] | None:
    """Return the table of the cluster in a tree, unless there is none.

    If ``strict``, raise `TypeError` for what is no table where one has to be.
    """
    table = tree
    for depth, label in enumerate(PATH, 1):
        table = dict.get(table, find_key(table, label))
        if not isinstance(table, dict):
            if strict and table is not None:
                setting = ".".join(PATH[:depth]).lower()
                raise setting_error(f"the setting {setting}", table, "expected a table")
            return None
    found: dict[str, Any] = table
    return found


def read_below(settings: Settings, output: str, name: str) -> Any:
    """Read an output, or a name below it, which may end in an index into a tuple."""
    table = find_table(settings.store) or {}
    value = dict.get(table, output, missing)
    if isinstance(value, Output):
        value = value(settings)
    if not name:
        return value
    names = value if isinstance(value, Namespace) else {"": value}
    found = names.get(name)
    if found is not None:
        return found
    above, _, index = name.rpartition(".")
    found = names.get(above) if above else value
    if isinstance(found, tuple) and index.isdecimal() and int(index) < len(found):
        return found[int(index)]
    return missing


def is_same(there: object, value: object) -> bool:
    return isinstance(value, (list, tuple)) and there == tuple(value)


def flatten(table: Mapping[str, Any], above: str = "") -> dict[str, object]:
    """Give the values in a table, and in those below it, by their dotted names."""
    flat: dict[str, object] = {}
    for key, value in dict.items(table):  # type: ignore[arg-type]  # dynaconf's tables are dicts
        if isinstance(value, dict) and value:
            flat.update(flatten(value, f"{above}{key}."))
        else:
            flat[f"{above}{key}"] = value
    return flat


def override(earlier: Mapping[str, object], later: Mapping[str, object]) -> dict[str, object]:
    """Put entries behind earlier ones, as the last of two spellings counts."""
    return {**{name: earlier[name] for name in earlier if name not in later}, **later}


def find_file(settings: Settings, name: str) -> str:
    """Find a file as dynaconf finds its own.

    The folder of the settings, where it looks first, is tried without its
    help, which costs as much as all the rest of loading.
    """
    path: str = settings.path_for(name)
    root, skipped = (
        option(settings, "ROOT_PATH_FOR_DYNACONF"),
        option(settings, "SKIP_FILES_FOR_DYNACONF"),
    )
    if root and os.path.exists(path) and path not in (skipped or ()):
        return path
    return settings.find_file(name) or path


def read_environment(settings: Settings) -> Iterator[tuple[dict[str, Any], SourceMetadata]]:
    """Give what variables say of inputs and groups, as trees below `ROOT`, by their sources.

    dynaconf reads them itself, if `env_loader` is a loader, but perhaps after this
    loader, and not at all for a fresh look-up; they count from the start, and every time.
    """
    separator = option(settings, "NESTED_SEPARATOR_FOR_DYNACONF")
    mark = f"{ROOT}{separator}"
    if not separator or mark not in "\n".join(os.environ).upper():
        return
    prefixes = option(settings, "ENVVAR_PREFIX_FOR_DYNACONF")
    if prefixes is None or env_loader not in settings.loaders:
        return
    first = [] if prefixes and prefixes.upper() == "DYNACONF" else ["DYNACONF"]
    for prefix in [*first, *(prefixes.split(",") if prefixes else [prefixes])]:
        start = "" if prefix is False else f"{prefix.upper()}_"
        found = {
            name[len(start) :]: value
            for name, value in os.environ.items()
            if name.startswith(start) and name[len(start) :].upper().startswith(mark)
        }
        if settings.filter_strategy:
            found = settings.filter_strategy(found)
        for name, value in found.items():
            _, *path = name.split(separator)
            if is_counted(settings, name, path):
                parsed = parse_conf_data(value, tomlfy=True, box_settings=settings)
                yield nest(path, parsed), SourceMetadata("env_global", prefix, "global")


def is_counted(settings: Settings, name: str, path: list[str]) -> bool:
    """Tell whether a variable sets an input or groups, and is not to be ignored."""
    below = ".".join(path).lower()
    if not below.startswith(tuple(f"running.cluster.{name}" for name in (*INPUTS, "groups"))):
        return False
    ignores = option(settings, "IGNORE_UNKNOWN_ENVVARS_FOR_DYNACONF")
    return not ignores or settings.get(name, missing) is not missing


def nest(path: Iterable[str], value: object) -> dict[str, Any]:
    """Make a tree with a value at the end of a path."""
    tree: Any = value
    for label in reversed([*path]):
        tree = {label: tree}
    return tree
