"""Lazy values (`@get`, `@format`, `@jinja`) that are set to names, and what they may read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

CLUSTER = "peak.running.cluster"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'
ODD = ("one.baz.com", "three.baz.com", "five.baz.com")

Make = Callable[..., Any]


@pytest.mark.parametrize("value", ["@format {this.WHO}", "@jinja {{ this.WHO }}"])
def test_elements_of_overrides_may_be_lazy(make: Make, value: str) -> None:
    """Lazy text among the hosts of an override is evaluated as dynaconf does in any list."""
    settings = make(f'WHO = "local"\n{PLAIN}[peak.running.cluster.groups]\nodd = ["{value}"]\n')
    assert settings.peak.running.cluster.groups.odd == ("local",)


def test_lazy_override_is_evaluated(make: Make) -> None:
    """A lazy setting that gives a list overrides a name."""
    toml = f'WHO = ["a", "b"]\n{PLAIN}[peak.running.cluster.groups]\nodd = "@get WHO"\n'
    assert make(toml).peak.running.cluster.groups.odd == ("a", "b")


def jinja(expression: str) -> str:
    return f"@json @jinja {{{{ ({expression}) | list | tojson }}}}"


GROUPS = f"this.{CLUSTER}.groups"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"@get {CLUSTER}.groups.qux", ("one.baz.com", "frob.baz.com")),
        (f"@get {CLUSTER}.groups.odd", ODD),
        (jinja(f"{GROUPS}.odd[1:]"), ODD[1:]),
        (jinja(f'{GROUPS}["odd"] + ("x",)'), (*ODD, "x")),
        (jinja(f'this.{CLUSTER}.hosts["bar.baz.com"]'), ("__orphans__",)),
        (jinja(f"this.{CLUSTER}.group_names"), ("odd", "prime", "qux", "weird")),
        (jinja(f"(this.{CLUSTER}.shortname,)"), ("one",)),
    ],
)
@pytest.mark.parametrize("source", ["file", "code"])
def test_lazy_override_reads_what_is_below_it(
    make: Make, value: str, expected: tuple[str, ...], source: str
) -> None:
    """What is set to a group may read the cluster, and then reads it without what is set."""
    toml = f"{PLAIN}_hostname = 'one.baz.com'\n"
    if source == "file":
        toml += f"groups.odd = {json.dumps(value)}\n"
    settings = make(toml)
    if source == "code":
        settings.set(f"{CLUSTER}.groups.odd", value)
    cluster = settings.peak.running.cluster
    assert cluster.groups.odd == settings[f"{CLUSTER}.groups.odd"] == expected
    assert cluster.groups.qux == ("one.baz.com", "frob.baz.com")


@pytest.mark.parametrize("first", ["group_names", "hosts", "groups"])
def test_what_was_worked_out_on_the_way_is_not_kept(make: Make, first: str) -> None:
    """The groups of this machine are those of the override, though it read them before it was."""
    value = jinja(f"this.{CLUSTER}.group_names[:2] + ('mine',)")
    settings = make(
        f'{PLAIN}_hostname = "one.baz.com"\nhosts."one.baz.com" = {json.dumps(value)}\n'
    )
    for _ in range(2):
        assert settings.peak.running.cluster[first]
        assert settings.peak.running.cluster.group_names == ("odd", "prime", "mine")
        assert settings.peak.running.cluster.hosts.one.baz.com == ("odd", "prime", "mine")
        settings.reload()


@pytest.mark.parametrize("first", ["groups", "hosts"])
def test_groups_and_hosts_may_read_each_other(make: Make, first: str) -> None:
    """Each reads the other with what is set there, whichever is read first."""
    settings = make(
        f"{PLAIN}groups.odd = '@get {CLUSTER}.hosts.new'\n"
        f"groups.even = ['e']\n"
        f"hosts.new = '@get {CLUSTER}.groups.even'\n"
    )
    for _ in range(2):
        assert len(settings.peak.running.cluster[first]) > 1
        assert settings.peak.running.cluster.hosts.new == ("e",)
        assert settings.peak.running.cluster.groups.even == ("e",)
        settings.set(f"{CLUSTER}.x", 1)


def test_hostname_may_add_to_that_of_the_system(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting of this machine's name reads the name without the setting."""
    monkeypatch.setattr("socket.gethostname", lambda: "one")
    settings = make(f'{PLAIN}_hostname = "@format {{this.{CLUSTER}.hostname}}.baz.com"\n')
    for _ in range(2):
        assert settings.peak.running.cluster.hostname == "one.baz.com"
        assert settings.peak.running.cluster.shortname == "one"
        assert settings.peak.running.cluster.group_names == ("odd", "prime", "qux", "weird")
        settings.reload()


@pytest.mark.parametrize("what", ["groups", "hosts", "group_names"])
def test_filename_that_reads_the_cluster_is_refused(make: Make, what: str) -> None:
    """A file can not be named by what is in it; the error says what can name it."""
    message = rf"{CLUSTER}\._filename reads the cluster .*; it may read {CLUSTER}\.hostname"
    with pytest.raises(ValueError, match=message):
        make(f'[{CLUSTER}]\n_filename = "@get {CLUSTER}.{what}"\n').get("x")
    settings = make(
        f'[{CLUSTER}]\n_filename = "@format {{this.{CLUSTER}.hostname}}.cluster"\n'
        '_hostname = "example"\n'
    )
    assert settings.peak.running.cluster.groups.odd == ODD
