"""Every form of the package, with every form of name."""

from __future__ import annotations

import html
import json
import pickle
import re
import shutil
from functools import partial
from pathlib import Path

import pytest
from dynaconf import Dynaconf
from dynaconf.loaders import write as dynaconf_write

from dynaconf_cluster import Cluster, read

from .command import CONF, PATH, call, result, run
from .conftest import ENVIRON, OURS
from .test_dynaconf_cli import READERS

HOSTS = """
0012 w_3 _x a.b-c- a.-b xn--bcher-kva.example 192.0.2.1 W1.Example.ORG größe münchen-4.example 東京
node end subgraph graph true null none 1.5 1e3 on w2:2222 w5:1 ::1 2001:db8::2 ::ffff:192.0.2.1
fe80::1%eth0 admin@w1.example.org _apt@192.0.2.1:22 [::1] [2001:db8::1]:22 root@[fe80::1%br-lan]:22
""".split()
GROUPS = """
0012 _x __x__ eu-west_1.blue größe 東京 W1.Example.ORG node end subgraph graph
true null none 1.5 1e3 a.-b- dynaconf_merge get GROUP LUMP
""".split()
UNSUPPORTED = [host for host in HOSTS if set(host) & set("[]%@")]
SUPPORTED = [host for host in HOSTS if host not in UNSUPPORTED]

ask = partial(call, CLUSTER="names")


@pytest.fixture(autouse=True)
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Write a file in which every group has every host, and a lump every group."""
    monkeypatch.chdir(tmp_path)
    listed = "\n".join(HOSTS)
    sections = [f"GROUP:{group}\n{listed}\n" for group in GROUPS]
    lump = "".join(f"{group}\n" for group in GROUPS[:-2])
    Path("names").write_text(f"{''.join(sections)}LUMP:all-of-them\n{lump}", "utf-8")
    return read("names")


def test_the_library(cluster: Cluster) -> None:
    """Names can be looked up by key, copied and pickled."""
    assert cluster.hosts == tuple(HOSTS)
    assert cluster.groups == (*GROUPS, "all-of-them")
    again = pickle.loads(pickle.dumps(cluster))
    assert dict(again.groups.items()) == dict.fromkeys(cluster.groups, tuple(HOSTS))
    assert dict(again.hosts.items()) == dict.fromkeys(HOSTS, tuple(cluster.groups))
    assert cluster.replace(dict.fromkeys(GROUPS, HOSTS)).groups == cluster.groups


name_file = partial(Dynaconf, loaders=[OURS, ENVIRON], peak__running__cluster___filename="names")


def test_settings(cluster: Cluster) -> None:
    """Settings return names by dotted name, and can replace each group."""
    settings = name_file()
    for name in cluster.groups:
        assert settings[f"peak.running.cluster.groups.{name}"] == tuple(HOSTS)
    for name in HOSTS:
        assert settings.get(f"peak.running.cluster.hosts.{name}") == tuple(cluster.groups)
    groups = {name: HOSTS[:2] for name in GROUPS if name != "dynaconf_merge"}
    settings.update({f"peak.running.cluster.groups.{name}": groups[name] for name in groups})
    assert {name: [*settings.peak.running.cluster.groups[name]] for name in groups} == groups


def test_written_settings(cluster: Cluster) -> None:
    """Dynaconf writes the same names in each of its formats."""
    plain = name_file().as_dict()["PEAK"]["running"]["cluster"]
    for suffix, read_text in READERS.items():
        dynaconf_write(f"out.{suffix}", {"GROUPS": plain["groups"], "HOSTS": plain["hosts"]})
        again = read_text(Path(f"out.{suffix}").read_text("utf-8"))
        groups = {name: [*hosts] for name, hosts in again["GROUPS"].items()}
        assert groups == dict.fromkeys(cluster.groups, HOSTS)
        assert sorted(again["HOSTS"]) == sorted(HOSTS)


def test_names_for_shells(cluster: Cluster) -> None:
    """Names are printed unchanged, one per line, and each host is in every group."""
    groups = "".join(f"{group}\n" for group in cluster.groups)
    assert ask("groups") == ask("clustershell", "list") == (0, groups, "")
    for group in GROUPS:
        assert ask("hosts", group) == (0, "".join(f"{host}\n" for host in HOSTS), "")
    for host in HOSTS:
        assert ask("groups", host) == ask("clustershell", "reverse", host) == (0, groups, "")
        assert ask("in", *GROUPS, "--host", host) == (0, "", "")


def test_show(cluster: Cluster) -> None:
    """The tree contains every name."""
    lines = result(ask("show", "--all")).splitlines()[1:-1]
    count = len(cluster.groups)
    assert [line.split()[1] for line in lines[:count]] == [*cluster.groups]
    hosts = f"{len(HOSTS)} hosts  {', '.join(HOSTS)}"
    assert all(line.endswith(hosts) for line in lines[: count - 1])
    assert [line.split()[1] for line in lines[count:]] == GROUPS[:-2]


def test_mermaid() -> None:
    """In Mermaid's text, every name is a quoted label without special characters."""
    text = result(ask("graph", "--hosts"))
    labels = re.findall(r'^  [gh]\d+[^"]*"([^"]*)"[^"]*$', text, re.MULTILINE)
    assert len(labels) == text.count('"') / 2
    assert all(re.fullmatch(r"(?:\w|[.-]|#\d+;)+(?:<br/>\d+ hosts)?", label) for label in labels)
    assert not any("_" in label for label in labels)
    plain = [re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label) for label in labels]
    assert [label.partition("<")[0] for label in plain] == [*GROUPS, "all-of-them", *HOSTS]


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz() -> None:
    """Graphviz draws every name as in the file."""
    Path("x.dot").write_text(result(ask("graph", "--format", "dot", "--hosts")), "utf-8")
    drawn = result(run("dot", "-Tsvg", "x.dot"))
    labels = [*map(html.unescape, re.findall(r"<text [^>]*>(.*?)</text>", drawn))]
    assert {*labels} == {*GROUPS, "all-of-them", *HOSTS, f"{len(HOSTS)} hosts"}


def test_check() -> None:
    """A finding about a name contains the name, escaped for the format."""
    twice = "".join(f"{host}\n{host}\n" for host in HOSTS)
    Path("twice").write_text(f"GROUP:a\n{twice}", "utf-8")
    for form in ("concise", "full", "json", "github"):
        output = result(call("check", "-q", "twice", "--format", form))
        found = json.loads(output) if form == "json" else []
        messages = [entry["message"] for entry in found] or output.splitlines()
        for host in HOSTS:
            name = host.replace("%", "%25") if form == "github" else host
            told = f"host {name!r} is listed twice in group 'a'"
            assert sum(told in line for line in messages) == 1


def test_upcalls(cluster: Cluster) -> None:
    """Hosts that ClusterShell cannot handle are left out, with one note."""
    unsupported = ", ".join(map(ascii, UNSUPPORTED))
    note = f"dynaconf-cluster: left out, as ClusterShell cannot have them: {unsupported}\n"
    every = [f"{group}: {' '.join(SUPPORTED)}" for group in cluster.groups]
    for upcall, expected in {"map 0012": SUPPORTED, "mapall": every, "all": SUPPORTED}.items():
        outcome = ask("clustershell", *upcall.split())
        assert outcome == (0, "".join(f"{line}\n" for line in expected), note)
    Path("many").write_text("".join(f"admin@w{n}\n" for n in range(1234)))
    assert call("clustershell", "all", CLUSTER="many").err.endswith("'admin@w9' and 1,224 more\n")


@pytest.mark.skipif(shutil.which("nodeset", path=PATH) is None, reason="no ClusterShell here")
def test_clustershell(tmp_path: Path, cluster: Cluster) -> None:
    """ClusterShell has all other hosts in all groups."""
    Path("groups.conf").write_text(f"{CONF}mapall: dynaconf-cluster clustershell mapall\n")
    nodeset = partial(
        run, "nodeset", CLUSTERSHELL_CFGDIR=str(tmp_path), CLUSTER=f"{tmp_path}/names"
    )
    for arguments in ("-a", "@*"):
        status, out, _ = nodeset("-e", arguments)
        assert (status, sorted(out.split())) == (0, sorted(SUPPORTED)), arguments
    listed = dict(line.split() for line in nodeset("-ll").out.splitlines())
    assert listed.keys() == {f"@{group}" for group in cluster.groups}
    assert {frozenset(hosts.split(",")) for hosts in listed.values()} == {frozenset(SUPPORTED)}
    status, out, _ = nodeset("-l", *SUPPORTED[::5])  # each causes an upcall
    assert (status, {*out.split()}) == (0, {*listed})
    Path("groups.conf").write_text(CONF)  # here each group is an upcall, too
    assert sorted(nodeset("-e", "@größe").out.split()) == sorted(SUPPORTED)


@pytest.mark.skipif(shutil.which("ansible-inventory", path=PATH) is None, reason="no Ansible here")
def test_ansible(cluster: Cluster) -> None:
    """Ansible has every host in every group."""
    inventory = str(shutil.which("dynaconf-cluster-inventory", path=PATH))
    as_they_are = {"ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": "ignore", "CLUSTER": "names"}
    outcome = run("ansible-inventory", "-i", inventory, "--list", **as_they_are)
    assert outcome.status == 0  # with a warning that hosts are named like groups
    groups = json.loads(outcome.out)
    assert {group: groups[group]["hosts"] for group in GROUPS} == dict.fromkeys(GROUPS, HOSTS)
    assert groups["all-of-them"]["children"] == GROUPS[:-2]
