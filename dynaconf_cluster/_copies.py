"""Making other settings of those there are."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ._asking import is_table
from ._cluster import ROOT
from ._data import Data
from ._merging import find_default, merge_tables
from ._tree import Output, find_key, put_back, watch

if TYPE_CHECKING:
    from ._keeper import Keeper


def make_for_env(keeper: Keeper, env: str, keep: bool, options: dict[str, Any]) -> Any:
    """Make settings for another environment, which have the same default of ``PEAK``.

    If they ``keep`` what there is, this is what was set, not what followed from it.
    """
    settings = keeper.settings
    default = find_default(settings)
    if keep and ROOT in dict.keys(settings.store):
        default = _find_written(keeper)
    if default is not None and ROOT not in map(str.upper, options):
        options[ROOT] = default
    return type(settings).from_env(settings, env, keep, **options)


def _find_written(keeper: Keeper) -> dict[str, Any]:
    """Find what was set to ``PEAK`` and below it."""
    peak, running, cluster = (dict(dict.items(table)) for table in keeper.find_tables())
    for key, value in [(key, value) for key, value in cluster.items() if type(value) is Output]:
        del cluster[key]
        for table, how in value.layers:
            above = table if is_table(table) else {}  # such as a list of all names
            above = {
                name: [*map(Data, names)] if type(names) is tuple else names
                for name, names in dict.items(above)
            }
            cluster[key] = merge_tables(cluster.get(key), above, extend=how == "extend")
    running[find_key(running, "cluster")] = cluster
    peak[find_key(peak, "running")] = running
    return peak


def clone(keeper: Keeper) -> Any:
    """Copy the settings; where something in them cannot be copied, do as dynaconf does."""
    settings = keeper.settings
    try:
        return copy.deepcopy(settings)
    except (TypeError, copy.Error):
        stored = dict.pop(settings.store, ROOT, None)  # or else the file is read now
        try:
            data = settings.to_dict(internal=True)
        finally:
            dict.__setitem__(settings.store, ROOT, stored)
        data.update(dynaconf_skip_loaders=True, dynaconf_skip_validators=True)
        data.update(_registered_hooks={}, _REGISTERED_HOOKS={})
        cloned = type(settings)(**data)
        with watch(cloned, keeper.copy_for(cloned)).under_load():
            put_back(cloned, stored)
        return cloned
