"""A cluster: its groups and hosts, replacing groups, and finding this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from ._advice import explain_name
from ._errors import setting_error
from ._location import CLUSTER
from ._names import Namespace
from ._parser import Sections, parse_sections
from ._resolution import Resolution
from ._syntax import ORPHANS, RESERVED, bare_name, first_label, fold, is_group_name, is_host_name

MARKS = ("dynaconf_merge", "dynaconf_merge_unique")
"""The entries by which dynaconf marks lists and tables to merge."""
_WHOLE = "a group is replaced whole: write the list of its hosts"


class Cluster:
    """The hosts and groups of a cluster file.

    ``groups`` and ``hosts`` are tuples in cluster order, the order in which
    the file first mentions each name; see `Namespace`.
    """

    def __init__(self, sections: Sections, note: Callable[[], str] = str) -> None:
        self._sections = sections
        self._note = note

    @staticmethod
    def alone(hostname: str, note: Callable[[], str] = str) -> Cluster:
        """Return the cluster of a single machine without groups.

        ``note()`` is appended to the message of a failed look-up, to say why.
        """
        return Cluster(Sections([ORPHANS], [False], [hostname], str.splitlines), note)

    @cached_property
    def _resolution(self) -> Resolution:
        return Resolution(self._sections, self._note)

    def __reduce__(self) -> tuple[type[Cluster], tuple[Sections, Callable[[], str]]]:
        return Cluster, (self._sections, self._note)

    def __deepcopy__(self, memo: object) -> Cluster:
        return self

    def __repr__(self) -> str:
        return f"<Cluster: {len(self.hosts):,} hosts in {len(self.groups):,} groups>"

    @property
    def groups(self) -> Namespace:
        """The names of the declared groups and lumps; each maps to its hosts."""
        return self._resolution.groups

    @property
    def hosts(self) -> Namespace:
        """The names of all hosts; each maps to its groups."""
        return self._resolution.hosts

    def parts_of(self, group: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the groups that a lump names, and the hosts that a group lists directly."""
        return self._resolution.parts_of(group)

    def replace(self, groups: Mapping[str, object]) -> Cluster:
        """Return a copy of this cluster in which ``groups`` list the given hosts.

        Names are matched as by `Namespace.get` and keep the file's spelling; new
        names come last. If two names match, the last one wins. Raise `TypeError`
        or `ValueError`, naming the setting, for invalid names or hosts.
        """
        replaced: dict[str, list[str]] = {}
        known = self.groups
        for written, value in groups.items():
            name = known.spell(written) or written
            if name == written:  # may be another spelling of an earlier new name
                name = next((new for new in replaced if fold(new) == fold(name)), name)
            setting = f"the setting {CLUSTER}.groups.{name}"
            if name not in known:
                _check_name(setting, name, value)
            replaced[name] = _read_hosts(setting, value)
        cluster = Cluster(self._sections.replace(replaced), self._note)
        _check_case(replaced, cluster._sections)
        return cluster

    def find_machine(self, hostname: str) -> str | None:
        """Find the host named ``hostname``, ignoring case, user and port.

        Failing that, a name without a domain matches the only host with that first
        label, and a name with a domain matches a host listed by its first label alone.
        """
        if hostname in self.hosts:
            return hostname
        name = fold(hostname)
        short = first_label(name)
        folded = fold("\n".join(self.hosts)).split("\n")
        pairs = zip(folded, self.hosts, strict=False)
        near = [(bare_name(form), host) for form, host in pairs if short in form]
        same = [host for bare, host in near if bare == name]
        if short == name:
            labelled = [host for bare, host in near if first_label(bare) == name]
            return next(iter(same or (labelled if len(labelled) == 1 else ())), None)
        return next(iter(same or [host for bare, host in near if bare == short]), None)

    def groups_of_machine(self, hostname: str) -> tuple[str, ...]:
        machine = self.find_machine(hostname)
        return () if machine is None else self.hosts[machine]


def _check_name(setting: str, name: str, value: object) -> None:
    if name in RESERVED:
        advice = "it follows from the others: set the groups that are declared"
        raise setting_error(setting, value, advice)
    if name in MARKS:
        raise setting_error(setting, value, _WHOLE)
    if not is_group_name(name):
        raise setting_error(setting, value, explain_name(name, "group")[1], ValueError)


def _read_hosts(setting: str, value: object) -> list[str]:
    """Return the host names in a list; integers become strings."""
    if not isinstance(value, (list, tuple)):
        raise setting_error(setting, value, _WHOLE)
    hosts = [str(host) if type(host) is int else host for host in value]
    for host in hosts:
        if not isinstance(host, str) or host in MARKS:
            raise setting_error(setting, value, _WHOLE)
        if not is_host_name(host):
            raise setting_error(setting, value, explain_name(host, "host")[1], ValueError)
    return hosts


def _check_case(replaced: Mapping[str, list[str]], sections: Sections) -> None:
    """Raise `ValueError` if a host of a replaced group differs from another only in case."""
    spelt = {fold(host): host for hosts in replaced.values() for host in hosts}
    if sections.is_lower():
        return
    for group, hosts in zip(sections.groups, sections.hosts, strict=True):
        for host in hosts:
            other = spelt.get(fold(host), host)
            if other != host:
                owner = next(name for name, names in replaced.items() if other in names)
                raise ValueError(
                    f"the setting {CLUSTER}.groups.{owner} lists {other!r}, which differs from "
                    f"{host!r} of group {group!r} in case alone; write both the same"
                )


def parse(text: str, source: str = "<string>") -> Cluster:
    """Parse the text of a cluster file; ``source`` names it in errors.

    Raise `ClusterFileError`, listing every problem in the text.
    """
    if not isinstance(text, str):
        raise TypeError(f"the text of a cluster file is {type(text).__name__}; expected str")
    return parse_data(text, source)


def parse_data(data: str | bytes, source: str) -> Cluster:
    """Parse a cluster file from text or raw bytes."""
    return Cluster(parse_sections(data, source))
