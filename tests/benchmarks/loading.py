"""Rows: from the file on the disk to a group in hand, and to everything in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from .files import PLAIN, SHAPES, Shape, plain, settle, write_file
from .measure import Options, Row, Task, measure_processes
from .task import TASKS, Answers

EVERYTHING = "load, read everything once"
IN_BULK = f"{EVERYTHING} by `values()`"
GOALS: dict[str, Callable[[int], float]] = {
    "load, first group": lambda hosts: 1.15 if hosts < 1_000_000 else 0.7,
    "load, middle group": lambda hosts: 1.15 if hosts < 1_000_000 else 0.7,
    "load, last group": lambda hosts: 1.15 if hosts < 1_000_000 else 0.7,
    EVERYTHING: lambda hosts: 6 if hosts < 1_000_000 else 4,
    IN_BULK: lambda hosts: 5 if hosts < 1_000_000 else 3.5,
}


def rows(options: Options) -> Iterator[Row]:
    for hosts in options.hosts:
        path, groups = write_plain(options, hosts)
        settle()
        middle = groups[len(groups) // 2]
        tasks: dict[str, Task] = {
            "tokens": ("only_tokens", path, ""),
            "nothing": ("load_nothing", path, ""),
            "load, first group": ("load", path, groups[0]),
            "load, middle group": ("load", path, middle),
            "load, last group": ("load", path, groups[-1]),
            EVERYTHING: ("read_all", path, ""),
            IN_BULK: ("read_in_bulk", path, ""),
            "replace": ("load_and_replace", path, middle),
        }
        took = measure_processes(tasks, options.rounds)
        at = f"{hosts:,} hosts"
        for what, goal in GOALS.items():
            ratio = (took[what] - took["nothing"]) / took["tokens"]
            yield Row(what, at, ratio, "tokens", goal(hosts))
        ratio = (took["replace"] - took["nothing"]) / (took["load, middle group"] - took["nothing"])
        yield Row("load, replace a group and read it", at, ratio, "load, middle group", 2)


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


def error_rows(options: Options) -> Iterator[Row]:
    for name, line in (("nothing but errors", "one two\n"), ("one long line", "[1, 2, 3], ")):
        path = options.folder / "errors"
        path.write_text(line * (options.errors // len(line)))
        took = measure_processes(
            {"refuse": ("refuse", path, ""), "tokens": ("only_tokens", path, "")}, options.rounds
        )
        ratio = took["refuse"] / took["tokens"]
        yield Row(f"refuse: {name}", f"{options.errors // 10**6} MB", ratio, "tokens", 1.5)


def _ask(options: Options, name: str, shape: Shape) -> dict[str, Task]:
    """Write a file of some shape, and say what is asked of it."""
    facts = shape.make(options.lines)
    path = options.folder / f"{''.join(filter(str.isalnum, name))}.cluster"
    write_file(path, facts, shape.style)
    asked: dict[str, Task] = {"load": ("load", path, _middle(facts.groups))}
    if len(facts.lumps) >= options.lines // 10:
        asked["load, one lump"] = ("load", path, _middle(facts.lumps))
    asked[EVERYTHING] = ("read_all", path, "")
    return asked


def _middle(names: Iterable[str]) -> str:
    listed = list(names)
    return listed[len(listed) // 2]


def _compare(asked: Mapping[str, Task], base: Mapping[str, Task], rounds: int) -> dict[str, float]:
    """Compare seconds a name, of those in the file and those in the answers."""
    ratios: dict[str, float] = {}
    for what, task in asked.items():
        usual = base.get(what, base["load"])
        took = measure_processes({"odd": task, "usual": usual}, rounds)
        ratios[what] = took["odd"] / _weigh(task) / (took["usual"] / _weigh(usual))
    return ratios


def _weigh(task: Task) -> int:
    """Count the names in the file and in the answers, of which some may be the same tuple."""
    what, path, group = task
    answers = TASKS[what](path, group)
    assert isinstance(answers, Answers)
    several = {id(names): names for names in answers.names}
    return len(path.read_text("utf-8").split()) + sum(map(len, several.values()))
