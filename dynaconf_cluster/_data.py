"""Names that look to dynaconf as if they said what to do, and are nothing but names."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ._asking import TO_MERGE_LISTS, TO_PARSE, is_asked, is_written_like_its_base
from ._cluster import CLUSTER
from ._guise import MARKS, looks_parsed

if TYPE_CHECKING:
    from ._keeper import Keeper


@is_written_like_its_base
class Data(str):
    """A name that dynaconf neither parses nor takes for a mark where it stands in a list."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        if other in MARKS and is_asked(TO_MERGE_LISTS):
            return False
        return str.__eq__(self, other)

    def startswith(self, *args: Any) -> bool:  # 3.2
        return not is_asked(TO_PARSE) and str.startswith(self, *args)

    def partition(self, separator: str) -> tuple[str, str, str]:  # 3.3
        return ("", "", "") if is_asked(TO_PARSE) else str.partition(self, separator)


def protect(keeper: Keeper, path: str, value: Any) -> Any:
    """Hide names that are in the cluster file from dynaconf's parser."""
    if type(value) is dict:
        below = {label: protect(keeper, f"{path}.{label}".lower(), value[label]) for label in value}
        return below if any(below[label] is not value[label] for label in value) else value
    if not isinstance(value, list) and type(value) is not tuple:
        return value
    if not any(isinstance(name, str) and looks_parsed(name) for name in value):
        return value
    names = _find_names(keeper, path)
    return [Data(name) if isinstance(name, str) and name in names else name for name in value]


def _find_names(keeper: Keeper, path: str) -> Collection[str]:
    """Find the names in the cluster file that may be in a setting, given in lower case."""
    facts = keeper.facts
    cluster = facts and (facts.foresee() if keeper.now.hooking else facts.found)
    what, _, name = path.removeprefix(f"{CLUSTER}.").partition(".")
    if cluster is None or what not in ("groups", "hosts", "group_names"):
        return ()
    of_groups = what == "group_names" or (what == "hosts") == bool(name)
    return cluster.groups if of_groups else cluster.hosts
