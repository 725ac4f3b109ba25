"""What the environment loader is going to set, or has forgotten.

dynaconf's manual puts ``dynaconf.loaders.env_loader`` last. A loader before it
that depends on a setting has to know what that will be. And when a single
top-level key is loaded afresh, the environment loader reads a variable of just
that name (``load_from_env`` in ``dynaconf/loaders/env_loader.py``), so that
what nested variables had set below it is lost.
"""

from __future__ import annotations

import os
from typing import Any

from dynaconf.base import LazySettings
from dynaconf.loaders import env_loader

from ._guise import is_table
from ._tree import find_key

LOADER = "dynaconf_cluster.loader"


def peek_at_environment(settings: Any, setting: str) -> dict[str, object]:
    """Return what the environment is going to set below ``setting``, a table.

    That is nothing, unless the environment loader comes after this one.
    """
    names = [loader.__name__ for loader in settings.loaders]
    if LOADER not in names or env_loader.__name__ not in names[names.index(LOADER) :]:
        return {}
    found: dict[str, object] = {}
    for _, name, value in _read_environment(settings, setting.partition(".")[0]):
        tree: Any = value
        for label in reversed(_labels(settings, name)):
            tree = {label: tree}
        for label in setting.split("."):
            tree = tree.get(find_key(tree, label)) if is_table(tree) else None
        if is_table(tree):
            found.update({str(key).lower(): below for key, below in dict.items(tree)})
    return found


def set_from_environment(settings: Any, key: str) -> None:
    """Set again what the environment holds below ``key``, if dynaconf reads it at all."""
    if env_loader in settings.loaders:
        for source, name, value in _read_environment(settings, key):
            if len(_labels(settings, name)) > 1:
                settings.update({name: value}, loader_identifier=source, validate=False)


def _labels(settings: Any, name: str) -> list[str]:
    separator = settings.NESTED_SEPARATOR_FOR_DYNACONF
    return (name.replace(separator, ".") if separator else name).split(".")


class _Reading(LazySettings):  # type: ignore[misc]  # dynaconf is not typed
    """Settings for the environment loader to read into, without a trace in the real ones."""

    def __init__(self, settings: Any) -> None:
        super().__init__(wrapped=settings)
        self.__dict__["read"] = []

    def update(self, data: dict[str, Any], loader_identifier: Any, **_: Any) -> None:
        self.__dict__["read"] += [(loader_identifier, name, data[name]) for name in data]


def _read_environment(settings: Any, key: str) -> list[tuple[Any, str, Any]]:
    """Read what dynaconf would set at and below a top-level key: source, name and value."""
    if not any(key.upper() in name.upper() for name in os.environ):
        return []
    reading = _Reading(settings)
    env_loader.load(reading)
    read = reading.__dict__["read"]
    return [entry for entry in read if _labels(settings, entry[1])[0].upper() == key.upper()]
