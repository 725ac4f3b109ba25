"""Adding the loader in every way that dynaconf has, and what surrounds it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
NESTED = "DYNACONF_PEAK__RUNNING__CLUSTER__"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'

Make = Callable[..., Any]
Check = Callable[..., None]

ORDERS = [[OURS, ENVIRON], [ENVIRON, OURS], [OURS], [OURS, ENVIRON, OURS], [OURS, OURS]]


@pytest.mark.parametrize("loaders", ORDERS, ids=["before", "after", "alone", "around", "twice"])
@pytest.mark.parametrize("key", ["loaders", "LOADERS_FOR_DYNACONF", "loaders_for_dynaconf"])
def test_keyword_adds_the_loader(
    make: Make, check_example: Check, loaders: list[str], key: str
) -> None:
    """A keyword of the settings object adds the loader on any side of the environment's."""
    options = {"loaders": None, key: loaders}
    if key != "loaders":
        del options["loaders"]
        settings = make(loaders=loaders, **options)
    else:
        settings = make(**options)
    check_example(settings)
    settings.reload()
    check_example(settings)


@pytest.mark.parametrize("loaders", ORDERS[:2], ids=["before", "after"])
@pytest.mark.parametrize("where", ["py", "toml", "yaml", "json", "environ", "dotenv"])
def test_setting_adds_the_loader(
    tmp_path: Path, example: Path, loaders: list[str], where: str
) -> None:
    """A settings module, a settings file, a .env file or the environment adds the loader."""
    listed = str(loaders).replace("'", '"')
    name = "settings.toml"
    text = PLAIN
    environ = {}
    if where == "py":
        name = "settings.py"
        text = f"LOADERS_FOR_DYNACONF = {listed}\n"
        text += 'PEAK = {"running": {"cluster": {"_filename": "example.cluster"}}}\n'
    elif where == "toml":
        text = f"LOADERS_FOR_DYNACONF = {listed}\n{PLAIN}"
    elif where == "yaml":
        name = "settings.yaml"
        text = f"LOADERS_FOR_DYNACONF: {listed}\n"
        text += "peak: {running: {cluster: {_filename: example.cluster}}}\n"
    elif where == "json":
        name = "settings.json"
        text = f'{{"LOADERS_FOR_DYNACONF": {listed}, "peak": {{"running": {{"cluster": '
        text += '{"_filename": "example.cluster"}}}}'
    elif where == "dotenv":
        (tmp_path / ".env").write_text(f"LOADERS_FOR_DYNACONF='{listed}'\n")
    else:
        environ = {"LOADERS_FOR_DYNACONF": listed}
    (tmp_path / name).write_text(text)
    program = (
        "from dynaconf import Dynaconf\n"
        f"s = Dynaconf(settings_files=[{name!r}], load_dotenv=True)\n"
        "for _ in range(2):\n"
        "    assert s.peak.running.cluster.groups.odd[2] == 'five.baz.com'\n"
        "    assert isinstance(s.peak.running.cluster.groups, tuple)\n"
        "    s.reload()\n"
    )
    run(program, tmp_path, environ)


def run(program: str, folder: Path, environ: dict[str, str]) -> str:
    """Run a program by itself, as dynaconf reads some of its settings once a process."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        env={"PATH": "/bin:/usr/bin", "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_global_settings_of_dynaconf(tmp_path: Path, example: Path) -> None:
    """The settings object that dynaconf brings along reads the cluster, too."""
    (tmp_path / "settings.py").write_text(
        f"LOADERS_FOR_DYNACONF = [{OURS!r}, {ENVIRON!r}]\n"
        "CLUSTER_FILE = 'example.cluster'\n"
        "PEAK__RUNNING__CLUSTER___FILENAME = '@format {this.CLUSTER_FILE}'\n"
    )
    program = (
        "from dynaconf import LazySettings\n"
        "settings = LazySettings()\n"
        "print(settings.peak.running.cluster.groups.qux)\n"
    )
    environ = {"SETTINGS_FILE_FOR_DYNACONF": "settings.py"}
    assert run(program, tmp_path, environ) == "('one.baz.com', 'frob.baz.com')\n"


def test_main_names_the_file(tmp_path: Path, example: Path) -> None:
    """A script names its cluster file in a variable of its own."""
    program = (
        "from dynaconf import Dynaconf\n"
        "CLUSTER = 'example.cluster'\n"
        f"print(Dynaconf(loaders=[{OURS!r}])('{CLUSTER}.groups.qux'))\n"
    )
    assert run(program, tmp_path, {}) == "('one.baz.com', 'frob.baz.com')\n"


@pytest.mark.parametrize("loaders", ORDERS[:2], ids=["before", "after"])
@pytest.mark.parametrize(
    "names",
    [
        ["PEAK__RUNNING__CLUSTER__MINE"],
        ["PEAK__running__cluster__mine"],
        ["PEAK__RUNNING__CLUSTER__MINE", "PEAK__running__cluster__mine"],
        ["PEAK__running__CLUSTER__MINE", "PEAK__RUNNING__cluster__other", "PEAK__MORE"],
    ],
    ids=["upper", "lower", "both", "mixed"],
)
def test_variables_below_the_namespace_leave_it_whole(
    make: Make,
    check_example: Check,
    monkeypatch: pytest.MonkeyPatch,
    loaders: list[str],
    names: list[str],
) -> None:
    """Variables in either case below ``PEAK`` are merged into it, and the outputs stay tuples."""
    for name in names:
        monkeypatch.setenv(f"DYNACONF_{name}", "1")
    settings = make(loaders=loaders)
    check_example(settings)
    assert settings[f"{CLUSTER}.mine"] == 1


@pytest.mark.parametrize("loaders", ORDERS[:2], ids=["before", "after"])
@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"envvar_prefix": "MYAPP"}, "MYAPP_PEAK__RUNNING__CLUSTER__GROUPS__ODD"),
        ({"envvar_prefix": "ONE,TWO"}, "TWO_PEAK__RUNNING__CLUSTER__GROUPS__ODD"),
        ({"envvar_prefix": False}, "PEAK__RUNNING__CLUSTER__GROUPS__ODD"),
        ({"NESTED_SEPARATOR_FOR_DYNACONF": "##"}, "DYNACONF_PEAK##RUNNING##CLUSTER##GROUPS##ODD"),
        ({"merge_enabled": True}, "DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__ODD"),
        ({}, "DYNACONF_PEAK__running__cluster__groups__odd"),
        ({}, "DYNACONF_PEAK__Running__CLUSTER__Groups__Odd"),
    ],
)
def test_variables_override_names(
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    loaders: list[str],
    options: dict[str, Any],
    name: str,
) -> None:
    """A variable with the application's prefix and separator overrides a group."""
    monkeypatch.setenv(name, '["local"]')
    settings = make(loaders=loaders, **options)
    for _ in range(2):
        groups = settings.peak.running.cluster.groups
        assert groups == ("odd", "even", "prime", "qux", "weird")
        assert isinstance(groups.odd, tuple)
        assert groups.odd == ("local",)
        settings.reload()


@pytest.mark.parametrize("loaders", ORDERS[:2], ids=["before", "after"])
def test_variables_override_names_with_dots_and_cases(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str]
) -> None:
    """A host's labels are nested names of the variable, whatever their case."""
    monkeypatch.setenv(f"{NESTED}HOSTS__ONE__BAZ__COM", '["local"]')
    monkeypatch.setenv(f"{NESTED}HOSTS__TWO.BAZ.COM", '["local"]')
    monkeypatch.setenv(f"{NESTED}GROUPS__NEW", '["local"]')
    settings = make(loaders=loaders)
    cluster = settings.peak.running.cluster
    assert cluster.hosts["one.baz.com"] == cluster.hosts["two.baz.com"] == ("local",)
    assert len(cluster.hosts) == 9
    assert cluster.groups.new == settings[f"{CLUSTER}.groups.new"] == ("local",)


def test_indexed_variables(
    make: Make, monkeypatch: pytest.MonkeyPatch, check_example: Check
) -> None:
    """Where dynaconf takes ``___0`` for an index, the inputs' leading underscore is none."""
    monkeypatch.setenv(f"{NESTED}_FILENAME", "example.cluster")
    monkeypatch.setenv(f"{NESTED}_HOSTNAME", "one.baz.com")
    settings = make("", INDEX_SEPARATOR_FOR_DYNACONF="___")
    check_example(settings)
    assert settings.peak.running.cluster.hostname == "one.baz.com"


def test_other_loaders_are_not_disturbed(
    make: Make, check_example: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What other settings read, and in which order, does not depend on this loader."""
    monkeypatch.setenv("DYNACONF_OTHER", "environ")
    monkeypatch.setenv("DYNACONF_NESTED__x", "1")
    toml = f'OTHER = "file"\nPLAIN = "file"\n{PLAIN}[nested]\nx = 0\ny = 2\n'
    settings = make(toml)
    assert (settings.OTHER, settings.PLAIN) == ("environ", "file")
    assert settings.NESTED == {"x": 1, "y": 2}
    without = make(toml, loaders=[ENVIRON])
    ours, theirs = settings.as_dict(), without.as_dict()
    ours.pop("PEAK")
    theirs.pop("PEAK")
    ours.pop("LOADERS", None)
    theirs.pop("LOADERS", None)
    assert ours == theirs


@pytest.mark.parametrize("value", [False, None, 0, "0"], ids=repr)
def test_loaders_may_be_switched_off(make: Make, value: object) -> None:
    """Without any loader there is no namespace, and nothing fails."""
    settings = make(LOADERS_FOR_DYNACONF=value, loaders=value)
    assert settings.get(f"{CLUSTER}.groups") is None
