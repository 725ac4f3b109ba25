"""What the environment said, where dynaconf has forgotten it, or taken it for something else."""

from __future__ import annotations

import os
import re
from typing import Any

from dynaconf.utils.parse_conf import parse_conf_data, parse_with_toml

from ._asking import is_table
from ._cluster import ROOT
from ._facts import INPUTS, option
from ._history import read_environment
from ._merging import merge_tables, nest
from ._tree import find_key, split_name


def find_inputs(settings: Any) -> dict[str, Any]:
    """Find what nested variables set to the inputs, as a table to be laid over ``PEAK``."""
    table: dict[str, Any] = {}
    for labels, value in _find_variables(settings):
        if len(labels) > 1:
            table = merge_tables(table, nest(labels, value), marks=False)
    for label in (ROOT, "running", "cluster"):
        below = dict.get(table, find_key(table, label))
        table = below if is_table(below) else {}
    inputs = {name: dict.get(table, find_key(table, name)) for name in INPUTS}
    inputs = {name: value for name, value in inputs.items() if value not in (None, "")}
    return {"running": {"cluster": inputs}} if inputs else {}


def _find_variables(settings: Any) -> list[tuple[list[str], Any]]:
    """Find what the environment loader reads: the labels of a setting, and what it is set to."""
    index = option(settings, "INDEX_SEPARATOR_FOR_DYNACONF")  # of 3.3; sets elements of lists
    return [
        # parsed as `set` does, as tokens in lists are still text
        (split_name(settings, name), parse_conf_data(value, box_settings=settings))
        for data, _ in read_environment(settings)
        for name, value in data.items()
        if not index or not re.search(rf"{index}\d", name)
    ]


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
