"""Cluster files as dynaconf settings.

Add ``dynaconf_cluster.loader`` to the loaders of a dynaconf settings object
and read ``settings.peak.running.cluster``; or read a file without dynaconf::

    cluster = dynaconf_cluster.read("racks.cluster")
    cluster.groups["web"]
"""

from ._cluster import Cluster
from ._errors import ClusterFileError, ClusterFileWarning, Problem
from ._file import parse, read
from ._names import Namespace, UnknownAttributeError, UnknownKeyError

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
