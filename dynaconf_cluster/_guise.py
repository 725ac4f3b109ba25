"""Who asks, and why the cluster's tuples say that they are dictionaries, and named tuples.

They are tuples to everybody but to a few functions of dynaconf (3.2.13 and
3.3.5). Each of these is known by its name in the call stack, and is told what
lets it do the right thing:

- dynaconf looks ``peak.running.cluster.groups.web`` up one label at a time.
  Before each further step, ``_dotted_get`` and ``_get_with_default``
  (``dynaconf/base.py``) insist on ``isinstance(value, (dict, list))``. A tuple
  gets past them because ``isinstance`` also asks an object's ``__class__``: to
  these, all that can be walked through answers for dynaconf's own node.
- The step is taken in ``parent or core.store`` by ``get``: a parent that is
  false, as empty tuples are, sends it to the top of the settings. So when
  ``get`` asks, they are true.
- What makes plain data of settings (``to_dict``, ``prepare_json`` and
  ``_ensure_serializable`` in ``dynaconf/utils``) makes a dict of the groups
  and of the hosts if it takes them for a node.
- ``handle_metavalues`` (``dynaconf/utils/__init__.py``) acts on a list or tuple
  that contains ``dynaconf_merge``. To it, no name is contained.

What else is put into the settings asks likewise: nodes, whether JSON is written, and
whether dynaconf looks for what it sets (``recursive_get``) or merges a table over them
(`_merging`); the list of hooks, whether dynaconf goes through it; names that look like
marks, whether they are taken for some (`_data`); the key of what is loaded alone, which
loader it is given to (`_alone`); and the keeper, whether ``get`` loads afresh.

And whatever is written to a setting, as every validator does with what it has
just read, goes through ``parse_conf_data`` (``dynaconf/utils/parse_conf.py``),
which turns tuples into lists and executes strings such as ``@read_file x``. It
leaves alone what ``isnamedtupleinstance`` (``dynaconf/utils/__init__.py``)
takes for a named tuple: a class whose only base is ``tuple`` and that has
``_fields``. Only base: these classes can not inherit from each other.

This module does not import dynaconf: `_tree` tells which class is the node.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeGuard, TypeVar

_Kind = TypeVar("_Kind", bound=type)

FIELDS: tuple[str, ...] = ()

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

MARKS = "dynaconf_merge", "dynaconf_merge_unique"
"""What means something to dynaconf where names may stand."""

_node: type | None = None
_introduce: Callable[[type], object] | None = None
_kinds: list[type] = []


def stand_for(node: type, introduce: Callable[[type], object]) -> None:
    """Let everything that can be walked through answer for ``node``.

    ``introduce`` is called with each kind of value that dynaconf is to write like its base.
    """
    global _node, _introduce
    _node, _introduce = node, introduce
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


def goes_on() -> bool:
    """Tell whether a dotted look-up that asks the caller has more labels to look up."""
    asking: FrameType | None = sys._getframe(2)
    while asking is not None and asking.f_code.co_name != "_dotted_get":
        asking = asking.f_back
    return asking is not None and bool(asking.f_locals.get("keys"))


def is_only_looked_for() -> bool:
    """Tell whether an attribute is got for dynaconf to see whether it is what is being set."""
    asking: FrameType | None = sys._getframe(4)
    while asking is not None and asking.f_code.co_name == "__getattr__":
        asking = asking.f_back
    return asking is not None and asking.f_code.co_name == "recursive_get"


def is_asked_for_json() -> bool:
    """Tell whether the caller is asked by what writes JSON, which dynaconf's command prints."""
    return sys._getframe(2).f_globals.get("__name__") == "json.encoder" or is_asked(TO_PRINT, 3)


def _as_value(self: object) -> type:
    return _node if _node is not None and is_asked(TO_WALK) else type(self)


def _as_table(self: object) -> type:
    return _node if _node is not None and is_asked(TO_WALK_OR_CONVERT) else type(self)


VALUE: Any = property(_as_value, doc="What `isinstance` is told of what is walked through.")
TABLE: Any = property(_as_table, doc="The same of what has names and their values.")


def was_read(value: object) -> bool:
    """Tell whether a value is one of the tuples that are read of a cluster."""
    disguise = vars(type(value)).get("__class__")
    return isinstance(value, tuple) and (disguise is VALUE or disguise is TABLE)


def is_true(self: tuple[str, ...]) -> bool:
    """Do what a tuple does for ``bool``."""
    return len(self) > 0 or is_asked(TO_GET)


def contains(self: tuple[str, ...], name: object) -> bool:
    """Do what a tuple does for ``in``."""
    return tuple.__contains__(self, name) and not is_mark(name)


def is_mark(name: object) -> bool:
    """Tell whether the caller was asked by dynaconf whether it contains a mark."""
    return name in MARKS and is_asked(TO_APPLY_MARKS, 3)


def is_lazy(value: Any) -> bool:
    """Tell whether dynaconf evaluates a value, or some of a list, when it is read."""
    if getattr(value, "_meta_value", False):  # a mark keeps text, to be parsed when it applies
        values = value.value if isinstance(value.value, list) else [value.value]
        return any(is_lazy(each) or str(each).startswith("@") for each in values)
    if isinstance(value, list):
        return any(map(is_lazy, value))
    return bool(getattr(value, "_dynaconf_lazy_format", False))


def has_marks(value: Any) -> bool:
    """Tell whether a value applies to what is below it."""
    if isinstance(value, list):
        return any(mark in value for mark in MARKS)
    return bool(getattr(value, "_meta_value", False))


def looks_parsed(name: str) -> bool:
    """Tell whether dynaconf may take a name in a plain list for a token or a mark."""
    return name.startswith("@") or name in MARKS


def is_table(value: object) -> TypeGuard[dict[Any, Any]]:
    """Tell a real dict from what only answers for one."""
    return issubclass(type(value), dict)
