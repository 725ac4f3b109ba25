"""Keeps ``peak.running.cluster`` right, whatever is written to the settings.

The namespace follows its inputs, the keys ``_filename`` and ``_hostname``.
Each settings object that the loader has met has a `Keeper`, which looks at
every value on its way into ``PEAK`` and puts the outputs back in their place.
"""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dynaconf.utils import upperfy
from dynaconf.utils.parse_conf import parse_with_toml

from ._asking import (
    TO_GET,
    TO_VALIDATE,
    is_asked,
    is_asked_to_keep,
    is_read_fresh_by_rule,
    is_table,
)
from ._cluster import CLUSTER, ROOT
from ._facts import INPUTS, OUTPUTS, Facts, Layer, Source, complain, option
from ._tree import (
    Output,
    find_defaults,
    find_key,
    forget_cached,
    is_ours,
    make_node,
    node_classes,
    place_of,
    put_back,
    refill,
    split_name,
    undelete,
)

_Table = dict[Any, Any]
_SINGLE = f"{CLUSTER}.groups.", f"{CLUSTER}.hosts."
_NAMES = ("running",), ("cluster",), (*INPUTS, *OUTPUTS)
"""What is ours in the nodes from ``peak`` to that of the cluster."""


class _Now(threading.local):
    """What is being done by a thread; other threads do not mind."""

    placing = False
    loading = False
    alone = False  # while loading PEAK and nothing else
    hooking = False  # while loading, after all files
    failed: Exception | None = None  # the last that came out of a lazy value

    def __init__(self) -> None:
        self.working_out: list[object] = []  # the inputs and names that are lazy

    def __reduce__(self) -> tuple[type[_Now], tuple[()]]:
        return _Now, ()  # whoever unpickles settings has done nothing yet


class Keeper:
    """Sees every write to ``PEAK`` of one settings object.

    While the settings are being loaded, for the ``first`` time or again, what
    is written is not final, and no file is read because of it.
    """

    def __init__(self, settings: Any, *, first: bool) -> None:
        self.settings = settings
        self.source = Source(settings)
        self.facts: Facts | None = None
        self.first = first
        self.called = False  # by the load that is under way, and not by one within it
        self.quiet = False  # as a copy for a hook is: what is wrong is told when all is loaded
        self.now = _Now()
        self._standing: object = None  # what stands for a PEAK that was deleted
        self.replaced: dict[str, tuple[object, ...]] = {}  # the last overrides, and what of

    def __deepcopy__(self, memo: dict[int, Any]) -> Keeper:
        keeper = memo[id(self)] = self.copy_for(memo.get(id(self.settings), self.settings))
        keeper.facts = copy.deepcopy(self.facts, memo)
        return keeper

    def copy_for(self, settings: Any) -> Keeper:
        keeper = copy.copy(self)
        keeper.settings = settings
        keeper.quiet = self.loading
        keeper.first, keeper.now = False, _Now()
        keeper.source = self.source.copy_for(settings)
        keeper.replaced = self.replaced.copy()
        return keeper

    @property
    def loading(self) -> bool:
        """Tell whether the settings are being loaded."""
        return self.first or self.now.loading

    @property
    def gathering(self) -> bool:
        """Tell whether sources are being loaded, before hooks are called."""
        return self.loading and not self.now.hooking

    # What the loader does.

    def load(self, env: str | None, silent: bool, key: str | None) -> None:
        """Put the namespace in place, and read the cluster file unless more is being loaded."""
        self.called = self.called or key is None
        settings = self.settings
        self.source.env = (env or "global").lower()
        self.source.silent = silent and bool(option(settings, "SILENT_ERRORS_FOR_DYNACONF"))
        value, new = dict.get(settings.store, ROOT), self.facts is None
        if find_defaults(settings):
            from ._merging import lay_over_defaults

            value = lay_over_defaults(settings, value)
        self.now.placing = True
        try:
            put_back(settings, value)
        finally:
            self.now.placing = False
        if new and self.facts and any(self.facts.layers.values()):
            from ._history import trace

            trace(self, self.facts, env)

    def finish_first(self) -> None:
        """Read the cluster file when all is loaded for the first time."""
        self.first = self.now.hooking = False
        complain(self._settle())

    # What the settings do through the keeper, from its first sight of them on.

    def execute_loaders(
        self, env: Any = None, silent: Any = None, key: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        """Load as the settings do, and read the cluster file when all is loaded.

        ``PEAK`` alone is loaded with what nested names set below it, as dynaconf does
        when it loads all. Meanwhile, what `_is_fresh_enough` is taken as it is; so is
        ``PEAK`` while it is loaded with all else, and in what a hook is given.
        """
        settings, afresh = self.settings, is_asked(TO_GET)
        alone = key is not None and upperfy(key) == ROOT
        if (afresh and (self.loading or self.quiet)) if alone else self._is_fresh_enough():
            return
        with self.under_load(alone=alone):
            if key is None or alone:
                self._step_aside()
            if alone:
                from ._alone import load_alone

                load_alone(settings, env, silent, *args, afresh=afresh, **kwargs)
            else:
                type(settings).execute_loaders(settings, env, silent, key, *args, **kwargs)
        if (key is None or alone) and not self.loading:
            complain(self._settle())

    def _is_fresh_enough(self) -> bool:
        """Tell whether a setting other than ``PEAK`` is read while that is loaded alone.

        If somebody wants it fresh, and not just has it fresh always, it is loaded.
        """
        return self.now.alone and self.gathering and is_read_fresh_by_rule(3)

    def load_includes(self, env: Any = None, silent: Any = None, key: Any = None) -> None:
        """Include files as the settings do; inputs from the environment win over them.

        Dynaconf sees to this itself if its environment loader is the last one.
        After this, it calls hooks, but not those of ``dynaconf_hooks`` that it has
        called before. Those are asked for what is ours again.
        """
        before = self.facts.inputs if self.facts else {}
        type(self.settings).load_includes(self.settings, env, silent, key)
        if self.facts and self.facts.inputs != before and _is_in_environment():
            from ._environ import find_inputs  # most programs have nothing there
            from ._merging import merge_tables

            value, inputs = dict.get(self.settings.store, ROOT), find_inputs(self.settings)
            put_back(self.settings, merge_tables(value, inputs))
        self.now.hooking = self.now.loading or (self.first and self.called)
        again = self.now.loading and (key is None or self.now.alone)
        if again and getattr(*place_of(self.settings, "loaded_hooks")):
            from ._hooks import call_again  # most programs have none

            call_again(self.settings, env, silent)

    @contextmanager
    def under_load(self, *, alone: bool = False) -> Iterator[None]:
        now = self.now
        outer = now.loading, now.alone, now.hooking
        now.loading, now.alone, now.hooking = True, alone, False
        try:
            yield
        finally:
            now.loading, now.alone, now.hooking = outer

    def from_env(self, env: str = "", keep: bool = False, **kwargs: Any) -> Any:
        """Make settings for another environment, which have the same default of ``PEAK``."""
        from ._copies import make_for_env

        return make_for_env(self, env, keep, kwargs)

    def dynaconf_clone(self) -> Any:
        """Copy the settings, even if something in them cannot be copied."""
        from ._copies import clone

        return clone(self)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Set as the settings do, but let names out of the cluster file be.

        A validator with a cast writes them back as a list, which dynaconf would parse;
        and ``None`` where it has read nothing.
        """
        ours = is_ours(self.settings, key)
        if ours and not self.gathering:
            path = ".".join(split_name(self.settings, key.strip())).lower()
            if value is None and path.startswith(_SINGLE) and is_asked(TO_VALIDATE):
                return
            if isinstance(value, (dict, list, tuple)):
                from ._data import protect

                value = protect(self, path, value)
        type(self.settings).set(self.settings, key, value, *args, **kwargs)
        if ours and is_table(value):
            from ._merging import drop_notes

            drop_notes(value)  # as it stands in the history of the settings

    def update(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        """Update as the settings do, but with what is ours if that is what is loaded."""
        if is_asked_to_keep():
            data = {name: data[name] for name in data if is_ours(self.settings, name)}
        type(self.settings).update(self.settings, data, *args, **kwargs)

    # What the store and the nodes do when they are written to.

    def unset(self, key: str, force: bool = False) -> None:
        """Delete as the settings do, and stand in for ``PEAK`` if a mark or a person wants it gone.

        What dynaconf unsets without force, it is about to load again; what is read
        afresh is left to `execute_loaders`.
        """
        is_root = upperfy(key.strip()) == ROOT
        if is_asked(TO_GET) if is_root else self._is_fresh_enough():
            return
        type(self.settings).unset(self.settings, key, force)
        if force and is_root:
            self._standing = self._put_right(None)
            dict.__setitem__(self.settings.store, ROOT, self._standing)
            undelete(self.settings)

    def _step_aside(self) -> None:
        """Let dynaconf load what it would load in place of what was deleted."""
        if self._standing is not None and dict.get(self.settings.store, ROOT) is self._standing:
            dict.pop(self.settings.store, ROOT)

    @contextmanager
    def writing(self, *tables: dict[Any, Any]) -> Iterator[Callable[[object], dict[Any, Any]]]:
        """Give what puts a value of ``PEAK`` right; read the file after it was stored.

        What turns out to be wrong then is undone, and so is what was written to ``tables``.
        """
        store, facts = self.settings.store, self.facts
        stored = dict.get(store, ROOT)
        before = [(table, dict(dict.items(table))) for table in tables]
        try:
            yield self._put_right
            forget_cached(self.settings)
            if not self.loading:
                complain(self._settle())
        except BaseException:
            self.facts = facts
            for table, content in before:
                refill(table, content)
            dict.pop(store, ROOT, None)
            dict.update(store, {} if stored is None else {ROOT: stored})
            forget_cached(self.settings)
            raise

    @contextmanager
    def writing_to(self, node: dict[Any, Any]) -> Iterator[None]:
        """Put ``PEAK`` right after one of its nodes was written to."""
        tables = self.find_tables()
        if not any(node is table for table in tables):
            yield  # it was replaced by now
            return
        from ._merging import keep_last_spelling

        with self.writing(*tables):
            yield
            for table, names in zip(tables, _NAMES, strict=False):
                keep_last_spelling(table, names)
            tree = self._put_right(dict.get(self.settings.store, ROOT), in_place=True)
            dict.__setitem__(self.settings.store, ROOT, tree)

    def find_tables(self) -> list[dict[Any, Any]]:
        """Find the nodes down to that of the cluster, if they are there."""
        tables: list[dict[Any, Any]] = []
        table = dict.get(self.settings.store, ROOT)
        for label in ("running", "cluster", ""):
            if is_table(table):
                tables.append(table)
                table = dict.get(table, find_key(table, label))
        return tables

    def _settle(self) -> Exception | None:
        """Work out what may raise an error, unless that is what is being done."""
        return None if self.now.working_out or self.facts is None else self.facts.settle()

    def _put_right(self, value: object, *, in_place: bool = False) -> dict[Any, Any]:
        """Put the namespace in its place in a value of ``PEAK``.

        Return the value to store, of the same nodes if ``in_place``. Raise
        `TypeError` for what cannot hold the namespace.
        """
        peak = self._open_table("peak", value)
        running_key = find_key(peak, "running")
        running = self._open_table("peak.running", peak.get(running_key))
        cluster_key = find_key(running, "cluster")
        cluster = self._open_table(CLUSTER, running.get(cluster_key))
        self.facts = self._make_facts(cluster)
        table_class, cluster_class = node_classes(self.settings)
        running[cluster_key] = self._make(
            cluster_class, cluster, in_place and running.get(cluster_key)
        )
        peak[running_key] = self._make(table_class, running, in_place and peak.get(running_key))
        return self._make(table_class, peak, in_place and value)

    def _make(self, cls: type[_Table], content: _Table, old: object) -> _Table:
        """Make a node, or fill an old one anew if it is of the kind that tells of writes."""
        node = make_node(cls, content, self)
        if type(old) is cls and getattr(old, "_keeper", None) is self:
            refill(old, dict(dict.items(node)))
            return old
        return node

    def _open_table(self, setting: str, value: object) -> dict[Any, Any]:
        if not is_table(value):
            value = self.evaluate(value)
        if value is None:
            return {}
        if is_table(value):
            return dict(dict.items(value))
        from ._errors import misfit

        raise misfit(f"the setting {setting}", value, f"expected a table, as it holds {CLUSTER}")

    def _make_facts(self, cluster: dict[Any, Any]) -> Facts:
        """Take the outputs out of the table, and put back such as follow its inputs."""
        old = self.facts
        inputs = {name: self._read_input(cluster, name) for name in INPUTS}
        layers = {what: self._find_layers(cluster, what) for what in ("groups", "hosts")}
        for key in [key for key in cluster if str(key).lower() in OUTPUTS]:
            del cluster[key]
        again = self.now.placing or (old is not None and old.again and old.found is None)
        facts = Facts(self, inputs, layers, again)
        may_differ = self.now.placing or facts.lazy
        if old is not None and inputs == old.inputs and not may_differ:
            facts.found = old.found
        cluster.update({name: Output(facts, name) for name in OUTPUTS})
        return facts

    def _find_layers(self, cluster: dict[Any, Any], what: str) -> list[Layer]:
        value = cluster.get(find_key(cluster, what))
        before = self.facts.layers[what] if self.facts else []
        if value is None or type(value) is Output:
            return [] if value is None else value.layers
        from ._guise import was_read

        if was_read(value):
            # written back as it was read (one name, if dynaconf takes that for a mark): nothing new
            return before
        if isinstance(value, (list, tuple)) and not self.loading:
            return [*before, (value, "")]  # which must be the same names, cast by a validator
        from ._merging import find_layers

        return find_layers(value)

    def _read_input(self, cluster: dict[Any, Any], name: str) -> object:
        key = find_key(cluster, name)
        value = _unmark(cluster.get(key))
        before = self.facts.inputs[name] if self.facts else None
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
        if not getattr(value, "_dynaconf_lazy_format", False):
            return value
        try:
            return value(self.settings)
        except RecursionError:
            raise
        except Exception as error:
            self.now.failed = error
            raise

    def evaluate_input(self, name: str, value: object) -> object:
        """Evaluate what is set to ``_filename`` or ``_hostname``, which may read the other one.

        Raise `RecursionError` for a file name that reads the cluster. A host name is
        text, if it was text in the environment, and reads what the system says.
        """
        working_out = self.now.working_out
        if name in working_out and name == "_filename":
            raise RecursionError(
                f"the setting {CLUSTER}._filename reads the cluster that it names; "
                f"it may read {CLUSTER}.hostname and other settings"
            )
        if name in working_out:
            return None
        working_out.append(name)
        try:
            value = self.evaluate(value)
        finally:
            working_out.pop()
        if name == "_filename" or not isinstance(value, (int, float)):
            return value
        from ._environ import find_original

        return find_original(self.settings, f"{CLUSTER}._hostname", value)

    def working_out(self) -> list[object]:
        return self.now.working_out


def _is_in_environment() -> bool:
    """Take a cheap look, as most environments do not mention it."""
    return ROOT in " ".join(os.environ).upper()


def _unmark(value: Any) -> Any:
    """Take a value out of one of dynaconf's marks, of which ``@del`` holds none."""
    if not getattr(value, "_meta_value", False):
        return value
    return None if getattr(value, "_dynaconf_del", False) else value.unwrap()
