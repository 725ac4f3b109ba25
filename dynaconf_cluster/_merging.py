"""Tables that are laid over each other, and what dynaconf lays over the cluster's outputs."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from dynaconf.utils import handle_metavalues
from dynaconf.utils.parse_conf import parse_conf_data

from ._asking import is_table
from ._cluster import ROOT
from ._guise import MARKS
from ._tree import Node, Output, find_defaults, find_key, place_of, split_name

if TYPE_CHECKING:
    from ._facts import Layer


def merge_tables(
    old: object, new: dict[Any, Any], *, marks: bool = True, extend: bool = False
) -> dict[Any, Any]:
    """Lay a table over another one, and the tables in it over those below.

    Apply the ``marks`` among the values (``@merge``, ``@del``), or leave them.
    Let lists ``extend`` those below, or replace them.
    """
    before = dict(dict.items(old)) if is_table(old) else {}
    laid = {}
    for label, value in dict.items(new):
        key = find_key(before, label)
        below = before.get(key)
        if is_table(value):
            laid[key] = merge_tables(below, value, marks=marks, extend=extend)
        else:
            laid[key] = extend_list(below, value) if extend else value
    if marks and any(getattr(value, "_meta_value", False) for value in laid.values()):
        handle_metavalues(before, laid)
    return {**before, **laid}


def extend_list(before: object, value: Any) -> Any:
    """Add a list to one that was there before, unless they are the same or a mark says how."""
    if not isinstance(value, list) or not isinstance(before, (list, tuple)):
        return value
    if list(before) == value or any(mark in value for mark in MARKS):
        return value
    return [*before, *value]


def nest(labels: list[str], value: Any) -> Any:
    """Put a value into tables of the given labels."""
    for label in reversed(labels):
        value = {label: value}
    return value


def keep_last_spelling(table: dict[Any, Any], names: Collection[str]) -> None:
    """Of keys that spell one of the names, let a table have the one that it was given last."""
    spelt: dict[str, Any] = {}
    for key in [key for key in dict.keys(table) if str(key).lower() in names]:
        dict.pop(table, spelt.get(str(key).lower()), None)
        spelt[str(key).lower()] = key


def find_default(settings: Any, *, parsed: bool = False) -> Any:
    """Find the default of ``PEAK``, set by keywords or by code; a copy, if it is a table."""
    defaults = getattr(*place_of(settings, "defaults"))
    value = dict.get(defaults, find_key(defaults, ROOT))
    if parsed:
        value = parse_conf_data(value, box_settings=settings)
    dotted = _find_dotted_default(settings, parsed=parsed)
    return merge_tables(value, dotted, marks=False) if dotted or is_table(value) else value


def lay_over_defaults(settings: Any, value: Any) -> Any:
    """Lay a value of ``PEAK`` over what keywords set below it."""
    dotted = _find_dotted_default(settings, parsed=True)
    if dotted and (value is None or is_table(value)):
        return merge_tables(dotted, value or {}, marks=False)
    return value


def _find_dotted_default(settings: Any, *, parsed: bool = False) -> dict[str, Any]:
    """Find what keywords set below ``PEAK``; dynaconf leaves those aside until it reloads."""
    table: dict[str, Any] = {}
    for name, value in find_defaults(settings).items():
        root, *labels = split_name(settings, name)
        if labels and root.upper() == ROOT:
            if parsed:
                value = parse_conf_data(value, box_settings=settings)
            table = merge_tables(table, nest(labels, value), marks=False)
    return table


_NODES_GIVE_COPIES = Node.__name__ == "DynaBox"
"""In 3.2, what is added to a list in a node while merging is lost with the copy of it."""


class _Over:
    """Notes in a table what it was merged over, and how its lists go over those below."""

    def __init__(self, output: Output, how: str, table: dict[Any, Any]) -> None:
        self.output = output
        self.how = how
        self.table = table  # of which the tree may have a copy


_OVER = "_dynaconf_cluster_over"


def note_merging(output: Output, table: dict[Any, Any]) -> None:
    """Note in a table that is compared with an output if dynaconf is going to merge them."""
    merges, how = _is_merged_over(output)
    if merges:
        copied = _NODES_GIVE_COPIES and isinstance(table, Node)
        dict.__setitem__(table, _OVER, _Over(output, "" if copied else how, table))


def find_layers(value: object) -> list[Layer]:
    """Find what was set to single names in what was merged over the groups or the hosts."""
    if not is_table(value) or _OVER not in dict.keys(value):
        return [(value, "")]
    over = dict.pop(value, _OVER)
    dict.pop(over.table, _OVER, None)  # which the history of the settings has
    return [*over.output.layers, (value, over.how)]


def drop_notes(table: dict[Any, Any]) -> None:
    """Drop what was noted in a table and in those below it."""
    dict.pop(table, _OVER, None)
    for value in dict.values(table):
        if is_table(value):
            drop_notes(value)


def _is_merged_over(old: object) -> tuple[bool, str]:
    """Tell whether dynaconf merges a table over ``old``, and how the lists in it.

    They ``extend`` those, or ``patch`` them (by index), or replace them.
    ``object_merge`` (``dynaconf/utils/__init__.py``) first asks whether the two
    are equal. It is on the way to a single value if it has a path, and replaces
    the table itself where the path ends.
    """
    asking = sys._getframe(3)
    if asking.f_code.co_name != "object_merge" or asking.f_locals.get("old") is not old:
        return False, ""
    path = (asking.f_back or asking).f_locals.get("full_path")
    if not path:
        extends = asking.f_locals.get("list_merge", "merge") == "merge"
        return True, "extend" if extends else ""
    return len(path) > 1, "patch" if path[-1].startswith("[") else ""
