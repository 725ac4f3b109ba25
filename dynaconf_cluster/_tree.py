"""dynaconf's nodes, made to hold the namespace and to tell of writes to it.

What is special about these has to do with four habits of dynaconf, on both
its lines (3.2.13 and 3.3.5):

- Every write to a setting, whatever its name and whoever does it, ends in
  ``store["PEAK"] = value`` (``set`` in ``dynaconf/base.py``), with everything
  below ``PEAK`` merged into new nodes. `WatchedStore` hands each such value to
  the `Keeper`, which puts the namespace right in it; and the nodes tell it of
  what somebody assigns to them.
- dynaconf loads all in ``execute_loaders`` of the settings, which goes through
  its post hooks last. The first load is under way when the loader is called:
  there `Hooks` stand in for that list and tell the `Keeper` of the end. All other
  loads go through ``execute_loaders`` of the `Keeper`. So it knows which writes
  are not the last word yet.
- Merging copies what stands in the nodes (``object_merge`` in
  ``dynaconf/utils/__init__.py``), and ``parse_conf_data`` converts it. So a
  `ClusterNode` holds an `Output` for each name of ours, which is opaque to
  both, and opens it for whoever reads the name.
- Merging evaluates lazy values, unless the class of the node is called by the
  name of dynaconf's own; hence the ``__name__`` below.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from dynaconf.vendor.ruamel import yaml

from ._asking import (
    TO_APPLY_MARKS,
    TO_CALL_HOOKS,
    is_asked,
    is_asked_for_json,
    is_only_looked_for,
    is_table,
    stand_for,
)
from ._cluster import ROOT
from ._facts import option

if TYPE_CHECKING:
    from ._facts import Facts, Layer
    from ._keeper import Keeper

    class Node(dict[Any, Any]):
        """What dynaconf makes of a table, as far as it matters here."""

        def __deepcopy__(self, memo: dict[int, Any]) -> Any: ...

    _Base = Node
else:
    _Base = object
    try:
        from dynaconf.nodes import DataDict as Node
    except ImportError:  # 3.2
        from dynaconf.utils.boxing import DynaBox as Node


def _introduce(kind: type) -> None:
    """Let dynaconf's YAML writer, which takes strange classes for text, write one like its base."""
    represent = yaml.SafeDumper.yaml_representers[kind.__base__]
    yaml.SafeDumper.add_representer(kind, represent)


stand_for(Node, _introduce)


def make_node(cls: type[dict[Any, Any]], content: dict[Any, Any], keeper: Keeper) -> dict[Any, Any]:
    """Make a node of dynaconf, or a plain dict; what is lazy in it stays lazy."""
    if not issubclass(cls, Node):
        node = cls(content)
    else:
        # dynaconf's constructor reads each value, which would open the outputs
        outputs = {key: value for key, value in content.items() if type(value) is Output}
        others = {key: value for key, value in content.items() if key not in outputs}
        node = cls(others, box_settings=keeper.settings)
        dict.update(node, outputs)
    node.__dict__["_keeper"] = keeper
    return node


def refill(table: dict[Any, Any], content: dict[Any, Any]) -> None:
    """Give a table other content, without a moment in which it has none."""
    for key in [key for key in dict.keys(table) if key not in content]:
        dict.pop(table, key)
    dict.update(table, content)


def find_key(table: dict[Any, Any], name: str) -> str:
    """Find how a table spells a key, regardless of case; ``name`` if it has none such."""
    if name in dict.keys(table):
        return name
    return next((key for key in dict.keys(table) if str(key).lower() == name.lower()), name)


class Output:
    """Stands in a node for a value that is worked out when it is read.

    It is none of dynaconf's lazy values, as merging evaluates those.
    """

    def __init__(self, facts: Facts, name: str) -> None:
        self._facts = facts
        self._name = name

    def __eq__(self, other: object) -> bool:
        """Be equal to itself alone; note in a table if dynaconf asks in order to merge it."""
        if is_table(other):
            from ._merging import note_merging

            note_merging(self, other)
        return self is other

    __hash__ = object.__hash__

    def __deepcopy__(self, memo: dict[int, Any]) -> Output:
        return Output(copy.deepcopy(self._facts, memo), self._name)

    def __repr__(self) -> str:
        # what `dynaconf inspect` shows in the history of a write beside it; must not
        # be TOML, as dynaconf 3.2 parses all text below PEAK
        return f"<{self._name} of the cluster>"

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Look a name up, for ``dynaconf inspect``."""
        return self.open().get(*args, **kwargs)

    def open(self) -> Any:
        """Work the value out, unless dynaconf only looks for what it is going to replace."""
        facts = self._facts
        if facts.found is None and facts.keeper.gathering:
            if is_only_looked_for():
                return self
            facts = facts.preview()
        if facts.lazy:
            facts.follow()
        return getattr(facts, self._name)

    @property
    def layers(self) -> list[Layer]:
        """What was set to single names."""
        return self._facts.layers.get(self._name, [])


def _open(value: Any) -> Any:
    return value.open() if type(value) is Output else value


class Tells(_Base):
    """Tells the keeper of what is written to the node itself, by assignment for example."""

    __slots__ = ()
    _keeper: Keeper | None = None

    def _write(self, write: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._keeper is None:
            return write(*args, **kwargs)
        with self._keeper.writing_to(self):
            return _open(write(*args, **kwargs))

    def __setitem__(self, *args: Any) -> None:
        self._write(super().__setitem__, *args)

    def __delitem__(self, *args: Any) -> None:
        self._write(super().__delitem__, *args)

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]  # takes all that `update` takes
        self.update(other)
        return self

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._write(super().update, *args, **kwargs)

    def setdefault(self, *args: Any) -> Any:
        return self._write(super().setdefault, *args)

    def pop(self, *args: Any) -> Any:
        return self._write(super().pop, *args)

    def popitem(self) -> Any:
        key, value = self._write(super().popitem)
        return key, _open(value)

    def clear(self) -> None:
        self._write(super().clear)

    def __repr__(self) -> str:
        return repr(_to_plain(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self._keeper is None:  # what 3.2 makes of a plain dict that is put into such a node
            return super().__deepcopy__(memo)
        content = {key: copy.deepcopy(value, memo) for key, value in dict.items(self)}
        return make_node(type(self), content, copy.deepcopy(self._keeper, memo))


class Opens(_Base):
    """Opens outputs for whoever reads the node, but not for merging and copying."""

    __slots__ = ()

    def __getitem__(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return _open(super().__getitem__(key, *args, **kwargs))

    def get(self, key: Any, default: Any = None, *bypass: Any, **bypass_eval: Any) -> Any:
        if type(dict.get(self, key)) is Output and is_asked(TO_APPLY_MARKS):
            return dict.get(self, key)  # a table is going to be merged over it
        value = _open(super().get(key, default, *bypass, **bypass_eval))
        if type(value) is tuple:
            from ._names import Names

            return Names(value)  # as what is read so may be written back
        return value

    def items(self, bypass_eval: bool = False) -> Any:
        if bypass_eval:
            return list(dict.items(self))
        if is_asked_for_json():
            return _to_plain(self).items()
        return [(key, _open(value)) for key, value in super().items()]

    def values(self) -> Any:
        return [value for _, value in self.items()]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())  # without a method of its own, `dict(node)` takes a shortcut

    def to_dict(self) -> Any:
        return _to_plain(self)  # 3.2 calls it for `as_dict`


def _to_plain(node: dict[Any, Any]) -> dict[Any, Any]:
    from ._names import to_plain

    return cast("dict[Any, Any]", to_plain(node))


class TableNode(Tells, Node):
    """The nodes ``peak`` and ``peak.running``."""

    def items(self, *args: Any, **kwargs: Any) -> Any:
        return _to_plain(self).items() if is_asked_for_json() else super().items(*args, **kwargs)


class ClusterNode(Opens, Tells, Node):
    """The node ``peak.running.cluster``."""


TableNode.__name__ = ClusterNode.__name__ = Node.__name__


class Watched(_Base):
    """Hands what is written to ``PEAK`` to a keeper."""

    __slots__ = ()
    _keeper: Keeper | None = None

    def __setitem__(self, key: Any, value: Any) -> None:
        if key != ROOT or self._keeper is None:
            super().__setitem__(key, value)
        else:
            with self._keeper.writing() as put_right:
                super().__setitem__(key, put_right(value))

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        store = super().__deepcopy__(memo)
        store.__dict__["_keeper"] = copy.deepcopy(self._keeper, memo)
        return store


class WatchedStore(Watched, Node):
    """The settings' store."""


WatchedStore.__name__ = Node.__name__  # which errors show


def node_classes(settings: Any) -> tuple[type[dict[Any, Any]], type[dict[Any, Any]]]:
    """Return what the tables above the cluster are made of, and the table of the cluster."""
    if isinstance(settings.store, Node):
        return TableNode, ClusterNode
    from ._dicts import ClusterDict, TableDict

    return TableDict, ClusterDict


def keeper_of(settings: Any) -> Keeper | None:
    """Find who keeps the settings, if somebody does."""
    store = settings.store
    return store._keeper if isinstance(store, Watched) else None


def watch(settings: Any, keeper: Keeper) -> Keeper:
    """Have ``keeper`` see what is written to the settings, and when they are loaded."""
    store = settings.store
    if isinstance(store, Node):
        object.__setattr__(store, "__class__", WatchedStore)
    else:
        from ._dicts import WatchedDict

        store = settings.__core__.store = WatchedDict(store)
    store.__dict__["_keeper"] = keeper
    if keeper.first:
        place = place_of(settings, "post_hooks")
        setattr(*place, Hooks(getattr(*place), keeper))
    for name in _SEEN:
        settings.__dict__[name] = getattr(keeper, name)
    return keeper


_SEEN = (
    "execute_loaders",
    "load_includes",
    "from_env",
    "dynaconf_clone",
    "set",
    "update",
    "unset",
)
"""What settings do through the keeper."""


class Hooks(list[Any]):
    """The hooks that dynaconf calls when it has loaded all else; tells the keeper of the end."""

    def __init__(self, hooks: list[Any], keeper: Keeper) -> None:
        super().__init__(hooks)
        self._own = hooks
        self._keeper = keeper

    def __iter__(self) -> Iterator[Any]:
        hooks = super().__iter__()
        in_between = self._keeper.now.loading or not self._keeper.called
        if in_between or not is_asked(TO_CALL_HOOKS):
            return hooks
        return chain(hooks, self._finish())

    def _finish(self) -> Iterator[Any]:
        """Put dynaconf's own list back when it has come to the end of this one."""
        self._own[:] = self[:]
        setattr(*place_of(self._keeper.settings, "post_hooks"), self._own)
        self._keeper.finish_first()
        yield from ()

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return copy.deepcopy(self[:], memo)


def place_of(settings: Any, name: str) -> tuple[Any, str]:
    """Find which object holds something that dynaconf keeps for itself, and how it is called."""
    core = getattr(settings, "__core__", None)
    return (settings, f"_{name}") if core is None else (core.config, name)


def put_back(settings: Any, value: object) -> None:
    """Store a value of ``PEAK`` without dynaconf's parsing and merging, even if it was unset."""
    settings.store[ROOT] = value
    undelete(settings)


def undelete(settings: Any) -> None:
    """Have dynaconf forget that somebody deleted `PEAK`."""
    getattr(*place_of(settings, "deleted")).discard(ROOT)
    forget_cached(settings)


def find_defaults(settings: Any) -> dict[str, Any]:
    """Find what keywords or code set under names that begin with ``PEAK``."""
    defaults = getattr(*place_of(settings, "defaults"))
    return {
        name: value for name, value in defaults.items() if str(name)[: len(ROOT)].upper() == ROOT
    }


def split_name(settings: Any, name: str) -> list[str]:
    """Split the name of a setting at dots, and at the separator of nested names."""
    if not option(settings, "DOTTED_LOOKUP_FOR_DYNACONF"):
        return [name]
    separator = option(settings, "NESTED_SEPARATOR_FOR_DYNACONF")
    return (name.replace(separator, ".") if separator else name).split(".")


def is_ours(settings: Any, name: object) -> bool:
    """Tell whether a setting of that name is ``PEAK``, or below it."""
    return isinstance(name, str) and split_name(settings, name.strip())[0].upper() == ROOT


def forget_cached(settings: Any) -> None:
    """Let settings look up again what 3.3 has kept of earlier look-ups."""
    core = getattr(settings, "__core__", None)
    if core is not None:
        core.clear_cache()
