"""Benchmark: load a cluster file and read one group or everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from .files import PLAIN, SHAPES, Shape, plain, settle, write_file
from .measure import Options, Row, Task, measure_processes
from .task import TASKS, Result

READ_ALL = "load, read everything once"
READ_VALUES = f"{READ_ALL} via `values()`"
GOALS: dict[str, tuple[float, float]] = {
    "load, first group": (1.15, 0.7),
    "load, middle group": (1.15, 0.7),
    "load, last group": (1.15, 0.7),
    READ_ALL: (6, 4),
    READ_VALUES: (5, 3.5),
}
"""Below a million hosts, and from there on."""


def rows(options: Options) -> Iterator[Row]:
    for hosts in options.hosts:
        path, groups = write_plain(options, hosts)
        settle()
        middle = _middle(groups)
        tasks: dict[str, Task] = {
            "tokens": ("read_tokens", path, ""),
            "dynaconf": ("load_dynaconf", path, ""),
            "load, first group": ("load", path, groups[0]),
            "load, middle group": ("load", path, middle),
            "load, last group": ("load", path, groups[-1]),
            READ_ALL: ("read_all", path, ""),
            READ_VALUES: ("read_values", path, ""),
            "replace": ("load_and_replace", path, middle),
        }
        times = measure_processes(tasks, options.rounds)
        net = {what: seconds - times["dynaconf"] for what, seconds in times.items()}
        at = f"{hosts:,} hosts"
        for what, goals in GOALS.items():
            yield Row(what, at, net[what] / times["tokens"], "tokens", goals[hosts >= 1_000_000])
        ratio = net["replace"] / net["load, middle group"]
        yield Row("load, replace a group and read it", at, ratio, "load, middle group", 2)


def write_plain(options: Options, hosts: int) -> tuple[Path, list[str]]:
    """Write a plain file; return its path and group names."""
    contents = plain(hosts)
    path = write_file(options.folder / f"plain-{hosts}.cluster", contents)
    return path, list(contents.groups)


def shape_rows(options: Options) -> Iterator[Row]:
    baselines = _make_tasks(options, "plain", PLAIN)
    for name, shape in SHAPES.items():
        tasks = _make_tasks(options, name, shape)
        settle()
        for what, task in tasks.items():
            ratio = _compare(task, baselines.get(what, baselines["load"]), options.rounds)
            yield Row(f"{what}: {name}", f"{options.lines:,} lines", ratio, "plain shape", 3)


def error_rows(options: Options) -> Iterator[Row]:
    path = options.folder / "errors"
    tasks: dict[str, Task] = {"refuse": ("refuse", path, ""), "tokens": ("read_tokens", path, "")}
    for name, line in (("nothing but errors", "one two\n"), ("one long line", "[1, 2, 3], ")):
        path.write_text(line * (options.errors // len(line)))
        times = measure_processes(tasks, options.rounds)
        ratio = times["refuse"] / times["tokens"]
        yield Row(f"refuse: {name}", f"{options.errors // 10**6} MB", ratio, "tokens", 1.5)


def _make_tasks(options: Options, name: str, shape: Shape) -> dict[str, Task]:
    """Write a file of this shape; return the tasks to run on it."""
    contents = shape.generate(options.lines)
    path = options.folder / f"{''.join(filter(str.isalnum, name))}.cluster"
    write_file(path, contents, shape.style)
    tasks: dict[str, Task] = {"load": ("load", path, _middle(contents.groups))}
    if len(contents.lumps) >= options.lines // 10:
        tasks["load, one lump"] = ("load", path, _middle(contents.lumps))
    tasks[READ_ALL] = ("read_all", path, "")
    return tasks


def _middle(names: Iterable[str]) -> str:
    listed = list(names)
    return listed[len(listed) // 2]


def _compare(task: Task, baseline: Task, rounds: int) -> float:
    """Return the ratio of seconds per name."""
    times = measure_processes({"shape": task, "plain": baseline}, rounds)
    return times["shape"] / _count_names(task) / (times["plain"] / _count_names(baseline))


def _count_names(task: Task) -> int:
    """Count the names in the file and in the distinct tuples of the result."""
    what, path, group = task
    result = TASKS[what](path, group)
    assert isinstance(result, Result)
    distinct = {id(names): names for names in result.names}
    return len(path.read_text("utf-8").split()) + sum(map(len, distinct.values()))
