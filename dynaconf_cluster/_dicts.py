"""What `_tree` has for nodes, for plain dicts, which dynaconf makes with ``dynaboxify=False``."""

from __future__ import annotations

import copy
from typing import Any

from ._tree import Node, Opens, Tells, Watched


class TableDict(Tells, dict[Any, Any]):
    """The tables ``peak`` and ``peak.running``."""


class ClusterDict(Opens, Tells, dict[Any, Any]):
    """The table ``peak.running.cluster``."""


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
