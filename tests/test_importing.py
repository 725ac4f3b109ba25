"""``import ansible``: inventories as cluster files, and back again."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import parse

from .command import PATH, Said, call, run

INVENTORY = str(shutil.which("dynaconf-cluster-inventory", path=PATH))
take = partial(call, "import", "ansible")


def convert(inventory: object, *options: str) -> Said:
    """Make a cluster file of an inventory."""
    Path("x.json").write_text(json.dumps(inventory))
    return take("x.json", *options)


WHOLE = {
    "_meta": {"hostvars": {"web1": {"port": 80, "rack": "a"}}},
    "all": {"children": ["ungrouped", "site", "db"]},
    "db": {"hosts": ["db1", "web1"]},
    "site": {"children": ["web", "empty"], "hosts": ["extra"]},
    "ungrouped": {"hosts": ["zz", "aa"]},
    "web": {"hosts": ["web1"], "vars": {"x": 1}},
}
TEXT = "zz aa GROUP:site extra LUMP:site web empty GROUP:web web1 GROUP:empty GROUP:db db1 web1"


def test_groups() -> None:
    """Groups with hosts are groups, with children lumps, in the order of the inventory."""
    said = convert(WHOLE)
    lost = "dynaconf-cluster: left out: 3 variables; --strict names them\n"
    text = "".join(f"{line}\n" for line in TEXT.split())
    assert said == (0, text, lost)
    pipe = "cat x.json | dynaconf-cluster import ansible"
    assert run("sh", "-c", f"{pipe}; {pipe} -").out == text * 2


def test_strict() -> None:
    """Asked to be strict, it names what is lost, and gives nothing; where nothing is, all."""
    names = ("'port' of host 'web1'", "'rack' of host 'web1'", "'x' of group 'web'")
    lost = "".join(f"dynaconf-cluster: left out: variable {name}\n" for name in names)
    assert convert(WHOLE, "--strict") == (1, "", lost)
    assert convert({"all": {"hosts": ["one"]}}, "--strict") == (0, "one\n", "")


ODD = {
    "all": {"children": ["ungrouped", "top", "a b", "Web", "GROUP", "__all__"]},
    "top": {"children": ["web", "a b", "GROUP", "ungrouped"]},
    "a b": {"hosts": ["one", "x y"], "children": ["below", "a b"]},
    "below": {"hosts": ["two", "TWO", "LUMP"]},
    "GROUP": {"hosts": ["four"]},
    "web": {"hosts": ["three"]},
    "Web": {"hosts": ["five"]},
    "__all__": {"hosts": ["six"]},
    "ungrouped": {"hosts": ["seven"]},
}
LOST = """\
host 'x y', which is no name in a cluster file
host 'LUMP', which is no name in a cluster file
host 'TWO', which differs from 'two' in case alone
group 'a b', which is no name in a cluster file
group 'Web', which differs from 'web' in case alone
group 'GROUP', which is no name in a cluster file
group '__all__', which is no name in a cluster file
"""


def test_names_that_cannot_be() -> None:
    """Groups above a group that is left out keep its hosts, and no other host is lost."""
    said = convert(ODD)
    cluster = parse(said.out)
    assert said.err == "dynaconf-cluster: left out: 3 hosts, 4 groups; --strict names them\n"
    assert {group: {*cluster.groups[group]} for group in cluster.groups} == {
        "top": {"one", "two", "three", "four", "seven"},
        "web": {"three"},
        "below": {"two"},
    }
    assert {*cluster.groups["__orphans__"]} == {"five", "six"}
    told = convert(ODD, "--strict")
    assert (told.status, told.out) == (1, "")
    assert sorted(told.err.splitlines()) == sorted(
        f"dynaconf-cluster: left out: {line}" for line in LOST.splitlines()
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "x as a cluster file:1:1: no hosts"),
        ('{"all": {"hosts": ["a b"]}}', "x as a cluster file:1:1: no hosts"),
        (
            '{"a": {"children": ["b"]}, "b": {"children": ["a"], "hosts": ["x"]}}',
            "'a' -> 'b' -> 'a'",
        ),
        *((text, "x is no inventory; expected what ansible-inventory --list prints") for text in (
            "", "all:", "[]", "1", '{"a": []}', '{"a": {"hosts": "b"}}', '{"a": {"hosts": [1]}}',
            '{"_meta": []}', '{"_meta": {"hostvars": {"a": 1}}}', "[" * 100_000, "\udcff",
        )),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, text: str, said: str) -> None:
    """Without hosts or an inventory there is no cluster file."""
    (tmp_path / "x").write_bytes(text.encode("utf-8", "surrogateescape"))
    status, out, err = take("x")
    assert (status, out) == (1, "")
    assert said in err
    assert take("nowhere").status == 2


INI = """\
lone.example ansible_host=10.0.0.1
[web]
web[01:12].example
[db]
db1.example:5432
admin.example ansible_user=root
web03.example
[site:children]
web
db
[empty]
[both]
both.example
[both:children]
db
[all:vars]
x=1
[deep:children]
site
both
empty
[dash-ed.name]
2001:db8::1
"""
YAML = """\
all:
  hosts:
    lone: {ansible_host: 10.0.0.1}
    "12":
  vars: {x: 1}
  children:
    zeta:
      hosts: {b: , a: {y: 2}}
      children:
        alpha:
          hosts: {c: , b: }
          children: {inner: {hosts: {d: }}}
    beta:
      children: {alpha: , zeta: }
    größe:
      hosts: {münchen: }
"""
INVENTORIES = {
    "ini": INI,
    "yaml": YAML,
    "flat.ini": "one\ntwo\nthree\n",
    "lumps.yml": "all:\n  children:\n    a:\n      children:\n        b:\n          hosts: {x: }\n",
}


def ansible_list(inventory: str, **environment: str) -> tuple[str, dict[str, Any]]:
    """Return what Ansible lists, as text and as data."""
    said = run(
        *("ansible-inventory", "-i", inventory, "--list"),
        ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS="ignore",
        **environment,
    )
    assert said.status == 0, said.err
    return said.out, json.loads(said.out)


def members(inventory: dict[str, Any], group: str) -> set[str]:
    """Return the hosts of a group and of its children."""
    entry = inventory.get(group, {})
    below = (members(inventory, child) for child in entry.get("children", ()))
    return set(entry.get("hosts", ())).union(*below)


@pytest.mark.parametrize("name", INVENTORIES)
def test_there_and_back(tmp_path: Path, name: str) -> None:
    """Ansible has the same hosts in the same groups, from the cluster file as before."""
    pytest.importorskip("ansible", reason="ansible-core is not installed")
    source = tmp_path / f"hosts.{name}"
    source.write_text(INVENTORIES[name], "utf-8")
    listed, before = ansible_list(source.name)
    Path("x.json").write_text(listed)
    said = take("x.json")
    assert said.status == 0
    Path("racks.cluster").write_text(said.out, "utf-8")
    _, after = ansible_list(INVENTORY, CLUSTER="racks.cluster")
    groups = {*before, *before["all"]["children"]} - {"_meta"}
    for group in groups:
        assert members(after, group) == members(before, group), group
    assert {*after} - {"_meta"} <= groups
