"""The examples run and print the expected output."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import read

from .command import result, run

HOSTNAME = "PEAK__RUNNING__CLUSTER___HOSTNAME"
LAYERED = """\
import os, runpy, sys
for os.environ[sys.argv[1]] in sys.argv[2:]:
    runpy.run_path("layered.py", run_name="__main__")
"""
EXPECTED = """\
web1 is in: web
workers = 8, cache = 'on'
web2.example.com is in: web, spare
workers = 8, cache = 'cold'
db1 is in: db, backend
workers = 2, cache = 'off'
bastion is in: __orphans__
workers = 1, cache = 'off'
elsewhere is in: no group
workers = 1, cache = 'off'
"""
PAGES = """
import json
pages = [get(path) for path in ("/", "/groups/backend", "/groups/nope")]
print(json.dumps([json.loads(p.content) if p.status_code == 200 else p.status_code for p in pages]))
"""
FLASK = f"from wsgi import app\nget = app.test_client().get{PAGES.replace('.content', '.data')}"
DJANGO = f"import django\ndjango.setup()\nfrom django.test import Client\nget = Client().get{PAGES}"
WEB = ["web1.example.com", "web2.example.com"]


def enter(example: str) -> None:
    """Change to a copy of an example; the isolation fixture changes back."""
    shutil.copytree(Path(__file__).parent.parent / "examples" / example, example)
    os.chdir(example)


def test_group_settings() -> None:
    """The sections of a machine's groups override the default, in cluster order."""
    enter("group_settings")
    machines = ("web1", "web2.example.com", "db1", "bastion", "elsewhere")
    name = f"DYNACONF_{HOSTNAME}"
    assert result(run("python", "-c", LAYERED, name, *machines)) == EXPECTED
    command = ("dynaconf-cluster", "groups", "--here", "-i", "layered.settings")
    assert result(run(*command, **{name: "web2"})) == "web\nspare\n"


def check_pages(program: str, groups: Any, **environment: str) -> None:
    output = result(run("python", "-W", "error", "-c", program, **environment))
    backend = {"group": "backend", "hosts": ["db1.example.com", "db2.example.com"]}
    assert json.loads(output) == [{"host": "web2", "groups": groups}, backend, 404]


def test_flask_app() -> None:
    """The Flask application serves the content of the cluster file."""
    enter("flask_app")
    check_pages(FLASK, {"web": WEB, "spare": WEB[1:]}, **{f"FLASK_{HOSTNAME}": "web2"})
    assert "/groups/<name>" in result(run("flask", "routes"))
    assert result(run("dynaconf-cluster", "hosts", "web", "-i", "wsgi.settings")).split() == WEB


def test_django_site() -> None:
    """The Django site serves the content of the cluster file."""
    enter("django_site")
    named = {f"DJANGO_{HOSTNAME}": "web2", "DJANGO_SETTINGS_MODULE": "django_site.settings"}
    check_pages(DJANGO, ["web", "spare"], **named)
    assert "no issues" in result(run("python", "manage.py", "check"))
    command = ("dynaconf-cluster", "groups", "--here", "-i", "django_site.settings.settings")
    assert result(run(*command, **named)) == "web\nspare\n"


def test_ansible() -> None:
    """Ansible reads the example's inventory, and its playbook runs."""
    pytest.importorskip("ansible", reason="ansible-core is not installed")
    enter("ansible")
    assert result(run("ansible", "web:!spare", "--list-hosts")).split()[2:] == WEB[:1]
    assert "  |--@db:" in result(run("ansible-inventory", "--graph", "backend")).splitlines()
    output = result(run("ansible-playbook", "site.yml"))
    assert "web2.example.com is in spare, web" in output
    assert "failed=1" not in output


def test_clustershell() -> None:
    """ClusterShell reads the example's groups.conf, and runs a command for every host."""
    pytest.importorskip("ClusterShell", reason="ClusterShell is not installed")
    enter("clustershell")
    here = {"CLUSTERSHELL_CFGDIR": str(Path.cwd())}
    groups = read("racks.cluster").groups
    nodes = result(run("nodeset", "-s", "cluster", "-e", "@backend", **here))
    assert tuple(nodes.split()) == groups["backend"]
    listed = result(run("nodeset", "-s", "cluster", "-ll", **here))
    assert listed.count("\n") == len(groups)
    command = ("clush", "-R", "exec", "-w", "@cluster:backend", "echo", "hello", "%h")
    expected = [f"{host}: hello {host}" for host in groups["backend"]]
    assert sorted(result(run(*command, **here)).splitlines()) == sorted(expected)
