"""Ansible itself reads the cluster file, through ``dynaconf-cluster-inventory``."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import Cluster, parse, read

pytest.importorskip("ansible", reason="ansible-core is not installed")

BIN = Path(sys.executable).parent
INVENTORY = str(BIN / "dynaconf-cluster-inventory")
PLAYBOOK = """\
- hosts: all
  gather_facts: false
  connection: local
  tasks:
    - ansible.builtin.assert:
        that: (group_names | difference(["ungrouped"]) | sort) == expected[inventory_hostname]
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a program of the environment on a cluster file."""

    def run(
        program: str, *arguments: str, cluster: Path | str = "example.cluster"
    ) -> subprocess.CompletedProcess[str]:
        ours = {
            "ANSIBLE_HOME": str(tmp_path / ".ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": "ignore",
            "ANSIBLE_NOCOLOR": "1",
            "CLUSTER": str(cluster),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }
        return subprocess.run(  # we know what we run
            [str(BIN / program), *arguments],
            capture_output=True,
            encoding="utf-8",
            env=os.environ | ours,
            cwd=tmp_path,
        )

    return run


def make_cluster(seed: int) -> str:
    """Write a cluster file with groups that overlap, orphans, and lumps of lumps."""
    rng = random.Random(seed)  # the same files every time
    hosts = [f"{rng.choice(['node', 'db', 'x'])}{n}.example.com" for n in range(12)]
    rng.shuffle(hosts)
    text = "".join(f"{host}\n" for host in rng.sample(hosts, rng.randrange(4)))
    groups = [f"group{n}" for n in range(rng.randrange(1, 6))]
    sections = []
    for group in groups:
        members = "".join(f"{host}\n" for host in rng.sample(hosts, rng.randrange(6)))
        sections.append(f"GROUP:{group}\n{members}")
    known = [*groups, "__orphans__", *(["__all__"] * rng.randrange(2))]
    for n in range(rng.randrange(4)):
        names = rng.sample(known, rng.randrange(1, 4) if len(known) > 3 else 1)
        sections.append(f"LUMP:lump{n}\n" + "".join(f"{name}\n" for name in names))
        known.append(f"lump{n}")
    if len(known) > len(groups) + 2:
        sections.append(f"GROUP:{known[-1]}\n{rng.choice(hosts)}\n")
    rng.shuffle(sections)
    return text + "".join(sections)


def declared(cluster: Cluster, host: str) -> list[str]:
    """Return the groups that Ansible is to find a host in."""
    return [group for group in cluster.hosts[host] if group != "__orphans__"]


def check(done: subprocess.CompletedProcess[str]) -> str:
    """Check that a program was content, and return what it said."""
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def members(inventory: dict[str, Any], group: str) -> set[str]:
    """Return the hosts of a group and of its children."""
    entry = inventory.get(group, {})
    below = (members(inventory, child) for child in entry.get("children", ()))
    return set(entry.get("hosts", ())).union(*below)


def test_script(run: Run, example: Path) -> None:
    """The script gives groups with hosts, lumps with children, and orphans as ungrouped."""
    inventory = json.loads(check(run(INVENTORY, "--list")))
    cluster = read(example)
    assert inventory == {
        "_meta": {"hostvars": {}},
        "all": {"hosts": [*cluster.hosts], "children": ["ungrouped", *cluster.groups]},
        "ungrouped": {"hosts": ["foo.baz.com", "bar.baz.com"]},
        "odd": {"hosts": ["one.baz.com", "three.baz.com", "five.baz.com"]},
        "even": {"hosts": ["two.baz.com", "four.baz.com", "six.baz.com"]},
        "prime": {"hosts": ["one.baz.com", "three.baz.com", "five.baz.com", "two.baz.com"]},
        "qux": {"hosts": ["one.baz.com", "frob.baz.com"]},
        "weird": {"hosts": [], "children": ["prime", "qux"]},
    }
    assert [*inventory][3:] == [*cluster.groups]
    assert check(run(INVENTORY, "--host", "one.baz.com")) == "{}\n"


def test_script_with_a_file(run: Run, example: Path) -> None:
    """A script of the user's own may name the file."""
    mine = example.parent / "inventory"
    mine.write_text(f'#!/bin/sh\nexec {INVENTORY} --file example.cluster "$@"\n')
    mine.chmod(0o755)
    listed = check(run("ansible-inventory", "-i", str(mine), "--graph", cluster=""))
    assert "one.baz.com" in listed


@pytest.mark.parametrize("arguments", [(), ("--list", "--host", "x"), ("--nonsense",)])
def test_script_used_wrongly(run: Run, example: Path, arguments: tuple[str, ...]) -> None:
    """Wrong usage of the script is status 2."""
    done = run(INVENTORY, *arguments)
    assert (done.returncode, done.stdout) == (2, "")


def test_graph(run: Run, example: Path) -> None:
    """``ansible-inventory --graph`` draws the cluster in the order of the file."""
    assert (
        check(run("ansible-inventory", "-i", INVENTORY, "--graph"))
        == """\
@all:
  |--@ungrouped:
  |  |--foo.baz.com
  |  |--bar.baz.com
  |--@odd:
  |  |--one.baz.com
  |  |--three.baz.com
  |  |--five.baz.com
  |--@even:
  |  |--two.baz.com
  |  |--four.baz.com
  |  |--six.baz.com
  |--@prime:
  |  |--one.baz.com
  |  |--three.baz.com
  |  |--five.baz.com
  |  |--two.baz.com
  |--@qux:
  |  |--one.baz.com
  |  |--frob.baz.com
  |--@weird:
  |  |--@prime:
  |  |  |--one.baz.com
  |  |  |--three.baz.com
  |  |  |--five.baz.com
  |  |  |--two.baz.com
  |  |--@qux:
  |  |  |--one.baz.com
  |  |  |--frob.baz.com
"""
    )


def test_command_in_the_path(run: Run, example: Path) -> None:
    """The command line of the README works: the script is found in the path."""
    line = 'ansible-inventory -i "$(command -v dynaconf-cluster-inventory)" --graph odd'
    done = run("/bin/sh", "-c", line)
    assert check(done).splitlines()[0] == "@odd:"


def test_host_and_list(run: Run, example: Path) -> None:
    """``ansible-inventory --host`` and ``--list`` agree with the library."""
    assert (
        json.loads(check(run("ansible-inventory", "-i", INVENTORY, "--host", "foo.baz.com"))) == {}
    )
    inventory = json.loads(check(run("ansible-inventory", "-i", INVENTORY, "--list")))
    cluster = read(example)
    for group in cluster.groups:
        assert members(inventory, group) == set(cluster.groups[group])
    assert members(inventory, "all") == set(cluster.hosts)


@pytest.mark.parametrize(
    ("pattern", "hosts"),
    [
        ("weird:&odd", "one three five"),
        ("weird:!odd", "two frob"),
        ("even", "two four six"),
        ("ungrouped", "foo bar"),
        ("all", "foo bar one three five two four six frob"),
        ("weird", "one three five two frob"),
    ],
)
def test_patterns(run: Run, example: Path, pattern: str, hosts: str) -> None:
    """Ansible's patterns find the hosts, in the order of the file."""
    listed = check(run("ansible", "-i", INVENTORY, pattern, "--list-hosts")).split()[2:]
    assert listed == [f"{host}.baz.com" for host in hosts.split()]


def play(run: Run, cluster: Cluster, path: Path) -> subprocess.CompletedProcess[str]:
    """Run a playbook that asserts the groups of every host."""
    playbook = path.with_suffix(".yml")
    playbook.write_text(PLAYBOOK)
    expected = {host: sorted(declared(cluster, host)) for host in cluster.hosts}
    variables = json.dumps({"expected": expected})
    return run("ansible-playbook", "-i", INVENTORY, "-e", variables, str(playbook), cluster=path)


def test_playbook(run: Run, example: Path) -> None:
    """In a playbook, ``group_names`` are the declared groups of every host."""
    said = check(play(run, read(example), example))
    assert len(re.findall(r"^\S+ *: ok=1 ", said, re.MULTILINE)) == 9


def test_playbook_notices(run: Run, example: Path) -> None:
    """The playbook of these tests fails if one group is amiss."""
    other = parse(example.read_text().replace("GROUP:qux\n", "GROUP:qux\nsix.baz.com\n"))
    done = play(run, other, example)
    assert done.returncode == 2
    assert "six.baz.com                : ok=0" in done.stdout


@pytest.mark.parametrize("seed", range(12))
def test_generated(run: Run, tmp_path: Path, seed: int) -> None:
    """On any file, Ansible finds each host in the groups that the library gives it."""
    path = tmp_path / "made.cluster"
    path.write_text(make_cluster(seed))
    cluster = read(path)
    done = run("ansible-inventory", "-i", INVENTORY, "--list", cluster=path)
    inventory = json.loads(check(done))
    for host in cluster.hosts:
        found = [group for group in cluster.groups if host in members(inventory, group)]
        assert found == declared(cluster, host), host
    alone = [host for host in cluster.hosts if not declared(cluster, host)]
    assert inventory.get("ungrouped", {}).get("hosts", []) == alone
    for group in cluster.groups:
        direct = inventory.get(group, {}).get("hosts", [])
        assert direct == [host for host in cluster.groups[group] if host in direct], group


def test_generated_playbook(run: Run, tmp_path: Path) -> None:
    """On a generated file, a playbook finds each host in its groups, too."""
    path = tmp_path / "made.cluster"
    path.write_text(make_cluster(3))
    check(play(run, read(path), path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GROUP:all\na\n", "Ansible keeps the name of group 'all' for itself; rename it"),
        ("GROUP:ungrouped\n", "Ansible keeps the name of group 'ungrouped' for itself; rename it"),
        ("GROUP:_meta\na\n", "Ansible keeps the name of group '_meta' for itself; rename it"),
        (
            "LUMP:_meta\nall\nGROUP:all\n",
            "Ansible keeps the name of groups 'all', '_meta' for itself; rename them",
        ),
    ],
)
def test_kept_names(run: Run, tmp_path: Path, text: str, said: str) -> None:
    """Group names that Ansible keeps for itself are refused, and Ansible stops."""
    (tmp_path / "x").write_text(text)
    done = run(INVENTORY, "--list", cluster="x")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"dynaconf-cluster-inventory: {tmp_path}/x: {said}\n"
    done = run("ansible", "-i", INVENTORY, "all", "--list-hosts", cluster="x")
    assert said.split(";")[0] in " ".join(done.stderr.split())


@pytest.mark.parametrize(("text", "status"), [("GROUP:\n", 1), (None, 2)])
def test_no_good_file(run: Run, tmp_path: Path, text: str | None, status: int) -> None:
    """A file that is refused or missing is an error for Ansible, not an empty inventory."""
    if text is not None:
        (tmp_path / "x").write_text(text)
    done = run(INVENTORY, "--list", cluster="x")
    assert (done.returncode, done.stdout, bool(done.stderr)) == (status, "", True)


def test_hostile_names(run: Run, tmp_path: Path) -> None:
    """Names that look like templates or commands reach Ansible as they are, and do nothing."""
    names = ["{{lookup('pipe','touch${IFS}pwned')}}", "$(touch${IFS}pwned)", "`touch`", "{{7*7}}"]
    text = "".join(f"GROUP:{name}\nhost-{n}\n" for n, name in enumerate(names))
    (tmp_path / "x").write_text(text)
    listed = check(run("ansible-inventory", "-i", INVENTORY, "--list", cluster="x"))
    assert json.loads(listed)["all"]["children"] == ["ungrouped", *names]
    play = tmp_path / "play.yml"
    play.write_text(
        PLAYBOOK.replace(
            'difference(["ungrouped"]) | sort) == expected[inventory_hostname]', "length) == 1"
        )
    )
    check(run("ansible-playbook", "-i", INVENTORY, str(play), cluster="x"))
    assert not (tmp_path / "pwned").exists()


def test_overridden_groups(run: Run, example: Path, tmp_path: Path) -> None:
    """With ``-i``, the groups are those that the settings have, lumps with their children."""
    (tmp_path / "app.py").write_text(
        "from dynaconf import Dynaconf\n"
        "settings = Dynaconf(settings_files=['s.toml'], loaders=['dynaconf_cluster.loader'])\n"
    )
    (tmp_path / "s.toml").write_text(
        'peak.running.cluster = {_filename = "example.cluster", groups.qux = ["other.example"],'
        ' groups.all = ["x"]}'
    )
    done = run(INVENTORY, "--list", "-i", "app.settings")
    assert (done.returncode, done.stdout) == (1, "")
    (tmp_path / "s.toml").write_text((tmp_path / "s.toml").read_text().replace("all", "new"))
    inventory = json.loads(check(run(INVENTORY, "--list", "-i", "app.settings")))
    assert inventory["qux"] == {"hosts": ["other.example"]}
    assert inventory["weird"]["children"] == ["prime", "qux"]
    assert "frob.baz.com" not in inventory["all"]["hosts"]
    assert inventory["new"] == {"hosts": ["x"]}
