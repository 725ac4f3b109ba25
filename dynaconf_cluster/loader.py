"""The loader that dynaconf calls: ``loaders=["dynaconf_cluster.loader", ...]``."""

from __future__ import annotations

from typing import Any

from dynaconf.base import LazySettings
from dynaconf.utils import upperfy

from ._cluster import ROOT, SETTING
from ._keeper import Keeper
from ._tree import keeper_of, watch

__all__ = ["load"]


def load(
    obj: Any,
    env: str | None = None,
    silent: bool = True,
    key: str | None = None,
    filename: str | None = None,
    validate: bool = False,
) -> None:
    """Put the cluster into the settings ``obj``, as ``peak.running.cluster``.

    ``key`` is the one top-level setting that dynaconf wants loaded, if not
    all; ``filename`` sets ``peak.running.cluster._filename`` first. Errors are
    raised when dynaconf has loaded all else: `ClusterFileError` or `OSError` for
    a cluster file that is there and can not be read, and for a missing one if
    ``silent`` or dynaconf's ``silent_errors`` is false; `TypeError` for settings
    of other types than they must have.
    """
    if key is not None and upperfy(key) != ROOT:
        return
    lazy = isinstance(obj, LazySettings)
    if lazy:
        obj.store  # noqa: B018  # sets up settings that nobody has read yet
    settings = obj._wrapped if lazy else obj
    # dynaconf itself passes the bare settings, and is loading them at that moment
    keeper = keeper_of(settings) or watch(settings, Keeper(settings, first=not lazy))
    if filename is not None:
        source = {"loader_identifier": "dynaconf_cluster", "validate": False}
        settings.set(SETTING, filename, dotted_lookup=True, **source)
    keeper.load(env, silent, key)
    if validate:
        settings.validators.validate()
