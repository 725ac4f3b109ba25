"""A cluster: what the sections of its file say, worked out when it is asked for.

Many programs that load settings never ask. So what works it out, in
`_resolution`, is not even imported before somebody does.
"""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._names import Namespace
    from ._parser import Sections
    from ._resolution import Resolution


class Cluster:
    """The hosts and groups of a cluster file.

    ``groups`` and ``hosts`` are tuples in cluster order, the order in which
    the file first mentions each name; see `Namespace`.
    """

    def __init__(self, source: Sections | str | Resolution) -> None:
        self._source = source
        self._lock = Lock()

    @staticmethod
    def alone(hostname: str) -> Cluster:
        """Return the cluster that is one machine without groups."""
        return Cluster(hostname)

    @property
    def _resolution(self) -> Resolution:
        from ._resolution import resolve

        with self._lock:
            resolution = self._source = resolve(self, self._source)
        return resolution

    def __reduce__(self) -> tuple[type[Cluster], tuple[Resolution]]:
        return Cluster, (self._resolution,)

    def __repr__(self) -> str:
        return f"<Cluster: {len(self.hosts):,} hosts in {len(self.groups):,} groups>"

    @cached_property
    def groups(self) -> Namespace:
        """The names of the declared groups and lumps; each gives its hosts."""
        return self._resolution.groups

    @cached_property
    def hosts(self) -> Namespace:
        """The names of all hosts; each gives the groups that it is in."""
        return self._resolution.hosts

    def parts_of(self, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the groups that a lump names, and the hosts that a group lists itself."""
        return self._resolution.parts_of(group)
