"""What the environment said, where dynaconf has forgotten it.

When a single top-level key is loaded afresh, the environment loader reads a
variable of just that name (``load_from_env`` in
``dynaconf/loaders/env_loader.py``), so that what nested variables had set
below it is lost.
"""

from __future__ import annotations

import os
import re
from typing import Any

from dynaconf.base import LazySettings
from dynaconf.loaders import env_loader
from dynaconf.utils.parse_conf import parse_conf_data, parse_with_toml

from ._facts import INPUTS
from ._guise import is_table
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


def read_inputs(settings: Any, key: str) -> dict[str, Any]:
    """Return what the environment sets to the inputs, as a table to be laid over ``key``."""
    table, _ = read_environment(settings, key)
    for label in ("running", "cluster"):
        below = dict.get(table, find_key(table, label))
        table = below if is_table(below) else {}
    inputs = {name: dict.get(table, find_key(table, name)) for name in INPUTS}
    inputs = {name: value for name, value in inputs.items() if value not in (None, "")}
    return {"running": {"cluster": inputs}} if inputs else {}


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
