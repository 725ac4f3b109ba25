"""Ansible reads cluster files through ``dynaconf-cluster-inventory``."""

from __future__ import annotations

import json
import re
import shutil
from functools import partial
from pathlib import Path

import pytest

from dynaconf_cluster import read

from .command import MODULE, PATH, Outcome, call, members, result, run
from .conftest import GROUPS, HOSTS

pytest.importorskip("ansible", reason="ansible-core is not installed")

COMMAND = "dynaconf-cluster-inventory"
INVENTORY = str(shutil.which(COMMAND, path=PATH))
PLAYBOOK = """\
- hosts: all
  gather_facts: false
  connection: local
  tasks:
    - ansible.builtin.assert:
        that: (group_names | difference(["ungrouped"]) | sort) == expected[inventory_hostname]
"""

script = partial(call, program=COMMAND)


def ansible(program: str, *arguments: str, inventory: str = INVENTORY, cluster: str) -> Outcome:
    """Run one of Ansible's programs on a cluster file."""
    ours = {"LOCALHOST_WARNING": "false", "TRANSFORM_INVALID_GROUP_CHARS": "ignore", "NOCOLOR": "1"}
    environment = {f"ANSIBLE_{name}": value for name, value in ours.items()} | {"CLUSTER": cluster}
    return run(program, "-i", inventory, *arguments, **environment)


def test_script(example: Path) -> None:
    """The script outputs groups with hosts, lumps with children, and orphans as ungrouped."""
    inventory = json.loads(result(script("--list", "--file", "example.cluster")))
    assert inventory == {
        "_meta": {"hostvars": {}},
        "all": {"hosts": [*HOSTS], "children": ["ungrouped", *GROUPS]},
        "ungrouped": {"hosts": ["foo.baz.com", "bar.baz.com"]},
        **{group: {"hosts": [*GROUPS[group]]} for group in GROUPS},
        "weird": {"hosts": [], "children": ["prime", "qux"]},
    }
    assert [*inventory] == ["_meta", "all", "ungrouped", *GROUPS]
    assert script("--host", "one.baz.com", CLUSTER="example.cluster") == (0, "{}\n", "")


def test_script_fails(tmp_path: Path) -> None:
    """A refused or missing file, or wrong usage, is an error, not an empty inventory."""
    (tmp_path / "bad").write_text("GROUP:\n")
    wrong = ("", "--list --host x", "--nonsense", "--list --file nowhere")
    for line, status in (("--list --file bad", 1), *((line, 2) for line in wrong)):
        outcome = script(*line.split())
        assert (outcome.status, outcome.out, bool(outcome.err)) == (status, "", True)


def test_patterns(example: Path) -> None:
    """Ansible's patterns match the hosts in file order, also with a wrapper script."""
    mine = example.parent / "inventory"
    mine.write_text(f'#!/bin/sh\nexec {INVENTORY} --file example.cluster "$@"\n')
    mine.chmod(0o755)
    outcome = ansible("ansible", "weird:&odd:!qux", "--list-hosts", cluster="example.cluster")
    assert result(outcome).split()[2:] == ["three.baz.com", "five.baz.com"]
    outcome = ansible("ansible", "all", "--list-hosts", inventory=str(mine), cluster="")
    assert result(outcome).split()[2:] == [*HOSTS]


LUMPS = """\
a b GROUP:x d c GROUP:none LUMP:z x none LUMP:y z GROUP:y c e GROUP:x e
LUMP:lone __orphans__ x LUMP:top lone LUMP:every __all__
"""


def test_any_file(tmp_path: Path) -> None:
    """Ansible puts each host in the same groups as the library, in playbooks, too."""
    (tmp_path / "x").write_text("\n".join(LUMPS.split()))
    cluster = read(tmp_path / "x")
    inventory = json.loads(result(ansible("ansible-inventory", "--list", cluster="x")))
    assert members(inventory, "all") == {*cluster.hosts}
    for group in cluster.groups:
        assert members(inventory, group) == {*cluster.groups[group]}
        direct = inventory.get(group, {}).get("hosts", [])
        assert direct == [host for host in cluster.groups[group] if host in direct], group
    expected = {host: sorted({*cluster.hosts[host]} - {"__orphans__"}) for host in cluster.hosts}
    (tmp_path / "play.yml").write_text(PLAYBOOK)
    variables = json.dumps({"expected": expected})
    output = result(ansible("ansible-playbook", "-e", variables, "play.yml", cluster="x"))
    assert len(re.findall(r"^\S+ *: ok=1 ", output, re.MULTILINE)) == len(cluster.hosts)


def test_reserved_names(tmp_path: Path) -> None:
    """Group names that Ansible reserves are refused, and Ansible stops."""
    for text, names in {
        "a\nGROUP:ungrouped\n": "group 'ungrouped' for itself; rename it",
        "GROUP:_meta\na\n": "group '_meta' for itself; rename it",
        "LUMP:_meta\nall\nGROUP:all\na\n": "groups 'all', '_meta' for itself; rename them",
        "GROUP:all\na\n": "group 'all' for itself; rename it",
    }.items():
        (tmp_path / "x").write_text(text)
        message = f"{COMMAND}: {tmp_path}/x: Ansible keeps the name of {names}\n"
        assert script("--list", CLUSTER="x") == (1, "", message)
    message = ansible("ansible", "all", "--list-hosts", cluster="x").err
    assert "Ansible keeps the name of group 'all' for itself" in " ".join(message.split())


def test_overridden_groups(example: Path, tmp_path: Path) -> None:
    """With ``-i``, the groups are those of the settings, and lumps keep their children."""
    (tmp_path / "app.py").write_text(MODULE)
    cluster = '_filename = "example.cluster", groups.qux = ["other.example"]'
    settings = f'peak.running.cluster = {{{cluster}, groups.%s = ["x"]}}\n'
    (tmp_path / "settings.toml").write_text(settings % "all")
    assert script("--list", "-i", "app.settings")[:2] == (1, "")
    (tmp_path / "settings.toml").write_text(settings % "new")
    inventory = json.loads(result(script("--list", "-i", "app.settings")))
    assert inventory["qux"] == {"hosts": ["other.example"]}
    assert inventory["weird"]["children"] == ["prime", "qux"]
    assert "frob.baz.com" not in inventory["all"]["hosts"]
    assert inventory["new"] == {"hosts": ["x"]}
