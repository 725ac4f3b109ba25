"""Helpers for nested tables of settings.

Tables are accessed as plain dicts, to avoid evaluating lazy values in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ._cluster import Cluster
from ._errors import setting_error
from ._syntax import fold

ROOT = "PEAK"
"""The top-level key of the tree, as dynaconf stores it."""
PATH = (ROOT, "running", "cluster")


def find_key(table: dict[str, Any], name: str) -> str:
    """Return the key that equals ``name`` ignoring case, or ``name`` itself."""
    if dict.__contains__(table, name):
        return name
    keys = [*dict.keys(table)]  # a snapshot, as another thread may be writing
    return next((key for key in keys if isinstance(key, str) and key.lower() == name), name)


def find_table(tree: Any, *, strict: bool = False) -> dict[str, Any] | None:
    """Return the table of the cluster in a tree, or `None`.

    If ``strict``, raise `TypeError` for anything but a table on the path to it.
    """
    table = tree
    for depth, label in enumerate(PATH, 1):
        table = dict.get(table, find_key(table, label) if depth > 1 else label)
        if not isinstance(table, dict):
            if strict and table is not None:
                setting = f"the setting {'.'.join(PATH[:depth]).lower()}"
                raise setting_error(setting, table, "expected a table")
            return None
    found: dict[str, Any] = table
    return found


def flatten(table: dict[str, Any], above: str = "") -> dict[str, object]:
    """Flatten nested tables into a dict from dotted names to values."""
    flat: dict[str, object] = {}
    for key, value in dict.items(table):
        below = isinstance(value, dict) and value
        flat.update(flatten(value, f"{above}{key}.") if below else {f"{above}{key}": value})
    return flat


def override(earlier: Mapping[str, object], later: Mapping[str, object]) -> dict[str, object]:
    """Return the earlier entries updated with the later ones, ignoring case."""
    names = {*map(fold, later)}
    return {**{name: earlier[name] for name in earlier if fold(name) not in names}, **later}


def nest(path: Iterable[str], value: object) -> dict[str, Any]:
    """Return a tree with a value at the end of a path."""
    *above, last = path
    tree = {last: value}
    for label in reversed(above):
        tree = {label: tree}
    return tree


class Record(dict[str, Any]):
    """The content of a file as a tree of settings, computed on access."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__({ROOT: None})
        self._cluster = cluster

    def __getitem__(self, key: str) -> Any:
        tables = ("groups", self._cluster.groups), ("hosts", self._cluster.hosts)
        lists = {key: {name: [*names[name]] for name in names} for key, names in tables}
        return {ROOT: nest(PATH[1:], lists)}[key]

    def __iter__(self) -> Iterator[str]:  # so that `dict` copies through `__getitem__`
        return iter(self.keys())

    def items(self) -> Any:
        return [(ROOT, self[ROOT])]

    def __deepcopy__(self, memo: object) -> Record:
        return self
