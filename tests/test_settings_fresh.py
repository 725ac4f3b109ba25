"""Loading again: reload, environments, fresh look-ups, and what must survive them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster.loader import load

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
NESTED = "DYNACONF_PEAK__RUNNING__CLUSTER__"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'
NAMES = ("odd", "even", "prime", "qux", "weird")

Make = Callable[..., Any]
Check = Callable[..., None]


def test_reload_sees_new_inputs(
    make: Make, check_example: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading again follows what settings files and the environment name by then."""
    (tmp_path / "other.cluster").write_text("GROUP:other\nhost\n")
    settings = make()
    check_example(settings)
    monkeypatch.setenv(f"{NESTED}_FILENAME", "other.cluster")
    settings.reload()
    assert settings.peak.running.cluster.groups == ("other",)
    monkeypatch.delenv(f"{NESTED}_FILENAME")
    settings.reload()
    check_example(settings)
    (tmp_path / "settings.toml").write_text(PLAIN.replace("example", "other"))
    settings.reload()
    assert settings.peak.running.cluster.groups == ("other",)
    (tmp_path / "settings.toml").write_text("")
    settings.reload()
    assert settings.peak.running.cluster.groups == ()


def test_reload_forgets_what_the_environment_no_longer_overrides(
    make: Make, check_example: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An override that is gone from the environment is gone after loading again."""
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", '["local"]')
    monkeypatch.setenv(f"{NESTED}GROUPS__NEW", '["local"]')
    settings = make()
    assert settings.peak.running.cluster.groups.odd == ("local",)
    monkeypatch.delenv(f"{NESTED}GROUPS__ODD")
    monkeypatch.delenv(f"{NESTED}GROUPS__NEW")
    settings.reload()
    check_example(settings)


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_fresh_lookup_keeps_what_the_environment_set(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str]
) -> None:
    """A file, an override and a key from nested variables survive a fresh look-up of ``PEAK``."""
    monkeypatch.setenv(f"{NESTED}_FILENAME", "example.cluster")
    monkeypatch.setenv(f"{NESTED}_HOSTNAME", "one.baz.com")
    monkeypatch.setenv("DYNACONF_PEAK__running__cluster__groups__even", '["local"]')
    monkeypatch.setenv("DYNACONF_PEAK__OWN", "1")
    settings = make("[peak.running]\nmine = 1\n", loaders=loaders)
    for disturb in (
        lambda: None,
        lambda: settings.get_fresh("PEAK"),
        lambda: settings.get("peak", fresh=True),
        lambda: settings.execute_loaders(key="PEAK"),
        lambda: load(settings, key="peak"),
        lambda: settings.get_fresh("PEAK"),
    ):
        disturb()
        cluster = settings.peak.running.cluster
        assert cluster.groups == NAMES
        assert cluster.groups.even == ("local",)
        assert cluster.hostname == "one.baz.com"
        assert cluster.group_names == ("odd", "prime", "qux", "weird")
        assert settings["peak.own"] == 1
        assert settings["peak.running.mine"] == 1


def test_fresh_lookup_does_not_read_an_environment_that_dynaconf_does_not(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the environment loader a fresh look-up reads no variables."""
    settings = make(loaders=[OURS])
    monkeypatch.setenv(f"{NESTED}_FILENAME", "missing")
    assert settings.get_fresh("PEAK").running.cluster.groups == NAMES


def test_fresh_block_follows_a_changed_file(make: Make, tmp_path: Path) -> None:
    """Within ``fresh`` every look-up of ``PEAK`` sees the file as it is then."""
    settings = make()
    assert settings.peak.running.cluster.groups == NAMES
    with settings.fresh():
        for name in ("new", "newer"):
            (tmp_path / "example.cluster").write_text(f"GROUP:{name}\nhost\n")
            assert settings.get("peak").running.cluster.groups == (name,)
    settings.set("other", 1)  # dynaconf 3.3 remembers what is read as an attribute
    assert settings.peak.running.cluster.groups == ("newer",)


def test_fresh_variables_follow_a_changed_file(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``PEAK`` among the fresh variables every look-up sees file and environment."""
    settings = make(fresh_vars=["PEAK"])
    assert settings.PEAK.running.cluster.groups == NAMES
    assert settings[f"{CLUSTER}.groups.odd"][0] == "one.baz.com"
    (tmp_path / "example.cluster").write_text("GROUP:new\nhost\n")
    assert settings.PEAK.running.cluster.groups == ("new",)
    monkeypatch.setenv(f"{NESTED}GROUPS__NEW", '["local"]')
    assert settings.PEAK.running.cluster.groups.new == ("local",)
    settings.set("other", 1)
    assert settings[f"{CLUSTER}.groups.__all__"] == ("host",)


def test_other_fresh_variables_cost_nothing(make: Make, tmp_path: Path) -> None:
    """A fresh look-up of another setting does not touch the cluster."""
    settings = make(f"OTHER = 1\n{PLAIN}", fresh_vars=["OTHER"])
    groups = settings.peak.running.cluster.groups
    (tmp_path / "example.cluster").write_text("GROUP:new\nhost\n")
    assert settings.OTHER == settings.get_fresh("OTHER") == 1
    assert settings.get_fresh("MISSING") is None
    assert settings.peak.running.cluster.groups is groups


def test_environments_share_nothing(make: Make, check_example: Check) -> None:
    """Overrides of one environment are not those of another."""
    settings = make(
        '[default.peak.running.cluster]\n_filename = "example.cluster"\n'
        '[production.peak.running.cluster]\n_filename = "example.cluster"\n'
        '[production.peak.running.cluster.groups]\nodd = ["local"]\nnew = ["local"]\n',
        environments=True,
    )
    check_example(settings)
    for _ in range(2):
        with settings.using_env("production"):
            assert settings.peak.running.cluster.groups == (*NAMES, "new")
            assert settings.peak.running.cluster.groups.odd == ("local",)
        check_example(settings)
    production = settings.from_env("production")
    assert production.peak.running.cluster.groups.odd == ("local",)
    check_example(settings)
    check_example(production.from_env("development"))


def test_from_env_keeps_what_was_set(make: Make, check_example: Check) -> None:
    """With ``keep`` what was set before is there, and the namespace is whole."""
    settings = make(environments=False)
    settings.set("peak.mine", 1)
    settings.set("OWN", 1)
    kept = settings.from_env("production", keep=True)
    check_example(kept)
    assert kept.OWN == 1
    check_example(settings)
    check_example(settings.from_env("production"))


def test_from_env_keeps_what_was_set_not_what_followed(make: Make) -> None:
    """The kept settings follow the file of their own environment; overrides and lazy keys stay."""
    settings = make(
        '[default.peak.running.cluster]\n_filename = "example.cluster"\n'
        'mine = "@format {this.current_env}"\n'
        '[production.peak.running.cluster]\n_filename = "other.cluster"\n',
        files={"other.cluster": "GROUP:db\ntwo\n"},
        environments=True,
        merge_enabled=True,
    )
    settings.set(f"{CLUSTER}.groups.mine", ["local"])
    settings.set(f"{CLUSTER}.hosts.one.baz.com", [])
    kept = settings.from_env("production", keep=True)
    cluster = kept.peak.running.cluster
    assert cluster.groups == ("db", "mine")
    assert cluster.groups.mine == ("local",)
    assert cluster.hosts == ("two", "one.baz.com")
    assert cluster.mine == "production"
    assert settings.from_env("production", keep=True) is kept
    assert settings.peak.running.cluster.groups == (*NAMES, "mine")


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_from_env_keeps_what_lazy_marks_apply_to(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str]
) -> None:
    """A list of a file that is merged with another setting is kept as it is read."""
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "@merge @get who")
    settings = make(f'who = ["two"]\n{PLAIN}groups.odd = ["one"]\n', loaders=loaders)
    assert settings.peak.running.cluster.groups.odd == ("one", "two")
    kept = settings.from_env("production", keep=True)
    assert kept.peak.running.cluster.groups.odd == ("one", "two")


def test_from_env_keeps_settings_that_nobody_has_read(make: Make, check_example: Check) -> None:
    """A list of all groups, as other programs write it, overrides nothing, read or not."""
    settings = make(
        f'[{CLUSTER}]\n_filename = "example.cluster"\ngroups = {[*NAMES]}\n',
        includes=["nothing.toml"],
    )
    check_example(settings.from_env("production", keep=True))
    check_example(settings)


def test_clusters_of_other_settings_override_nothing(make: Make, check_example: Check) -> None:
    """Groups and hosts that were read elsewhere may stand in the settings from the start."""
    cluster = make().peak.running.cluster
    names = {"groups": cluster.groups, "hosts": cluster.hosts, "_filename": "example.cluster"}
    check_example(make("", peak={"running": {"cluster": names}}))


@pytest.mark.parametrize("name", ["PEAK", "peak"])
def test_keywords_outlast_all_loading(make: Make, check_example: Check, name: str) -> None:
    """A file that a keyword names stays named, by fresh look-ups and other environments too."""
    peak = {"running": {"cluster": {"_filename": "example.cluster"}}}
    settings = make("", **{name: peak})
    check_example(settings)
    settings.get_fresh("PEAK")
    check_example(settings)
    with settings.using_env("production"):
        check_example(settings)
    settings.reload()
    with settings.fresh():
        assert settings.peak.running.cluster.groups == NAMES
    check_example(settings.from_env("production"))
    check_example(settings.from_env("production", keep=True))
    always = make('FRESH_VARS_FOR_DYNACONF = ["PEAK"]\n', **{name: peak})
    for _ in range(2):
        assert always.get("peak.running.cluster.groups") == NAMES


@pytest.mark.parametrize("name", ["PEAK", "peak"])
def test_from_env_takes_keywords_before_what_is_kept(make: Make, name: str) -> None:
    """A keyword of ``from_env`` is in force in place of what was set before."""
    settings = make(files={"other.cluster": "GROUP:db\ntwo\n"})
    peak = {name: {"running": {"cluster": {"_filename": "other.cluster"}}}}
    settings.set(f"{CLUSTER}.groups.mine", ["local"])
    kept = settings.from_env("production", keep=True, settings_files=[], **peak)
    assert kept.peak.running.cluster.groups == ("db",)


@pytest.mark.parametrize(
    "value",
    [
        "{mine=1}",
        '@json {"mine": 1}',
        "@merge mine=1",
        "{mine=1, dynaconf_merge=true}",
        "{mine=1, running={cluster={_hostname='one.baz.com'}}}",
    ],
)
@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["ours", "environ"])
def test_fresh_looks_keep_nested_variables_beside_a_whole_one(
    make: Make, monkeypatch: pytest.MonkeyPatch, value: str, loaders: list[str]
) -> None:
    """A variable of all of PEAK, which a fresh look-up reads, does not hide those below it."""
    monkeypatch.setenv("DYNACONF_PEAK", value)
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME", "example.cluster")
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER__LIST", "@merge [2]")
    settings = make("[peak.running.cluster]\nlist = [1]\n", loaders=loaders)
    expected = settings.peak.running.cluster.list
    assert settings.peak.running.cluster.groups == NAMES
    for _ in range(2):
        fresh = settings.get_fresh("PEAK")
        assert fresh.running.cluster.groups == settings.peak.running.cluster.groups == NAMES
        assert fresh.mine == 1
        assert fresh.running.cluster.list == expected
    always = make("", loaders=loaders, fresh_vars=["PEAK"])
    assert always.peak.running.cluster.groups == NAMES


def test_objects_do_not_share_a_namespace(make: Make, check_example: Check) -> None:
    """What is set in one settings object is not set in another of the same file."""
    one, other = make(), make()
    one.set(f"{CLUSTER}.groups.odd", ["local"])
    copied = one.dynaconf.clone()
    copied.set(f"{CLUSTER}.groups.even", ["local"])
    check_example(other)
    assert one.peak.running.cluster.groups.odd == ("local",)
    assert one.peak.running.cluster.groups.even != ("local",)
    assert copied.peak.running.cluster.groups.odd == ("local",)
    assert copied.peak.running.cluster.groups.even == ("local",)


def test_what_was_set_by_hand_survives_loading_again(make: Make, tmp_path: Path) -> None:
    """What ``settings.set`` gave ``PEAK`` comes back when loading again, as dynaconf keeps it."""
    (tmp_path / "other.cluster").write_text("GROUP:other\nhost\n")
    settings = make("")
    settings.set("PEAK", {"running": {"cluster": {"_filename": "other.cluster", "own": 1}}})
    for _ in range(2):
        assert settings.peak.running.cluster.groups == ("other",)
        assert settings[f"{CLUSTER}.own"] == 1
        settings.reload()


def test_hooks_read_and_write_the_namespace(make: Make) -> None:
    """A hook is given settings that hold the cluster, and what it returns is in force."""
    seen: list[Any] = []

    def post(settings: Any) -> dict[str, Any]:
        seen.append(settings.peak.running.cluster.groups.odd)
        seen.append(settings[f"{CLUSTER}.hosts.one.baz.com"])
        settings.set(f"{CLUSTER}.groups.odd", ["only in the copy"])
        seen.append(settings.peak.running.cluster.groups.odd)
        return {f"{CLUSTER}.groups.even": ["hooked"], f"{CLUSTER}._hostname": "one.baz.com"}

    settings = make(post_hooks=[post])
    cluster = settings.peak.running.cluster
    assert seen == [
        ("one.baz.com", "three.baz.com", "five.baz.com"),
        ("odd", "prime", "qux", "weird"),
        ("only in the copy",),
    ]
    assert cluster.groups.odd == seen[0]
    assert cluster.groups.even == ("hooked",)
    assert cluster.group_names == seen[1]
    assert settings[f"{CLUSTER}.groups.weird"][0] == "one.baz.com"


def test_hook_module_writes_the_namespace(make: Make, check_example: Check) -> None:
    """The hooks beside a settings file are given the cluster, too."""
    hooks = (
        "def post(settings):\n"
        "    odd = settings.peak.running.cluster.groups.odd\n"
        "    assert isinstance(odd, tuple)\n"
        '    return {"FIRST": odd[0], "PEAK__MINE": len(odd)}\n'
    )
    settings = make(files={"dynaconf_hooks.py": hooks})
    check_example(settings)
    assert settings.FIRST == "one.baz.com"
    assert settings["peak.mine"] == 3
    settings.reload()
    check_example(settings)


def test_load_file_and_loader_calls(make: Make, check_example: Check, tmp_path: Path) -> None:
    """A file that is loaded later merges into the settings without harm."""
    (tmp_path / "late.toml").write_text("[peak.running.cluster]\nmine = 1\n")
    (tmp_path / "later.toml").write_text(
        "dynaconf_merge = true\n[peak.running.cluster]\nmore = 1\n"
    )
    settings = make(merge_enabled=True)
    settings.load_file("late.toml")
    settings.load_file(path=["later.toml"])
    check_example(settings)
    assert settings[f"{CLUSTER}.mine"] == settings[f"{CLUSTER}.more"] == 1
    load(settings)
    check_example(settings)


def test_unset_setting_comes_back_with_the_next_write(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ``PEAK`` was unset, a write below it brings the namespace back."""
    monkeypatch.setenv("CLUSTER", "example.cluster")
    settings = make("")
    settings.unset("PEAK", force=True)
    settings.set("peak.mine", 1)
    assert settings.peak.running.cluster.groups == NAMES
