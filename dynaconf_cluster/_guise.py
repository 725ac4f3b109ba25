"""Why the cluster's tuples say that they are dictionaries, and named tuples.

dynaconf looks ``peak.running.cluster.groups.web`` up one label at a time, and
before each further step it insists on ``isinstance(value, (dict, list))``
(``_dotted_get`` in ``dynaconf/base.py``, 3.2.13 and 3.3.5). A tuple gets past
that because ``isinstance`` also asks an object's ``__class__``: what can be
walked through answers there for dynaconf's own node, which dynaconf never
converts on the way in.

And whatever is written to a setting, as every validator does with what it has
just read, goes through ``parse_conf_data`` (``dynaconf/utils/parse_conf.py``),
which turns tuples into lists and executes strings such as ``@read_file x``. It
leaves alone what ``isnamedtupleinstance`` (``dynaconf/utils/__init__.py``)
takes for a named tuple: a class whose only base is ``tuple`` and that has
``_fields``. Only base: these classes can not inherit from each other.

This module does not import dynaconf: the loader tells which class is the node.
"""

from __future__ import annotations

from typing import Any, TypeGuard

FIELDS: tuple[str, ...] = ()

_node: type | None = None


def stand_for(node: type) -> None:
    """Let everything that can be walked through answer for ``node``."""
    global _node
    _node = node


CLASS: Any = property(lambda self: _node or type(self), doc="dynaconf's node, to `isinstance`.")


def is_table(value: object) -> TypeGuard[dict[Any, Any]]:
    """Tell a real dict from what only answers for one."""
    return issubclass(type(value), dict)
