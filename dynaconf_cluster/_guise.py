"""Why the cluster's tuples say that they are dictionaries, and named tuples.

dynaconf looks ``peak.running.cluster.groups.web`` up one label at a time. In
its way stand three lines of ``dynaconf/base.py`` (3.2.13 and 3.3.5):

- Before each further step, ``_dotted_get`` insists on ``isinstance(value,
  (dict, list))``, and ``_get_with_default`` asks that again. A tuple gets past
  them because ``isinstance`` also asks an object's ``__class__``: what can be
  walked through answers there for dynaconf's own node, which dynaconf never
  converts on the way in. What stands for a table of names always does; the
  value of a name does only when these two ask, as to everything else (the
  command's ``get``, ``as_dict``) it has to be the tuple that it is.
- The step is taken in ``parent or core.store`` by ``get``: a parent that is
  false, as empty tuples are, sends it to the top of the settings. So when
  ``get`` asks, and only then, they are true.

And whatever is written to a setting, as every validator does with what it has
just read, goes through ``parse_conf_data`` (``dynaconf/utils/parse_conf.py``),
which turns tuples into lists and executes strings such as ``@read_file x``. It
leaves alone what ``isnamedtupleinstance`` (``dynaconf/utils/__init__.py``)
takes for a named tuple: a class whose only base is ``tuple`` and that has
``_fields``. Only base: these classes can not inherit from each other.

This module does not import dynaconf: the loader tells which class is the node.
"""

from __future__ import annotations

import sys
from typing import Any, TypeGuard

FIELDS: tuple[str, ...] = ()

_node: type | None = None


def stand_for(node: type) -> None:
    """Let everything that can be walked through answer for ``node``."""
    global _node
    _node = node


def _is_asked_by(*functions: str) -> bool:
    """Tell whether it is one of these functions of dynaconf that asks the caller."""
    asking = sys._getframe(2)
    return asking.f_code.co_name in functions and asking.f_globals["__name__"] == "dynaconf.base"


def _always(self: object) -> type:
    return _node or type(self)


def _on_a_walk(self: object) -> type:
    if _node is not None and _is_asked_by("_dotted_get", "_get_with_default"):
        return _node
    return type(self)


def is_true(self: tuple[str, ...]) -> bool:
    """Do what a tuple does for ``bool``, unless dynaconf asks for the way on."""
    return len(self) > 0 or _is_asked_by("get")


TABLE: Any = property(_always, doc="dynaconf's node, to `isinstance`.")
VALUE: Any = property(_on_a_walk, doc="The same, but only when dynaconf walks on from here.")


def is_table(value: object) -> TypeGuard[dict[Any, Any]]:
    """Tell a real dict from what only answers for one."""
    return issubclass(type(value), dict)
