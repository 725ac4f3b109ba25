"""Who in dynaconf asks, as not everybody is told the same.

A few functions of dynaconf (3.2.13 and 3.3.5), each of which is known by its name
in the call stack, are told what lets them do the right thing: by the tuples that
are read (`_guise` says what, and why); by nodes, whether JSON is written, and
whether dynaconf looks for what it sets (``recursive_get``) or merges a table over them
(`_merging`); by the list of hooks, whether dynaconf goes through it; by names that look
like marks, whether they are taken for some (`_data`); by the key of what is loaded alone,
which loader it is given to (`_alone`); and by the keeper, whether ``get`` loads afresh.

This module does not import dynaconf: `_tree` tells which class is the node.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import TypeGuard, TypeVar

    _Kind = TypeVar("_Kind", bound=type)

TO_WALK = frozenset({"_dotted_get", "_get_with_default"})
TO_WALK_OR_CONVERT = TO_WALK | {"to_dict", "prepare_json", "_ensure_serializable"}
TO_GET = frozenset({"get"})
TO_GO_ON = TO_WALK | TO_GET
TO_APPLY_MARKS = frozenset({"handle_metavalues"})
TO_MERGE_LISTS = TO_APPLY_MARKS | {"object_merge"}
TO_PARSE = frozenset({"_parse_conf_data"})
TO_CALL_HOOKS = frozenset({"execute_instance_hooks"})
TO_VALIDATE = frozenset({"_validate_items", "_validate_names"})
TO_PRINT = frozenset({"prepare_json"})
TO_LOAD = frozenset({"_set_data_to_obj", "load_from_env", "_run_hook_function"})
TO_LOAD_MODULES = frozenset({"load_from_python_object"})

node: type | None = None
"""dynaconf's, as soon as that is there."""

_introduce: Callable[[type], object] | None = None
_kinds: list[type] = []


def stand_for(kind_of_node: type, introduce: Callable[[type], object]) -> None:
    """Let everything that can be walked through answer for a kind of node.

    ``introduce`` is called with each kind of value that dynaconf is to write like its base.
    """
    global node, _introduce
    node, _introduce = kind_of_node, introduce
    for kind in _kinds:
        introduce(kind)


def is_written_like_its_base(kind: _Kind) -> _Kind:
    """Introduce a class to dynaconf, as soon as that is there."""
    _kinds.append(kind)
    if _introduce is not None:
        _introduce(kind)
    return kind


def is_asked(functions: frozenset[str], depth: int = 2) -> bool:
    """Tell whether it is one of these functions of dynaconf that asks the caller."""
    asking = sys._getframe(depth)
    if asking.f_code.co_name not in functions:
        return False
    return str(asking.f_globals.get("__name__")).startswith("dynaconf.")


def is_asked_to_keep() -> bool:
    """Tell whether dynaconf asks the caller to keep what it has found for a `RootKey`."""
    key = sys._getframe(2).f_locals.get("key")
    return is_asked(TO_LOAD, 3) and hasattr(type(key), "stands_for_what_is_ours")


def is_read_fresh_by_rule(depth: int) -> bool:
    """Tell whether ``get`` asks the caller, and for no other reason than the settings' own rule.

    That is ``fresh_vars``, or a block in which all is ``fresh``.
    """
    return is_asked(TO_GET, depth + 1) and not sys._getframe(depth).f_locals.get("fresh")


def is_only_looked_for() -> bool:
    """Tell whether an attribute is got for dynaconf to see whether it is what is being set."""
    asking: FrameType | None = sys._getframe(4)
    while asking is not None and asking.f_code.co_name == "__getattr__":
        asking = asking.f_back
    return asking is not None and asking.f_code.co_name == "recursive_get"


def is_asked_for_json() -> bool:
    """Tell whether the caller is asked by what writes JSON, which dynaconf's command prints."""
    return sys._getframe(2).f_globals.get("__name__") == "json.encoder" or is_asked(TO_PRINT, 3)


def is_table(value: object) -> TypeGuard[dict[Any, Any]]:
    """Tell a real dict from what only answers for one."""
    return issubclass(type(value), dict)
