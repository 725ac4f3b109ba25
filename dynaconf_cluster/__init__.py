"""Cluster files as dynaconf settings.

Add ``dynaconf_cluster.loader`` to the loaders of a dynaconf settings object
and read ``settings.peak.running.cluster``; or read a file without dynaconf::

    cluster = dynaconf_cluster.read("racks.cluster")
    cluster.groups["web"]
"""

# How the modules fit together. A start imports these, from the bottom up:
#
#   _parser   makes sections of a text that has no problem
#   _cluster  finds a file and makes a `Cluster` of it, once for as long as it stays the same
#   _asking   knows who in dynaconf asks
#   _facts    is what is read below ``peak.running.cluster``, from a file or without one
#   _tree     makes nodes that hold the facts and tell of what is written to them
#   _keeper   keeps the facts right, whatever is written
#   loader    is what dynaconf calls
#
# The others wait until they are needed, as a start should cost next to nothing:
#
#   _names, _guise, _resolution, _views                 to read groups and hosts
#   _overrides, _merging, _data, _history, _environ     to set some of them
#   _alone, _copies, _hooks, _dicts                     for more of what dynaconf does
#   _rules, _errors, _problem, _unknown, _nearest       to tell what is wrong
#   _cli                                                for the command

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._cluster import Cluster, parse, read
    from ._errors import ClusterFileError
    from ._facts import ClusterFileWarning
    from ._names import Namespace
    from ._problem import Problem
    from ._unknown import UnknownAttributeError, UnknownKeyError

__all__ = [
    "Cluster",
    "ClusterFileError",
    "ClusterFileWarning",
    "Namespace",
    "Problem",
    "UnknownAttributeError",
    "UnknownKeyError",
    "parse",
    "read",
]


_WHERE = {
    "Cluster": "_cluster",
    "ClusterFileError": "_errors",
    "ClusterFileWarning": "_facts",
    "Namespace": "_names",
    "Problem": "_problem",
    "UnknownAttributeError": "_unknown",
    "UnknownKeyError": "_unknown",
    "parse": "_cluster",
    "read": "_cluster",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, as many programs need nothing but the loader."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
