"""The output of dynaconf's own command."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynaconf import get_history, inspect_settings
from dynaconf.cli import main
from dynaconf.vendor import tomllib
from dynaconf.vendor.ruamel.yaml import YAML

from .command import MODULE, result, run
from .conftest import CLUSTER, GROUPS, HOSTS, NAMED, Make

ODD = [*GROUPS["odd"]]
ONE = [*HOSTS["one.baz.com"]]
SETTINGS = f'OTHER = 1\n{NAMED}_hostname = "one.baz.com"\nown = "mine"\n'
READERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads,
    "yaml": YAML(typ="safe").load,
    "toml": tomllib.loads,
    "py": lambda text: {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
    },
}

Run = Callable[..., str]


@pytest.fixture
def dynaconf(tmp_path: Path, example: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs dynaconf's command on settings with the example."""
    (tmp_path / "settings.toml").write_text(SETTINGS)
    (tmp_path / "config.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)

    def run_dynaconf(*arguments: str) -> str:
        given = ["-i", "config.settings", *arguments]
        monkeypatch.setattr(sys, "argv", ["dynaconf", *given])
        monkeypatch.delitem(sys.modules, "config", raising=False)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            main(given, standalone_mode=False)
        return out.getvalue()

    return run_dynaconf


def write(dynaconf: Run, suffix: str, *arguments: str) -> Any:
    """Return the data that the command writes to a file."""
    path = Path(f"out.{suffix}")
    path.unlink(missing_ok=True)
    dynaconf("list", *arguments, "-o", str(path))
    return READERS[suffix](path.read_text())


@pytest.mark.parametrize("suffix", ["", *READERS])
def test_list_is_read_back(dynaconf: Run, suffix: str) -> None:
    """The settings are written in every format of dynaconf, with members as lists of names."""
    data = write(dynaconf, suffix) if suffix else json.loads(dynaconf("list", "--json"))
    cluster = data.get("default", data.get("main", data))["PEAK"]["running"]["cluster"]
    assert [*cluster["groups"]["odd"]] == ODD
    assert sorted(cluster["groups"]) == sorted(GROUPS)
    assert [*cluster["hosts"]["one.baz.com"]] == ONE
    assert len(cluster["hosts"]) == 9
    assert [*cluster["group_names"]] == ONE
    assert (cluster["hostname"], cluster["shortname"]) == ("one.baz.com", "one")
    assert cluster["own"] == "mine"


@pytest.mark.parametrize("name", ["peak", "peak.running", CLUSTER])
def test_tables(dynaconf: Run, name: str) -> None:
    """The tables above the cluster are printed and written with the names of the groups."""
    for command in (("get", name), ("list", "-k", name), ("list", "-k", f"{CLUSTER}.groups")):
        shown = dynaconf(*command).replace('"', "'")
        assert "'odd', 'even', 'prime', 'qux', 'weird'" in shown
        assert "@format" not in shown
    for suffix in ("json", "py"):
        data = write(dynaconf, suffix, "-k", name)
        while "groups" not in data:
            (data,) = data.values()
        assert [*data["groups"]] == [*GROUPS]
        assert [*data["hosts"]] == [*HOSTS]


def test_a_name(dynaconf: Run) -> None:
    """A group or host is a list in JSON and YAML, and can be printed."""
    for name, value in {"groups.odd": ODD, "hosts.one.baz.com": ONE, "group_names": ONE}.items():
        assert value in json.loads(dynaconf("list", "--json", "-k", f"{CLUSTER}.{name}")).values()
        data = write(dynaconf, "yaml", "-k", f"{CLUSTER}.{name}")
        while len(data) == 1:
            (data,) = data.values()
        assert data == value
    shown = dynaconf("list")
    assert ("one.baz.com" in shown, "dynaconf_cluster" in shown) == (True, False)
    for name in ("odd", "ODD"):
        shown = dynaconf("get", f"{CLUSTER}.groups.{name}")
        assert [host for host in ODD if host in shown] == ODD
    assert dynaconf("get", f"{CLUSTER}.hostname").strip() == "one.baz.com"
    assert "prime" in dynaconf("get", f"{CLUSTER}.hosts.one.baz.com")
    assert "default" in dynaconf("get", f"{CLUSTER}.groups.none", "-d", "default")


def test_inspect_names_the_file(dynaconf: Run, example: Path) -> None:
    """The history of a setting names the loader and the file's absolute path."""
    kinds = {CLUSTER: "json", f"{CLUSTER}.groups": "yaml", f"{CLUSTER}.groups.odd": "json"}
    for name, kind in kinds.items():
        report = READERS[kind](dynaconf("inspect", "-k", name, "-f", kind))
        (entry,) = (entry for entry in report["history"] if entry["loader"] == "cluster")
        assert (entry["identifier"], entry["env"]) == (str(example), "global")
        value = entry["value"]
        assert "own" not in value
        assert "hostname" not in str(value)
        groups = value.get("groups", value) if isinstance(value, dict) else {"odd": value}
        assert groups["odd"] == ODD  # not a tuple's repr
    history = json.loads(dynaconf("inspect", "-f", "json"))["history"]
    assert [e["identifier"] for e in history if e["loader"] == "cluster"] == [str(example)]
    for name in (f"{CLUSTER}.own", f"{CLUSTER}._filename", "OTHER"):
        history = json.loads(dynaconf("inspect", "-k", name, "-f", "json"))["history"]
        assert [entry["loader"] for entry in history] == ["toml"]


def test_history_in_programs(make: Make, example: Path) -> None:
    """The history of settings in a program names the loader and the file."""
    settings = make(SETTINGS)
    for _ in range(2):
        (read,) = (e for e in get_history(settings, CLUSTER) if e["loader"] == "cluster")
        assert read["identifier"] == str(example)
        assert {*read["value"]} == {"groups", "hosts"}
        assert "five.baz.com" in read["value"]["groups"]["odd"]
        odd = get_history(settings, f"{CLUSTER}.groups.odd")[0]
        assert (odd["loader"], "five.baz.com" in odd["value"]) == ("cluster", True)
        settings.set(f"{CLUSTER}.x", 1)
    inspect_settings(settings)
    (record,) = (r for s, r in settings.loaded_by_loaders.items() if s.loader == "cluster")
    assert [*record] == [*dict(record)] == ["PEAK"]
    assert dict(record)["PEAK"]["running"]["cluster"]["groups"]["odd"] == ODD


def test_validate(dynaconf: Run, tmp_path: Path) -> None:
    """Validators in a file run on the cluster."""
    rules = f'[default]\n"{CLUSTER}.groups.odd" = {{must_exist=true, len_eq=3}}\n'
    (tmp_path / "dynaconf_validators.toml").write_text(rules)
    # in this process, pytest would complain that dynaconf leaves the file open
    done = run("python", "-m", "dynaconf", "-i", "config.settings", "validate")
    assert "Validation success" in result(done)
