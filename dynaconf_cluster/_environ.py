"""What the environment said, where dynaconf has forgotten it.

When a single top-level key is loaded afresh, the environment loader reads a
variable of just that name (``load_from_env`` in
``dynaconf/loaders/env_loader.py``), so that what nested variables had set
below it is lost. And a mark such as ``@merge`` is gone before our loader is
first called, if dynaconf merged it into a table that did not have the name.
"""

from __future__ import annotations

import os
import re
from typing import Any

from dynaconf.base import LazySettings
from dynaconf.loaders import env_loader
from dynaconf.utils.parse_conf import parse_conf_data, parse_with_toml

from ._guise import has_marks, is_table
from ._tree import find_key, merge_tables, option


def read_environment(settings: Any, key: str) -> tuple[dict[str, Any], int]:
    """Return what the environment sets below a top-level key that is loaded alone.

    Say, too, how many variables there are of the key itself.
    """
    tree: dict[str, Any] = {}
    whole = 0
    for labels, value in _read_variables(settings):
        if len(labels) > 1:
            tree = merge_tables(tree, _nest(labels, value), marks=False)
        else:
            whole += labels[0].upper() == key
    below = tree.get(find_key(tree, key))
    return dict(below) if is_table(below) else {}, whole


def _read_variables(settings: Any) -> list[tuple[list[str], Any]]:
    """Return what the environment loader reads: the labels of a setting, and what it is set to."""
    if env_loader not in settings.loaders:
        return []
    reading = _Reading(settings)
    env_loader.load(reading)
    read: list[tuple[str, Any]] = reading.__dict__["read"]
    index = option(settings, "INDEX_SEPARATOR_FOR_DYNACONF")  # of 3.3; sets elements of lists
    return [
        (_split(settings, name), value)
        for name, value in read
        if not index or not re.search(rf"{index}\d", name)
    ]


def _split(settings: Any, name: str) -> list[str]:
    separator = option(settings, "NESTED_SEPARATOR_FOR_DYNACONF")
    return name.replace(separator, ".").split(".") if separator else [name]


def _nest(labels: list[str], value: Any) -> Any:
    for label in reversed(labels):
        value = {label: value}
    return value


def restore_marks(settings: Any, setting: str, table: object) -> list[object]:
    """Return a table, which was merged before our loader was there, as several.

    If the environment was loaded, and has marks, the names that it alone sets
    are taken out of the table; what each variable sets to them follows.
    """
    above = setting.split(".")
    variables = []
    for labels, value in _read_variables(settings) if _was_loaded(settings) else ():
        path = [label.lower() for label in labels]
        if path == above and getattr(value, "_dynaconf_merge", False) and is_table(value.value):
            variables += [([label], below) for label, below in value.value.items()]
        elif path == above[: len(path)]:
            return [table]  # with all that was set before
        elif path[: len(above)] == above:
            variables.append((labels[len(above) :], value))
    tables = [table]
    for labels, value in variables if any(has_marks(value) for _, value in variables) else ():
        if not _is_set_elsewhere(settings, [*above, *labels]):
            tables = [_without(tables[0], labels), *tables[1:], _nest(labels, value)]
    return tables


def _was_loaded(settings: Any) -> bool:
    return any(map(_is_environment, settings.loaded_by_loaders))


def _is_environment(source: object) -> bool:
    return str(getattr(source, "loader", "")).startswith("env_")


def _is_set_elsewhere(settings: Any, path: list[str]) -> bool:
    """Tell whether anything but the environment sets a setting, or a table in its way."""
    for source, data in settings.loaded_by_loaders.items():
        for key, value in data.items() if not _is_environment(source) else ():
            table = _nest(_split(settings, str(key)), value)
            for label in path:
                if not is_table(table) or find_key(table, label) not in dict.keys(table):
                    break
                table = dict.get(table, find_key(table, label))
            else:
                return True
    return False


def _without(table: object, labels: list[str]) -> object:
    """Return a table without a name, and without what gets empty on the way to it."""
    if not labels or not is_table(table):
        return None if not labels else table
    key = find_key(table, labels[0])
    rest = dict(dict.items(table))
    below = _without(rest.pop(key, None), labels[1:])
    return {**rest, key: below} if below else rest


def find_original(settings: Any, setting: str, value: float) -> object:
    """Find the text in the environment that dynaconf has taken for a number, if it has.

    The name of a container may well be ``450e91234567``.
    """
    separator = option(settings, "NESTED_SEPARATOR_FOR_DYNACONF")
    if separator:
        ending = setting.replace(".", separator).upper()
        for name, text in os.environ.items():
            if name.upper().endswith(ending) and parse_with_toml(text) == value:
                return text
    return value


class _Reading(LazySettings):  # type: ignore[misc]  # dynaconf is not typed
    """Settings for the environment loader to read into, without a trace in the real ones."""

    def __init__(self, settings: Any) -> None:
        super().__init__(wrapped=settings)
        self.__dict__["read"] = []

    def update(self, data: dict[str, Any], **_: Any) -> None:
        for name, value in data.items():  # as `set` does; tokens in lists are still text
            self.__dict__["read"].append((name, parse_conf_data(value, box_settings=self)))
