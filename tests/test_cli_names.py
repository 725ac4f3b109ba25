"""``hosts``, ``groups`` and ``in``."""

from __future__ import annotations

import json
from functools import partial

import pytest

from .command import call
from .conftest import GROUPS, HOSTS, SPECIAL

pytestmark = pytest.mark.usefixtures("example")
ask = partial(call, CLUSTER="example.cluster")


@pytest.mark.parametrize(
    ("arguments", "hosts"),
    [
        ("even odd", "one three five two four six"),
        ("odd odd", "one three five"),
        ("", "foo bar one three five two four six frob"),
        ("weird --exclude odd", "two frob"),
        ("--exclude weird", "foo bar four six"),
        ("--exclude weird --exclude __orphans__", "four six"),
        ("weird --intersect odd", "one three five"),
        ("--intersect prime --intersect even", "two"),
        ("odd even --intersect prime --exclude qux", "three five two"),
        ("odd --exclude odd", ""),
        ("odd --intersect even", ""),
        ("ODD", "one three five"),
    ],
)
def test_hosts(arguments: str, hosts: str) -> None:
    """Hosts are united, intersected and excluded, in file order."""
    expected = [f"{host}.baz.com" for host in hosts.split()]
    assert ask("hosts", *arguments.split()) == (0, "".join(f"{host}\n" for host in expected), "")
    # separators go between hosts, and a newline after the last
    for separator in (",", " "):
        out = f"{separator.join(expected)}\n" if hosts else ""
        assert ask("hosts", *arguments.split(), "--separator", separator) == (0, out, "")


@pytest.mark.parametrize(
    ("line", "machine", "status", "groups"),
    [
        ("groups", "two", 0, "odd even prime qux weird"),
        ("groups ONE.baz.com", "two", 0, "odd prime qux weird"),
        ("groups --here", "two", 0, "even prime weird"),
        ("groups --here", "elsewhere", 0, ""),
        ("in odd even", "two", 0, ""),
        ("in __orphans__", "foo", 0, ""),
        ("in EVEN", "TWO", 0, ""),
        ("in __all__ odd", "elsewhere", 1, ""),
        ("in even --host two.baz.com", "elsewhere", 0, ""),
        ("in odd --host two.baz.com", "one", 1, ""),
    ],
)
def test_groups(line: str, machine: str, status: int, groups: str) -> None:
    """``groups`` lists declared groups; ``in`` answers by its exit status alone."""
    expected = "".join(f"{group}\n" for group in groups.split())
    assert ask(*line.split(), machine=machine) == (status, expected, "")


def test_unknown_names() -> None:
    """Unknown names are errors that suggest similar ones, and nothing is printed."""
    for line, message in {
        "hosts prim": "no group 'prim'; did you mean 'prime'?",
        "hosts odd --intersect prim": "no group 'prim'; did you mean 'prime'?",
        "groups one": "no host 'one'; did you mean 'one.baz.com'?",
        "in even wierd": "no group 'wierd'; did you mean 'weird'?",
        "in even --host two": "no host 'two'; did you mean 'two.baz.com'?",
    }.items():
        assert ask(*line.split()) == (1, "", f"dynaconf-cluster: {message}\n")


def test_json() -> None:
    """JSON output contains the same names."""
    for line, what in (("hosts odd --exclude qux", "hosts"), ("groups two.baz.com", "groups")):
        status, out, err = ask(*line.split(), "--json")
        names = ask(*line.split()).out.split()
        assert (status, json.loads(out), err) == (0, {"version": 1, what: names}, "")
    assert json.loads(ask("hosts", "odd", "--exclude", "odd", "--json").out)["hosts"] == []


def test_same_as_the_library() -> None:
    """The command agrees with the library for every group and host."""
    for group, hosts in (GROUPS | SPECIAL).items():
        assert ask("hosts", group) == (0, "".join(f"{host}\n" for host in hosts), "")
    for host in HOSTS:
        groups = [group for group in HOSTS[host] if group != "__orphans__"]
        assert ask("groups", host) == (0, "".join(f"{group}\n" for group in groups), "")
        for group in GROUPS:
            assert ask("in", group, "--host", host).status == (group not in groups)
