"""The content of a cluster, compared with the manual and with two older programs."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import Cluster, parse, read

from .conftest import EXAMPLE, GROUPS, HOSTS, SPECIAL, read_attribute

REFERENCE = Path(__file__).with_name("data") / "reference"
CASES = {
    f"{name} {number}": case
    for name in ("peak", "clusterit")
    for number, case in enumerate(json.loads((REFERENCE / f"{name}.json").read_text("utf-8")))
}


def test_the_example_matches_the_manual() -> None:
    """The example has the groups and hosts of the manual, in file order, however they are read."""
    cluster = parse(EXAMPLE)
    assert cluster.groups == tuple(GROUPS)
    assert cluster.hosts == tuple(HOSTS)
    for names, values in ((cluster.groups, GROUPS | SPECIAL), (cluster.hosts, HOSTS)):
        for name, value in values.items():
            assert names[name] == names.get(name) == read_attribute(names, name) == value
    assert repr(parse(EXAMPLE)) == "<Cluster: 9 hosts in 5 groups>"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_cluster_matches_peak(case: dict[str, Any]) -> None:
    """All names, members and memberships match PEAK's, in any order of reading."""
    for group, hosts in case["members"].items():
        assert parse(case["text"]).groups[group] == tuple(hosts)
    Path("x").write_bytes(case["text"].encode())
    hosts_first = parse(case["text"])
    assert hosts_first.hosts == tuple(case["hosts"])
    for cluster in (parse(case["text"]), hosts_first, read("x")):
        assert {name: [*cluster.groups[name]] for name in case["members"]} == case["members"]
        assert cluster.groups == tuple(case["groups"])
        assert cluster.hosts == tuple(case["hosts"])
        assert {host: [*groups] for host, groups in cluster.hosts.items()} == case["belongs"]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "dsh" in case])
def test_groups_match_clusterit(name: str) -> None:
    """Each group has the same hosts as in ClusterIt, in any order."""
    case = CASES[name]
    groups = parse(case["text"]).groups
    assert case["dsh"]
    assert {name: sorted(groups[name]) for name in case["dsh"]} == case["dsh"]


@pytest.mark.parametrize("hosts", [(), ("my box",)], ids=["no hosts", "a machine alone"])
def test_the_special_groups_always_exist(hosts: tuple[str, ...]) -> None:
    """Both special groups exist without any hosts, and without a file."""
    cluster: Any = Cluster.alone(hosts[0]) if hosts else parse("GROUP:a\none\n").replace({"a": []})
    assert cluster.groups == (() if hosts else ("a",))
    assert dict(cluster.hosts.items()) == dict.fromkeys(hosts, ("__orphans__",))
    assert cluster.groups["__all__"] == cluster.groups.__all__ == hosts
    assert cluster.groups["__orphans__"] == cluster.groups.__orphans__ == hosts
    assert "__all__" not in cluster.groups
    replaced = cluster.replace({"web": ["x"]})
    assert replaced.hosts == (*hosts, "x")
    assert replaced.groups["__orphans__"] == hosts


TEXTS: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "a lump of everything holds later hosts too": (
        "one LUMP:a __all__ GROUP:b two LUMP:c a",
        {"a": "one two", "b": "two", "c": "one two"},
        {"one": "__orphans__ a c", "two": "a b c"},
    ),
    "a line of a lump mentions a group as much as its header does": (
        "LUMP:a c b GROUP:b one GROUP:c one",
        {"a": "one", "c": "one", "b": "one"},
        {"one": "a c b"},
    ),
    "a host that is listed again and again counts once": (
        "one one GROUP:a one two two GROUP:b one GROUP:a two one",
        {"a": "one two", "b": "one"},
        {"one": "__orphans__ a b", "two": "a"},
    ),
    "lumps that come first lead the groups of a host": (
        "LUMP:z b GROUP:c one three GROUP:b one GROUP:a two three",
        {"z": "one", "b": "one", "c": "one three", "a": "three two"},
        {"one": "z b c", "three": "c a", "two": "a"},
    ),
}


@pytest.mark.parametrize(("text", "groups", "hosts"), TEXTS.values(), ids=TEXTS.keys())
def test_groups_and_hosts(text: str, groups: dict[str, str], hosts: dict[str, str]) -> None:
    """Groups are in order of first mention, and so are the groups of each host."""
    lines = text.replace(" ", "\n")
    cluster, fresh = parse(lines), parse(lines)
    for names, expected in ((cluster.groups, groups), (cluster.hosts, hosts), (fresh.hosts, hosts)):
        assert [(name, " ".join(names[name])) for name in names] == [*expected.items()]


def test_equal_values_are_shared() -> None:
    """Equal values, read again or under other names, are the same object."""
    cluster = parse(EXAMPLE)
    assert cluster.groups is cluster.groups
    assert cluster.hosts is cluster.hosts
    assert cluster.groups["weird"] is cluster.groups["weird"]
    assert cluster.hosts["one.baz.com"] is cluster.hosts["one.baz.com"]
    groups = parse("LUMP:a\nb\nLUMP:b\nc\nGROUP:c\none\ntwo\n").groups
    assert groups["a"] is groups["b"] is groups["c"]
    text = "GROUP:a\none\ntwo\nGROUP:b\none\ntwo\nGROUP:c\none\ntwo\n"
    for more in ("", "LUMP:all\nb\n", "GROUP:a\none\ntwo\n"):
        hosts = parse(text + more).hosts
        assert hosts["one"] == ("a", "b", "c", *(["all"] if "all" in more else []))
        assert hosts["one"] is hosts["two"]


def test_a_host_may_be_in_hundreds_of_groups() -> None:
    """A host that every group lists is in all of them."""
    cluster = parse("".join(f"GROUP:g{i}\none\nh{i}\n" for i in range(350)))
    assert cluster.hosts["one"] == tuple(f"g{i}" for i in range(350))
    assert all(cluster.groups[f"g{i}"] == ("one", f"h{i}") for i in range(350))


@pytest.mark.parametrize("protocol", [0, pickle.HIGHEST_PROTOCOL])
@pytest.mark.parametrize("used", [False, True], ids=["untouched", "used"])
def test_a_cluster_survives_pickling(protocol: int, used: bool) -> None:
    """A pickled cluster is equal, whether or not it was read before."""
    cluster = parse(EXAMPLE)
    if used:
        assert cluster.hosts["one.baz.com"]
        assert cluster.groups.weird
    again = pickle.loads(pickle.dumps(cluster, protocol))
    assert type(again) is Cluster
    assert dict(again.groups.items()) == dict(parse(EXAMPLE).groups.items())
    assert dict(again.hosts.items()) == dict(parse(EXAMPLE).hosts.items())
    assert again.groups["__orphans__"] == ("foo.baz.com", "bar.baz.com")


def test_replaced_groups() -> None:
    """Lumps and hosts reflect replaced groups; spelling is kept, and new names come last."""
    replaced = {"odd": ["x"], "WEIRD": ["one.baz.com", "x"], "new": ["one.baz.com"]}
    cluster: Any = parse(EXAMPLE).replace(replaced)
    assert cluster.groups == ("odd", "even", "prime", "qux", "weird", "new")
    assert (cluster.groups.odd, cluster.groups.weird) == (("x",), ("x", "one.baz.com"))
    assert cluster.hosts.x == ("odd", "weird")
    assert cluster.hosts["one.baz.com"] == ("prime", "qux", "weird", "new")
    assert parse(EXAMPLE).replace({}).groups == parse(EXAMPLE).groups
    assert parse("GROUP:a\nOne\n").replace({"b": ["x"]}).hosts == ("One", "x")
    assert pickle.loads(pickle.dumps(cluster)).groups.odd == ("x",)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"odd": ["a\n"]}, "'a\\n' is not the name of a host"),
        ({"odd": [""]}, "'' is not the name of a host"),
        ({"a\n": ["a"]}, "'a\\n' is not the name of a group"),
        ({"": ["a"]}, "'' is not the name of a group"),
        ({"odd": ["FOO.baz.com"]}, "differs from 'foo.baz.com' of group '__orphans__'"),
        ({"n": ["a"], "N": ["A"], "m": ["a"]}, "in case alone"),
    ],
)
def test_invalid_groups_are_refused(groups: dict[str, object], message: str) -> None:
    """The error names the setting."""
    with pytest.raises(
        ValueError, match=r"^the setting peak\.running\.cluster\.groups\."
    ) as refused:
        parse(EXAMPLE).replace(groups)
    assert message in str(refused.value)


MACHINES: dict[str, tuple[str, list[str], str | None]] = {
    "in another case": ("ONE.baz.com", ["one.baz.com"], "one.baz.com"),
    "its first label": ("one", ["two.baz.com", "One.baz.com"], "One.baz.com"),
    "a label of two": ("one", ["one.baz.com", "one.baz.org"], None),
    "listed by its short name": ("one.baz.com", ["one"], "one"),
    "of another domain": ("one.baz.org", ["one.baz.com"], None),
    "the whole name first": ("one", ["one.baz.com", "ONE"], "ONE"),
    "with a user": ("one.baz.com", ["root@one.baz.com"], "root@one.baz.com"),
    "with both": ("ONE", ["me@one:22"], "me@one:22"),
    "an address": ("10.0.0.1", ["10.0.0.1:22"], "10.0.0.1:22"),
    "the beginning of an address": ("10", ["10.0.0.1"], None),
    "an address that begins like a name": ("10.0.0.1", ["10"], None),
    "an address in brackets": ("fe80::1%eth0", ["[fe80::1%eth0]:22"], "[fe80::1%eth0]:22"),
    "a longer label": ("on", ["one.baz.com"], None),
    "no such host": ("one", ["two"], None),
}


@pytest.mark.parametrize(("hostname", "hosts", "machine"), MACHINES.values(), ids=MACHINES.keys())
def test_this_machine_is_found(hostname: str, hosts: list[str], machine: str | None) -> None:
    """The machine is found by its name, or up to the first dot, ignoring user and port."""
    cluster = parse("GROUP:all-of-them\n" + "".join(f"{host}\n" for host in hosts))
    assert cluster.find_machine(hostname) == machine
    groups = () if machine is None else ("all-of-them",)
    assert cluster.groups_of_machine(hostname) == groups
