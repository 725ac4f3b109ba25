"""Why the cluster's tuples say that they are dictionaries, and named tuples.

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

And whatever is written to a setting, as every validator does with what it has
just read, goes through ``parse_conf_data`` (``dynaconf/utils/parse_conf.py``),
which turns tuples into lists and executes strings such as ``@read_file x``. It
leaves alone what ``isnamedtupleinstance`` (``dynaconf/utils/__init__.py``)
takes for a named tuple: a class whose only base is ``tuple`` and that has
``_fields``. Only base: these classes can not inherit from each other.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from . import _asking
from ._asking import TO_APPLY_MARKS, TO_GET, TO_WALK, TO_WALK_OR_CONVERT, is_asked

if TYPE_CHECKING:
    from types import FrameType

FIELDS: tuple[str, ...] = ()

MARKS = "dynaconf_merge", "dynaconf_merge_unique"
"""What means something to dynaconf where names may stand."""


def _as_value(self: object) -> type:
    return _asking.node if _asking.node is not None and is_asked(TO_WALK) else type(self)


def _as_table(self: object) -> type:
    return _asking.node if _asking.node is not None and is_asked(TO_WALK_OR_CONVERT) else type(self)


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


def goes_on() -> bool:
    """Tell whether a dotted look-up that asks the caller has more labels to look up."""
    asking: FrameType | None = sys._getframe(2)
    while asking is not None and asking.f_code.co_name != "_dotted_get":
        asking = asking.f_back
    return asking is not None and bool(asking.f_locals.get("keys"))


def looks_parsed(name: str) -> bool:
    """Tell whether dynaconf may take a name in a plain list for a token or a mark."""
    return name.startswith("@") or name in MARKS
