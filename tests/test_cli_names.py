"""``hosts``, ``groups`` and ``in``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dynaconf_cluster import read
from dynaconf_cluster._cli.main import main

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, example: Path
) -> Call:
    """Return what runs the command on the example, for a given machine."""
    monkeypatch.setenv("CLUSTER", str(example))

    def call(*arguments: str, machine: str = "two") -> tuple[int, str, str]:
        monkeypatch.setattr("socket.gethostname", lambda: machine)
        status = main(arguments)
        return (status, *capsys.readouterr())

    return call


@pytest.mark.parametrize(
    ("arguments", "hosts"),
    [
        ("odd", "one three five"),
        ("qux", "one frob"),
        ("weird", "one three five two frob"),
        ("even odd", "one three five two four six"),
        ("odd odd", "one three five"),
        ("__orphans__", "foo bar"),
        ("", "foo bar one three five two four six frob"),
        ("__all__", "foo bar one three five two four six frob"),
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
def test_hosts(call: Call, arguments: str, hosts: str) -> None:
    """Hosts are united, intersected and excluded, in the order of the file."""
    expected = "".join(f"{host}.baz.com\n" for host in hosts.split())
    assert call("hosts", *arguments.split()) == (0, expected, "")


@pytest.mark.parametrize(
    ("separator", "out"),
    [(",", "one.baz.com,frob.baz.com\n"), (" ", "one.baz.com frob.baz.com\n")],
)
def test_separator(call: Call, separator: str, out: str) -> None:
    """A separator stands between hosts, and the end of the line after the last."""
    assert call("hosts", "qux", "--separator", separator) == (0, out, "")
    assert call("hosts", "qux", "--exclude", "qux", "--separator", separator) == (0, "", "")


@pytest.mark.parametrize("option", [(), ("--exclude",), ("odd", "--intersect")])
def test_hosts_of_unknown_group(call: Call, option: tuple[str, ...]) -> None:
    """An unknown group is told, with what is near, and nothing is printed."""
    said = "dynaconf-cluster: no group 'prim'; did you mean 'prime'?\n"
    assert call("hosts", *option, "prim") == (1, "", said)


@pytest.mark.parametrize(
    ("arguments", "groups"),
    [
        ((), "odd even prime qux weird"),
        (("one.baz.com",), "odd prime qux weird"),
        (("ONE.baz.com",), "odd prime qux weird"),
        (("foo.baz.com",), ""),
        (("--here",), "even prime weird"),
    ],
)
def test_groups(call: Call, arguments: tuple[str, ...], groups: str) -> None:
    """Groups are those of a host, of this machine or all, without the orphans."""
    expected = "".join(f"{group}\n" for group in groups.split())
    assert call("groups", *arguments) == (0, expected, "")


def test_groups_of_unlisted_machine(call: Call) -> None:
    """A machine that the file does not list has no groups, as in the settings."""
    assert call("groups", "--here", machine="elsewhere") == (0, "", "")


def test_groups_of_unknown_host(call: Call) -> None:
    """An unknown host is told, with what is near; part of a name is unknown."""
    said = "dynaconf-cluster: no host 'one'; did you mean 'one.baz.com'?\n"
    assert call("groups", "one") == (1, "", said)


@pytest.mark.parametrize(
    ("arguments", "machine", "status"),
    [
        (("even",), "two.baz.com", 0),
        (("even",), "two", 0),
        (("odd",), "two", 1),
        (("odd", "even"), "two", 0),
        (("weird",), "two", 0),
        (("__all__",), "two", 0),
        (("__orphans__",), "two", 1),
        (("__orphans__",), "foo", 0),
        (("EVEN",), "TWO", 0),
        (("__all__", "odd"), "elsewhere", 1),
        (("even", "--host", "two.baz.com"), "elsewhere", 0),
        (("odd", "--host", "two.baz.com"), "one", 1),
    ],
)
def test_in(call: Call, arguments: tuple[str, ...], machine: str, status: int) -> None:
    """``in`` says yes or no by its exit status, and nothing else."""
    assert call("in", *arguments, machine=machine) == (status, "", "")


def test_in_unknown(call: Call) -> None:
    """Unknown names are told by ``in``, even if the answer would be yes without them."""
    said = "dynaconf-cluster: no group 'wierd'; did you mean 'weird'?\n"
    assert call("in", "even", "wierd") == (1, "", said)
    said = "dynaconf-cluster: no host 'two'; did you mean 'two.baz.com'?\n"
    assert call("in", "even", "--host", "two") == (1, "", said)


def test_same_as_the_library(call: Call, example: Path) -> None:
    """The command gives what the library gives, for every group and every host."""
    cluster = read(example)
    for group in (*cluster.groups, "__all__", "__orphans__"):
        assert tuple(call("hosts", group)[1].split()) == cluster.groups[group]
    for host in cluster.hosts:
        groups = tuple(group for group in cluster.hosts[host] if group != "__orphans__")
        assert tuple(call("groups", host)[1].split()) == groups
        for group in cluster.groups:
            assert call("in", group, "--host", host)[0] == (group not in groups)
