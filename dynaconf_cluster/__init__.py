"""Cluster files as dynaconf settings.

Add ``dynaconf_cluster.loader`` to the loaders of a dynaconf settings object
and read ``settings.peak.running.cluster``; or read a file without dynaconf::

    cluster = dynaconf_cluster.read("racks.cluster")
    cluster.groups["web"]
"""

# How the modules fit together; each imports some of those above it, and none below:
#
#   _rules       what is refused and warned of, with examples
#   _errors      problems, errors, warnings, and the names near a slip
#   _syntax      what a name is
#   _advice      what to write instead
#   _problems    line by line to problems
#   _formats     the names of other formats
#   _parser      text to sections, at once where a file is clean
#   _names       the tuples that are read
#   _resolution  from sections to groups and hosts
#   _location    where the file is
#   _cluster     a cluster, groups of it replaced, and this machine
#   _source      its file, of which the last good state is kept
#   _tables      nested tables, as settings are
#   _settings    ClusterSettings and its lazy values: all that is known of dynaconf
#   loader       what dynaconf calls
#   _cli         the command

from ._cluster import Cluster, parse
from ._errors import (
    ClusterFileError,
    ClusterFileWarning,
    Problem,
    UnknownAttributeError,
    UnknownKeyError,
)
from ._names import Namespace
from ._source import read

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
