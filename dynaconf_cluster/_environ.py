"""What the environment said, where dynaconf has forgotten it.

When a single top-level key is loaded afresh, the environment loader reads a
variable of just that name (``load_from_env`` in
``dynaconf/loaders/env_loader.py``), so that what nested variables had set
below it is lost. And a mark such as ``@merge`` is gone before our loader is
first called, if dynaconf merged it into a table that did not have the name.
"""

from __future__ import annotations

import os
from typing import Any

from dynaconf.base import LazySettings
from dynaconf.loaders import env_loader
from dynaconf.utils import handle_metavalues
from dynaconf.utils.parse_conf import parse_with_toml

from ._guise import is_table
from ._tree import find_key, merge_tables, option


def read_environment(settings: Any, key: str) -> tuple[dict[str, Any], int]:
    """Return what the environment sets below a top-level key that is loaded alone.

    Say, too, how many variables there are of the key itself.
    """
    if env_loader not in settings.loaders:
        return {}, 0
    reading = _Reading(settings)
    env_loader.load(reading)
    separator = option(settings, "NESTED_SEPARATOR_FOR_DYNACONF")
    tree: dict[str, Any] = {}
    whole = 0
    for name, value in reading.__dict__["read"]:
        labels = name.replace(separator, ".").split(".") if separator else [name]
        for label in reversed(labels):
            value = {label: value}
        if len(labels) > 1:
            tree = merge_tables(tree, value, marks=False)
        else:
            whole += name.upper() == key
    below = tree.get(find_key(tree, key))
    return dict(below) if is_table(below) else {}, whole


def was_loaded(settings: Any) -> bool:
    """Tell whether the environment loader was called before."""
    sources = settings.loaded_by_loaders
    return any(getattr(source, "loader", "").startswith("env_") for source in sources)


def restore_marks(value: object, marked: object) -> object:
    """Give values in a table their marks again, where nothing but these made them.

    ``marked`` is what the environment says in place of ``value``.
    """
    if not is_table(value):
        return marked if _apply_alone(marked) == value else value
    restored = dict(dict.items(value))
    for label, below in marked.items() if is_table(marked) else ():
        key = find_key(restored, label)
        if key in restored:
            restored[key] = restore_marks(restored[key], below)
    return restored


def _apply_alone(value: object) -> object:
    """Do what dynaconf does to a value with a mark where there is nothing to apply it to."""
    new = {"": value}
    handle_metavalues({"": []}, new)
    return new.get("")


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
        self.__dict__["read"] += data.items()
