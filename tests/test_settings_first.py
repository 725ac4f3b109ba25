"""The first load gives what later ones give, whatever was merged before the loader was called."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynaconf.utils.inspect import get_history

from dynaconf_cluster._tree import place_of

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
NESTED = "DYNACONF_PEAK__RUNNING__CLUSTER__"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'
ODD = ("one.baz.com", "three.baz.com", "five.baz.com")
EVEN = ("two.baz.com", "four.baz.com", "six.baz.com")
NAMES = ("odd", "even", "prime", "qux", "weird")

Make = Callable[..., Any]


def read(settings: Any) -> dict[str, tuple[str, ...]]:
    """Read all groups and hosts."""
    cluster = settings.peak.running.cluster
    groups = {name.lower(): cluster.groups[name] for name in cluster.groups}
    return groups | {name: cluster.hosts[name] for name in cluster.hosts}


@pytest.mark.parametrize(
    ("toml", "environ", "keyword"),
    [
        ("groups.odd = '@merge f'", {"GROUPS__NEW": "['p']"}, False),
        ("groups.odd = ['f', 'dynaconf_merge']", {"GROUPS__NEW": "['p']"}, False),
        ("groups.new = ['f']", {"GROUPS": "{even=['t']}", "GROUPS__odd": "@merge k"}, False),
        ("groups.new = ['f']", {"GROUPS__ODD": "@merge k"}, True),
        ("", {"": "@merge {groups={odd='@merge c'}}", "GROUPS__NEW": "['p', 'q']"}, False),
        (
            "",
            {"X": "1", "": "@merge {groups={odd='@merge c'}}", "GROUPS": "@merge {new=['n']}"},
            False,
        ),
        ("groups.odd = '@merge @get who'", {"GROUPS__NEW": "['@format {this.who[0]}']"}, False),
        ("hosts.x.y = '@merge f'", {"HOSTS__one__baz__com": "@merge k"}, False),
        ("groups.odd = ['f']", {"_HOSTNAME": "one.baz.com", "GROUPS__ODD": "@del"}, True),
    ],
)
@pytest.mark.parametrize("merging", [False, True], ids=["", "merge_enabled"])
def test_both_orders_of_loaders_give_the_same(
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    toml: str,
    environ: dict[str, str],
    keyword: bool,
    merging: bool,
) -> None:
    """Whatever has marks and is set beside, both orders of loaders and every load agree."""
    for name, value in environ.items():
        monkeypatch.setenv(f"{NESTED}{name}" if name else NESTED.rstrip("_"), value)
    peak = {"PEAK": {"running": {"cluster": {"groups": {"odd": ["kw"]}}}}} if keyword else {}
    seen = []
    for loaders in ([OURS, ENVIRON], [ENVIRON, OURS], [ENVIRON, OURS, OURS]):
        options = {"loaders": loaders, "merge_enabled": merging, "who": ["w"]}
        settings = make(f"{PLAIN}{toml}\n", **options, **copy.deepcopy(peak))
        for again in (settings.reload, settings.reload):
            seen.append(read(settings))
            if merging:  # where dynaconf itself adds more on every load
                break
            again()
    assert [sorted(each.items()) for each in seen] == [sorted(seen[0].items())] * len(seen)


@pytest.mark.parametrize(
    "local",
    [
        "dynaconf_merge = true\n[peak.running.cluster.groups]\n{}\n",
        "[peak]\ndynaconf_merge = true\n[peak.running.cluster.groups]\n{}\n",
        "[peak.running.cluster]\ngroups = {{}}\n[peak]\n{}",
    ],
    ids=["root", "table", "none"],
)
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("'@merge f'", (*ODD, "f")),
        ("'@insert 0 f'", ("f", *ODD)),
        ("'@merge_unique one.baz.com,f'", (*ODD[1:], ODD[0], "f")),
        ("'@del'", ODD),
        ("['f']", ("f",)),
    ],
)
@pytest.mark.parametrize("loaders", [[OURS], [ENVIRON, OURS], [OURS, ENVIRON]])
def test_local_file_that_is_merged(
    make: Make, local: str, value: str, expected: tuple[str, ...], loaders: list[str]
) -> None:
    """Marks in a file that is merged over another apply to what the cluster file says."""
    if local.startswith("[peak.running"):
        text, expected = "dynaconf_merge = true\n[peak]\nx = 1\n", ODD
    else:
        text = local.format(f"odd = {value}")
    settings = make(
        f"{PLAIN}groups.even = '@merge e'\n", files={"settings.local.toml": text}, loaders=loaders
    )
    for _ in range(2):
        assert settings.peak.running.cluster.groups.odd == expected
        assert settings.peak.running.cluster.groups.even == (*EVEN, "e")
        assert settings.peak.running.cluster.groups == NAMES
        settings.reload()


def test_environment_that_is_merged_over_default(make: Make) -> None:
    """A section of the current environment with marks, over the default one."""
    settings = make(
        "[default.peak.running.cluster]\n_filename = 'example.cluster'\ngroups.even = ['e']\n"
        "[development]\ndynaconf_merge = true\n"
        "[development.peak.running.cluster]\ngroups.odd = '@merge f'\n"
        "[production.peak]\nx = 1\n",
        environments=True,
    )
    for _ in range(2):
        assert settings.peak.running.cluster.groups.odd == (*ODD, "f")
        assert settings.peak.running.cluster.groups.even == ("e",)
        assert settings.from_env("production").peak.running.cluster.groups == ()
        settings.reload()


MERGED = f"dynaconf_merge = true\nMINE = ['m']\n{PLAIN}groups.odd = '@merge f'\nkey = ['k']\n"


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]])
def test_history_has_what_was_set(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str]
) -> None:
    """Nothing of ours is left in the history of the environment."""
    monkeypatch.setenv(f"{NESTED}MINE", "1")
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "['a']")
    settings = make(loaders=loaders)
    for _ in range(2):
        history = get_history(settings, key=f"{CLUSTER}.groups")
        of_environment = [each["value"] for each in history if each["loader"] == "env_global"]
        assert [[*map(str.lower, value)] for value in of_environment] == [["odd"]]
        settings.reload()


def test_all_else_is_loaded_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not below the namespace is as it is without the loader, its history too."""
    monkeypatch.setenv("DYNACONF_MINE", "@merge e")
    monkeypatch.setenv(f"{NESTED}GROUPS__EVEN", "['x']")
    monkeypatch.setenv("DYNACONF_PEAKS", "@merge p")
    settings, plain = (
        make(
            f"PEAKS = ['p']\n{PLAIN}groups.even = ['e']\n[mine]\n",
            files={"settings.local.toml": MERGED},
            loaders=loaders,
        )
        for loaders in ([ENVIRON, OURS], [ENVIRON])
    )
    assert settings.peak.running.cluster.groups.odd == (*ODD, "f")
    assert settings.peak.running.cluster.groups.even == ("x",)
    ours, others = ({**each.as_dict()} for each in (settings, plain))
    del ours["PEAK"], others["PEAK"]
    assert ours == others
    loaded = [getattr(*place_of(each._wrapped, "loaded_files")) for each in (settings, plain)]
    assert loaded[0] == loaded[1] != []
    histories = [
        [(each["loader"], each["identifier"], each["merged"]) for each in get_history(settings)]
        for settings in (settings, plain)
    ]
    assert [each for each in histories[0] if each[0] != "cluster"] == histories[1]


def test_hooks_are_called_as_often_as_without_the_loader(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hooks in a Python file, in an included one and among the keywords, although all is merged."""
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "@merge f")
    called: list[str] = []
    monkeypatch.setattr("builtins.called", called, raising=False)
    hook = (
        "from dynaconf import post_hook\n@post_hook\n"
        "def count(settings):\n    called.append(__file__)\n    return {}\n"
    )

    def keyword(settings: Any) -> dict[str, Any]:
        called.append("keyword")
        return {"LAST": list(settings.peak.running.cluster.groups.odd)}

    counted = []
    for loaders in ([ENVIRON], [ENVIRON, OURS]):
        settings = make(
            f"{hook}PEAK = {{'running': {{'cluster': {{'_filename': 'example.cluster'}}}}}}\n",
            name="settings.py",
            files={"late.py": hook},
            includes=["late.py"],
            post_hooks=[keyword],
            loaders=loaders,
        )
        assert tuple(settings.last) == ((*ODD, "f") if OURS in loaders else ("f",))
        counted.append(called[:])
        called.clear()
    assert counted[0] == counted[1]
    assert len({*counted[0]}) == 3


def test_module_of_hooks_is_run_once(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a module of hooks beside the settings returns is kept, although all is merged."""
    called: list[int] = []
    monkeypatch.setattr("builtins.called", called, raising=False)
    (tmp_path / "dynaconf_hooks.py").write_text(
        "def post(settings):\n    called.append(1)\n"
        "    odd = [*settings.peak.running.cluster.groups.odd]\n"
        "    peak = {'running': {'cluster': {'key': 'value', 'groups': {'even': odd}}}}\n"
        "    return {'MINE': 1, 'PEAK': peak, 'dynaconf_merge': True}\n"
    )
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "@merge f")
    settings = make(loaders=[ENVIRON, OURS])
    for count in (1, 2):
        cluster = settings.peak.running.cluster
        assert cluster.groups.odd == cluster.groups.even == (*ODD, "f")
        assert settings.mine == 1
        assert cluster.key == "value"
        assert len(called) == count
        settings.reload()


@pytest.mark.parametrize("loaders", [[OURS], [ENVIRON, OURS], [OURS, ENVIRON]])
@pytest.mark.parametrize("value", [None, "@merge f", "['f']"])
def test_dotted_keywords(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str], value: str | None
) -> None:
    """Keywords below the namespace count at the first load, too; dynaconf's do from the next on."""
    if value:
        monkeypatch.setenv(f"{NESTED}GROUPS__ODD", value)
    settings = make(
        "dynaconf_merge = true\n[peak]\nx = 1\n",
        peak__running__cluster___filename="example.cluster",
        PEAK__running__cluster__key="value",
        loaders=loaders,
    )
    marked = (*ODD, "f") if value == "@merge f" else ("f",)
    for _ in range(2):
        assert settings.peak.running.cluster.key == "value"
        assert settings.peak.x == 1
        odd = marked if value and ENVIRON in loaders else ODD
        assert settings.peak.running.cluster.groups.odd == odd
        settings.reload()


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]])
@pytest.mark.parametrize(
    "beside", ["GROUPS__X", "GROUPS", "GROUP_NAMES", "HOSTS__X", "X", "HOSTNAME", "GROUPS__LAYERS"]
)
def test_file_that_is_overridden_is_not_read(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str], beside: str
) -> None:
    """Nothing is read before all is set, in whatever order variables are found."""
    monkeypatch.setenv(f"{NESTED}{beside}", "{x=['a']}" if beside == "GROUPS" else "['a']")
    monkeypatch.setenv(f"{NESTED}_FILENAME", "example.cluster")
    settings = make(
        '[peak.running.cluster]\n_filename = "old.cluster"\n',
        files={"old.cluster": "GROUP web\n"},
        loaders=loaders,
    )
    for again in (settings.reload, settings.setenv, lambda: settings.get_fresh("PEAK"), None):
        assert settings.peak.running.cluster.groups[:5] == NAMES
        read = [source for source in settings.loaded_by_loaders if source.loader == "cluster"]
        assert [Path(source.identifier).name for source in read] in (
            ["example.cluster"],
            ["example.cluster"] * 2,  # for another environment
        )
        if again:
            again()


@pytest.mark.parametrize(
    "files",
    [
        {"settings.toml": f"dynaconf_merge = true\n{{}}[peak]\nmine = 1\n{PLAIN}"},
        {"settings.toml": f"{{}}[peak]\nmine = 1\ndynaconf_merge = true\n{PLAIN}"},
        {"settings.toml": PLAIN, ".secrets.toml": "{}"},
        {"settings.toml": PLAIN, "settings.local.toml": "{}"},
        {"settings.toml": f"dynaconf_merge = true\n{PLAIN}", "early.toml": "{}"},
    ],
)
@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]])
def test_each_source_counts_once(
    make: Make, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], loaders: list[str]
) -> None:
    """A file of which some was merged, the secrets and a local file are all taken once."""
    nested = (
        "peak__running__cluster__groups__odd = '@merge q'\n"
        "peak__running__cluster___filename = 'example.cluster'\n"
    )
    monkeypatch.setenv(f"{NESTED}GROUPS__EVEN", "@merge e")
    settings = make(
        files={name: text.format(nested) for name, text in files.items()},
        secrets=".secrets.toml",
        preload=["early.toml"],
        loaders=loaders,
    )
    for _ in range(2):
        assert settings.peak.running.cluster.groups.odd == (*ODD, "q")
        assert settings.peak.running.cluster.groups.even == (*EVEN, "e")
        settings.reload()


@pytest.mark.parametrize(
    ("toml", "python"),
    [
        ("groups.odd = '@merge m'", "PEAK = {'x': 1, 'dynaconf_merge': True}"),
        ("", "PEAK__x = 1\nPEAK__running__cluster__groups__odd = '@merge m'"),
        (
            "",
            "DYNACONF_MERGE = True\nGROUPS = {'odd': '@merge m'}\n"
            "PEAK = {'running': {'cluster': {'groups': GROUPS}}}",
        ),
    ],
)
@pytest.mark.parametrize("name", ["happy.py", "settings.py"])
def test_python_file_that_is_merged(make: Make, toml: str, python: str, name: str) -> None:
    """Marks apply beside Python files, whose names dynaconf cuts short."""
    settings = make(
        f"{PLAIN}{toml}\n", files={name: python}, settings_files=["settings.toml", name]
    )
    for _ in range(2):
        assert settings.peak.running.cluster.groups.odd == (*ODD, "m")
        settings.reload()


def test_module_that_sets_nested_names(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A module that is imported by its name may have marks for nested names."""
    (tmp_path / "nested_settings.py").write_text(
        "GROUPS = {'new': ['n']}\n"
        "PEAK = {'running': {'cluster': {'_filename': 'example.cluster', 'groups': GROUPS}}}\n"
        "PEAK__running__cluster__groups__odd = '@merge m'\nPEAK__x = 1\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    settings = make("", settings_files=["nested_settings"])
    for _ in range(2):
        assert settings.peak.running.cluster.groups.odd == (*ODD, "m")
        assert settings.peak.running.cluster.groups.new == ("n",)
        assert settings.peak.x == 1
        settings.reload()


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]])
@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize("old", ["missing", "old.cluster"])
def test_file_that_is_overridden_is_not_told_of(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str], silent: bool, old: str
) -> None:
    """Dynaconf looks for variables that it may not know, while a bad file is still named."""
    monkeypatch.setenv(f"{NESTED}_FILENAME", "example.cluster")
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "['z']")
    settings = make(
        f'[peak.running.cluster]\n_filename = "{old}"\n',
        files={"old.cluster": "GROUP web\n"},
        loaders=loaders,
        ignore_unknown_envvars=True,
        silent_errors=silent,
    )
    for _ in range(2):
        assert settings.peak.running.cluster.groups == NAMES
        read = [source for source in settings.loaded_by_loaders if source.loader == "cluster"]
        assert [Path(source.identifier).name for source in read] == ["example.cluster"]
        settings.reload()


def test_loader_reads_what_is_set_so_far(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A loader after ours may read the cluster; a bad file stays for the end to be told of."""
    (tmp_path / "reading_loader.py").write_text(
        "def load(obj, *_, **__):\n    cluster = obj.PEAK.running.cluster\n"
        "    obj.set('READ', [list(cluster.groups), cluster.groups.get('odd', ())])\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    settings = make(f"{PLAIN}groups.odd = ['x']\n", loaders=[OURS, "reading_loader"])
    assert [*map(list, settings.read)] == [[*NAMES], ["x"]]
    (tmp_path / "example.cluster").write_text("GROUP web\n")
    with pytest.raises(ValueError, match="GROUP:web"):
        make(loaders=[OURS, "reading_loader"], cluster=None).get("x")


def test_included_file_leaves_later_loaders_alone(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a loader after the environment says of the file stands, unless a file replaces it."""
    (tmp_path / "later_loader.py").write_text(
        "def load(obj, *_, **__):\n"
        "    obj.set('peak.running.cluster._filename', 'example.cluster')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(f"{NESTED}_FILENAME", "other.cluster")
    for include, names in (("dynaconf_merge = true\nmine = 1", NAMES), ("mine = 1", ("other",))):
        settings = make(
            "",
            files={"late.toml": f"[peak]\n{include}\n", "other.cluster": "GROUP:other\na\n"},
            includes=["late.toml"],
            loaders=[OURS, ENVIRON, "later_loader"],
        )
        assert settings.peak.running.cluster.groups == names
        assert settings.peak.mine == 1


def test_keyword_that_only_begins_alike(make: Make, tmp_path: Path) -> None:
    """Preloaded files, whose folder dynaconf finds once only, count as they do without it."""
    for keywords in ({}, {"peak_hours": "9-17"}, {"PEAKS__x": 1}):
        settings = make(
            "x = 1\n",
            name="conf/settings.toml",
            files={"conf/early.toml": PLAIN + "groups.new = ['a']\n"},
            preload=["conf/early.toml"],
            root_path=None,
            **keywords,
        )
        assert settings.peak.running.cluster.get("_filename") == "example.cluster"
        assert settings.peak.running.cluster.groups.new == ("a",)


def test_loaders_and_python_files_are_run_once(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever is overridden, other loaders are called once, and what they do is done once."""
    (tmp_path / "token_loader.py").write_text(
        "def load(obj, *_, **__):\n"
        "    obj.unset('TOKEN', force=True)\n    obj.set('TOKEN', obj.get('CALLS', 0))\n"
        "    obj.set('CALLS', obj.get('CALLS', 0) + 1)\n"
        "    obj.set('PEAK__running__cluster__groups__late', '@merge t')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "@merge f")
    settings = make(
        "import uuid\nRUN = uuid.uuid4().hex\n"
        "PEAK = {'running': {'cluster': {'_filename': 'example.cluster', 'run': RUN}}}\n",
        name="settings.py",
        files={"settings.local.py": "DYNACONF_MERGE = True\nPEAK = {'x': 1}\n"},
        loaders=[ENVIRON, "token_loader", OURS],
    )
    assert settings.token == 0
    assert settings.calls == 1
    assert settings.run == settings.peak.running.cluster.run
    assert settings.peak.x == 1
    assert settings.peak.running.cluster.groups.late == ("t",)


def test_keyword_beside_dotted_ones(make: Make) -> None:
    """Keywords of both kinds are laid over each other."""
    for keywords in (
        {"peak__x": 3, "PEAK": {"y": 1, "running": {"cluster": {"_filename": "example.cluster"}}}},
        {"PEAK": {"y": 1, "x": 3}, "peak__running__cluster___filename": "example.cluster"},
    ):
        settings = make("", **keywords)
        for again in (
            settings.reload,
            settings.setenv,
            lambda: settings.get_fresh("PEAK"),  # noqa: B023  # called at once
            None,
        ):
            assert settings.peak.x == 3
            assert settings.peak.y == 1
            assert settings.peak.running.cluster.groups == NAMES
            assert settings.from_env("other").peak.running.cluster.groups == NAMES
            if again:
                again()
    fresh = make("", fresh_vars=["PEAK"], peak__running__cluster___filename="example.cluster")
    assert fresh.peak.running.cluster.groups == NAMES


@pytest.mark.parametrize("value", [1, "text", ["a"]])
def test_dotted_keywords_do_not_hide_what_is_no_table(make: Make, value: object) -> None:
    """What cannot hold the namespace is refused, with a keyword below it as well."""
    with pytest.raises(TypeError, match=r"setting peak is .*; expected a table"):
        make(f"peak = {value!r}\n", peak__x=1).get("x")


def test_what_is_refused_at_the_first_load(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An override that is no list of names is refused, although it is loaded twice."""
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "@merge f")
    settings = make(f"{PLAIN}groups.even = 1\n", loaders=[ENVIRON, OURS])
    with pytest.raises(TypeError, match=r"groups\.even is 1; expected a list of names"):
        settings.get("x")


def test_loader_that_calls_ours_is_loaded_as_any(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A loader of one's own may call this one, after the environment as well."""
    (tmp_path / "wrapping_loader.py").write_text("from dynaconf_cluster.loader import load\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "@merge e")
    settings = make(f"{PLAIN}groups.new = ['f']\n", loaders=[ENVIRON, "wrapping_loader"])
    for again in (settings.reload, settings.reload):
        assert settings.peak.running.cluster.groups.odd == (*ODD, "e")
        assert settings.peak.running.cluster.groups.new == ("f",)
        again()
