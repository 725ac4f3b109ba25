"""What is timed in a process of its own, as a user meets it: told what, a file and a group.

Prints the seconds that it took. What Python and dynaconf import is there before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from dynaconf_cluster import ClusterFileError, read

from .measure import make_settings, tokens


class Answers(NamedTuple):
    settings: object
    names: list[tuple[str, ...]]


def load_nothing(path: Path, group: str) -> object:
    """Do what dynaconf does by itself."""
    settings = make_settings(path, loader=False)
    return settings, settings.peak.running.cluster["_filename"]


def load(path: Path, group: str) -> Answers:
    """Load a file and read a group."""
    settings = make_settings(path)
    groups = settings.peak.running.cluster.groups
    return Answers(settings, [groups, groups[group]])


def read_all(path: Path, group: str) -> Answers:
    """Load a file and read every group's hosts and every host's groups."""
    settings = make_settings(path)
    cluster = settings.peak.running.cluster
    groups, hosts = cluster.groups, cluster.hosts
    return Answers(settings, [*map(groups.__getitem__, groups), *map(hosts.__getitem__, hosts)])


def read_in_bulk(path: Path, group: str) -> Answers:
    """Do the same with the views that are made for it."""
    settings = make_settings(path)
    cluster = settings.peak.running.cluster
    return Answers(settings, [*cluster.groups.values(), *cluster.hosts.values()])


def load_and_replace(path: Path, group: str) -> Answers:
    """Load a file, replace a group and read it."""
    settings = make_settings(path)
    settings.set(f"peak.running.cluster.groups.{group}", ["one.example.com"])
    groups = settings.peak.running.cluster.groups
    return Answers(settings, [groups, groups[group]])


def refuse(path: Path, group: str) -> object:
    """Read a file of nothing but errors."""
    try:
        return read(path).groups
    except ClusterFileError as error:
        return error.problems


def only_tokens(path: Path, group: str) -> object:
    return tokens(path)


TASKS: dict[str, Callable[[Path, str], object]] = {
    task.__name__: task
    for task in (load_nothing, load, read_all, read_in_bulk, load_and_replace, refuse, only_tokens)
}


def main(what: str, path: str, group: str) -> None:
    start = perf_counter()
    kept = TASKS[what](Path(path), group)
    print(perf_counter() - start)
    assert kept


if __name__ == "__main__":
    main(*sys.argv[1:])
