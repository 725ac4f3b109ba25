"""What is read below ``peak.running.cluster``, and how it follows from what was set there."""

from __future__ import annotations

import copy
import socket
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._asking import is_lazy
from ._cluster import Cluster
from ._source import CLUSTER, complain, option

if TYPE_CHECKING:
    from ._keeper import Keeper
    from ._names import Namespace

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

    def _override(self, what: str, names: Namespace) -> Namespace:
        separator = option(self.keeper.settings, "NESTED_SEPARATOR_FOR_DYNACONF") or ""
        if not self.layers[what] and separator == names._separator:
            self.keeper.replaced.pop(what, None)
            return names
        from ._overrides import override

        return override(self, what, names, separator)

    @property
    def group_names(self) -> tuple[str, ...]:
        from ._guise import looks_parsed
        from ._names import Names, find_machine

        machine = find_machine(self.hosts, self.hostname)
        groups = () if machine is None else self.hosts[machine]
        return Names(groups) if any(map(looks_parsed, groups)) else groups


def find_hostname(value: object) -> str:
    """Return the name of this machine: ``value``, the setting, or what the system says.

    Raise `TypeError` for a value that is no name.
    """
    if value is None or value == "":
        return socket.gethostname()
    if isinstance(value, (str, bool, int, float)) or hasattr(value, "isoformat"):
        # dynaconf reads numbers, truth values and dates out of text
        return str(value).lower() if isinstance(value, bool) else str(value)
    from ._errors import misfit

    raise misfit(f"the setting {CLUSTER}._hostname", value, "expected the name of a host")
