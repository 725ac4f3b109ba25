"""What dynaconf's own command shows of a cluster."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynaconf.vendor import tomllib
from dynaconf.vendor.ruamel.yaml import YAML

from .conftest import CLUSTER, GROUPS, HOSTS

ODD = [*GROUPS["odd"]]
SETTINGS = """\
OTHER = 1

[peak.running.cluster]
_filename = "example.cluster"
_hostname = "one.baz.com"
own = "mine"
"""
MODULE = """\
from dynaconf import Dynaconf

settings = Dynaconf(
    settings_files=["settings.toml"],
    loaders=["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"],
)
"""

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, example: Path) -> Run:
    """Return what runs dynaconf's command on settings of the example."""
    (tmp_path / "settings.toml").write_text(SETTINGS)
    (tmp_path / "config.py").write_text(MODULE)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "dynaconf", "-i", "config.settings", *arguments],
            cwd=tmp_path,
            env={"PATH": "/bin:/usr/bin", "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    return run


def check_written(data: Any) -> None:
    """Check that what was written holds the cluster as lists of names."""
    cluster = data["PEAK"]["running"]["cluster"]
    assert [*cluster["groups"]["odd"]] == ODD
    assert sorted(cluster["groups"]) == ["even", "odd", "prime", "qux", "weird"]
    assert [*cluster["hosts"]["one.baz.com"]] == ["odd", "prime", "qux", "weird"]
    assert len(cluster["hosts"]) == 9
    assert [*cluster["group_names"]] == ["odd", "prime", "qux", "weird"]
    assert cluster["hostname"] == "one.baz.com"
    assert cluster["shortname"] == "one"
    assert cluster["own"] == "mine"


def test_list_shows_the_cluster(run: Run) -> None:
    """All settings are listed, the cluster among them."""
    shown = run("list")
    assert "one.baz.com" in shown
    assert "weird" in shown
    assert "dynaconf_cluster" not in shown


@pytest.mark.parametrize("name", [CLUSTER, f"{CLUSTER}.groups", "PEAK", f"{CLUSTER}.groups.odd"])
def test_list_of_a_key_shows_it(run: Run, name: str) -> None:
    """A single key is listed, and found by its dotted name."""
    shown = run("list", "-k", name)
    assert "odd" in shown.lower()
    if name != f"{CLUSTER}.groups":
        assert "five.baz.com" in shown


def test_list_as_json(run: Run) -> None:
    """All settings are listed as JSON."""
    check_written(json.loads(run("list", "--json")))


def test_list_of_a_key_as_json(run: Run) -> None:
    """A group is listed as JSON."""
    listed = json.loads(run("list", "--json", "-k", f"{CLUSTER}.groups.odd"))
    assert ODD in listed.values()


READERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads,
    "yaml": YAML(typ="safe").load,
    "toml": tomllib.loads,
    "py": lambda text: ast.literal_eval(text.partition(" = ")[2]),
}


@pytest.mark.parametrize("suffix", ["json", "yaml", "toml", "py"])
def test_list_to_a_file_is_read_back(run: Run, tmp_path: Path, suffix: str) -> None:
    """The settings are written in every format of dynaconf, members as lists of names."""
    path = tmp_path / f"out.{suffix}"
    run("list", "-o", str(path))
    text = path.read_text()
    data: dict[str, Any] = {}
    if suffix == "py":
        exec(text, data)  # dynaconf has just written it
    else:
        data = READERS[suffix](text)
    check_written(data.get("default", data.get("main", data)))


TABLES = ["peak", "peak.running", CLUSTER]


@pytest.mark.parametrize("suffix", ["json", "toml", "py"])
@pytest.mark.parametrize("name", TABLES)
def test_list_of_a_table_to_a_file(run: Run, tmp_path: Path, name: str, suffix: str) -> None:
    """The tables above the cluster are written as they read: with the names of the groups."""
    path = tmp_path / f"out.{suffix}"
    run("list", "-k", name, "-o", str(path))
    data = READERS[suffix](path.read_text())
    while "groups" not in data:
        (data,) = data.values()
    assert [*data["groups"]] == [*GROUPS]
    assert [*data["hosts"]] == [*HOSTS]


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_shown_with_what_they_hold(run: Run, name: str) -> None:
    """A table is printed as it reads."""
    for command in (["get", name], ["list", "-k", name]):
        shown = run(*command).replace('"', "'")
        assert "'odd', 'even', 'prime', 'qux', 'weird'" in shown
        assert "@format" not in shown


@pytest.mark.parametrize("name", ["groups.odd", "hosts.one.baz.com", "group_names"])
def test_list_of_a_name_to_yaml(run: Run, tmp_path: Path, name: str) -> None:
    """A group or a host is a list in YAML, which knows no tuples."""
    path = tmp_path / "out.yaml"
    run("list", "-k", f"{CLUSTER}.{name}", "-o", str(path))
    data = YAML(typ="safe").load(path.read_text())
    while len(data) == 1:
        (data,) = data.values()
    assert data == (ODD if name == "groups.odd" else [*HOSTS["one.baz.com"]])


def test_get_gives_values(run: Run) -> None:
    """One setting is printed."""
    for name in ("odd", "ODD"):
        shown = run("get", f"{CLUSTER}.groups.{name}")
        assert [host for host in ODD if host in shown] == ODD
    assert run("get", f"{CLUSTER}.hostname").strip() == "one.baz.com"
    assert "prime" in run("get", f"{CLUSTER}.hosts.one.baz.com")
    assert "default" in run("get", f"{CLUSTER}.groups.none", "-d", "default")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (CLUSTER, "json"),
        (f"{CLUSTER}.groups", "yaml"),
        (f"{CLUSTER}.groups.odd", "json"),
    ],
)
def test_inspect_credits_the_file(run: Run, example: Path, name: str, kind: str) -> None:
    """The history of a setting names the loader and the absolute path of the file."""
    shown = run("inspect", "-k", name, "-f", kind)
    report = json.loads(shown) if kind == "json" else YAML(typ="safe").load(shown)
    entries = [entry for entry in report["history"] if entry["loader"] == "cluster"]
    assert [entry["identifier"] for entry in entries] == [str(example)]
    assert "own" not in entries[0]["value"]
    assert "hostname" not in str(entries[0]["value"])
    value = entries[0]["value"]
    groups = value.get("groups", value) if isinstance(value, dict) else {"odd": value}
    assert groups["odd"] == ODD  # not the text of a tuple
    assert entries[0]["env"] == "global"


def test_inspect_finds_no_environment_that_is_not_there(run: Run, tmp_path: Path) -> None:
    """What no environment decides is of none, so that a mistyped one is told."""
    (tmp_path / "config.py").write_text(MODULE.replace("\n)", "\n    environments=True,\n)"))
    (tmp_path / "settings.toml").write_text(
        '[default.peak.running.cluster]\n_filename = "example.cluster"\n'
    )
    program = (
        "from config import settings\n"
        "from dynaconf.utils.inspect import EnvNotFoundError, inspect_settings\n"
        "try:\n    inspect_settings(settings, env='no-such-env')\n"
        "except EnvNotFoundError:\n    print('told')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "told\n"


def test_inspect_does_not_credit_the_file_with_others(run: Run) -> None:
    """The user's own keys come from where they come from."""
    for name in (f"{CLUSTER}.own", f"{CLUSTER}._filename", "OTHER"):
        history = json.loads(run("inspect", "-k", name, "-f", "json"))["history"]
        assert [entry["loader"] for entry in history] == ["toml"]


def test_inspect_shows_everything(run: Run, example: Path) -> None:
    """The history of all settings names the file once."""
    history = json.loads(run("inspect", "-f", "json"))["history"]
    assert [e["identifier"] for e in history if e["loader"] == "cluster"] == [str(example)]


def test_history_is_given_to_programs(run: Run, tmp_path: Path, example: Path) -> None:
    """A program asks for the history of the settings, and is told of loader and file."""
    program = (
        "from config import settings\n"
        "from dynaconf import get_history, inspect_settings\n"
        "for _ in range(2):\n"
        f"    read = [e for e in get_history(settings, '{CLUSTER}') if e['loader'] == 'cluster']\n"
        f"    assert [e['identifier'] for e in read] == [{str(example)!r}], read\n"
        "    assert set(read[0]['value']) == {'groups', 'hosts'}, read\n"
        "    assert 'five.baz.com' in read[0]['value']['groups']['odd']\n"
        f"    odd = get_history(settings, '{CLUSTER}.groups.odd')[0]\n"
        "    assert (odd['loader'], 'five.baz.com' in odd['value']) == ('cluster', True)\n"
        f"    settings.set('{CLUSTER}.x', 1)\n"
        "inspect_settings(settings)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=tmp_path, check=True)


def test_validate(run: Run, tmp_path: Path) -> None:
    """Validators in a file are run on the cluster."""
    (tmp_path / "dynaconf_validators.toml").write_text(
        f'[default]\n"{CLUSTER}.groups.odd" = {{must_exist=true, len_eq=3}}\n'
        f'"{CLUSTER}.hosts.one.baz.com" = {{must_exist=true}}\n'
    )
    assert "Validation success" in run("validate")


def test_overrides_are_listed(run: Run, tmp_path: Path) -> None:
    """The command shows what is overridden."""
    (tmp_path / "settings.toml").write_text(
        f"{SETTINGS}[peak.running.cluster.groups]\nodd = ['x']\n"
    )
    listed = json.loads(run("list", "--json"))["PEAK"]["running"]["cluster"]
    assert listed["groups"]["odd"] == ["x"]
    assert listed["groups"]["qux"] == ["one.baz.com", "frob.baz.com"]
