"""dynaconf's nodes, made to hold the namespace and to tell of writes to it.

What is special about these has to do with three habits of dynaconf, on both
its lines (3.2.13 and 3.3.5):

- Every write to a setting, whatever its name and whoever does it, ends in
  ``store["PEAK"] = value`` (``set`` in ``dynaconf/base.py``), with everything
  below ``PEAK`` merged into new nodes. `WatchedStore` hands each such value to
  the `Keeper`, which puts the namespace right in it.
- Merging copies what stands in the nodes (``object_merge`` in
  ``dynaconf/utils/__init__.py``), and ``parse_conf_data`` converts it. So a
  `ClusterNode` holds an `Output` for each name of ours, which is opaque to
  both, and opens it for whoever reads the name.
- Merging evaluates lazy values, unless the class of the node is called by the
  name of dynaconf's own; hence the ``__name__`` below.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from dynaconf.utils import handle_metavalues

from ._errors import complain
from ._guise import is_table, stand_for
from ._names import Names
from ._parser import RESERVED

if TYPE_CHECKING:
    from ._cluster import Cluster
    from ._keeper import Facts, Keeper

    class Node(dict[Any, Any]):
        """What dynaconf makes of a table, as far as it matters here."""

        _box_config: dict[str, Any]
        __meta__: Any

        def __deepcopy__(self, memo: dict[int, Any]) -> Any: ...

    _Base = Node
else:
    _Base = object
    try:
        from dynaconf.nodes import DataDict as Node
    except ImportError:  # 3.2
        from dynaconf.utils.boxing import DynaBox as Node

ROOT = "PEAK"

stand_for(Node)

_D = TypeVar("_D", bound=dict[Any, Any])


def make_node(cls: type[_D], content: dict[Any, Any], settings: Any) -> _D:
    """Make a node of dynaconf, or a plain dict; what is lazy in it stays lazy."""
    if not issubclass(cls, Node):
        return cls(content)
    # dynaconf's constructor reads each value, which would open the outputs
    outputs = {key: value for key, value in content.items() if type(value) is Output}
    others = {key: value for key, value in content.items() if key not in outputs}
    node = cls(others, box_settings=settings)
    dict.update(node, outputs)
    return node


def find_key(table: dict[Any, Any], name: str) -> str:
    """Find how a table spells a key, regardless of case; ``name`` if it has none such."""
    if name in dict.keys(table):
        return name
    return next((key for key in dict.keys(table) if str(key).lower() == name.lower()), name)


def merge_tables(old: object, new: dict[Any, Any], *, marks: bool = True) -> dict[Any, Any]:
    """Lay a table over another one, and the tables in it over those below.

    Apply the ``marks`` among the values (``@merge``, ``@del``), or leave them.
    """
    before = dict(dict.items(old)) if is_table(old) else {}
    laid = {}
    for label, value in dict.items(new):
        key = find_key(before, label)
        below = before.get(key)
        # below an output, marks wait for what it gives
        is_plain = not is_table(value) or type(below) is Output
        laid[key] = value if is_plain else merge_tables(below, value, marks=marks)
    if marks and any(getattr(value, "_meta_value", False) for value in laid.values()):
        handle_metavalues(before, laid)
    return {**before, **laid}


class Output:
    """Stands in a node for a value that is worked out when it is read."""

    def __init__(self, facts: Facts, name: str) -> None:
        self._facts = facts
        self._name = name

    def __deepcopy__(self, memo: object) -> Output:
        return self

    def __repr__(self) -> str:
        # what `dynaconf inspect` shows in the history of a write beside it; not
        # TOML, which dynaconf 3.2 tries on all below PEAK
        return f"<{self._name} of the cluster>"

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Look a name up, for ``dynaconf inspect``."""
        return self.open().get(*args, **kwargs)

    def open(self) -> Any:
        return getattr(self._facts, self._name)


def _open(value: Any) -> Any:
    return value.open() if type(value) is Output else value


class _Opens(_Base):
    """Opens outputs for whoever reads the node, but not for merging and copying."""

    __slots__ = ()
    _settings: Any

    def __getitem__(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return _open(super().__getitem__(key, *args, **kwargs))

    def get(self, key: Any, default: Any = None, *bypass: Any, **bypass_eval: Any) -> Any:
        value = _open(super().get(key, default, *bypass, **bypass_eval))
        # what is read so may be written back, which plain tuples would not survive
        return Names(value) if type(value) is tuple else value

    def items(self, bypass_eval: bool = False) -> Any:
        if bypass_eval:
            return list(dict.items(self))
        return [(key, _open(value)) for key, value in super().items()]

    def values(self) -> Any:
        return [value for _, value in self.items()]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())  # without a method of its own, `dict(node)` takes a shortcut

    def to_dict(self) -> Any:
        return _to_plain(self)  # 3.2 calls it for `as_dict`

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        content = {key: copy.deepcopy(value, memo) for key, value in dict.items(self)}
        return make_node(type(self), content, self._settings)


def _to_plain(value: Any) -> Any:
    if isinstance(value, dict):  # or answers for one
        return {key: _to_plain(value[key]) for key in value}
    return [*map(_to_plain, value)] if isinstance(value, list) else value


class ClusterNode(_Opens, Node):
    """The node ``peak.running.cluster``."""

    @property
    def _settings(self) -> Any:
        return self.__meta__.core if hasattr(self, "__meta__") else self._box_config["box_settings"]


ClusterNode.__name__ = Node.__name__


class ClusterDict(_Opens, dict[Any, Any]):
    """The same where dynaconf makes no nodes (``dynaboxify=False``)."""

    _settings = None


class _Watched(_Base):
    """Hands what is written to ``PEAK`` to a keeper."""

    __slots__ = ()
    _keeper: Keeper | None = None

    def __setitem__(self, key: Any, value: Any) -> None:
        if key != ROOT or self._keeper is None:
            super().__setitem__(key, value)
        else:
            tree, complaint = self._keeper.put_right(value)
            super().__setitem__(key, tree)
            complain(complaint)

    def __delitem__(self, key: Any) -> None:
        if key == ROOT and self._keeper is not None:
            self._keeper.live = False  # the settings are about to be loaded again
        super().__delitem__(key)

    def get(self, key: Any, default: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Also answer for ``groups.__all__`` where there are no groups.

        dynaconf looks up what is below a node that is false (``parent or
        store`` in ``get`` of ``dynaconf/base.py``) in the store itself.
        """
        if key in _BELOW_NO_GROUPS and self._keeper is not None:
            return self._keeper.look_below_no_groups(key, default)
        return super().get(key, default, *args, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        store = super().__deepcopy__(memo)
        store.__dict__["_keeper"] = copy.deepcopy(self._keeper, memo)
        return store


_BELOW_NO_GROUPS = ("", *RESERVED)


class WatchedStore(_Watched, Node):
    """The settings' store."""


class _DeepDict(dict[Any, Any]):
    """A plain dict that is copied as dynaconf's nodes are."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied = type(self)()
        memo[id(self)] = copied
        copied.update({key: copy.deepcopy(value, memo) for key, value in self.items()})
        return copied


class WatchedDict(_Watched, _DeepDict):
    """The same where dynaconf makes no nodes (``dynaboxify=False``)."""


def keeper_of(settings: Any) -> Keeper | None:
    """Find who keeps the settings, if somebody does."""
    store = settings.store
    return store._keeper if isinstance(store, _Watched) else None


def watch(settings: Any, keeper: Keeper) -> Keeper:
    """Have ``keeper`` see what is written to the settings from now on."""
    store = settings.store
    if isinstance(store, Node):
        object.__setattr__(store, "__class__", WatchedStore)
    else:
        store = settings.__core__.store = WatchedDict(store)
    store.__dict__["_keeper"] = keeper
    return keeper


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
