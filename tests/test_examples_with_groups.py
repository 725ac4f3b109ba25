"""The examples that need more than the loader run, and say what they should."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import read

BIN = Path(sys.executable).parent
EXAMPLES = Path(__file__).parent.parent / "examples"
HOSTNAME = "PEAK__RUNNING__CLUSTER___HOSTNAME"
FLASK = """\
import json
from wsgi import app
get = app.test_client().get
pages = [get(path) for path in ("/", "/groups/backend", "/groups/nope")]
print(json.dumps([page.json if page.status_code == 200 else page.status_code for page in pages]))
"""
DJANGO = """\
import json
import django
django.setup()
from django.test import Client
pages = [Client().get(path) for path in ("/", "/groups/backend", "/groups/nope")]
print(json.dumps([p.json() if p.status_code == 200 else p.status_code for p in pages]))
"""

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a program in a copy of an example; it has nothing to complain about."""

    def run(example: str, program: str, *arguments: str, **environment: str) -> str:
        folder = tmp_path / example
        if not folder.exists():
            shutil.copytree(EXAMPLES / example, folder)
        ours = {
            "ANSIBLE_HOME": str(tmp_path / ".ansible"),
            "CLUSTERSHELL_CFGDIR": str(folder),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }
        done = subprocess.run(  # we know what we run
            [str(BIN / program), *arguments],
            capture_output=True,
            encoding="utf-8",
            env=os.environ | ours | environment,
            cwd=folder,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize(
    ("machine", "groups", "workers", "cache"),
    [
        ("web1", "web", 8, "on"),
        ("web2.example.com", "web, spare", 8, "cold"),
        ("db1", "db, backend", 2, "off"),
        ("bastion", "__orphans__", 1, "off"),
        ("elsewhere", "no group", 1, "off"),
    ],
)
def test_group_settings(run: Run, machine: str, groups: str, workers: int, cache: str) -> None:
    """The sections of a machine's groups are laid over the default, in their order."""
    said = run("group_settings", "python", "layered.py", **{f"DYNACONF_{HOSTNAME}": machine})
    assert said == f"{machine} is in: {groups}\nworkers = {workers}, cache = {cache!r}\n"


def test_group_settings_of_the_command(run: Run) -> None:
    """``dynaconf-cluster -i`` reads the cluster of the layered settings."""
    named = {f"DYNACONF_{HOSTNAME}": "web2"}
    said = run(
        "group_settings", "dynaconf-cluster", "groups", "--here", "-i", "layered.settings", **named
    )
    assert said == "web\nspare\n"


def check_pages(said: str, groups: Any) -> None:
    backend = {"group": "backend", "hosts": ["db1.example.com", "db2.example.com"]}
    assert json.loads(said) == [{"host": "web2", "groups": groups}, backend, 404]


def test_flask_app(run: Run) -> None:
    """The Flask application serves what the cluster file says."""
    said = run("flask_app", "python", "-W", "error", "-c", FLASK, **{f"FLASK_{HOSTNAME}": "web2"})
    web = ["web1.example.com", "web2.example.com"]
    check_pages(said, {"web": web, "spare": ["web2.example.com"]})
    assert "/groups/<name>" in run("flask_app", "flask", "routes")
    assert (
        run("flask_app", "dynaconf-cluster", "hosts", "web", "-i", "wsgi.settings").split() == web
    )


def test_django_site(run: Run) -> None:
    """The Django site serves what the cluster file says."""
    named = {f"DJANGO_{HOSTNAME}": "web2", "DJANGO_SETTINGS_MODULE": "django_site.settings"}
    check_pages(
        run("django_site", "python", "-W", "error", "-c", DJANGO, **named), ["web", "spare"]
    )
    assert "no issues" in run("django_site", "python", "manage.py", "check")
    settings = "django_site.settings.settings"
    said = run("django_site", "dynaconf-cluster", "groups", "--here", "-i", settings, **named)
    assert said == "web\nspare\n"


def test_ansible(run: Run) -> None:
    """Ansible reads the example's inventory, and its playbook runs."""
    pytest.importorskip("ansible", reason="ansible-core is not installed")
    assert run("ansible", "ansible", "web:!spare", "--list-hosts").split()[2:] == [
        "web1.example.com",
    ]
    drawn = run("ansible", "ansible-inventory", "--graph", "backend")
    assert "  |--@db:" in drawn.splitlines()
    said = run("ansible", "ansible-playbook", "site.yml")
    assert "web2.example.com is in spare, web" in said
    assert "failed=1" not in said


def test_clustershell(run: Run) -> None:
    """ClusterShell reads the example's groups.conf."""
    pytest.importorskip("ClusterShell", reason="ClusterShell is not installed")
    cluster = read(EXAMPLES / "clustershell" / "racks.cluster")
    nodes = run("clustershell", "nodeset", "-s", "cluster", "-e", "@backend").split()
    assert tuple(nodes) == cluster.groups["backend"]
    listed = run("clustershell", "nodeset", "-s", "cluster", "-ll").splitlines()
    assert len(listed) == len(cluster.groups)
    said = run("clustershell", "clush", "-R", "exec", "-w", "@cluster:backend", "echo", "%h")
    assert sorted(said.split()[1::2]) == sorted(cluster.groups["backend"])
