"""The loader that dynaconf calls: ``loaders=["dynaconf_cluster.loader", ...]``."""

from __future__ import annotations

from typing import Any

from dynaconf.loaders.base import SourceMetadata
from dynaconf.utils import upperfy

from ._settings import adopt, option, read_environment, read_keywords
from ._tables import PATH, ROOT, nest

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

    ``key`` is the only top-level setting to load, or `None` for all;
    ``filename`` sets ``peak.running.cluster._filename`` first. Raise
    `ClusterFileError` or `OSError` for a cluster file that exists but cannot
    be read, and for a missing one if ``silent`` or dynaconf's ``silent_errors``
    is false; `TypeError` or `ValueError` for invalid settings.
    """
    if key is not None and upperfy(key) != ROOT:
        return
    state = adopt(obj)
    settings = state.settings
    with state.deferred():
        state.restore_outputs()
        if filename is not None:
            source = SourceMetadata("cluster", filename, "global")
            settings.set(ROOT, nest((*PATH[1:], "_filename"), filename), source, merge=True)
        for tree in read_keywords(settings):
            settings.set(ROOT, tree, "init_kwargs", merge=True)
        for tree, source in read_environment(settings):
            settings.set(ROOT, tree, source, merge=True)
    state.source.silent = silent and bool(option(settings, "SILENT_ERRORS_FOR_DYNACONF"))
    state.source.invalidate()
    state.refresh()
    if validate:
        settings.validators.validate()
