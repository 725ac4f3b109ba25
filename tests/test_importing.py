"""``import ansible``: converting inventories to cluster files and back."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import parse

from .command import PATH, Outcome, call, members, run

INVENTORY = str(shutil.which("dynaconf-cluster-inventory", path=PATH))
take = partial(call, "import", "ansible")


def convert(inventory: object, *options: str) -> Outcome:
    """Convert an inventory to a cluster file."""
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
TEXT = "zz aa GROUP:site extra LUMP:site web empty GROUP:db db1 web1 GROUP:web web1 GROUP:empty"


def test_groups() -> None:
    """Groups with hosts become groups, and with children lumps; losses can be an error."""
    outcome = convert(WHOLE)
    lost = "dynaconf-cluster: left out: 3 variables; --strict names them\n"
    text = "".join(f"{line}\n" for line in TEXT.split())
    assert outcome == (0, text, lost)
    pipe = "cat x.json | dynaconf-cluster import ansible"
    assert run("sh", "-c", f"{pipe}; {pipe} -").out == text * 2
    names = ("'port' of host 'web1'", "'rack' of host 'web1'", "'x' of group 'web'")
    lost = "".join(f"dynaconf-cluster: left out: variable {name}\n" for name in names)
    assert convert(WHOLE, "--strict") == (1, "", lost)
    assert convert({"all": {"hosts": ["one"]}}, "--strict") == (0, "one\n", "")


UNUSUAL = {
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
INVALID = ["host 'x y'", "host 'LUMP'", "group 'a b'", "group 'GROUP'", "group '__all__'"]
LOST = [f"{what}, which is no name in a cluster file" for what in INVALID]
LOST += [
    "host 'TWO', which differs from 'two' in case alone",
    "group 'web', which differs from 'Web' in case alone",
]


def test_invalid_names() -> None:
    """Parents of a dropped group keep its hosts, and only invalid hosts are lost."""
    outcome = convert(UNUSUAL)
    cluster = parse(outcome.out)
    assert outcome.err == "dynaconf-cluster: left out: 3 hosts, 4 groups; --strict names them\n"
    assert {group: {*cluster.groups[group]} for group in cluster.groups} == {
        "top": {"one", "two", "three", "four", "seven"},
        "Web": {"five"},
        "below": {"two"},
    }
    assert cluster.groups["__orphans__"] == ("six",)
    strict = convert(UNUSUAL, "--strict")
    assert (strict.status, strict.out) == (1, "")
    assert {*strict.err.splitlines()} == {f"dynaconf-cluster: left out: {line}" for line in LOST}


NO_HOSTS = "dynaconf-cluster: cannot import x: no hosts\n"
NO_INVENTORY = "x is not what ansible-inventory prints; write: ansible-inventory -i INVENTORY"
LOOP = '{"a": {"children": ["b"]}, "b": {"children": ["a"], "hosts": ["x"]}}'
REFUSED = {"{}": NO_HOSTS, '{"all": {"hosts": ["a b"]}}': NO_HOSTS, LOOP: "'a' -> 'b' -> 'a'"}
REFUSED |= dict.fromkeys(["", "all:", "[]", "1", "[" * 100_000, "\udcff"], NO_INVENTORY)
REFUSED |= dict.fromkeys(
    ['{"a": []}', '{"a": {"hosts": "b"}}', '{"a": {"hosts": [1]}}', '{"_meta": []}'], NO_INVENTORY
)
REFUSED['{"_meta": {"hostvars": {"a": 1}}}'] = NO_INVENTORY


def test_refused(tmp_path: Path) -> None:
    """Without hosts, or without an inventory, there is no cluster file."""
    for text, message in REFUSED.items():
        (tmp_path / "x").write_bytes(text.encode("utf-8", "surrogateescape"))
        status, out, err = take("x")
        assert (status, out, message in err) == (1, "", True), text[:80]
    assert take("nowhere") == (
        2,
        "",
        "dynaconf-cluster: cannot read nowhere: No such file or directory\n",
    )


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
      children:
        below:
          hosts: {münchen: }
"""
INVENTORIES = {"hosts.ini": INI, "hosts.yaml": YAML, "flat.ini": "one\ntwo\nthree\n"}


def ansible_list(*inventories: str, **environment: str) -> tuple[str, dict[str, Any]]:
    """Return Ansible's listing of inventories, as text and as data."""
    named = [f"--inventory={inventory}" for inventory in inventories]
    environment["ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS"] = "ignore"
    outcome = run("ansible-inventory", *named, "--list", **environment)
    assert outcome.status == 0, outcome.err
    return outcome.out, json.loads(outcome.out)


def test_round_trip(tmp_path: Path) -> None:
    """A converted inventory gives Ansible the same hosts in the same groups."""
    pytest.importorskip("ansible", reason="ansible-core is not installed")
    for name, text in INVENTORIES.items():
        (tmp_path / name).write_text(text, "utf-8")
    listed, before = ansible_list(*INVENTORIES)
    Path("x.json").write_text(listed)
    outcome = take("x.json")
    assert outcome.status == 0
    Path("racks.cluster").write_text(outcome.out, "utf-8")
    _, after = ansible_list(INVENTORY, CLUSTER="racks.cluster")
    groups = {*before, *before["all"]["children"]} - {"_meta"}
    assert {"münchen", "one", "both.example"} <= members(before, "all")
    for group in groups:
        assert members(after, group) == members(before, group), group
    assert {*after} - {"_meta"} <= groups
