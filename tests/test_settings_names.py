"""Names out of a cluster file are data, whatever they look like."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Validator, loaders
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st

CLUSTER = "peak.running.cluster"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'

HOSTILE = [
    "@none",
    "@del",
    "@merge",
    "@merge_unique",
    "@reset",
    "@insert",
    "@json",
    "@jinja",
    "@format",
    "@read_file",
    "@get",
    "@int",
    "@bool",
    "@note",
    "@empty",
    "@merge=a,b",
    "@json{}",
    "@format{this.PEAK}",
    "@jinja{{this.PEAK}}",
    "@read_file/etc/passwd",
    "{this.x}",
    "{this.PEAK}",
    "{{this.PEAK}}",
    "{}",
    "[]",
    '["a"]',
    "{a=1}",
    "true",
    "false",
    "null",
    "none",
    "1",
    "-1",
    "1.5",
    "1e3",
    "123456789012",
    "1979-05-27",
    "'quoted'",
    '"quoted"',
    "dynaconf_merge",
    "dynaconf_merge_unique",
    "_dynaconf_merge",
    "_dynaconf_del",
    "_dynaconf_lazy_format",
    "_dynaconf_reset",
    "_dynaconf_insert",
    "_meta_value",
    "_box_config",
    "__meta__",
    "__class__",
    "__dict__",
    "__len__",
    "to_dict",
    "pop",
    "get",
    "keys",
    "items",
    "copy",
    "update",
    "values",
    "index",
    "count",
    "setdefault",
    "_fields",
    "_asdict",
    "_names",
    "_values",
    "self",
    "peak",
    "PEAK_",
    "groups",
    "hosts",
    "_filename",
    "straße",
    "ǆungla",
    "ñandú",
    "日本",
    "a,b",
    "a=b",
    "a\\b",
    "a/b",
    "$HOME",
    "%s",
    "a#b",
]

MARKS = [name for name in HOSTILE if "dynaconf_" in name]
"""3.2 takes some of these for marks of its own in what a validator writes back to them."""

DOTTED = ["..", ".a", "a.", "a..b", "a.b", "a__b", "__a", "a__", "a____b", "___", "x.1", "x[0]"]

Make = Callable[..., Any]


def check_names(settings: Any, names: list[str]) -> None:
    """Check that each name is a group of its own, a host and a host of one group more."""
    groups = settings.peak.running.cluster.groups
    hosts = settings.peak.running.cluster.hosts
    assert groups == ("everything", *names)
    assert hosts == tuple(names)
    assert groups.everything == tuple(names)
    assert {*map(type, groups), *map(type, hosts)} == {str}
    plain = settings.as_dict()["PEAK"]["running"]["cluster"]
    for name in names:
        assert groups[name] == tuple(groups[name]) == (name,)
        assert hosts[name] == ("everything", name)
        assert tuple(plain["groups"][name]) == (name,)
        assert tuple(plain["hosts"][name]) == ("everything", name)
    assert list(plain["groups"]) == ["everything", *names]
    assert list(plain["hosts"]) == names


def check_dotted(settings: Any, names: list[str]) -> None:
    """Check that each name is found by its dotted name."""
    for name in names:
        for what, value in (("groups", (name,)), ("hosts", ("everything", name))):
            read = settings.get(f"{CLUSTER}.{what}.{name}")
            assert isinstance(read, tuple), (what, name)
            assert read == value, (what, name)
            assert settings.peak.running.cluster[what].get(name) == value


def spell(names: list[str]) -> str:
    each = "".join(f"GROUP:{name}\n{name}\n" for name in names)
    return f"GROUP:everything\n{chr(10).join(names)}\n{each}"


DISTURB: list[Callable[[Any], object]] = [
    lambda settings: None,
    lambda settings: settings.set(f"{CLUSTER}.x", "@int 1"),
    lambda settings: settings.set("PEAK", settings.PEAK),
    lambda settings: settings.validators.validate_all(),
    lambda settings: settings.reload(),
    lambda settings: settings.get_fresh("PEAK"),
    lambda settings: settings.setenv("production"),
    lambda settings: settings.update({f"{CLUSTER}.y": "1"}, tomlfy=True),
]


def test_names_mean_nothing_to_dynaconf(make: Make) -> None:
    """No name is executed, cast, replaced or dropped, whatever is done to the settings."""
    read = [name for name in HOSTILE if name not in MARKS]
    validators = [Validator(f"{CLUSTER}.groups.{name}", must_exist=True) for name in read]
    validators += [Validator(f"{CLUSTER}.hosts.{name}", default=["never"]) for name in read]
    settings = make(cluster=spell(HOSTILE), validators=validators)
    for disturb in DISTURB:
        disturb(settings)
        check_names(settings, HOSTILE)
        check_dotted(settings, HOSTILE)
    check_names(settings.dynaconf.clone(), HOSTILE)
    check_names(settings.from_env("other"), HOSTILE)


@pytest.mark.parametrize("cast", [list, tuple, sorted, lambda names: [*names]])
def test_names_survive_a_cast(
    make: Make, cast: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a validator makes of the names is not parsed when it is written back."""
    monkeypatch.setattr("socket.gethostname", lambda: "@none")
    read = [name for name in HOSTILE if name.startswith("@")]
    names = ["groups", "hosts", "group_names", "groups.__all__", "groups.everything"]
    names += [f"{what}.{name}" for what in ("groups", "hosts") for name in read]
    settings = make(
        cluster=spell(HOSTILE),
        validators=[Validator(*(f"{CLUSTER}.{name}" for name in names), cast=cast)],
    )
    for disturb in DISTURB:
        disturb(settings)
        settings.validators.validate_all()
        cluster = settings.peak.running.cluster
        assert cluster.groups == ("everything", *HOSTILE)
        assert cluster.hosts == (*HOSTILE,)
        assert cluster.groups.everything == cluster.groups.__all__ == (*cast(HOSTILE),)
        assert cluster.group_names == cluster.hosts["@none"]
        for name in read:
            assert cluster.groups[name] == (name,)
            assert cluster.hosts[name] == tuple(cast(["everything", name]))


def test_names_survive_being_written_as_lists(make: Make) -> None:
    """The same without dynaconf's nodes, where validators find none of the names."""
    settings = make(cluster=spell(HOSTILE), dynaboxify=False)
    settings.set(f"{CLUSTER}.groups", [*settings["PEAK"]["running"]["cluster"]["groups"]])
    for name in (name for name in HOSTILE if name not in MARKS):
        settings.set(f"{CLUSTER}.groups.{name}", [name])
        settings.set(f"{CLUSTER}.hosts.{name}", [name, "everything"])
        cluster = settings["PEAK"]["running"]["cluster"]
        assert cluster["groups"] == ("everything", *HOSTILE)
        assert cluster["groups"][name] == (name,)
        assert cluster["hosts"][name] == (name, "everything")


@pytest.mark.parametrize("write", ["set", "update", "merge"])
def test_plain_data_is_written_back(make: Make, write: str) -> None:
    """What `as_dict` gave changes nothing when it is written to the settings."""
    names = [name for name in HOSTILE if name not in MARKS]  # 3.2 takes a dict for those
    settings = make(cluster=spell(names))
    peak = settings.as_dict()["PEAK"]
    before = copy.deepcopy(peak)
    if write == "set":
        settings.set("PEAK", peak)
    else:
        settings.update({"peak": peak}, merge=write == "merge")
    check_names(settings, names)
    settings.set(f"{CLUSTER}.groups", before["running"]["cluster"]["groups"])
    check_names(settings, names)


@pytest.mark.parametrize("header", [CLUSTER, CLUSTER.upper(), "Peak.running.CLUSTER"])
def test_plain_data_is_written_back_in_any_case(make: Make, header: str) -> None:
    """The same where the settings file spells the path in another case."""
    names = ["@int", "@none", "b"]
    settings = make(f"[{header}]\n_filename = 'example.cluster'\n", cluster=spell(names))
    settings.set("PEAK", settings.as_dict()["PEAK"])
    ((label, tree),) = settings.as_dict()["PEAK"].items()
    settings.set(f"Peak.{label}", tree)
    ((_, cluster),) = settings.as_dict()["PEAK"][label].items()
    tree = {"CLUSTER": {"Groups": cluster["groups"], "_FILENAME": "example.cluster"}}
    settings.set("PEAK.RUNNING", tree)
    groups = settings[f"{CLUSTER}.groups"]
    assert groups == ("everything", *names)
    assert groups.everything == (*names,)
    assert [groups[name] for name in names] == [(name,) for name in names]


NAMES = ["@int", "@none", "@c", "b"]


def test_names_may_be_set_to_other_groups(make: Make) -> None:
    """Names that the file lists are names in whatever group they are put."""
    names = ["@int", "@none", "b"]
    settings = make(
        cluster=spell(names),
        validators=[
            Validator(f"{CLUSTER}.groups.alias", default=lambda s, _: s[CLUSTER].groups.everything),
            Validator(f"{CLUSTER}.groups.lazy", default=f"@get {CLUSTER}.groups.everything"),
            Validator(f"{CLUSTER}.groups.lazy", f"{CLUSTER}.groups.alias", cast=list),
        ],
    )
    settings.set(f"{CLUSTER}.groups.b", settings.peak.running.cluster.groups.everything)
    settings.set(f"{CLUSTER}.hosts.b", [*settings.peak.running.cluster.groups])
    groups = settings.peak.running.cluster.groups
    assert groups.b == groups.alias == groups.lazy == groups.everything == (*names,)
    assert {*map(type, groups.b), *map(type, groups.alias)} == {str}
    assert settings.peak.running.cluster.hosts.b == ("everything", *names, "alias", "lazy")


@pytest.mark.parametrize("name", ["@int", "@json", "@string", "@get", "@reset", "dynaconf_merge"])
@pytest.mark.parametrize("merging", ["", "dynaconf_merge = true\n", "enabled"])
def test_kept_names_survive_lists_that_are_merged_over_them(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str, merging: str
) -> None:
    """What is kept for another environment is added to, and parsed once more by a variable."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__X", "['a']")
    settings = make(
        f"{merging.removeprefix('enabled')}{PLAIN}hosts.one = ['f', 'dynaconf_merge']\n",
        cluster=f"GROUP:{name}\none\n",
        merge_enabled=merging == "enabled",
        loaders=["dynaconf.loaders.env_loader", "dynaconf_cluster.loader"],
    )
    assert settings.peak.running.cluster.hosts.one == (name, "f")
    kept = settings.from_env("other", keep=True)
    assert {*kept.peak.running.cluster.hosts.one} == {name, "f"}
    assert kept.peak.running.cluster.hosts.one[0] == name
    assert kept.dynaconf.clone().peak.running.cluster.hosts.one[0] == name


@pytest.mark.parametrize("name", ["dynaconf_merge", "@int"])
def test_marks_and_tokens_in_sources_are_dynaconfs(make: Make, name: str) -> None:
    """A settings file says what it says, even if a name of the cluster file looks like that."""
    settings = make(
        f"{PLAIN}groups.web = ['f', 'dynaconf_merge']\n", cluster=f"{name}\nGROUP:web\none\n"
    )
    for _ in range(2):
        assert settings.peak.running.cluster.groups.web == ("one", "f")
        settings.reload()


@pytest.mark.parametrize("key", ["peak.mine", "peak.running.cluster", "peak.running.mine.groups"])
def test_lists_elsewhere_are_dynaconfs(make: Make, key: str) -> None:
    """Names of the file are names below the namespace alone."""
    settings = make(cluster=spell(NAMES))
    settings.set(f"{key}.list", ["@none", "@int 1"])
    assert [*settings[f"{key}.list"]] == [None, 1]


HOOK = """\
def post(settings):
    groups = settings.peak.running.cluster.groups
    tree = {"running": {"cluster": {"groups": {"alias": [*groups.get("everything", ()), "@c"]}}}}
    return {"PEAK": tree, "dynaconf_merge": True}
"""


@pytest.mark.parametrize("way", ["keyword", "module"])
def test_hook_puts_names_into_other_groups(make: Make, way: str, tmp_path: Path) -> None:
    """What a hook returns may hold any names of the file that is in force when it is called."""
    found: dict[str, Any] = {}
    exec(HOOK, found)
    if way == "module":
        (tmp_path / "dynaconf_hooks.py").write_text(HOOK)
    settings = make(cluster=spell(NAMES), post_hooks=[found["post"]] if way == "keyword" else [])
    for _ in range(2):
        assert settings.peak.running.cluster.groups.alias == (*NAMES, "@c")
        assert settings.peak.running.cluster.groups.everything == (*NAMES,)
        settings.reload()


def test_what_a_hook_returns_is_not_all_names(make: Make) -> None:
    """Tokens that are no names of the file are dynaconf's; a bad file is told of first."""
    found: dict[str, Any] = {}
    exec(HOOK.replace('"@c"', '"@int 1"'), found)
    for names, problem in ((NAMES, "alias is .*1.*; expected a list of names"), (["a b"], "a b")):
        with pytest.raises((TypeError, ValueError), match=problem):
            make(cluster=spell(names), post_hooks=[found["post"]]).get("x")


@pytest.mark.parametrize("way", ["set", "update", "enabled"])
def test_lists_of_names_merge_as_others_do(make: Make, way: str) -> None:
    """A list of names that look like tokens is added to another where any list would be."""
    settings = make(
        f"{PLAIN}groups.web = ['z']\ngroups.db = ['z']\n",
        cluster="GROUP:web\n@x\nGROUP:db\na\n",
        merge_enabled=way == "enabled",
    )
    for name, host in (("web", "@x"), ("db", "a")):
        tree = {"running": {"cluster": {"groups": {name: [host]}}}}
        if way == "enabled":
            settings.set(f"{CLUSTER}.groups.{name}", [host])
        elif way == "set":
            settings.set("PEAK", tree, merge=True)
        else:
            settings.update({"PEAK": tree}, merge=True)
    groups = settings.peak.running.cluster.groups
    assert [*groups.web[:-1], "a"] == [*groups.db]
    assert groups.web[-1] == "@x"


@pytest.mark.parametrize("name", ["@none", "@int", "@jinja{{7*7}}"])
def test_cast_names_survive_being_kept(
    make: Make, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings for another environment keep the order that a validator gave."""
    monkeypatch.setenv("CLUSTER", "example.cluster")
    validator = Validator(f"{CLUSTER}.groups.web", cast=sorted)
    settings = make("", cluster=f"GROUP:web\n{name}\nb\n@a\n", validators=[validator])
    assert settings.peak.running.cluster.groups.web == tuple(sorted((name, "b", "@a")))
    kept = settings.from_env("other", keep=True)
    assert kept.peak.running.cluster.groups.web == settings.peak.running.cluster.groups.web


def test_groups_of_this_machine_survive_plain_dicts(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where dynaconf merges plain dicts, it finds the groups of this machine among them."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER___HOSTNAME", "b")
    monkeypatch.setenv("DYNACONF_PEAK__running__z", "1")
    settings = make(cluster="GROUP:@json\nb\n", dynaboxify=False)
    group_names = settings["PEAK"]["running"]["cluster"]["group_names"]
    assert isinstance(group_names, tuple)
    assert group_names == ("@json",)


def test_tokens_beside_the_names_are_parsed(make: Make) -> None:
    """A list that says more than the file does is a setting like any other."""
    settings = make(cluster="GROUP:web\n@none\n@str\n", x="local")
    settings.set(f"{CLUSTER}.groups.web", ["@format {this.x}"])
    assert settings.peak.running.cluster.groups.web == ("local",)
    settings.set(f"{CLUSTER}.groups.web", ["@str"])
    assert settings.peak.running.cluster.groups.web == ("@str",)
    with pytest.raises(TypeError, match=r"groups\.new is "):
        settings.set(f"{CLUSTER}.groups.new", ["@empty"])


@pytest.mark.parametrize("name", MARKS)
def test_marks_survive_beside_others(make: Make, name: str) -> None:
    """A name that marks a list for dynaconf changes nothing in a list that is written back."""
    names = [name, "@none", "@str", "web"]
    everything = [f"{CLUSTER}.groups", f"{CLUSTER}.hosts", f"{CLUSTER}.groups.everything"]
    validators = [Validator(setting, must_exist=True) for setting in everything]
    settings = make(cluster=spell(names), validators=validators)
    for setting in [*everything, f"{CLUSTER}.hosts.web"]:
        settings.set(setting, settings.get(setting))
    check_names(settings, names)
    for each in names:
        assert each in settings.peak.running.cluster.hosts
        assert each in settings.get(f"{CLUSTER}.groups.everything")


@pytest.mark.parametrize("boxed", [True, False])
def test_names_survive_an_override_beside_them(make: Make, boxed: bool) -> None:
    """A group that is overridden leaves the names in the others as they are."""
    settings = make(cluster="GROUP:web\n@str\n@none\n@json\n12\n", dynaboxify=boxed)
    settings.set(f"{CLUSTER}.groups.new", ["local"])
    settings.set(
        f"{CLUSTER}.groups.web", settings["PEAK"]["running"]["cluster"]["groups"].get("web")
    )
    groups = settings["PEAK"]["running"]["cluster"]["groups"]
    assert groups == ("web", "new")
    assert groups["web"] == ("@str", "@none", "@json", "12")


@pytest.mark.parametrize("name", ["@none", "@del", "@merge", "@jinja", "@get", "1", "{}"])
def test_names_survive_being_kept(make: Make, name: str) -> None:
    """Settings for another environment that keep what is set keep the names as they are."""
    check_names(make(cluster=spell([name])).from_env("other", keep=True), [name])


ALONE = ["@none", "@del", "@jinja", "{this.x}", "true", "1", "[]", "get", "items", "peak", "日本"]


@pytest.mark.parametrize("name", [*ALONE, *MARKS, *DOTTED])
def test_each_name_survives_its_validator(make: Make, name: str) -> None:
    """Each name alone is read by key and dotted name, before and after validators and a write."""
    validated = "everything" if name[:1] == "_" and name in MARKS else name
    validators = [
        Validator(f"{CLUSTER}.groups.{validated}", must_exist=True),
        Validator(f"{CLUSTER}.hosts.{validated}", f"{CLUSTER}.groups.everything", default=["x"]),
        Validator(f"{CLUSTER}.groups.{validated}", default=["never"]),
    ]
    if validated != name:
        validators.pop(1)  # there is no such host
    settings = make(cluster=spell([name]), validators=validators)
    for disturb in DISTURB:
        disturb(settings)
        check_names(settings, [name])
        check_dotted(settings, [name])


@pytest.mark.parametrize("separator", ["__", ".", "##", False])
def test_names_with_dots_and_separators(make: Make, separator: object) -> None:
    """Names of any number of labels are read by key and dotted name, with any separator."""
    for name in DOTTED:
        settings = make(cluster=spell([name]), NESTED_SEPARATOR_FOR_DYNACONF=separator)
        check_names(settings, [name])
        check_dotted(settings, [name])


@pytest.mark.parametrize("name", ["@none", "@del", "@jinja", "@format", "1", "true", "{this.x}"])
def test_machine_may_be_called_anything(
    make: Make, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name that the system gives this machine is data as well."""
    monkeypatch.setattr("socket.gethostname", lambda: name)
    settings = make(cluster=spell([name]), validators=[Validator(f"{CLUSTER}.z", default=1)])
    for disturb in DISTURB:
        disturb(settings)
        assert settings.peak.running.cluster.hostname == settings[f"{CLUSTER}.hostname"] == name
        assert settings.peak.running.cluster.group_names == ("everything", name)
        assert settings.as_dict()["PEAK"]["running"]["cluster"]["hostname"] == name


@pytest.mark.parametrize("way", ["jinja", "format", "get"])
def test_names_are_not_executed_by_lazy_settings(make: Make, way: str, tmp_path: Path) -> None:
    """What lazy settings read out of the cluster is not evaluated once more."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    name = f"@read_file{secret}"
    text = {
        "jinja": f"@jinja {{{{ this.{CLUSTER}.hosts | join(',') }}}}",
        "format": f"@format {{this.{CLUSTER}.hosts}}",
        "get": f"@get {CLUSTER}.hosts",
    }
    settings = make(f'lazy = "{text[way]}"\n{PLAIN}', cluster=spell([name]))
    assert name in settings.lazy
    settings.set("copy", settings.peak.running.cluster.hosts)
    assert settings.copy == (name,)


@pytest.mark.parametrize(
    "value",
    ["@read_file", "@jinja {{ this.SECRET }}", "@format {this.SECRET}", "@none", "@get SECRET"],
)
def test_values_that_are_read_are_safe_to_write_elsewhere(make: Make, value: str) -> None:
    """A group that is set as another setting is not executed on its way there."""
    name = value.replace(" ", "")
    settings = make(f'SECRET = "secret"\n{PLAIN}', cluster=spell([name]))
    for number, read in enumerate(
        (
            settings[f"{CLUSTER}.groups.everything"],
            settings[f"{CLUSTER}.hosts"],
            settings.get(f"{CLUSTER}.groups"),
            settings.peak.running.cluster.groups.get("everything"),
        )
    ):
        settings.set(f"copy{number}", read)
        assert name in settings[f"copy{number}"]
        settings.set(f"peak.copy{number}", read)
        assert name in settings[f"peak.copy{number}"]


@pytest.mark.parametrize("suffix", ["json", "yaml", "toml", "py"])
def test_names_survive_the_writers(make: Make, tmp_path: Path, suffix: str) -> None:
    """What dynaconf's writers write is the names, letter by letter."""
    # any dict with this key breaks what dynaconf does before it writes
    names = [name for name in HOSTILE if name != "_dynaconf_lazy_format"]
    settings = make(cluster=spell(names))
    path = tmp_path / f"out.{suffix}"
    loaders.write(str(path), settings.as_dict())
    written = path.read_text("utf-8")
    if suffix == "json":
        cluster = json.loads(written)["PEAK"]["running"]["cluster"]
        assert cluster["groups"]["everything"] == names
        assert list(cluster["hosts"]) == names
    elif suffix == "py":
        found: dict[str, Any] = {}
        exec(written, found)  # we have just written it
        assert list(found["PEAK"]["running"]["cluster"]["groups"]["everything"]) == names
    assert "dynaconf_cluster" not in written


def test_hostile_names_do_not_reach_a_shell_or_a_file(make: Make, tmp_path: Path) -> None:
    """Listing settings full of commands shows them and runs none of them."""
    trap = tmp_path / "trap"
    name = f"@jinja{{{{cycler.__init__.__globals__.os.system('touch${{IFS}}{trap}')}}}}"
    settings = make(cluster=spell([name]))
    check_names(settings, [name])
    program = "from dynaconf import Dynaconf\n" + (
        "s = Dynaconf(settings_files=['settings.toml'], loaders=['dynaconf_cluster.loader'])\n"
        "print(s.as_dict()['PEAK']['running']['cluster']['groups']['everything'][0])\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert shown.strip() == name
    assert not trap.exists()


NAME = st.text(
    st.characters(codec="utf-8", exclude_categories=("Z", "Cc", "Cf", "Cs")), min_size=1, max_size=8
).filter(lambda name: name.strip() == name and name[:1] != "#" and name[:1] not in "GgLl")
TOKEN = st.sampled_from(
    ["@format ", "@jinja ", "@none", "@", "{this.", "}", "__", ".", "_", "1", '"']
)
MIXED = st.one_of(
    NAME,
    st.lists(st.one_of(NAME, TOKEN), min_size=1, max_size=4).map(
        lambda parts: "x" + "".join(parts).replace(" ", "")
    ),
)


@options(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(MIXED, min_size=1, max_size=6, unique_by=lambda n: n.upper().casefold()))
def test_any_names_are_data(make: Make, names: list[str]) -> None:
    """Arbitrary names, with pieces of dynaconf's language in them, are read as they are."""
    taken = ("everything", "__all__", "__orphans__")
    names = [name for name in names if name.upper().casefold() not in taken]
    settings = make(cluster=spell(names)) if names else None
    for disturb in DISTURB[:3] if settings is not None else []:
        disturb(settings)
        check_names(settings, names)


@pytest.mark.parametrize("name", ["", "__all", "__orphans", ".all", "__", "all"])
def test_parts_of_special_groups_are_nothing(make: Make, name: str) -> None:
    """What dynaconf makes of ``__all__`` on its way to it is found by no other name."""
    settings = make()
    assert settings.peak.running.cluster.groups.get(name, ()) == ()
    assert settings.get(f"{CLUSTER}.groups.{name}", "default") == "default"
    assert settings.exists(f"{CLUSTER}.groups.{name}") is False
    assert len(settings.get(f"{CLUSTER}.groups.__all__")) == 9


@pytest.mark.parametrize("name", ["groups.__all__", "groups.a__b", "hosts.a.b"])
def test_errors_name_the_setting_as_it_is_called(make: Make, name: str) -> None:
    """A name with the separator of nested settings is shown as the file spells it."""
    settings = make(cluster="GROUP:a__b\na.b\n")
    with pytest.raises(TypeError, match=re.escape(f"{CLUSTER}.{name} is 'text'")):
        settings.set(f"{CLUSTER}.{name}", "text")


@pytest.mark.parametrize(
    ("hosts", "hostname", "machine"),
    [
        (["A__B", "a.b"], "a__b", "A__B"),
        (["a.b.c", "a__b.c"], "A__B", "a__b.c"),
        (["a..b", "A__B", "a.b", "a__b.c"], "a__b", "A__B"),
        (["a.b", "a"], "A__B", None),
        (["a.b.c"], "a__b.c", None),
        (["a__b"], "a__B.example.com", "a__b"),
    ],
)
def test_machine_is_found_by_its_name_alone(
    make: Make, hosts: list[str], hostname: str, machine: str | None
) -> None:
    """The separator of nested settings means nothing in the name of a host."""
    text = "".join(f"GROUP:group{n}\n{host}\n" for n, host in enumerate(hosts))
    settings = make(cluster=text)
    settings.set(f"{CLUSTER}._hostname", hostname)
    expected = () if machine is None else (f"group{hosts.index(machine)}",)
    assert settings.peak.running.cluster.group_names == expected
