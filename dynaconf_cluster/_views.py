"""What `Namespace.items` and `Namespace.values` give, which many programs never ask for."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, ValuesView
from typing import Any

from ._names import Namespace


class Items(ItemsView[str, tuple[str, ...]]):
    """Names and what they stand for, in a fraction of the time of looking each up."""

    _mapping: Namespace

    def __contains__(self, item: Any) -> bool:
        name, value = item  # or an error, as with a dict
        return name in self._mapping and self._mapping[name] == value

    def __iter__(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        return zip(self._mapping, self._mapping._each_value(), strict=True)


class Values(ValuesView[tuple[str, ...]]):
    """What the names stand for, likewise."""

    _mapping: Namespace

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return self._mapping._each_value()
