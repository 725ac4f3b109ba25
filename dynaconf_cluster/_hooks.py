"""Calling the hooks of ``dynaconf_hooks`` that dynaconf has called before and so does not call."""

from __future__ import annotations

import copy
from typing import Any

from dynaconf.loaders import execute_module_hooks

from ._alone import RootKey
from ._tree import place_of


def call_again(settings: Any, env: Any, silent: Any) -> None:
    """Ask these hooks, and no others, for what they set below ``PEAK``."""
    place = place_of(settings, "loaded_hooks")
    called = getattr(*place)
    setattr(*place, _Uncalled(called))
    try:
        execute_module_hooks("post", settings, env, silent, RootKey(settings))
    finally:
        setattr(*place, called)


class _Uncalled:
    """A registry in which the hooks that were called were not, and all others were."""

    def __init__(self, called: dict[str, Any]) -> None:
        self._called = called

    def get(self, hook: str, default: Any) -> Any:
        return default if hook in self._called else {"post": None}

    def __getitem__(self, hook: str) -> dict[str, Any]:
        return {}  # that they are called again need not be noted

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return copy.deepcopy(self._called, memo)
