"""What is read below ``peak.running.cluster``, and how it follows from what was set there."""

from __future__ import annotations

import copy
import socket
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from ._cluster import Cluster
from ._errors import complain, show
from ._guise import MARKS, has_marks, is_lazy, is_table, looks_parsed
from ._location import CLUSTER
from ._names import Later, Names, Namespace, Step, find_alike, find_below, spell
from ._parser import fold

if TYPE_CHECKING:
    from ._keeper import Keeper

INPUTS = "_filename", "_hostname"

OUTPUTS = ("groups", "hosts", "group_names", "hostname", "shortname")


Inputs = dict[str, object]
"""What is set to ``_filename`` and ``_hostname``; may be lazy."""

Layer = tuple[object, str]
"""A table of what was set to single groups or hosts, and how its lists go over earlier ones.

They ``extend`` or ``patch`` these, or replace them, which is the empty string.
"""


class Facts:
    """The outputs, each worked out when it is first read.

    ``layers`` is what was set to single names, lowest first; they are one when
    the names are worked out, unless something in them is lazy. ``again`` tells to
    look at a file again that was read before.
    """

    def __init__(
        self,
        keeper: Keeper,
        inputs: Inputs,
        layers: dict[str, list[Layer]],
        again: bool,
    ) -> None:
        self.keeper = keeper
        self.inputs = inputs
        self.layers = layers
        self.again = again
        self.lazy = any(map(is_lazy, inputs.values()))
        self.found: Cluster | None = None
        self._evaluated: dict[str, object] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Facts:
        layers = {what: layers.copy() for what, layers in self.layers.items()}
        facts = Facts(copy.deepcopy(self.keeper, memo), self.inputs, layers, self.again)
        facts.found, facts._evaluated = self.found, self._evaluated.copy()
        return facts

    def settle(self) -> Exception | None:
        """Work out whatever may raise an error; return what else there is to say.

        A lazy input may wait for what is still to be set: its errors are for those who read it.
        """
        complaint = None
        try:
            _, complaint = self._find_cluster()
            self.hostname  # noqa: B018  # may be of another type
        except Exception as error:
            if error is not self.keeper.now.failed:
                raise
        for what, layers in self.layers.items():
            if layers and self.found is not None:
                getattr(self, what)
        return complaint

    def follow(self) -> None:
        """Forget what followed from lazy inputs if these have other values now."""
        if self.keeper.now.working_out:
            return
        before = self._evaluated.copy()
        for name in self.inputs:
            try:
                self._evaluate(name)
            except Exception:  # for those who read what follows from it
                self._evaluated.pop(name, None)
        if before and before != self._evaluated:
            self.found, self.again = None, False  # unless it is another file
            for name in ("hostname", "groups", "hosts"):
                self.__dict__.pop(name, None)

    def _evaluate(self, name: str) -> object:
        value = self._evaluated[name] = self.keeper.evaluate_input(name, self.inputs[name])
        return value

    @property
    def cluster(self) -> Cluster:
        cluster, complaint = self._find_cluster()
        if not self.keeper.quiet:
            complain(complaint)
        return cluster

    def _find_cluster(self) -> tuple[Cluster, Exception | None]:
        """Find the cluster, unless that was done, and an error or a warning to be told."""
        if (found := self.found) is not None:
            return found, None
        filename, find = self._evaluate("_filename"), self.keeper.source.find_cluster
        found, complaint = find(filename, lambda: self.hostname, again=self.again)
        self.found = found
        return found, complaint

    def foresee(self) -> Cluster | None:
        """Find the cluster while it is not known whether it is final, if it is any good."""
        source = self.keeper.source.copy_for(self.keeper.settings)
        source.records = False
        try:
            filename = self._evaluate("_filename")
            return source.find_cluster(filename, lambda: self.hostname, again=self.again)[0]
        except Exception:
            return None

    def preview(self) -> Facts:
        """Return what can be read now, when a bad file may still be overridden."""
        facts = copy.copy(self)
        facts.layers, facts._evaluated = self.layers.copy(), self._evaluated.copy()
        facts.found = self.foresee() or Cluster.alone(self.hostname)
        return facts

    @cached_property
    def hostname(self) -> str:
        return find_hostname(self._evaluate("_hostname"))

    @property
    def shortname(self) -> str:
        return self.hostname.partition(".")[0]

    @cached_property
    def groups(self) -> Namespace:
        return self._override("groups", self.cluster.groups)

    @cached_property
    def hosts(self) -> Namespace:
        return self._override("hosts", self.cluster.hosts)

    @property
    def group_names(self) -> tuple[str, ...]:
        machine = find_machine(self.hosts, self.hostname)
        groups = () if machine is None else self.hosts[machine]
        return Names(groups) if any(map(looks_parsed, groups)) else groups

    def _override(self, what: str, names: Namespace) -> Namespace:
        replaced, values = self.keeper.override(names, what, self.layers[what])
        if any(type(value) is Later for value in values.values()):
            self.layers[what] = _drop_replaced(self.layers[what])
        else:
            self.layers[what] = [(values, "")] if values else []
        return replaced


def _drop_replaced(layers: list[Layer]) -> list[Layer]:
    """Drop from layers what later ones replace, so that they do not pile up."""
    kept: list[Layer] = []
    replaced: set[str] = set()
    for table, how in reversed(layers):
        leaves = _leaves(CLUSTER, "", table) if is_table(table) else ()
        single = {path: value for path, value in leaves if path not in replaced}
        if single:
            kept.insert(0, (single, how))
        if not how:
            replaced.update(path for path, value in single.items() if not has_marks(value))
    return kept


ApplyMarks = Callable[[object, tuple[str, ...]], object]
"""Gives what a name that had the given value has when something is set to it."""

DROPPED = object()
"""What `ApplyMarks` returns where the name is to have its own value again."""


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
    for wanted in (name, name.partition(".")[0]):
        host = find_alike(hosts, wanted)
        if host is not None:
            return host
    labelled = [host for host in find_below(hosts, name) if fold(host).partition(".")[0] == name]
    return labelled[0] if len(labelled) == 1 else None


Value = tuple[str, ...] | Later


def find_overrides(
    names: Namespace,
    what: str,
    layers: Iterable[Layer],
    apply_marks: ApplyMarks,
    working_out: Callable[[], list[object]],
) -> dict[str, Value]:
    """Find what single names were set to, where it differs from what they have.

    What is lazy is worked out `Later`. Of several layers the last wins. Raise
    `TypeError` for what is not a list or tuple of strings.
    """
    values: dict[str, Value] = {}
    for table, how in layers:
        for path, value in _flatten(f"{CLUSTER}.{what}", table, names, values):
            name = spell(names, path)
            original = None if name is None else names[name]
            name = name or next((known for known in values if fold(known) == fold(path)), path)
            current = values.get(name, original or ())
            combine = patch_list if how == "patch" else None
            if how == "extend" and name in values:
                combine = extend_list
            if isinstance(current, Later) and not isinstance(current.value, list):
                combine = None  # dynaconf merges lists over lists alone
            set_name = partial(_set_name, f"{CLUSTER}.{what}.{name}", combine, apply_marks)
            later = isinstance(current, Later) and (combine or has_marks(value))
            if later or is_lazy(value):
                values[name] = Later(value, set_name, current, working_out)
                continue
            new = set_name(value, () if isinstance(current, Later) else current)
            if new is DROPPED:  # with what dynaconf keeps in a table of that name
                for known in [*values]:
                    if f"{fold(known)}.".startswith(f"{fold(path)}."):
                        del values[known]
            elif new == original:
                values.pop(name, None)
            else:
                values[name] = new
    return values


Combine = Callable[[object, Any], Any]


def _set_name(
    setting: str,
    combine: Combine | None,
    apply_marks: ApplyMarks,
    value: object,
    current: tuple[str, ...],
) -> Any:
    """Give what a name has when something is set to it, or `DROPPED`."""
    if combine is not None:
        value = combine(current, value)
    value = apply_marks(value, current)
    if value == current:
        return current
    return value if value is DROPPED else _as_names(setting, value)


def extend_list(before: object, value: Any) -> Any:
    """Add a list to one that was there before, unless they are the same or a mark says how."""
    if not isinstance(value, list) or not isinstance(before, (list, tuple)):
        return value
    if list(before) == value or any(mark in value for mark in MARKS):
        return value
    return [*before, *value]


def patch_list(before: object, value: Any) -> Any:
    """Put a list in place of one that was there before, which shows through where it is empty."""
    if not isinstance(value, list) or not isinstance(before, (list, tuple)):
        return value
    return [new or old for new, old in zip_longest(value, before)]


def _flatten(
    setting: str, table: object, names: Namespace, values: Collection[str]
) -> Iterator[tuple[str, object]]:
    """Give the names that a table sets, however deep dynaconf nested their labels."""
    if is_table(table):
        yield from _leaves(setting, "", table)
    elif not (isinstance(table, (list, tuple)) and _same_names(table, names, values)):
        raise TypeError(
            f"the setting {setting} is {show(table)}; set single names, as in {setting}.name"
        )


def _same_names(written: Collection[object], names: Namespace, values: Collection[str]) -> bool:
    added = {name for name in values if spell(names, name) is None}
    known = all(name in names or name in added for name in written)
    return known and len(set(written)) == len(names) + len(added)


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
        return tuple(map(str, value))
    raise TypeError(
        f'the setting {setting} is {show(value)}; expected a list of names, as in ["one"]'
    )
