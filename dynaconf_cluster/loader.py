"""The loader that dynaconf calls: ``loaders=["dynaconf_cluster.loader", ...]``."""

from __future__ import annotations

from typing import Any

from dynaconf.base import LazySettings
from dynaconf.utils import upperfy

from ._keeper import Keeper
from ._location import SETTING
from ._tree import ROOT, keeper_of, watch

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
    all; ``filename`` sets ``peak.running.cluster._filename`` first. Raise
    `ClusterFileError` or `OSError` for a cluster file that is there and can
    not be read, and for a missing one if ``silent`` is false.
    """
    if key is not None and upperfy(key) != ROOT:
        return
    if isinstance(obj, LazySettings):
        obj.store  # noqa: B018  # sets up settings that nobody has read yet
    settings = obj._wrapped if isinstance(obj, LazySettings) else obj
    # dynaconf's own call, for all but lazy settings, is in the midst of loading
    first = settings is obj
    keeper = keeper_of(settings) or watch(settings, Keeper(settings, first=first))
    if filename is not None:
        settings.set(SETTING, filename, loader_identifier="dynaconf_cluster", validate=False)
    keeper.load(env, silent, key)
    if validate:
        settings.validators.validate()
