"""Run as a program: time a task, given its name, a file and a group.

Prints the seconds, excluding imports.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from dynaconf_cluster import ClusterFileError, read

from .measure import make_settings, tokens


class Result(NamedTuple):
    settings: object
    names: list[tuple[str, ...]]


def load_dynaconf(path: Path, group: str) -> object:
    """Load the same settings without the cluster loader."""
    settings = make_settings(path, loader=False)
    return settings, settings.peak.running.cluster["_filename"]


def load(path: Path, group: str) -> Result:
    """Load a file and read a group."""
    settings = make_settings(path)
    groups = settings.peak.running.cluster.groups
    return Result(settings, [groups, groups[group]])


def read_all(path: Path, group: str) -> Result:
    """Load a file and read every group's hosts and every host's groups."""
    settings = make_settings(path)
    cluster = settings.peak.running.cluster
    groups, hosts = cluster.groups, cluster.hosts
    return Result(settings, [*map(groups.__getitem__, groups), *map(hosts.__getitem__, hosts)])


def read_values(path: Path, group: str) -> Result:
    """Do the same via `values()`."""
    settings = make_settings(path)
    cluster = settings.peak.running.cluster
    return Result(settings, [*cluster.groups.values(), *cluster.hosts.values()])


def load_and_replace(path: Path, group: str) -> Result:
    """Load a file, replace a group and read it."""
    settings = make_settings(path)
    settings.set(f"peak.running.cluster.groups.{group}", ["one.example.com"])
    groups = settings.peak.running.cluster.groups
    return Result(settings, [groups, groups[group]])


def refuse(path: Path, group: str) -> object:
    """Read an invalid file."""
    try:
        return read(path).groups
    except ClusterFileError as error:
        return error.problems


def read_tokens(path: Path, group: str) -> object:
    return tokens(path)


TASKS: dict[str, Callable[[Path, str], object]] = {
    task.__name__: task
    for task in (load_dynaconf, load, read_all, read_values, load_and_replace, refuse, read_tokens)
}


def main(name: str, path: str, group: str) -> None:
    start = perf_counter()
    result = TASKS[name](Path(path), group)
    print(perf_counter() - start)
    assert result


if __name__ == "__main__":
    main(*sys.argv[1:])
