"""Reloading: reloads, other environments, fresh look-ups, hooks and copies."""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Validator

from dynaconf_cluster import ClusterFileError, ClusterFileWarning

from .conftest import CLUSTER, GROUPS, HOSTS, NAMED, ORDERS, VARIABLE, Make, bare, check_cluster

NAMES = tuple(GROUPS)
BAD = "GROUP web\none two\n"
LAYERS = (
    "[default.peak.running.cluster]\n_filename = 'example.cluster'\n"
    "[production.peak.running.cluster]\n_filename = 'other.cluster'\n"
    "[bad.peak.running.cluster]\n_filename = 'bad.cluster'\n"
)
OTHER = {"other.cluster": "GROUP:db\none.baz.com\n", "bad.cluster": BAD}

Load = Callable[[Any], object]
LOADS: dict[str, Load] = {
    "reload": lambda settings: settings.reload(),
    "setenv": lambda settings: settings.setenv(),
    "get_fresh": lambda settings: settings.get_fresh("PEAK"),
    "get fresh below": lambda settings: settings.get(f"{CLUSTER}.groups.odd", fresh=True),
    "loader of one key": lambda settings: settings.execute_loaders(key="PEAK"),
}
every_load = pytest.mark.parametrize("load", LOADS.values(), ids=LOADS.keys())


@every_load
@pytest.mark.parametrize("loaders", ORDERS.values(), ids=ORDERS.keys())
def test_a_changed_file_is_read_again(make: Make, load: Load, loaders: list[str]) -> None:
    """Every change is seen, however quick, and values held before stay unchanged."""
    settings = make(loaders=loaders)
    check_cluster(settings)
    held = settings.peak.running.cluster.groups
    for name in ("one", "two", "six"):
        Path("example.cluster").write_text(f"GROUP:{name}\nhost\n")
        load(settings)
        assert settings.peak.running.cluster.groups == (name,)
    assert held == NAMES
    assert held.odd == GROUPS["odd"]


def test_a_change_is_not_seen_without_loading(make: Make) -> None:
    """A write, or a fresh look-up of another setting, does not read the file again."""
    settings = make("other = 1\n" + NAMED, fresh_vars=["OTHER"])
    groups = settings.peak.running.cluster.groups
    Path("example.cluster").write_text("GROUP:new\nhost\n")
    settings.set(f"{CLUSTER}.mine", 1)
    settings.set(f"{CLUSTER}.groups.new", ["x"])
    assert settings.OTHER == settings.get_fresh("OTHER") == 1
    assert settings.peak.running.cluster.groups == (*NAMES, "new")
    assert groups == NAMES


@pytest.mark.parametrize("loaders", ORDERS.values(), ids=ORDERS.keys())
def test_environments_have_their_own_files(make: Make, loaders: list[str]) -> None:
    """`setenv`, `using_env` and `from_env` read only the file of their environment."""
    settings = make(LAYERS, files=OTHER, environments=True, loaders=loaders)
    check_cluster(settings)
    with settings.using_env("production"):
        assert settings.peak.running.cluster.groups == ("db",)
        assert settings[f"{CLUSTER}.groups.db"] == ("one.baz.com",)
    check_cluster(settings)
    settings.setenv("production")
    assert settings.peak.running.cluster.groups == ("db",)
    settings.setenv()
    assert settings.from_env("production").peak.running.cluster.groups == ("db",)
    check_cluster(settings)
    with pytest.raises(ClusterFileError):
        settings.from_env("bad").get("x")
    check_cluster(settings.from_env("development"))


def test_from_env_that_keeps_values(make: Make) -> None:
    """With `keep`, outputs are computed anew, and replaced groups stay replaced."""
    layers = LAYERS.replace("[production", "groups.odd = ['x']\n[production")
    settings = make(layers, files=OTHER, environments=True)
    assert settings.peak.running.cluster.groups.odd == ("x",)
    kept = settings.from_env("development", keep=True)
    assert kept.peak.running.cluster.groups == NAMES
    assert kept.peak.running.cluster.groups.odd == ("x",)
    assert settings.from_env("production", keep=True).peak.running.cluster.groups == ("db",)


def test_fresh_variables_see_every_change(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """If `PEAK` is a fresh variable, every look-up reloads the file and the environment."""
    settings = make(fresh_vars=["PEAK"])
    assert settings.PEAK.running.cluster.groups == NAMES
    Path("example.cluster").write_text("GROUP:new\nhost\n")
    assert settings.PEAK.running.cluster.groups == ("new",)
    monkeypatch.setenv(f"{VARIABLE}GROUPS__NEW", '["local"]')
    assert settings.PEAK.running.cluster.groups.new == ("local",)
    with settings.fresh():
        assert settings[f"{CLUSTER}.groups.new"] == ("local",)


def test_a_fresh_look_up_keeps_variables(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh look-up keeps inputs and groups from variables, though dynaconf drops others."""
    monkeypatch.setenv(f"{VARIABLE}_FILENAME", "example.cluster")
    monkeypatch.setenv(f"{VARIABLE}_HOSTNAME", "one.baz.com")
    monkeypatch.setenv("DYNACONF_PEAK__MINE", "1")
    settings = make("x = 1\n")
    check_cluster(settings)
    assert settings.peak.mine == 1
    settings.get_fresh("PEAK")
    check_cluster(settings)
    assert settings.peak.running.cluster.group_names == HOSTS["one.baz.com"]
    assert "mine" not in settings.peak


def test_hooks_read_the_cluster_and_write_to_it(make: Make) -> None:
    """A hook gets a copy with the cluster, and the values that it returns take effect."""
    seen: list[Any] = []

    def post(settings: Any) -> dict[str, Any]:
        seen.append(settings.peak.running.cluster.groups.odd)
        seen.append(settings[f"{CLUSTER}.hosts.one.baz.com"])
        settings.set(f"{CLUSTER}.groups.odd", ["only-in-the-copy"])
        seen.append(settings.peak.running.cluster.groups.odd)
        return {f"{CLUSTER}.groups.even": ["hooked"], f"{CLUSTER}._hostname": "one.baz.com"}

    settings = make(post_hooks=[post])
    for _ in range(2):
        cluster = settings.peak.running.cluster
        assert seen == [GROUPS["odd"], HOSTS["one.baz.com"], ("only-in-the-copy",)]
        assert cluster.groups.odd == GROUPS["odd"]
        assert cluster.groups.even == ("hooked",)
        assert cluster.group_names == HOSTS["one.baz.com"]
        seen.clear()
        settings.reload()


def test_user_code_runs_once(make: Make) -> None:
    """No settings file, hook or loader of the user runs twice."""
    log = "with open('log', 'a') as log:\n        log.write('{} ')\n"
    text = "PEAK = {'running': {'cluster': {'_filename': 'example.cluster'}}}\n"
    hook = f"def post(settings):\n    {log.format('hook')}    return {{'HOOKED': 1}}\n"
    settings = make(
        text + log.format("settings"), name="settings.py", files={"dynaconf_hooks.py": hook}
    )
    check_cluster(settings)
    assert settings.hooked == 1
    assert Path("log").read_text().split() == ["settings", "hook"]
    settings.reload()
    assert Path("log").read_text().split() == ["settings", "hook"] * 2


@pytest.mark.parametrize(
    "make_copy", [copy.deepcopy, lambda settings: settings.dynaconf.clone()], ids=["copy", "clone"]
)
def test_copies_of_settings_are_independent(make: Make, make_copy: Callable[[Any], Any]) -> None:
    """A copy has the cluster with its replaced groups, and is independent of the original."""
    settings = make(files=OTHER)
    settings.set(f"{CLUSTER}.groups.odd", ["x"])
    bare_copy = copy.deepcopy(bare(settings))
    assert bare_copy[f"{CLUSTER}.groups.odd"] == ("x",)
    again = make_copy(settings)
    again.set("peak.mine", 1)
    assert again.peak.running.cluster.groups.odd == again[f"{CLUSTER}.groups.odd"] == ("x",)
    again.set(f"{CLUSTER}._filename", "other.cluster")
    assert again.peak.running.cluster.groups == ("db", "odd")
    assert settings.peak.running.cluster.groups == NAMES
    again.reload()
    check_cluster(again)
    assert settings.peak.running.cluster.groups.odd == ("x",)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # from dynaconf 3.2 itself
def test_settings_that_cannot_be_copied_are_cloned_as_plain_data(make: Make) -> None:
    """If dynaconf clones settings as plain data, before any loader runs, a hook can read them."""
    seen: list[Any] = []

    def post(settings: Any) -> dict[str, Any]:
        groups = settings.peak.running.cluster.groups
        seen.append({name: tuple(groups[name]) for name in groups})
        return {}

    settings = make(post_hooks=[post], LOCK=threading.Lock())
    check_cluster(settings)
    assert seen == [GROUPS]


def spoil(how: str) -> None:
    """Make the example invalid, empty, unreadable or missing."""
    path = Path("example.cluster")
    path.unlink()
    if how == "unreadable":
        path.mkdir()
    elif how != "missing":
        path.write_text(BAD if how == "bad" else "")


@pytest.mark.parametrize("how", ["bad", "empty", "unreadable", "missing"])
@every_load
def test_the_last_good_cluster_stays_in_force(make: Make, load: Load, how: str) -> None:
    """A file that becomes bad is a warning that carries the error, or that error if strict."""
    settings, strict = (
        make(NAMED + "groups.gpu = ['x']\n", silent_errors=silent) for silent in (True, False)
    )
    for each in (settings, strict):
        assert each.peak.running.cluster.groups == (*NAMES, "gpu")
    spoil(how)
    errors = (OSError, ClusterFileError)
    with pytest.warns(ClusterFileWarning, match="the last good one stays in use") as caught:
        load(settings)
    assert [isinstance(warning.message.error, errors) for warning in caught] == [True]  # type: ignore[union-attr]
    with pytest.raises(errors):
        load(strict)
    for each in (settings, strict):
        cluster = each.peak.running.cluster
        assert dict(cluster.groups.items()) == GROUPS | {"gpu": ("x",)}
        assert dict(cluster.hosts.items()) == HOSTS | {"x": ("gpu",)}
        each.set(f"{CLUSTER}._hostname", "one.baz.com")
        assert each.peak.running.cluster.group_names == HOSTS["one.baz.com"]


@every_load
def test_a_pipe_is_read_once(make: Make, load: Load, tmp_path: Path, example: Path) -> None:
    """Reloaded settings keep what they read from a pipe, even if it is removed."""
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(example.read_text(),))
    writer.start()
    settings = make(f"{NAMED.replace('example.cluster', 'pipe')}groups.gpu = ['x']\n")
    assert settings.peak.running.cluster.groups == (*NAMES, "gpu")
    writer.join()
    for _ in range(2):
        load(settings)
        assert settings.peak.running.cluster.groups == (*NAMES, "gpu")
    (tmp_path / "pipe").unlink()
    with pytest.warns(ClusterFileWarning, match="the last good one stays in use"):
        load(settings)
    assert settings.peak.running.cluster.groups == (*NAMES, "gpu")


@pytest.mark.usefixtures("recwarn")
def test_new_settings_have_no_last_good_file(make: Make) -> None:
    """New settings objects, also from `from_env`, refuse a file that has become bad."""
    settings = make(LAYERS, environments=True, files=OTHER)
    check_cluster(settings)
    spoil("bad")
    with pytest.raises(ClusterFileError):
        settings.from_env("development").get("x")
    with pytest.raises(ClusterFileError):
        make(cluster=None).get("x")
    check_cluster(settings)


def test_a_last_good_file_is_remembered_by_its_path(make: Make) -> None:
    """Switching back to a file that has become bad restores its last good state."""
    settings = make(files=OTHER)
    check_cluster(settings)
    settings.set(f"{CLUSTER}._filename", "other.cluster")
    spoil("bad")
    with pytest.warns(ClusterFileWarning, match="the last good one stays in use"):
        settings.set(f"{CLUSTER}._filename", "example.cluster")
    check_cluster(settings)
    Path("example.cluster").write_text("GROUP:new\nhost\n")
    settings.reload()
    assert settings.peak.running.cluster.groups == ("new",)


def test_a_failing_loader_keeps_the_cluster(make: Make) -> None:
    """If another loader fails during a reload, the cluster can still be read."""
    settings = make(validators=[Validator(f"{CLUSTER}.groups", must_exist=True)])
    check_cluster(settings)
    settings.set("INCLUDES_FOR_DYNACONF", ["broken.toml"])
    Path("broken.toml").write_text("not = [toml\n")
    with pytest.raises(Exception, match=r"(?i)toml|unclosed|invalid|array"):
        settings.reload()
    check_cluster(settings)


def test_concurrent_readers_see_one_cluster(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another thread reloads, a reader sees the cluster or, as in dynaconf, no setting."""
    monkeypatch.setenv(f"{VARIABLE}_FILENAME", "example.cluster")
    monkeypatch.setenv(f"{VARIABLE}GROUPS__EVEN", '["x"]')
    settings = make("x = 1\n")
    assert settings.peak.running.cluster.groups.even == ("x",)
    seen: set[object] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            with suppress(KeyError):  # dynaconf 3.2 checks for a key, and then looks it up again
                seen.add(settings.get(f"{CLUSTER}.groups.even", "missing"))
                seen.add(settings.get(f"{CLUSTER}.groups.odd", "missing"))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(15):
        settings.reload()
    done.set()
    reader.join()
    assert ("x",) in seen
    assert seen <= {("x",), GROUPS["odd"], "missing"}
