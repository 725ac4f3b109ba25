"""What a cluster file says: the example, and what two older programs read in others."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import Cluster, parse, read
from dynaconf_cluster._rules import is_group_name, is_host_name

from .conftest import EXAMPLE, GROUPS, HOSTS, SPECIAL, read_attribute

REFERENCE = Path(__file__).with_name("data") / "reference"
CASES = {
    f"{name} {number}": case
    for name in ("peak", "clusterit")
    for number, case in enumerate(json.loads((REFERENCE / f"{name}.json").read_text("utf-8")))
}


@pytest.fixture(params=[False, True], ids=["groups first", "hosts first"])
def hosts_first(request: pytest.FixtureRequest) -> bool:
    """Tell whether the hosts of a cluster are read before its groups."""
    return bool(request.param)


def open_cluster(text: str, hosts_first: bool) -> Cluster:
    cluster = parse(text)
    if hosts_first:
        assert isinstance(cluster.hosts, tuple)
    return cluster


def test_the_example_is_what_the_manual_says(hosts_first: bool) -> None:
    """Groups and hosts come in the order of the file; each gives its value in every way."""
    cluster = open_cluster(EXAMPLE, hosts_first)
    assert cluster.groups == tuple(GROUPS)
    assert cluster.hosts == tuple(HOSTS)
    for names, values in ((cluster.groups, GROUPS | SPECIAL), (cluster.hosts, HOSTS)):
        for name, value in values.items():
            assert names[name] == names.get(name) == read_attribute(names, name) == value


def test_a_cluster_shows_how_large_it_is() -> None:
    """The repr of a cluster counts its hosts and groups."""
    assert repr(parse(EXAMPLE)) == "<Cluster: 9 hosts in 5 groups>"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_group_has_the_hosts_that_peak_found(case: dict[str, Any], hosts_first: bool) -> None:
    """Each group has the hosts of the original, though it be the first thing that is read."""
    for group, hosts in case["members"].items():
        assert open_cluster(case["text"], hosts_first).groups[group] == tuple(hosts)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_cluster_is_what_peak_made_of_it(case: dict[str, Any], hosts_first: bool) -> None:
    """All names, members and memberships are those of the original, read from one cluster."""
    cluster = open_cluster(case["text"], hosts_first)
    assert {name: cluster.groups[name] for name in case["members"]} == {
        name: tuple(hosts) for name, hosts in case["members"].items()
    }
    assert cluster.groups == tuple(case["groups"])
    assert cluster.hosts == tuple(case["hosts"])
    assert dict(cluster.hosts.items()) == {
        host: tuple(groups) for host, groups in case["belongs"].items()
    }


DSH = {name: case for name, case in CASES.items() if "dsh" in case}


@pytest.mark.parametrize("case", DSH.values(), ids=DSH.keys())
def test_a_group_has_the_hosts_that_clusterit_lists(case: dict[str, Any]) -> None:
    """Each group that ClusterIt lists has the same hosts, in whatever order."""
    groups = parse(case["text"]).groups
    assert case["dsh"]
    assert {name: sorted(groups[name]) for name in case["dsh"]} == case["dsh"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_file_is_read_as_its_text_is(case: dict[str, Any], tmp_path: Path) -> None:
    """Reading a file gives what parsing its text gives."""
    path = tmp_path / "x.cluster"
    path.write_bytes(case["text"].encode())
    cluster = read(path)
    assert cluster.hosts == tuple(case["hosts"])
    assert dict(cluster.groups.items()) == dict(parse(case["text"]).groups.items())


def test_the_special_groups_are_always_there() -> None:
    """An empty file has no groups and no hosts, and both special groups."""
    cluster: Any = parse("")
    assert cluster.groups == ()
    assert not cluster.groups
    assert cluster.hosts == ()
    assert cluster.groups["__all__"] == cluster.groups.__all__ == ()
    assert cluster.groups["__orphans__"] == cluster.groups.__orphans__ == ()
    assert "__all__" not in cluster.groups


def test_a_lump_of_everything_holds_later_hosts_too() -> None:
    """A lump that names `__all__` has every host of the file, and every host has it."""
    cluster = parse("one\nLUMP:a\n__all__\nGROUP:b\ntwo\nLUMP:c\na\n")
    assert cluster.groups["a"] == cluster.groups["c"] == ("one", "two")
    assert cluster.hosts["one"] == ("__orphans__", "a", "c")
    assert cluster.hosts["two"] == ("a", "b", "c")


def test_a_lump_may_name_the_orphans() -> None:
    """A lump that names `__orphans__` has the hosts before the first header."""
    cluster = parse("one\nGROUP:b\ntwo\nLUMP:a\n__orphans__\n")
    assert cluster.groups["a"] == ("one",)
    assert cluster.hosts["one"] == ("__orphans__", "a")
    assert cluster.hosts["two"] == ("b",)


def test_groups_come_in_the_order_of_their_first_mention() -> None:
    """A line of a lump mentions a group as much as its header does."""
    cluster = parse("LUMP:a\nc\nb\nGROUP:b\none\nGROUP:c\none\n")
    assert cluster.groups == ("a", "c", "b")
    assert cluster.hosts["one"] == ("a", "c", "b")


def test_a_host_that_is_listed_again_and_again_counts_once() -> None:
    """Duplicates are dropped, within a section and across the sections of a name."""
    cluster: Any = parse("one\none\nGROUP:a\none\ntwo\ntwo\nGROUP:b\none\nGROUP:a\ntwo\none\n")
    assert cluster.groups["a"] == ("one", "two")
    assert cluster.hosts == ("one", "two")
    assert cluster.hosts["one"] == ("__orphans__", "a", "b")
    assert cluster.hosts["two"] == ("a",)


def test_sections_of_one_name_add_up() -> None:
    """A name that is opened as a group and as a lump has the hosts of both."""
    text = "LUMP:a\nb\nGROUP:b\none\nGROUP:a\ntwo\nLUMP:a\nc\nGROUP:c\nthree\n"
    cluster = parse(text)
    assert cluster.groups["a"] == ("one", "two", "three")
    assert cluster.hosts["one"] == ("a", "b")
    assert cluster.hosts["two"] == ("a",)


def test_another_name_for_a_group_has_the_same_tuple() -> None:
    """Lumps that are nothing but other names share the hosts of the group."""
    groups = parse("LUMP:a\nb\nLUMP:b\nc\nGROUP:c\none\ntwo\n").groups
    assert groups["a"] is groups["b"]
    assert groups["b"] is groups["c"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ("a", "b", "c")),
        ("LUMP:all\nb\n", ("a", "b", "c", "all")),
        ("GROUP:a\none\ntwo\n", ("a", "b", "c")),
    ],
)
def test_hosts_of_the_same_groups_that_are_neighbours_share_one_tuple(
    more: str, expected: tuple[str, ...]
) -> None:
    """The groups of hosts that are listed together again and again cost no more than of one."""
    hosts = parse(f"GROUP:a\none\ntwo\nGROUP:b\none\ntwo\nGROUP:c\none\ntwo\n{more}").hosts
    assert hosts["one"] == expected
    assert hosts["one"] is hosts["two"]


def test_lumps_that_come_first_lead_the_groups_of_a_host() -> None:
    """A host has its groups in cluster order, in whatever order they list it."""
    hosts = parse("LUMP:z\nb\nGROUP:c\none\nthree\nGROUP:b\none\nGROUP:a\ntwo\nthree\n").hosts
    assert hosts["one"] == ("z", "b", "c")
    assert hosts["two"] == ("a",)
    assert hosts["three"] == ("c", "a")


def test_a_group_that_is_a_lump_of_everything_counts_once() -> None:
    """A name that is a group and a lump of all hosts is but one of their groups."""
    hosts = parse("GROUP:a\none\nLUMP:a\n__all__\nGROUP:b\ntwo\n").hosts
    assert hosts["one"] == ("a",)
    assert hosts["two"] == ("a", "b")


def test_a_host_may_be_in_hundreds_of_groups() -> None:
    """A host that every group lists has all of them, and each has it."""
    cluster = parse("".join(f"GROUP:g{i}\none\nh{i}\n" for i in range(350)))
    assert cluster.hosts["one"] == tuple(f"g{i}" for i in range(350))
    assert all(cluster.groups[f"g{i}"] == ("one", f"h{i}") for i in range(350))


def test_what_was_read_is_not_computed_again() -> None:
    """A value that is read twice is the same object."""
    cluster = parse(EXAMPLE)
    assert cluster.groups is cluster.groups
    assert cluster.hosts is cluster.hosts
    assert cluster.groups["weird"] is cluster.groups["weird"]
    assert cluster.hosts["one.baz.com"] is cluster.hosts["one.baz.com"]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("used", [False, True], ids=["untouched", "used"])
def test_a_cluster_survives_pickling(protocol: int, used: bool) -> None:
    """A pickled cluster says the same, whether or not it was read before."""
    cluster = parse(EXAMPLE)
    if used:
        assert cluster.hosts["one.baz.com"]
        assert cluster.groups.weird
    again = pickle.loads(pickle.dumps(cluster, protocol))
    assert type(again) is Cluster
    assert dict(again.groups.items()) == dict(parse(EXAMPLE).groups.items())
    assert dict(again.hosts.items()) == dict(parse(EXAMPLE).hosts.items())
    assert again.groups["__orphans__"] == ("foo.baz.com", "bar.baz.com")


def test_a_machine_alone_is_an_orphan() -> None:
    """The cluster of one machine has it as its only host, and no groups."""
    cluster: Any = Cluster.alone("laptop.local")
    assert cluster.hosts == ("laptop.local",)
    assert cluster.groups == ()
    assert cluster.groups["__all__"] == cluster.groups["__orphans__"] == ("laptop.local",)
    assert cluster.hosts["laptop.local"] == ("__orphans__",)


REPLACED = {"odd": ["x"], "WEIRD": ["one.baz.com", "x"], "new": ["one.baz.com"]}


def test_groups_are_replaced_as_if_the_file_said_so() -> None:
    """What follows from a group follows; the file's spelling stays; a new name comes last."""
    cluster: Any = parse(EXAMPLE).replace(REPLACED)
    assert cluster.groups == ("odd", "even", "prime", "qux", "weird", "new")
    assert cluster.groups.odd == ("x",)
    assert cluster.groups.weird == ("x", "one.baz.com")
    assert cluster.hosts.x == ("odd", "weird")
    assert cluster.hosts["one.baz.com"] == ("prime", "qux", "weird", "new")
    assert parse(EXAMPLE).replace({}).groups == parse(EXAMPLE).groups
    assert pickle.loads(pickle.dumps(cluster)).groups.odd == ("x",)


@pytest.mark.parametrize(
    ("groups", "kind", "told"),
    [
        ({"odd": "x"}, TypeError, "groups.odd is 'x'; a group is replaced whole"),
        ({"__all__": ["x"]}, TypeError, "groups.__all__ is ['x']; it follows from the others"),
        ({"odd": ["a b"]}, ValueError, "'a b' is no name or address of a host"),
        ({"odd": ["FOO.baz.com"]}, ValueError, "differs from 'foo.baz.com' of group '__orphans__'"),
        ({"n": ["a"], "N": ["A"], "m": ["a"]}, ValueError, "in case alone"),
    ],
)
def test_groups_that_cannot_be_are_refused(
    groups: dict[str, object], kind: type[Exception], told: str
) -> None:
    """The error names the setting."""
    with pytest.raises(kind, match=r"^the setting peak\.running\.cluster\.groups\.") as refused:
        parse(EXAMPLE).replace(groups)
    assert told in str(refused.value)


def test_without_a_file_the_machine_stays() -> None:
    """Then it is as if a file listed the machine before any header, whatever it is called."""
    cluster = Cluster.alone("my box").replace({"web": ["a"]})
    assert cluster.hosts == ("my box", "a")
    assert cluster.groups["__orphans__"] == ("my box",)


MACHINES: dict[str, tuple[str, list[str], str | None]] = {
    "its name": ("one.baz.com", ["two.baz.com", "one.baz.com"], "one.baz.com"),
    "in another case": ("ONE.baz.com", ["one.baz.com"], "one.baz.com"),
    "its first label": ("one", ["two.baz.com", "One.baz.com"], "One.baz.com"),
    "a label of two": ("one", ["one.baz.com", "one.baz.org"], None),
    "listed by its short name": ("one.baz.com", ["one"], "one"),
    "of another domain": ("one.baz.org", ["one.baz.com"], None),
    "the whole name first": ("one", ["one.baz.com", "ONE"], "ONE"),
    "with a user": ("one.baz.com", ["root@one.baz.com"], "root@one.baz.com"),
    "with a port": ("one", ["one.baz.com:22"], "one.baz.com:22"),
    "with both": ("ONE", ["me@one:22"], "me@one:22"),
    "an address": ("10.0.0.1", ["10.0.0.1:22"], "10.0.0.1:22"),
    "the beginning of an address": ("10", ["10.0.0.1"], None),
    "an address that begins like a name": ("10.0.0.1", ["10"], None),
    "an address in brackets": ("fe80::1%eth0", ["[fe80::1%eth0]:22"], "[fe80::1%eth0]:22"),
    "a longer label": ("on", ["one.baz.com"], None),
    "no host": ("one", [], None),
}


@pytest.mark.parametrize(("hostname", "hosts", "machine"), MACHINES.values(), ids=MACHINES.keys())
def test_this_machine_is_found(hostname: str, hosts: list[str], machine: str | None) -> None:
    """By its name, or up to the first dot; user and port are no part of that."""
    cluster = parse("GROUP:all-of-them\n" + "".join(f"{host}\n" for host in hosts))
    assert cluster.find_machine(hostname) == machine
    groups = () if machine is None else ("all-of-them",)
    assert cluster.groups_of_machine(hostname) == groups


GOOD_HOSTS = """
a A1 a-b a.b-c 10.0.0.1 größe me@a a:1 me@a.b:65535 ::1 fe80::1%eth0 2001:db8::1 [::1]
[fe80::1%eth0]:22 me@[::1]:22 _a a_b 0012
""".split()
BAD_HOSTS = """
-a .a a. a..b a:0 a:65536 a:b a:1:2 @a a@ a@b@c [a] [10.0.0.1] [::1 ::1] [::1]:0 fe80::1%
fe80::g a/b a*b a$b a,b a=b #a w[1-4] a%b e\u0301
""".split()
BAD_HOSTS += ["", "a b", "a\n"]


@pytest.mark.parametrize("name", GOOD_HOSTS)
def test_names_and_addresses_are_hosts(name: str) -> None:
    """With a user in front and a port behind, if need be."""
    assert is_host_name(name)


@pytest.mark.parametrize("name", BAD_HOSTS)
def test_everything_else_is_no_host(name: str) -> None:
    """What means something to a shell, a template or dynaconf is no name."""
    assert not is_host_name(name)


@pytest.mark.parametrize("name", ["web", "web.prod", "0012", "_a", "größe", "a-b_c.d", "node"])
def test_names_of_groups(name: str) -> None:
    """Letters, digits, `_`, `-` and `.` make the name of a group."""
    assert is_group_name(name)


@pytest.mark.parametrize("name", ["", "-a", ".a", "a.", "a..b", "a b", "a:1", "@a", "a/b", "a\n"])
def test_other_names_of_groups(name: str) -> None:
    """Anything else does not."""
    assert not is_group_name(name)
