"""Finding the cluster of a command: from a file, settings, or the environment."""

from __future__ import annotations

import argparse
import os
from typing import NamedTuple

from .._cluster import Cluster, parse_data
from .._errors import hint, quote
from .._location import Location, Locator
from .._names import Namespace
from .._source import decode, find_hostname, read_data
from .._syntax import RESERVED, fold
from .process import FAILED, NO, Failure

STDIN = "-"
NO_LOCATION = Location("", "nothing")


class View(NamedTuple):
    """A cluster as seen from the machine ``hostname``."""

    cluster: Cluster
    hostname: str
    location: Location

    @property
    def groups(self) -> Namespace:
        return self.cluster.groups

    @property
    def hosts(self) -> Namespace:
        return self.cluster.hosts

    @property
    def machine(self) -> str | None:
        """The host that is this machine, if the cluster lists it."""
        return self.cluster.find_machine(self.hostname)

    def find_group(self, name: str) -> str:
        """Return the group with a name, ignoring case; raise `Failure` if there is none."""
        return _find("group", name, (*RESERVED, *self.groups), self.groups)

    def find_host(self, name: str) -> str:
        """Return the host with a name, ignoring case; raise `Failure` if there is none."""
        return _find("host", name, self.hosts, self.hosts)

    def groups_of(self, host: str) -> tuple[str, ...]:
        """Return the declared groups of a host."""
        return tuple(group for group in self.hosts[host] if group not in RESERVED)


def _find(what: str, name: str, known: tuple[str, ...], names: Namespace) -> str:
    if name in names or name in known:
        return name
    form = fold(name)
    for other in known:
        if fold(other) == form:
            return other
    raise Failure(f"no {what} {quote(name)}{hint(name, names)}", NO)


class NoFileNamedError(Failure):
    """No cluster file is named.

    ``view`` is what an application would see, and ``setting`` describes the state of
    the setting that could name a file.
    """

    def __init__(self, message: str, view: View, setting: str) -> None:
        super().__init__(message, FAILED)
        self.view = view
        self.setting = setting


def find_view(arguments: argparse.Namespace) -> View:
    """Return the cluster that the arguments select.

    Raise `ClusterFileError` if the file is refused, and `Failure` if it is missing
    or cannot be read, or if none is named.
    """
    if arguments.instance is not None:
        from .instance import view_settings

        return view_settings(arguments.instance)
    path = vars(arguments).get("path")
    location = find_named(arguments.file if path is None else path)
    cluster = parse_data(read_file(location), location.path)
    return View(cluster, find_hostname(None), location)


def find_named(file: str | None) -> Location:
    """Return the location of the given file, or of ``CLUSTER``; raise `Failure` if none is set."""
    if file == "":
        raise Failure("the path of the cluster file is empty", FAILED)
    if file is not None:
        return Location(os.path.expanduser(file), "the command line")
    location = Locator().find(None, str)
    if location is None:
        hostname = find_hostname(None)
        advice = "set CLUSTER in the environment, or give -f FILE or -i SETTINGS"
        view = View(Cluster.alone(hostname), hostname, NO_LOCATION)
        setting = "not looked at, as -i names no settings"
        raise NoFileNamedError(f"no cluster file is named; {advice}", view, setting)
    return location


def read_file(location: Location) -> str | bytes:
    """Read a file or standard input; raise `Failure` on an error."""
    try:
        if location.path == STDIN:
            with open(0, "rb", closefd=False) as stdin:
                return decode(stdin.read())
        return read_data(location.path)
    except OSError as error:
        raise unreadable(str(location), error) from error


def unreadable(what: str, error: OSError) -> Failure:
    return Failure(f"cannot read {what}: {error.strerror or error}", FAILED)
