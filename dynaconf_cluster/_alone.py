"""Loading ``PEAK`` and nothing else, as dynaconf does for what is read afresh."""

from __future__ import annotations

from typing import Any

from ._asking import TO_LOAD, TO_LOAD_MODULES, is_asked
from ._cluster import ROOT
from ._merging import find_default
from ._tree import is_ours, put_back


def load_alone(
    settings: Any, env: Any, silent: Any, *args: Any, afresh: bool, **kwargs: Any
) -> None:
    """Load ``PEAK`` over its default, or over what there is; undo that if it fails."""
    before = dict.get(settings.store, ROOT)
    if afresh:
        type(settings).unset(settings, ROOT)
    default = find_default(settings, parsed=True)
    if ROOT not in dict.keys(settings.store) and default is not None:
        put_back(settings, default)
    try:
        type(settings).execute_loaders(settings, env, silent, RootKey(settings), *args, **kwargs)
    except BaseException:
        if before is not None:
            put_back(settings, before)
        raise


class RootKey(str):
    """The key ``PEAK``, for loading it with all that nested names set below it.

    When dynaconf loads a single key, it asks its sources for just that name. To what
    loads files and the environment, and calls hooks, this is no key, so that they go
    through all they find, of which the keeper takes what is ours. To what loads Python
    modules, it is each name of ours. To all else it is ``PEAK``.
    """

    stands_for_what_is_ours = True
    _settings: Any

    def __new__(cls, settings: Any) -> RootKey:
        self = super().__new__(cls, ROOT)
        self._settings = settings
        return self

    def __bool__(self) -> bool:
        return not is_asked(TO_LOAD)

    def __eq__(self, other: object) -> bool:
        if is_asked(TO_LOAD_MODULES):
            return is_ours(self._settings, other)
        return str.__eq__(self, other)

    __hash__ = str.__hash__
