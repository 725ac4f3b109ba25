"""Rows: from the file on the disk to a group in hand, and to everything in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from .files import PLAIN, SHAPES, Shape, plain, settle, write_file
from .measure import Options, Row, make_settings, measure_by_turns, tokens

EVERYTHING = "load, read everything once"
IN_BULK = f"{EVERYTHING} by `values()`"


class Answers(NamedTuple):
    settings: Any
    names: list[tuple[str, ...]]


def load_nothing(path: Path) -> object:
    settings = make_settings(path, loader=False)
    return settings, settings.peak.running.cluster["_filename"]


def load(path: Path, group: str) -> Answers:
    settings = make_settings(path)
    groups = settings.peak.running.cluster.groups
    return Answers(settings, [groups, groups[group]])


def read_all(path: Path) -> Answers:
    """Load a file and read every group's hosts and every host's groups."""
    settings = make_settings(path)
    cluster = settings.peak.running.cluster
    groups, hosts = cluster.groups, cluster.hosts
    return Answers(settings, [*map(groups.__getitem__, groups), *map(hosts.__getitem__, hosts)])


def read_in_bulk(path: Path) -> Answers:
    """Do the same with the views that are made for it."""
    settings = make_settings(path)
    cluster = settings.peak.running.cluster
    return Answers(settings, [*cluster.groups.values(), *cluster.hosts.values()])


def rows(options: Options) -> Iterator[Row]:
    for hosts in options.hosts:
        path, groups = write_plain(options, hosts)
        settle()
        asked = {
            "load, first group": partial(load, path, groups[0]),
            "load, middle group": partial(load, path, groups[len(groups) // 2]),
            "load, last group": partial(load, path, groups[-1]),
            EVERYTHING: partial(read_all, path),
            IN_BULK: partial(read_in_bulk, path),
        }
        tasks: dict[str, Callable[[], object]] = {
            "tokens": partial(tokens, path),
            "nothing": partial(load_nothing, path),
        }
        took = measure_by_turns({**tasks, **asked}, options.rounds)
        for what in asked:
            ratio = (took[what] - took["nothing"]) / took["tokens"]
            goal = 4 if what.startswith(EVERYTHING) else 1
            yield Row(what, f"{hosts:,} hosts", ratio, "tokens", goal)


def write_plain(options: Options, hosts: int) -> tuple[Path, list[str]]:
    """Write a plain file; give the names of its groups, too."""
    facts = plain(hosts)
    path = write_file(options.folder / f"plain-{hosts}.cluster", facts)
    return path, list(facts.groups)


def shape_rows(options: Options) -> Iterator[Row]:
    base = _ask(options, "plain", PLAIN)
    for name, shape in SHAPES.items():
        asked = _ask(options, name, shape)
        settle()
        for what, ratio in _compare(asked, base, options.rounds).items():
            yield Row(f"{what}: {name}", f"{options.lines:,} lines", ratio, "the plain shape", 3)


Asked = dict[str, Callable[[], Answers]]


def _ask(options: Options, name: str, shape: Shape) -> Asked:
    """Write a file of some shape, and say what is asked of it."""
    facts = shape.make(options.lines)
    path = options.folder / f"{''.join(filter(str.isalnum, name))}.cluster"
    write_file(path, facts, shape.style)
    asked: Asked = {"load": partial(load, path, _middle(facts.groups))}
    if len(facts.lumps) >= options.lines // 10:
        asked["load, one lump"] = partial(load, path, _middle(facts.lumps))
    asked[EVERYTHING] = partial(read_all, path)
    return asked


def _middle(names: Iterable[str]) -> str:
    listed = list(names)
    return listed[len(listed) // 2]


def _compare(asked: Asked, base: Asked, rounds: int) -> dict[str, float]:
    """Compare seconds a name, of those in the file and those in the answers."""
    ratios: dict[str, float] = {}
    for what, task in asked.items():
        usual = base.get(what, base["load"])
        took = measure_by_turns({"odd": task, "usual": usual}, rounds)
        ratios[what] = took["odd"] / _weigh(task) / (took["usual"] / _weigh(usual))
    return ratios


def _weigh(task: Callable[[], Answers]) -> int:
    """Count the names in the file and in the answers, of which some may be the same tuple."""
    answers = task()
    path = answers.settings.peak.running.cluster["_filename"]
    several = {id(names): names for names in answers.names}
    return len(Path(path).read_text("utf-8").split()) + sum(map(len, several.values()))
