"""What `_tree` has for nodes, for plain dicts, which dynaconf makes with ``dynaboxify=False``."""

from __future__ import annotations

import copy
from typing import Any

from ._asking import TO_WALK, is_asked
from ._tree import Node, Opens, Tells, Watched, find_key


class TableDict(Tells, dict[Any, Any]):
    """The tables ``peak`` and ``peak.running``."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_spell(self, key), default)


class ClusterDict(Opens, Tells, dict[Any, Any]):
    """The table ``peak.running.cluster``."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_spell(self, key), default)


def _spell(table: dict[Any, Any], key: Any) -> Any:
    """Find the key that dynaconf, which asks in capitals and does not find it, looks for."""
    return find_key(table, key) if is_asked(TO_WALK, 3) else key


ClusterDict.__name__ = Node.__name__  # `_tree` says why


class _DeepDict(dict[Any, Any]):
    """A plain dict that is copied as dynaconf's nodes are."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied = type(self)()
        memo[id(self)] = copied
        copied.update({key: copy.deepcopy(value, memo) for key, value in self.items()})
        return copied


class WatchedDict(Watched, _DeepDict):
    """The settings' store."""
