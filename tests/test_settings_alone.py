"""``PEAK`` loaded by itself, as by a fresh look-up: the same as when all is loaded."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Validator

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
NAMED = "peak__running__cluster__"
NAMES = ("odd", "even", "prime", "qux", "weird")
ORDERS = [[OURS, ENVIRON], [ENVIRON, OURS]]

Make = Callable[..., Any]
Monkey = pytest.MonkeyPatch

INPUTS = {"_filename": "example.cluster", "_hostname": "one.baz.com", "own": 1}
PYTHON = "".join(f"{NAMED.upper()}{name} = {value!r}\n" for name, value in INPUTS.items())
TOML = "".join(f"{NAMED}{name} = {json.dumps(value)}\n" for name, value in INPUTS.items())

SOURCES: dict[str, dict[str, Any]] = {
    "toml": {"toml": TOML},
    "environment of toml": {
        "toml": "[default]\n_ = 0\n[production]\n" + TOML,
        "environments": True,
        "env": "production",
    },
    "local toml": {"toml": "", "files": {"settings.local.toml": TOML}},
    "yaml": {
        "name": "settings.yaml",
        "toml": "".join(f"{NAMED}{name}: {value}\n" for name, value in INPUTS.items()),
    },
    "json": {
        "name": "settings.json",
        "toml": json.dumps({f"{NAMED}{name}": value for name, value in INPUTS.items()}),
    },
    "python": {"name": "settings.py", "toml": PYTHON},
    "included by a file": {
        "toml": 'dynaconf_include = ["more.toml"]\n',
        "files": {"more.toml": TOML},
    },
    "include": {"toml": "", "includes": ["more.toml"], "files": {"more.toml": TOML}},
    "python include": {"toml": "", "includes": ["more.py"], "files": {"more.py": PYTHON}},
    "preload": {"toml": "", "preload": ["more.toml"], "files": {"more.toml": TOML}},
    "keywords": {"toml": "", **{f"{NAMED}{name}": value for name, value in INPUTS.items()}},
    "loader": {
        "toml": "",
        "files": {
            "nested_loader.py": "def load(obj, env=None, silent=True, key=None):\n"
            f"    obj.update({ ({NAMED + name: value for name, value in INPUTS.items()})!r},\n"
            '        loader_identifier="nested_loader")\n'
        },
        "loaders": [OURS, "nested_loader", ENVIRON],  # in front, dynaconf 3.2 fails by itself
    },
}

LOOKS: dict[str, Callable[[Any], Any]] = {
    "get_fresh": lambda settings: settings.get_fresh("PEAK"),
    "again": lambda settings: (settings.get_fresh("PEAK"), settings.get_fresh("peak"))[1],
    "get": lambda settings: settings.get("peak", fresh=True),
    "dotted": lambda settings: (settings.get(CLUSTER, fresh=True), settings.PEAK)[1],
    "execute_loaders": lambda settings: (settings.execute_loaders(key="PEAK"), settings.PEAK)[1],
}


@pytest.fixture(autouse=True)
def _loaders_of_tests(tmp_path: Path, monkeypatch: Monkey) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("nested_loader", "own_loader"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def check(peak: Any) -> None:
    """Check that all is there that the sources of these tests set."""
    cluster = peak.running.cluster
    assert cluster.groups == NAMES
    assert cluster.hostname == "one.baz.com"
    assert cluster.group_names == ("odd", "prime", "qux", "weird")
    assert cluster.own == 1


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_nested_names_of_every_source_count(make: Make, source: dict[str, Any]) -> None:
    """What a source sets by nested names at its root is there, as after loading all."""
    settings = make(**source)
    check(settings.peak)
    for look in LOOKS.values():
        check(look(settings))
        check(settings.peak)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_nested_names_count_where_every_look_is_fresh(make: Make, source: dict[str, Any]) -> None:
    """The same within ``fresh``, and with ``PEAK`` among the fresh variables."""
    settings = make(**source)
    if "include" not in source["toml"]:  # where dynaconf fails by itself
        with settings.fresh():
            check(settings.get("peak"))
    always = make(**source, fresh_vars=["PEAK"])
    for _ in range(2):
        check(always.PEAK)
        assert always.get(f"{CLUSTER}.groups") == NAMES


@pytest.mark.parametrize("loaders", ORDERS, ids=["ours", "environ"])
def test_sources_win_over_each_other_as_ever(
    make: Make, monkeypatch: Monkey, loaders: list[str]
) -> None:
    """A table of a local file wins over nested names, and the environment over both."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__ODD", "@merge last")
    settings = make(
        f'{NAMED}_filename = "missing"\n{NAMED}own = [1]\n{NAMED}groups__odd = ["first"]\n',
        files={
            "settings.local.toml": 'dynaconf_merge = true\n[peak.running.cluster]\nown = ["two"]\n'
            '_filename = "example.cluster"\ngroups.odd = ["second"]\n'
        },
        loaders=loaders,
    )
    expected = settings.peak.running.cluster
    assert expected.own == [1, "two"]
    assert expected.groups.odd == ("first", "second", "last")
    for look in [look for name, look in LOOKS.items() if name != "execute_loaders"]:
        cluster = look(settings).running.cluster
        assert cluster.groups == NAMES
        assert cluster.own == [1, "two"]
        assert cluster.groups.odd == ("first", "second", "last")


def test_no_other_setting_is_loaded(make: Make, monkeypatch: Monkey) -> None:
    """What code has set stays, lists are not merged once more, and no variable is read anew."""
    monkeypatch.setenv("DYNACONF_LIST", "@merge [2]")
    settings = make("LIST = [1]\nOTHER = 1\n", fresh_vars=["PEAK"])
    settings.OTHER = 2
    settings.set("table.key", 1)
    monkeypatch.setenv("DYNACONF_LATER", "1")
    for _ in range(2):
        assert settings.PEAK.running.cluster.groups == ()
    assert (settings.LIST, settings.OTHER, settings["table.key"]) == ([1, 2], 2, 1)
    assert "LATER" not in settings


def test_no_other_setting_is_loaded_where_every_look_is_fresh(make: Make) -> None:
    """Within ``fresh``, what keywords and files set beside ``PEAK`` stays as it is, too."""
    settings = make(
        f'INSTALLED = ["dynaconf_merge", "b"]\n[{CLUSTER}]\n_filename = "example.cluster"\n',
        INSTALLED=["a"],
        debug_port=5,
    )
    with settings.fresh():
        for _ in range(2):
            assert settings.get("peak").running.cluster.groups == NAMES
    assert settings.DEBUG_PORT == 5
    assert settings.INSTALLED == ["a", "b"]


def test_variables_that_are_not_to_be_known_are_not(make: Make, monkeypatch: Monkey) -> None:
    """With ``ignore_unknown_envvars``, too, a fresh look-up makes no new settings."""
    monkeypatch.setenv("DYNACONF_UNKNOWN", "1")
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME", "example.cluster")
    settings = make("[peak.running.cluster]\n_filename = 'missing'\n", ignore_unknown_envvars=True)
    with settings.fresh():
        assert settings.get("peak").running.cluster.groups == NAMES
    assert settings.get("UNKNOWN") is None


def test_marks_apply_once(make: Make, monkeypatch: Monkey) -> None:
    """To look ``PEAK`` up afresh is to begin again."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__ODD", "@merge more")
    settings = make()
    expected = settings.peak.running.cluster.groups.odd
    assert expected[-1] == "more"
    for _ in range(2):
        assert settings.get_fresh("PEAK").running.cluster.groups.odd == expected


def test_what_code_has_set_stays_unless_it_is_read_afresh(make: Make) -> None:
    """``execute_loaders`` loads over what there is, as it does with any key."""
    settings = make("", files={"other.cluster": "GROUP:other\nhost\n"})
    settings.set(f"{CLUSTER}._filename", "example.cluster")
    settings.execute_loaders(key="PEAK")
    assert settings.peak.running.cluster.groups == NAMES
    settings.get_fresh("PEAK")
    assert settings.peak.running.cluster.groups == ()


def test_hooks_may_give_nested_names(make: Make) -> None:
    """What a hook gives is set over what was just loaded, which is fresh enough."""
    settings = make(
        f'{NAMED}_filename = "example.cluster"\n',
        fresh_vars=["PEAK"],
        post_hooks=[lambda: {"PEAK__mine": 1, f"{NAMED}_hostname": "one.baz.com"}],
    )
    for _ in range(2):
        assert settings.PEAK.mine == 1
        assert settings.PEAK.running.cluster.groups == NAMES
        assert settings.PEAK.running.cluster.hostname == "one.baz.com"


@pytest.mark.parametrize("loaders", ORDERS, ids=["ours", "environ"])
def test_hooks_beside_the_settings_count_whenever_they_are_loaded(
    make: Make, loaders: list[str]
) -> None:
    """What a hook module sets below ``PEAK`` is there after all loading; the rest is dynaconf's."""
    hooks = (
        "def post(settings):\n"
        '    return {"PEAK": {"running": {"cluster": {"_filename": "example.cluster"}}},\n'
        f'        "{NAMED}_hostname": "one.baz.com", "{NAMED}own": 1, "OTHER": 1}}\n'
    )
    settings = make(
        "[default]\nother = 2\n[production]\nx = 1\n",
        files={"dynaconf_hooks.py": hooks},
        loaders=loaders,
        environments=True,
    )
    check(settings.peak)
    for look in LOOKS.values():
        settings.OTHER = 3
        check(look(settings))
        assert settings.OTHER == 3
    with settings.using_env("production"):
        check(settings.peak)
        assert settings.OTHER == 2
    check(settings.peak)
    settings.setenv("production")
    check(settings.peak)
    settings.reload()
    check(settings.peak)
    assert settings.OTHER == 1


def test_hooks_beside_the_settings_are_called_by_reload(make: Make) -> None:
    """Other hooks, which are called before them, do not keep dynaconf from calling these."""
    hooks = 'def post(settings):\n    return {"OTHER": 5}\n'
    included = (
        'from dynaconf import post_hook\n@post_hook\ndef hook(settings):\n    return {"MORE": 4}\n'
    )
    settings = make(
        f'{NAMED}_filename = "example.cluster"\nother = 1\ndynaconf_include = ["more.py"]\n',
        files={"dynaconf_hooks.py": hooks, "more.py": included},
    )
    for _ in range(3):
        assert (settings.OTHER, settings.MORE) == (5, 4)
        assert settings.peak.running.cluster.groups == NAMES
        settings.reload()


@pytest.mark.parametrize("fresh_vars", [[], ["PEAK"]])
@pytest.mark.parametrize("way", ["module", "keyword"])
def test_hooks_may_read_what_is_looked_up_afresh(
    make: Make, way: str, fresh_vars: list[str]
) -> None:
    """A hook is given what is being loaded, which is fresh enough."""
    hooks = 'def post(settings):\n    return {"N": len(settings.peak.running.cluster.groups)}\n'
    options: dict[str, Any] = {"fresh_vars": fresh_vars}
    if way == "module":
        options["files"] = {"dynaconf_hooks.py": hooks}
    else:
        options["post_hooks"] = [lambda settings: {"N": len(settings.peak.running.cluster.groups)}]
    settings = make(**options)
    assert settings.N == 5
    for _ in range(2):
        with settings.fresh():
            assert settings.peak.running.cluster.groups == NAMES
        assert settings.peak.running.cluster.groups == NAMES
    assert settings.N == 5


def test_hooks_that_fail_change_nothing_for_the_next_load(make: Make) -> None:
    """Hooks that are asked again only for what is below ``PEAK`` set nothing else afterwards."""
    hooks = (
        "def post(settings):\n"
        '    return {"OTHER": 1 // settings.X, "PEAK": {"running": {"cluster": {"groups":\n'
        '        {"odd": ["mine"]}, "dynaconf_merge": True}}}}\n'
    )
    settings = make(
        f'[default]\nx = 1\nother = 2\n{NAMED}_filename = "example.cluster"\n[bad]\nx = 0\n',
        files={"dynaconf_hooks.py": hooks},
        environments=True,
    )
    assert settings.OTHER == 1
    with pytest.raises(ZeroDivisionError):
        settings.setenv("bad")
    settings.setenv("development")
    assert settings.OTHER == 2
    assert settings.peak.running.cluster.groups.odd == ("mine",)


def test_other_settings_files_are_read(make: Make) -> None:
    """A fresh look-up reads the settings files that are named by then."""
    settings = make(files={"other.toml": TOML})
    assert settings.peak.running.cluster.group_names == ()
    settings.set("SETTINGS_FILE_FOR_DYNACONF", "other.toml")
    check(settings.get_fresh("PEAK"))


def test_dotenv_file_is_not_read_again(make: Make, monkeypatch: Monkey) -> None:
    """A variable that the program has removed stays away."""
    settings = make(files={".env": "DYNACONF_REMOVED=1\n"}, load_dotenv=True)
    assert settings.REMOVED == 1
    monkeypatch.delenv("DYNACONF_REMOVED")
    assert settings.get_fresh("PEAK").running.cluster.groups == NAMES
    assert "DYNACONF_REMOVED" not in os.environ


@pytest.mark.parametrize("loaders", ORDERS, ids=["ours", "environ"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_failed_load_leaves_what_there_was(
    make: Make, monkeypatch: Monkey, loaders: list[str], place: int
) -> None:
    """If another loader fails, the cluster stays as it was, wherever its file is named."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME", "example.cluster")
    text = (
        "import os\n\n\ndef load(obj, env=None, silent=True, key=None):\n"
        '    if "FAIL" in os.environ:\n        raise ConnectionError\n'
    )
    loaders = [*loaders[:place], "own_loader", *loaders[place:]]
    settings = make("", files={"own_loader.py": text}, loaders=loaders)
    assert settings.peak.running.cluster.groups == NAMES
    monkeypatch.setenv("FAIL", "1")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            settings.get_fresh("PEAK")
        assert settings.peak.running.cluster.groups == NAMES


def test_failed_load_of_nothing_leaves_nothing(make: Make, monkeypatch: Monkey) -> None:
    """If ``PEAK`` was unset, and loading it fails, it is still away."""
    text = (
        "def load(obj, env=None, silent=True, key=None):\n"
        "    if key:\n        raise ConnectionError\n"
    )
    settings = make(files={"own_loader.py": text}, loaders=[OURS, "own_loader"])
    assert settings.peak.running.cluster.groups == NAMES
    settings.unset("PEAK")
    with pytest.raises(ConnectionError):
        settings.execute_loaders(key="PEAK")
    settings.reload()
    assert settings.peak.running.cluster.groups == NAMES


def test_loader_reads_back_what_it_sets(make: Make, monkeypatch: Monkey) -> None:
    """What a loader sets besides is set, as by any look-up of dynaconf, and can be read."""
    text = (
        "import os\n\n\ndef load(obj, env=None, silent=True, key=None):\n"
        '    obj.unset("CACHE")\n    obj.set("CACHE", [1])\n    obj.set("WHICH", os.environ["W"])\n'
        '    obj.set("PEAK__running__cluster___filename", f"{obj.WHICH}.cluster")\n'
    )
    monkeypatch.setenv("W", "other")
    files = {"own_loader.py": text, "other.cluster": "GROUP:other\nhost\n"}
    settings = make("", files=files, loaders=["own_loader", OURS])
    assert settings.peak.running.cluster.groups == ("other",)
    monkeypatch.setenv("W", "example")
    assert settings.get_fresh("PEAK").running.cluster.groups == NAMES
    assert settings.CACHE == [1]


@pytest.mark.parametrize("loaders", [["own_loader", OURS], [OURS, "own_loader"]])
@pytest.mark.parametrize(
    "how",
    [
        'obj.load_file(path=os.environ["W"] + ".toml")\n    which = obj.WHICH',
        'which = obj.get_fresh("REGION") if key else obj.REGION',
    ],
    ids=["load_file", "get_fresh"],
)
def test_loader_loads_what_it_needs(
    make: Make, monkeypatch: Monkey, tmp_path: Path, loaders: list[str], how: str
) -> None:
    """What a loader has dynaconf load besides is loaded."""
    text = (
        "import os\n\n\ndef load(obj, env=None, silent=True, key=None):\n"
        f'    if key not in (None, "PEAK"):\n        return\n    {how}\n'
        '    obj.set("PEAK__running__cluster___filename", f"{which}.cluster")\n'
    )
    files = {f"{name}.toml": f'WHICH = "{name}"\n' for name in ("other", "example")}
    files |= {"own_loader.py": text, "other.cluster": "GROUP:other\nhost\n"}
    monkeypatch.setenv("W", "other")
    settings = make('REGION = "other"\n', files=files, loaders=loaders)
    assert settings.peak.running.cluster.groups == ("other",)
    monkeypatch.setenv("W", "example")
    (tmp_path / "settings.toml").write_text('REGION = "example"\n')
    assert settings.get_fresh("PEAK").running.cluster.groups == NAMES


def test_keywords_with_tokens_are_parsed(make: Make, monkeypatch: Monkey) -> None:
    """A dotted keyword is read as text in any source is, by the first load and by later ones."""
    monkeypatch.setenv("WHICH", "example")
    keywords = {"_filename": "@format {env[WHICH]}.cluster", "own": "@int 1"}
    settings = make("", **{f"{NAMED}{name}": value for name, value in keywords.items()})
    for _ in range(2):
        for peak in (settings.peak, settings.get_fresh("PEAK")):
            assert peak.running.cluster.groups == NAMES
            assert peak.running.cluster.own == 1
        settings.reload()
    settings.unset("PEAK", force=True)
    assert settings.get_fresh("PEAK").running.cluster.groups == NAMES


@pytest.mark.parametrize("loaders", ORDERS, ids=["ours", "environ"])
@pytest.mark.parametrize("named", ["missing", "bad.cluster"])
def test_fresh_variables_do_not_end_the_first_load(
    make: Make, monkeypatch: Monkey, loaders: list[str], named: str
) -> None:
    """With ``PEAK`` among them, no file is read either before all is loaded."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME", "example.cluster")
    monkeypatch.setenv("DYNACONF_PEAK__OWN", "1")
    settings = make(
        f'{NAMED}_filename = "{named}"\npeak__x = 1\npeak__tags = ["a", "dynaconf_merge"]\n',
        files={"bad.cluster": "GROUP:\n"},
        loaders=loaders,
        fresh_vars=["PEAK"],
        silent_errors=False,
        PEAK__tags=["b"],
    )
    assert settings.PEAK.running.cluster.groups == NAMES
    assert (settings.PEAK.own, settings.PEAK.x) == (1, 1)


@pytest.mark.parametrize("separator", ["___", "_0_", None, False, ""])
def test_dotted_names_count_whatever_the_separator(make: Make, separator: object) -> None:
    """Names with dots are nested if there is no other separator, in keywords too."""
    name = f"{CLUSTER}._filename"
    for settings in (
        make(f'"{name}" = "example.cluster"\n', nested_separator=separator),
        make("", name="empty.toml", nested_separator=separator, **{name: "example.cluster"}),
    ):
        assert settings.peak.running.cluster.groups == NAMES
        assert settings.get_fresh("PEAK").running.cluster.groups == NAMES
        assert settings.from_env("production").peak.running.cluster.groups == NAMES


def test_names_with_dots_are_no_paths_where_dynaconf_takes_none(make: Make) -> None:
    """With ``dotted_lookup`` off, a keyword with dots is a setting of that name."""
    settings = make(dotted_lookup=False, **{f"{CLUSTER}._filename": "missing"})
    assert settings.peak.running.cluster.groups == NAMES
    assert settings.get_fresh("PEAK").running.cluster.groups == NAMES


def test_validators_with_fresh_variables(make: Make) -> None:
    """A default that dynaconf has lost by the time it is written back is no error."""
    rules = [
        Validator(f"{CLUSTER}.groups.odd", default=["never"]),
        Validator(f"{CLUSTER}.groups.gpu", f"{CLUSTER}.hosts.new.baz.com", default=["lost"]),
    ]
    settings = make(fresh_vars=["PEAK"], validators=rules)
    assert settings.PEAK.running.cluster.groups.odd[0] == "one.baz.com"
    assert settings.get(f"{CLUSTER}.groups") == NAMES


def test_hooks_set_what_they_like(make: Make) -> None:
    """A hook is called by fresh look-ups, and what it gives is in force, other settings too."""
    calls: list[int] = []

    def post(settings: Any) -> dict[str, Any]:
        calls.append(len(settings.peak.running.cluster.groups))
        return {"COUNT": len(calls), f"{CLUSTER}.own": len(calls)}

    settings = make(post_hooks=[post])
    assert settings.COUNT == 1
    assert settings.get_fresh("PEAK").running.cluster.own == 2
    assert settings.COUNT == 2
    assert calls == [5, 5]


OWN_LOADER = """\
def load(obj, env=None, silent=True, key=None):
    seen = obj.get("peak", fresh=True)
    obj.set("SEEN", seen and len(seen.running.cluster.groups), loader_identifier="own_loader")
    obj.set("PEAK__mine", 1, loader_identifier="own_loader")
"""


@pytest.mark.parametrize("loaders", ORDERS, ids=["ours", "environ"])
def test_loader_that_reads_the_cluster_afresh_gets_what_there_is(
    make: Make, monkeypatch: Monkey, loaders: list[str]
) -> None:
    """Nothing is loaded afresh while it is being loaded, or that would never end."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER___HOSTNAME", "one.baz.com")
    settings = make(
        f'{NAMED}_filename = "example.cluster"\n',
        files={"own_loader.py": OWN_LOADER},
        loaders=[*loaders, "own_loader"],
        fresh_vars=["PEAK"],
    )
    for reload in (lambda: None, settings.reload, lambda: settings.get_fresh("PEAK")):
        reload()
        assert settings.SEEN == 5
        assert settings.PEAK.mine == 1
        assert settings.PEAK.running.cluster.group_names == ("odd", "prime", "qux", "weird")


def test_fresh_look_at_another_setting_reads_no_cluster(make: Make, monkeypatch: Monkey) -> None:
    """Within ``fresh``, a group may be set to what another setting says."""
    monkeypatch.setenv("DYNACONF_PEAK", '@merge {running={cluster={groups={odd="@get WHO"}}}}')
    settings = make('WHO = ["me"]\n[peak.running.cluster]\n_filename = "example.cluster"\n')
    with settings.fresh():
        assert settings.get("peak").running.cluster.groups.odd == ("me",)


def test_nodes_of_a_deleted_namespace_are_let_go(make: Make) -> None:
    """A node that somebody holds is a table of its own once ``PEAK`` was unset."""
    settings = make()
    running = settings.peak.running
    settings.unset("PEAK")
    running["mine"] = 1
    assert running.mine == 1
    settings.reload()
    assert "mine" not in settings.peak.running
