"""Cluster files as dynaconf settings.

Add ``dynaconf_cluster.loader`` to the loaders of a dynaconf settings object
and read ``settings.peak.running.cluster``; or read a file without dynaconf::

    cluster = dynaconf_cluster.read("racks.cluster")
    cluster.groups["web"]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._cluster import Cluster, parse, read
    from ._errors import ClusterFileError, ClusterFileWarning
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
    "ClusterFileWarning": "_errors",
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
    found = globals()[name] = getattr(import_module(f".{_WHERE[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
