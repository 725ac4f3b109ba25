"""What is read below ``peak.running.cluster``, and how it follows from what was set there."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ._errors import complain, show
from ._guise import MARKS, is_table
from ._names import Namespace, Step, begin_with, spell
from ._parser import fold

if TYPE_CHECKING:
    from ._cluster import Cluster
    from ._keeper import Keeper

CLUSTER = "peak.running.cluster"
OUTPUTS = ("groups", "hosts", "group_names", "hostname", "shortname")


Inputs = dict[str, object]
"""What is set to ``_filename`` and ``_hostname``; may be lazy."""

Layer = tuple[object, bool]
"""A table of what was set to single groups or hosts, and whether it extends earlier lists."""


class _WorkedOut:
    """A value that is worked out when it is first read.

    What is set to it may be lazy, and read it: it gets what is ``below``, and
    what else was worked out from that on the way is not kept.
    """

    def __init__(self, work_out: Callable[[Any], Any], below: Callable[[Any], Any]) -> None:
        self._work_out = work_out
        self._below = below

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, facts: Facts, owner: type) -> Any:
        name, now = self._name, facts.keeper.now
        if name in now.working_out:
            now.provisional.update(now.working_out[now.working_out.index(name) + 1 :])
            return self._below(facts)
        now.working_out.append(name)
        try:
            value = self._work_out(facts)
        finally:
            now.working_out.pop()
            kept = name not in now.provisional
            now.provisional.discard(name)
        if kept:
            facts.__dict__[name] = value
        return value


def _refuse_circle(facts: Facts) -> None:
    raise ValueError(
        f"the setting {CLUSTER}._filename reads the cluster that it names; "
        f"it may read {CLUSTER}.hostname and other settings"
    )


def _worked_out(*, below: Callable[[Any], Any]) -> Callable[[Callable[[Any], Any]], Any]:
    return lambda work_out: _WorkedOut(work_out, below)


class Facts:
    """The outputs, each worked out when it is first read.

    ``layers`` is what was set to single names, lowest first; once worked out,
    one layer of plain values. ``again`` tells to look at a file again that was
    read before.
    """

    def __init__(
        self,
        keeper: Keeper,
        inputs: Inputs,
        layers: dict[str, list[Layer]],
        again: bool,
    ) -> None:
        self.inputs = inputs
        self.layers = layers
        self.again = again
        self.found: Cluster | None = None
        self.keeper = keeper

    def settle(self) -> Exception | None:
        """Work out whatever may raise an error; return what else there is to say."""
        complaint = None
        if self.found is None:
            self.found, complaint = self._find_cluster()
        for what, layers in self.layers.items():
            if layers:
                getattr(self, what)
        return complaint

    @property
    def cluster(self) -> Cluster:
        if self.found is None:
            self.found, complaint = self._find_cluster()
            complain(complaint)
        return self.found

    def _find_cluster(self) -> tuple[Cluster, Exception | None]:
        keeper = self.keeper
        filename = self._filename
        return keeper.source.find_cluster(filename, self.hostname, again=self.again)

    @_worked_out(below=_refuse_circle)
    def _filename(self) -> object:
        return self.keeper.evaluate(self.inputs["_filename"])

    @_worked_out(below=lambda facts: find_hostname(None))
    def hostname(self) -> str:
        return find_hostname(self.keeper.evaluate_hostname(self.inputs["_hostname"]))

    @property
    def shortname(self) -> str:
        hostname: str = self.hostname
        return hostname.partition(".")[0]

    @_worked_out(below=lambda facts: facts.cluster.groups)
    def groups(self) -> Namespace:
        return self._override("groups", self.cluster.groups)

    @_worked_out(below=lambda facts: facts.cluster.hosts)
    def hosts(self) -> Namespace:
        return self._override("hosts", self.cluster.hosts)

    @property
    def group_names(self) -> tuple[str, ...]:
        hosts: Namespace = self.hosts
        machine = find_machine(hosts, self.hostname)
        return () if machine is None else hosts[machine]

    def _override(self, what: str, names: Namespace) -> Namespace:
        replaced, values = self.keeper.override(names, what, self.layers[what])
        if what not in self.keeper.now.provisional:
            self.layers[what] = [(values, False)] if values else []
        return replaced


Settle = Callable[[object, tuple[str, ...]], object]
"""Evaluates what was set to a name that had the given value."""

DROPPED = object()
"""What `Settle` returns where the name is to have its own value again."""


def find_hostname(value: object) -> str:
    """Return the name of this machine: ``value``, the setting, or what the system says.

    Raise `TypeError` for a value that is no name.
    """
    if value is None or value == "":
        return socket.gethostname()
    if isinstance(value, (str, bool, int, float)) or hasattr(value, "isoformat"):
        # dynaconf reads numbers, truth values and dates out of text
        return str(value).lower() if isinstance(value, bool) else str(value)
    raise TypeError(
        f"the setting {CLUSTER}._hostname is {show(value)}; expected the name of a host"
    )


def find_machine(hosts: Namespace, hostname: str) -> str | None:
    """Find the host that bears ``hostname``, regardless of case.

    Failing that, a name without a domain is the one host whose first label it
    is, and a name with one may be listed by its first label alone.
    """
    if hostname in hosts:
        return hostname
    name = fold(hostname)
    short = name.partition(".")[0]
    near = [host for label in (name, short) if (host := spell(hosts, label))]
    for wanted in (name, short):
        for host in near:
            if fold(host) == wanted:
                return host
    labelled = [host for host in begin_with(hosts, name) if fold(host).partition(".")[0] == name]
    return labelled[0] if len(labelled) == 1 else None


def override(
    names: Namespace, what: str, layers: Iterable[Layer], settle: Settle
) -> dict[str, tuple[str, ...]]:
    """Find what single names were set to, where it differs from what they have.

    Of several layers the last wins. Raise `TypeError` for what is not a list
    or tuple of strings.
    """
    values: dict[str, tuple[str, ...]] = {}
    for table, extends in layers:
        for path, value in _flatten(f"{CLUSTER}.{what}", table, names):
            name = spell(names, path)
            original = None if name is None else names[name]
            name = name or next((known for known in values if fold(known) == fold(path)), path)
            if extends and name in values:
                value = extend_list(values[name], value)
            value = settle(value, values.get(name, original or ()))
            if value is DROPPED:  # with what dynaconf keeps in a table of that name
                for known in [*values]:
                    if f"{fold(known)}.".startswith(f"{fold(path)}."):
                        del values[known]
                continue
            new = original
            if new is None or value != new:
                new = _as_names(f"{CLUSTER}.{what}.{path}", value)
            if new == original:
                values.pop(name, None)
            else:
                values[name] = new
    return values


def extend_list(before: object, value: Any) -> Any:
    """Add a list to one that was there before, unless they are the same or a mark says how."""
    if not isinstance(value, list) or not isinstance(before, (list, tuple)):
        return value
    if list(before) == value or any(mark in value for mark in MARKS):
        return value
    return [*before, *value]


def _flatten(setting: str, table: object, names: Namespace) -> Iterator[tuple[str, object]]:
    """Give the names that a table sets, however deep dynaconf nested their labels."""
    if is_table(table):
        yield from _leaves(setting, "", table)
    elif not (isinstance(table, (list, tuple)) and _same_names(table, names)):
        raise TypeError(
            f"the setting {setting} is {show(table)}; set single names, as in {setting}.name"
        )


def _same_names(written: list[object] | tuple[object, ...], names: Namespace) -> bool:
    return all(name in names for name in written) and len(set(written)) == len(names)


def _leaves(setting: str, path: str, table: dict[Any, object]) -> Iterator[tuple[str, object]]:
    for label, value in dict.items(table):
        name = f"{path}{label}"
        if not is_table(value):
            if not (isinstance(value, Step) or (label in MARKS and isinstance(value, bool))):
                yield name, value
        elif value:
            yield from _leaves(setting, f"{name}.", value)
        else:
            _as_names(f"{setting}.{name}", value)


def _as_names(setting: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value):
        return tuple(value)
    raise TypeError(
        f'the setting {setting} is {show(value)}; expected a list of names, as in ["one"]'
    )
