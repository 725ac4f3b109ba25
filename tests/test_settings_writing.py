"""Writing to the settings: what is overridden, what is refused, and what stays."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Validator
from dynaconf.utils.parse_conf import Lazy

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
NESTED = "DYNACONF_PEAK__RUNNING__CLUSTER__"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'
ODD = ("one.baz.com", "three.baz.com", "five.baz.com")
NAMES = ("odd", "even", "prime", "qux", "weird")

Make = Callable[..., Any]
Check = Callable[..., None]


# What stays.


@pytest.mark.parametrize(
    "name",
    [CLUSTER, "peak.running", "peak", "PEAK", "peak__running__cluster", "Peak.Running.Cluster"],
)
@pytest.mark.parametrize("value", [{}, None, {"mine": 1}], ids=["empty", "none", "keys"])
def test_tables_that_are_set_hold_the_cluster(
    make: Make, check_example: Check, name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is set to the tables above the namespace, it is there afterwards."""
    monkeypatch.setenv("CLUSTER", "example.cluster")
    settings = make("[peak.running.cluster]\nolder = 1\n")
    settings.set(name, copy.copy(value))
    check_example(settings)
    if value:
        assert settings[f"{name}.mine"] == 1
    settings.reload()
    check_example(settings)


@pytest.mark.parametrize("name", [CLUSTER, "peak.running", "peak", "PEAK"])
@pytest.mark.parametrize("value", [1, "text", [1], True, ("a",), 1.5, "@json [1]", "@int 1"])
def test_tables_are_not_replaced_by_anything_else(
    make: Make, check_example: Check, name: str, value: object
) -> None:
    """What cannot hold the namespace is refused by the name of the setting, and changes nothing."""
    settings = make()
    with pytest.raises(TypeError, match=rf"setting {name.lower()}\b.* is .*expected a table"):
        settings.set(name, value)
    check_example(settings)


@pytest.mark.parametrize(
    ("toml", "name"),
    [
        ("peak = 1\n", "peak"),
        ("[peak]\nrunning = 'x'\n", "peak.running"),
        ("[peak.running]\ncluster = ['x']\n", CLUSTER),
    ],
)
def test_files_cannot_replace_tables_either(make: Make, toml: str, name: str) -> None:
    """A settings file that leaves no room for the namespace is refused by the setting's name."""
    with pytest.raises(TypeError, match=rf"setting {name} is .*expected a table"):
        make(toml).get("x")


@pytest.mark.parametrize("merge", [True, False])
def test_updates_merge_or_replace(make: Make, check_example: Check, merge: bool) -> None:
    """An update with or without merging leaves the namespace as it is."""
    settings = make(f"{PLAIN}old = 1\n[peak.running.other]\nold = 1\n")
    cluster = {"new": 1} if merge else {"new": 1, "_filename": "example.cluster"}
    settings.update({"PEAK": {"running": {"cluster": cluster}}}, merge=merge)
    check_example(settings)
    assert settings[f"{CLUSTER}.new"] == 1
    assert (f"{CLUSTER}.old" in settings) is merge
    assert ("peak.running.other.old" in settings) is merge


@pytest.mark.parametrize("name", ["groups", "hosts", "group_names", "hostname", "shortname"])
def test_outputs_that_are_deleted_come_back(make: Make, check_example: Check, name: str) -> None:
    """Deleting an output by dynaconf's mark has no effect."""
    settings = make()
    settings.set(f"{CLUSTER}.{name}", "@del")
    check_example(settings)
    settings.set(f"{CLUSTER}.{name}", None)
    check_example(settings)


@pytest.mark.parametrize("name", ["group_names", "hostname", "shortname"])
def test_facts_cannot_be_set(make: Make, check_example: Check, name: str) -> None:
    """What follows from the inputs alone is not overridden."""
    settings = make(f'{PLAIN}_hostname = "one.baz.com"\n{name} = "mine"\n')
    check_example(settings)
    settings.set(f"{CLUSTER}.{name}", "mine")
    check_example(settings)
    assert settings.peak.running.cluster.hostname == "one.baz.com"


def test_whole_table_is_deleted_and_comes_back(make: Make, check_example: Check) -> None:
    """After the top-level setting was unset, loading brings the namespace back."""
    settings = make()
    settings.unset("PEAK")
    settings.execute_loaders(key="PEAK")
    check_example(settings)
    settings.set("peak", "@del")
    settings.reload()
    check_example(settings)


DELETIONS: dict[str, Callable[[Any], object]] = {
    "mark": lambda settings: settings.set("PEAK", "@del"),
    "forced": lambda settings: settings.unset("PEAK", force=True),
    "several": lambda settings: settings.unset_all(["OTHER", "peak"], force=True),
}


@pytest.mark.parametrize("delete", DELETIONS.values(), ids=DELETIONS.keys())
@pytest.mark.parametrize("boxed", [True, False])
def test_cluster_is_there_after_everything_was_deleted(
    make: Make, delete: Callable[[Any], object], boxed: bool
) -> None:
    """Without any input, the cluster is what it is without settings."""
    settings = make(f"{PLAIN}mine = 1\n[{CLUSTER}.groups]\nodd = ['local']\n", dynaboxify=boxed)
    assert settings["PEAK"]["running"]["cluster"]["groups"]["odd"] == ("local",)
    delete(settings)
    assert "PEAK" in settings
    cluster = settings["PEAK"]["running"]["cluster"]
    assert cluster["groups"] == ()
    assert cluster["hosts"] == (cluster["hostname"],)
    assert "mine" not in cluster
    settings.set("PEAK", {"running": {"cluster": {"_filename": "example.cluster"}}}, merge=True)
    assert len(settings["PEAK"]["running"]["cluster"]["groups"]["odd"]) == 3
    delete(settings)
    settings.reload()
    assert settings["PEAK"]["running"]["cluster"]["groups"]["odd"] == ("local",)


def test_nobody_sees_a_cluster_of_one_while_all_is_loaded_again(make: Make) -> None:
    """What dynaconf unsets in order to load it again is not there, rather than another cluster."""
    settings = make()
    settings.get("x")
    settings.unset("PEAK")
    assert not hasattr(settings, "peak")
    settings.reload()
    assert settings.peak.running.cluster.groups == NAMES


def test_variable_may_delete_what_files_set(
    make: Make, check_example: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mark in the environment deletes what files set, and the cluster is found without it."""
    monkeypatch.setenv("DYNACONF_PEAK", "@del")
    monkeypatch.setenv("CLUSTER", "example.cluster")
    settings = make("[peak.running.cluster]\n_filename = 'other'\n", files={"other": "GROUP:x\n"})
    check_example(settings)
    settings.reload()
    check_example(settings)


def test_defaults_come_back_after_deletion(make: Make, check_example: Check) -> None:
    """What stands in for deleted settings gives way to their defaults when all is loaded again."""
    settings = make(peak={"mine": 1, "running": {"cluster": {"_filename": "example.cluster"}}})
    settings.set("PEAK", "@del")
    assert not hasattr(settings.peak, "mine")
    settings.set("OTHER", "@del")
    settings.reload()
    check_example(settings)


def test_loading_again_looks_for_no_file_in_between(
    make: Make, check_example: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That all is deleted before it is loaded again is no reason to read another file."""
    monkeypatch.setenv("CLUSTER", "missing")
    settings = make(silent_errors=False)
    check_example(settings)
    settings.reload()
    settings.get_fresh("PEAK")
    check_example(settings)


def test_assigning_to_a_name_is_refused(make: Make) -> None:
    """Assigning to a group says how to override it."""
    settings = make()
    with pytest.raises(AttributeError, match=r"settings\.set\('peak\.running\.cluster\.groups\.x"):
        settings.peak.running.cluster.groups.x = ("local",)
    with pytest.raises(TypeError):
        settings.peak.running.cluster.groups["x"] = ("local",)
    with pytest.raises((AttributeError, TypeError)):
        del settings.peak.running.cluster.groups.odd


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["ours", "environ"])
@pytest.mark.parametrize(
    ("merge", "mark"),  # 3.3 adds a list with a mark twice, if it also merges by default
    [(False, ""), (True, ""), (False, "@merge "), (False, "@reset ")],
)
@pytest.mark.filterwarnings("ignore:.*does not need `@reset`:UserWarning")
def test_lists_are_merged_as_any_other(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str], merge: bool, mark: str
) -> None:
    """A group that several sources set is what a list beside it is, however all is loaded."""
    monkeypatch.setenv(f"{NESTED}GROUPS__WEB", f'{mark}["a"]')
    monkeypatch.setenv(f"{NESTED}LIST", f'{mark}["a"]')
    toml = f'{PLAIN}list = ["z"]\ngroups.web = ["z"]\n'
    settings = make(toml, cluster="GROUP:web\none\n", loaders=loaders, merge_enabled=merge)

    def check() -> tuple[str, ...]:
        cluster = settings.peak.running.cluster
        assert cluster.groups.web == tuple(cluster.list)
        return tuple(cluster.list)

    first = check()
    assert first[-1] == "a"
    for load in (settings.reload, lambda: settings.get_fresh("PEAK"), settings.setenv):
        load()
        assert check() == first
    settings.set(f"{CLUSTER}.list", ["b"])
    settings.set(f"{CLUSTER}.groups.web", ["b"])
    merged = check()
    assert merged[-1] == "b"
    settings.set(f"{CLUSTER}.list", [*merged])
    settings.set(f"{CLUSTER}.groups.web", [*merged])
    assert check() == merged


# The user's own keys.


def test_own_keys_stay_as_they_are(make: Make, check_example: Check) -> None:
    """Keys of the user's own at every level keep their values and their types."""
    toml = (
        "[peak]\nmine = [1, 'two', {three = 3}]\n[peak.other]\na = 1\n"
        "[peak.running]\nMine = 1.5\n[peak.running.Sub]\nb = true\n"
        f"{PLAIN}mine = 'text'\nnumber = '123'\nflag = 'true'\n_own = 1\n"
    )
    settings = make(toml)
    for disturb in (lambda: None, settings.reload, lambda: settings.set(f"{CLUSTER}.x", 1)):
        disturb()
        peak = settings.peak
        assert peak.mine == [1, "two", {"three": 3}]
        assert peak.other.a == 1
        assert peak.running.Mine == 1.5
        assert peak.running.Sub.b is True
        assert peak.running.cluster.mine == "text"
        assert peak.running.cluster.number == "123"
        assert peak.running.cluster.flag == "true"
        assert settings[f"{CLUSTER}._own"] == 1
        assert settings.as_dict()["PEAK"]["running"]["cluster"]["mine"] == "text"
        check_example(settings)


LAZY = """\
LATER = 1
[peak]
lazy = "@format {this.LATER}"
[peak.running]
lazy = "@jinja {{ this.LATER }}"
[peak.running.deep]
lazy = "@format {this.LATER}"
"""


@pytest.mark.parametrize(
    "write",
    [
        lambda settings: None,
        lambda settings: settings.set(f"{CLUSTER}.x", 1),
        lambda settings: settings.set(f"{CLUSTER}.groups.odd", ["x"]),
        lambda settings: settings.set("peak.x", 1),
        lambda settings: settings.reload(),
        lambda settings: settings.setenv("other"),
        lambda settings: settings.get("peak.running.cluster.groups.odd"),
    ],
    ids=["load", "own-key", "override", "above", "reload", "setenv", "read"],
)
def test_lazy_keys_stay_lazy(make: Make, write: Callable[[Any], object]) -> None:
    """Lazy settings beside the namespace are evaluated whenever they are read, not before."""
    settings = make(f'{LAZY}{PLAIN}lazy = "@format {{this.LATER}}"\n')
    write(settings)
    settings.set("LATER", 2)
    assert settings.peak.lazy == settings["peak.lazy"] == "2"
    assert settings.peak.running.lazy == settings["peak.running.lazy"] == "2"
    assert settings.peak.running.deep.lazy == "2"
    assert settings.peak.running.cluster.lazy == settings[f"{CLUSTER}.lazy"] == "2"
    settings.set("LATER", 3)
    assert settings.peak.running.cluster.lazy == "3"
    assert settings.as_dict()["PEAK"]["running"]["cluster"]["lazy"] == "3"
    assert isinstance(dict.get(settings.store["PEAK"], "lazy"), Lazy)


def test_lazy_inputs_follow_what_they_refer_to(make: Make, tmp_path: Path) -> None:
    """An input that is lazy gives another cluster after the next write, once its source changed."""
    (tmp_path / "other.cluster").write_text("GROUP:other\nhost\n")
    settings = make(
        'WHICH = "example"\n[peak.running.cluster]\n_filename = "@format {this.WHICH}.cluster"\n'
    )
    assert settings.peak.running.cluster.groups == NAMES
    settings.set("WHICH", "other")
    settings.set(f"{CLUSTER}.x", 1)
    assert settings.peak.running.cluster.groups == ("other",)
    assert settings.peak.running.cluster._filename == "other.cluster"


@pytest.mark.parametrize(
    "name", ["PEAK.RUNNING.CLUSTER", "Peak.Running.cluster", "PEAK.running.CLUSTER"]
)
def test_path_of_the_namespace_is_found_in_any_case(
    make: Make, check_example: Check, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A settings file may write the path as it likes; there is one namespace, not two."""
    monkeypatch.setenv(f"{NESTED}ALSO", "1")
    settings = make(f'[{name}]\n_filename = "example.cluster"\nmine = 1\n')
    for _ in range(2):
        check_example(settings)
        assert settings[f"{CLUSTER}.mine"] == settings[f"{CLUSTER}.also"] == 1
        assert len(settings.peak) == 1
        assert len(settings.peak.running) == 1
        settings.set("peak.running.cluster.groups.odd", ODD)


@pytest.mark.parametrize("name", ["_FILENAME", "_Filename", "_filename"])
def test_inputs_are_found_in_any_case(make: Make, check_example: Check, name: str) -> None:
    """The inputs may be written as the user likes."""
    settings = make(
        f'[peak.running.cluster]\n{name} = "example.cluster"\n_HostName = "one.baz.com"\n'
    )
    check_example(settings)
    assert settings.peak.running.cluster.hostname == "one.baz.com"


# The namespace follows its inputs.


def test_outputs_follow_the_file(make: Make, tmp_path: Path) -> None:
    """A file that is set later is read at once."""
    (tmp_path / "other.cluster").write_text("GROUP:other\nhost\n")
    settings = make()
    held = settings.peak.running.cluster.groups
    settings.set(f"{CLUSTER}._filename", "other.cluster")
    assert settings.peak.running.cluster.groups == ("other",)
    assert settings[f"{CLUSTER}.hosts.host"] == ("other",)
    settings.set("PEAK", {"running": {"cluster": {"_filename": str(tmp_path / "example.cluster")}}})
    assert settings.peak.running.cluster.groups == held == NAMES
    assert settings.get(f"{CLUSTER}.hosts.host") is None


def test_outputs_follow_the_name_of_the_machine(make: Make, check_example: Check) -> None:
    """A name of the machine that is set later is in force at once."""
    settings = make()
    for name in ("one.baz.com", "two.baz.com"):
        settings.set(f"{CLUSTER}._hostname", name)
        cluster = settings.peak.running.cluster
        assert (cluster.hostname, cluster.shortname) == (name, name[:3])
        check_example(settings)


@pytest.mark.parametrize("where", ["include", "hook", "default", "set", "environ", "dotenv"])
def test_inputs_may_come_late(
    make: Make, check_example: Check, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever sets an input after the loader, the outputs match, and nothing is complained of."""
    options: dict[str, Any] = {"files": {"late.toml": PLAIN}}
    toml = "[peak.running.cluster]\nmine = 1\n"
    if where == "include":
        options["includes"] = ["late.toml"]
    elif where == "hook":
        options["post_hooks"] = [lambda: {f"{CLUSTER}._filename": "example.cluster"}]
    elif where == "default":
        options["validators"] = [Validator(f"{CLUSTER}._filename", default="example.cluster")]
    elif where == "environ":
        monkeypatch.setenv(f"{NESTED}_FILENAME", "example.cluster")
    elif where == "dotenv":
        options["files"][".env"] = f"{NESTED}_FILENAME=example.cluster\n"
        options["load_dotenv"] = True
    settings = make(toml, **options)
    if where == "set":
        settings.set(f"{CLUSTER}._filename", "example.cluster")
    check_example(settings)


@pytest.mark.parametrize("where", ["include", "environ"])
def test_late_inputs_replace_bad_ones(
    make: Make, check_example: Check, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is not in force in the end does not matter, whatever is wrong with it."""
    options: dict[str, Any] = {"files": {"late.toml": PLAIN}}
    if where == "include":
        options["includes"] = ["late.toml"]
    else:
        monkeypatch.setenv(f"{NESTED}_FILENAME", "example.cluster")
    settings = make('[peak.running.cluster]\n_filename = "settings.toml"\n', **options)
    check_example(settings)


# Overriding single names.


def override_in_file(make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Any:
    what, _, rest = name.partition(".")
    return make(f'{PLAIN}[peak.running.cluster.{what}]\n"{rest}" = {value}\n')


def override_in_environment(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> Any:
    monkeypatch.setenv(f"{NESTED}{name.replace('.', '__')}".upper(), value)
    return make()


def override_before_the_loader(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> Any:
    monkeypatch.setenv(f"{NESTED}{name.replace('.', '__')}", value)
    return make(loaders=[ENVIRON, OURS])


def override_with_set(make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Any:
    settings = make()
    settings.set(f"{CLUSTER}.{name}", json.loads(value))
    return settings


def override_with_upper_case_set(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> Any:
    settings = make()
    settings.set(f"{CLUSTER}.{name}".upper(), tuple(json.loads(value)))
    return settings


def override_with_update(make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Any:
    settings = make()
    settings.update({f"{CLUSTER}.{name}": json.loads(value)})
    return settings


def override_in_keyword(make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Any:
    what, _, rest = name.partition(".")
    cluster = {"_filename": "example.cluster", what: {rest: json.loads(value)}}
    return make("", PEAK={"running": {"cluster": cluster}})


def override_in_include(make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Any:
    dotted = f"{CLUSTER}.{name}".replace(".", "__")
    return make(includes=["late.toml"], files={"late.toml": f"{dotted} = {value}\n"})


def override_in_hook(make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Any:
    return make(post_hooks=[lambda: {f"{CLUSTER}.{name}": json.loads(value)}])


OVERRIDES = [
    override_in_file,
    override_in_environment,
    override_before_the_loader,
    override_with_set,
    override_with_upper_case_set,
    override_with_update,
    override_in_keyword,
    override_in_include,
    override_in_hook,
]


@pytest.mark.parametrize("override", OVERRIDES, ids=lambda override: override.__name__)
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("groups.odd", lambda cluster: cluster.groups.odd),
        ("hosts.one.baz.com", lambda cluster: cluster.hosts["one.baz.com"]),
    ],
    ids=["group", "host"],
)
def test_single_names_are_overridden(
    override: Callable[..., Any],
    name: str,
    read: Callable[[Any], object],
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A list that is set to a name becomes the tuple that is read; nothing else changes."""
    settings = override(make, monkeypatch, name, '["local", "remote"]')
    for _ in range(2):
        cluster = settings.peak.running.cluster
        assert read(cluster) == settings[f"{CLUSTER}.{name}"] == ("local", "remote")
        assert isinstance(read(cluster), tuple)
        assert cluster.groups == NAMES
        assert len(cluster.hosts) == 9
        assert cluster.groups.__all__ == tuple(cluster.hosts)
        assert cluster.groups.even == ("two.baz.com", "four.baz.com", "six.baz.com")
        assert cluster.groups.weird[0] == "one.baz.com"
        assert cluster.hosts.two.baz.com == ("even", "prime", "weird")
        settings.set(f"{CLUSTER}.unrelated", 1)


@pytest.mark.parametrize("override", OVERRIDES, ids=lambda override: override.__name__)
@pytest.mark.parametrize("name", ["groups.new", "hosts.new.baz.com"])
def test_new_names_are_added_at_the_end(
    override: Callable[..., Any], name: str, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that was not there is added at the end, and can be read like any other."""
    settings = override(make, monkeypatch, name, '["local"]')
    what, _, new = name.partition(".")
    for _ in range(2):
        names = settings.peak.running.cluster[what]
        assert len(names) == (6 if what == "groups" else 10)
        assert names[-1].lower() == new
        assert settings[f"{CLUSTER}.{name}"] == names[names[-1]] == ("local",)
        settings.set(f"{CLUSTER}.unrelated", 1)
    assert settings.as_dict()["PEAK"]["running"]["cluster"][what][names[-1]] == ("local",)


@pytest.mark.parametrize("name", ["__all__", "__orphans__"])
def test_special_groups_are_overridden(make: Make, name: str) -> None:
    """The special groups are overridden as others are, and stay unlisted."""
    settings = make(f"{PLAIN}[peak.running.cluster.groups]\n{name} = ['local']\n")
    cluster = settings.peak.running.cluster
    assert getattr(cluster.groups, name) == settings[f"{CLUSTER}.groups.{name}"] == ("local",)
    assert cluster.groups == NAMES
    assert len(cluster.hosts) == 9


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("@merge local", (*ODD, "local")),
        ("@merge ['local', 'one.baz.com']", (*ODD, "local", "one.baz.com")),
        ("@merge_unique one.baz.com", ("three.baz.com", "five.baz.com", "one.baz.com")),
        ("@insert local", ("local", *ODD)),
        ("@insert 1 local", (ODD[0], "local", *ODD[1:])),
        ("@insert -1 local", (*ODD[:-1], "local", ODD[-1])),
        ("@del", ODD),
        ('["local", "dynaconf_merge"]', ("local", *ODD)),
        ('["local", "dynaconf_merge_unique"]', ("local", *ODD)),
        ("@json []", ()),
        ("[]", ()),
        ("@none", None),
        ('@json ["a", "b"]', ("a", "b")),
    ],
)
@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_marks_of_dynaconf_apply_to_what_was_there(
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    expected: tuple[str, ...] | None,
    loaders: list[str],
) -> None:
    """Dynaconf's marks merge into, insert into or delete the hosts of a group."""
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", value)
    settings = make(loaders=loaders)
    if expected is None:
        with pytest.raises(TypeError, match=rf"(?i){CLUSTER}\.groups\.odd is None"):
            settings.get("x")
        return
    for _ in range(3):
        assert sorted(settings.peak.running.cluster.groups.odd) == sorted(expected)
        if "dynaconf" not in value:  # where these stand is dynaconf's choice
            assert settings[f"{CLUSTER}.groups.odd"] == expected
        assert settings.peak.running.cluster.groups == NAMES
        settings.set(f"{CLUSTER}.x", 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("@merge local", (*ODD, "local")),
        ("@merge_unique one.baz.com", ("three.baz.com", "five.baz.com", "one.baz.com")),
        ("@insert 1 local", (ODD[0], "local", *ODD[1:])),
        ("@del", ODD),
        ("['local']", ("local",)),
    ],
)
@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
@pytest.mark.parametrize(
    "beside", ["", "groups.even = ['z']", "groups.odd = ['q']", "hosts.x = []"]
)
def test_marks_apply_alike_whatever_is_set_beside_them(
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    expected: tuple[str, ...],
    loaders: list[str],
    beside: str,
) -> None:
    """A mark in the environment applies to what is below, on every load and in both orders."""
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", value)
    monkeypatch.setenv(f"{NESTED}GROUPS__QUX__NONE", "['never']")  # a name of two labels
    settings = make(f"{PLAIN}{beside}\n", loaders=loaders)
    if beside.startswith("groups.odd") and value != "@del":
        marked = [name for name in expected if name not in ODD]
        expected = ("q", *(marked or expected[-1:])) if "@" in value else expected
    for again in (settings.reload, settings.reload, lambda: settings.get_fresh("PEAK")):
        assert settings.peak.running.cluster.groups.odd == expected
        assert settings.peak.running.cluster.groups == (*NAMES, "QUX.NONE")
        again()
    assert settings.peak.running.cluster.groups.odd == expected


@pytest.mark.parametrize(
    ("toml", "environ", "expected"),
    [
        ("groups.odd = ['x']", {"A_": "@merge_unique ['x']"}, ("x",)),
        ("groups.odd = ['x']", {"A_": "@merge ['x']"}, ("x",)),
        ("groups.odd = []", {"A_": "@merge x"}, ("x",)),
        ("groups.odd = []", {"A_": "@insert x"}, ("x",)),
        ("", {"A_": "@merge x", "B_": "@merge y"}, (*ODD, "x", "y")),
        ("groups.new = []", {"A_": "@merge x", "B_": "@merge y"}, (*ODD, "x", "y")),
        ("groups.new = []", {"A_": "@merge x", "B_": "['y']"}, ("y",)),
        ("", {"A_": "@merge x", "A": "@merge {new=['n']}"}, (*ODD, "x")),
    ],
)
def test_marks_apply_alike_in_both_orders(
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    toml: str,
    environ: dict[str, str],
    expected: tuple[str, ...],
) -> None:
    """What a mark applies to does not depend on which loader comes first."""
    for prefix, value in environ.items():
        name = f"{NESTED.replace('DYNACONF', prefix[0])}GROUPS"
        monkeypatch.setenv(f"{name}__ODD" if "_" in prefix else name, value)
    for loaders in ([OURS, ENVIRON], [ENVIRON, OURS]):
        settings = make(f"{PLAIN}{toml}\n", loaders=loaders, envvar_prefix="A,B")
        for _ in range(2):
            assert settings.peak.running.cluster.groups["odd"] == expected
            settings.reload()


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
@pytest.mark.parametrize("merge", ["", "dynaconf_merge = true\n"])
def test_file_that_merges_as_a_whole(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str], merge: str
) -> None:
    """The environment goes over a file with a mark at its root as it does in plain settings."""
    for root in ("PEAK", "PLAIN"):
        monkeypatch.setenv(f"DYNACONF_{root}__RUNNING__CLUSTER__GROUPS__NEW", '["r"]')
    toml = "[{}.running.cluster]\n_filename = 'example.cluster'\ngroups.new = ['t', 's']\n"
    settings = make(merge + toml.format("peak") + toml.format("plain"), loaders=loaders)
    assert [*settings[f"{CLUSTER}.groups.new"]] == [*settings["plain.running.cluster.groups.new"]]
    assert settings.peak.running.cluster.groups == (*NAMES, "new")


@pytest.mark.parametrize("toml", ["", "groups.odd = ['f', 'g', 'h']\n", "groups.odd = []\n"])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_elements_of_groups_are_set_as_those_of_any_list(
    make: Make, monkeypatch: pytest.MonkeyPatch, toml: str, index: int
) -> None:
    """Dynaconf 3.3 can set a single element of a list; 3.2 takes that for another setting."""
    plain = toml.replace("groups.odd", "odd") or f"odd = {json.dumps(ODD)}\n"
    monkeypatch.setenv(f"DYNACONF_PLAIN__ODD___{index}", "x")
    separator = {"INDEX_SEPARATOR_FOR_DYNACONF": "___"}
    expected = make(f"[plain]\n{plain}", loaders=[ENVIRON], **separator).plain.odd
    if not isinstance(expected, list):
        pytest.skip("this dynaconf does not set elements of lists")
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD___{index}", "x")
    if None in expected:
        with pytest.raises(TypeError, match=r"groups\.odd is \[None"):
            make(f"{PLAIN}{toml}", **separator).get("x")
        return
    settings = make(f"{PLAIN}{toml}", **separator)
    for again in (settings.reload, settings.reload):
        assert [*settings.peak.running.cluster.groups.odd] == expected
        again()
    settings.set(f"{CLUSTER}.groups.odd[1]", "y")
    assert settings.peak.running.cluster.groups.odd[1] == "y"
    settings.set(f"{CLUSTER}.groups.odd", ["z"])
    assert settings.peak.running.cluster.groups.odd == ("z",)
    settings.get_fresh("PEAK")
    assert settings.peak.running.cluster.groups == NAMES


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_marks_apply_when_a_cluster_that_nothing_else_sets_is_loaded_afresh(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str]
) -> None:
    """The same where the environment alone says where the file is and what is added."""
    monkeypatch.setenv("CLUSTER", "example.cluster")
    monkeypatch.setenv(f"{NESTED}GROUPS__ODD", "@merge local")
    settings = make("", loaders=loaders)
    for again in (settings.reload, lambda: settings.get_fresh("PEAK"), settings.reload):
        assert settings.peak.running.cluster.groups.odd == (*ODD, "local")
        again()
    assert settings.peak.running.cluster.groups.odd == (*ODD, "local")


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ('@merge ["@jinja {{ this.other }}"]', (*ODD, "xx")),
        ("@merge @get several", (*ODD, "a", "b")),
        ("@merge_unique @get several", (*ODD, "a", "b")),
        ("@insert 0 @format {this.other}", ("xx", *ODD)),
        ('@merge @json @jinja ["{{ this.other }}"]', (*ODD, "xx")),
    ],
)
@pytest.mark.parametrize("source", ["code", "environment", "file"])
def test_lazy_values_behind_marks_are_evaluated(
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    mark: str,
    expected: tuple[str, ...],
    source: str,
) -> None:
    """What a mark applies is evaluated as it is without the mark."""
    name = f"{CLUSTER}.groups.odd"
    toml = f"other = 'xx'\nseveral = ['a', 'b']\n{PLAIN}"
    if source == "environment":
        monkeypatch.setenv(f"{NESTED}GROUPS__ODD", mark)
    elif source == "file":
        toml += f"[{CLUSTER}.groups]\nodd = {json.dumps(mark)}\n"
    settings = make(toml)
    if source == "code":
        settings.set(name, mark)
    assert settings.get(name) == expected


def test_deleting_a_label_takes_back_what_is_below(make: Make) -> None:
    """What dynaconf keeps in a table of some label goes with it."""
    settings = make()
    settings.set(f"{CLUSTER}.hosts.one.baz.com", ["odd"])
    settings.set(f"{CLUSTER}.hosts.two.baz.com", ["odd"])
    settings.set(f"{CLUSTER}.hosts.one", "@del")
    assert settings.peak.running.cluster.hosts["one.baz.com"] == ("odd", "prime", "qux", "weird")
    assert settings.peak.running.cluster.hosts["two.baz.com"] == ("odd",)


def test_override_is_taken_back(make: Make, check_example: Check) -> None:
    """Dynaconf's mark for deletion brings the value of the file back."""
    settings = make()
    settings.set(f"{CLUSTER}.groups.odd", ["local"])
    settings.set(f"{CLUSTER}.groups.new", ["local"])
    settings.set(f"{CLUSTER}.groups.odd", "@del")
    settings.set(f"{CLUSTER}.groups.new", "@del")
    check_example(settings)


def test_overrides_add_up(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Overrides of several sources stand side by side, and of one name the last is in force."""
    monkeypatch.setenv(f"{NESTED}GROUPS__EVEN", '["environ"]')
    monkeypatch.setenv(f"{NESTED}GROUPS__QUX", '["environ"]')
    settings = make(f"{PLAIN}[peak.running.cluster.groups]\nodd = ['file']\nqux = ['file']\n")
    settings.set(f"{CLUSTER}.groups.prime", ["set"])
    settings.set(f"{CLUSTER}.groups.even", ("set",))
    settings.set(f"{CLUSTER}.groups.new", ["set"])
    settings.set(f"{CLUSTER}.hosts.one.baz.com", ["set"])
    groups = settings.peak.running.cluster.groups
    assert groups == (*NAMES, "new")
    assert (groups.odd, groups.even, groups.prime) == (("file",), ("set",), ("set",))
    assert (groups.qux, groups.new) == (("environ",), ("set",))
    assert groups.weird[0] == "one.baz.com"
    assert settings.peak.running.cluster.hosts.one.baz.com == ("set",)
    assert settings.peak.running.cluster.hosts.two.baz.com == ("even", "prime", "weird")


def test_override_of_the_machine_is_in_its_groups(make: Make) -> None:
    """The groups of the machine are those that its host is overridden with."""
    settings = make(f'{PLAIN}_hostname = "one"\n')
    settings.set(f"{CLUSTER}.hosts.one.baz.com", ["mine"])
    assert settings.peak.running.cluster.group_names == ("mine",)
    settings.set(f"{CLUSTER}._hostname", "box")
    settings.set(f"{CLUSTER}.hosts.box", ["mine", "too"])
    assert settings.peak.running.cluster.group_names == ("mine", "too")


def test_override_outlives_another_file(make: Make, tmp_path: Path) -> None:
    """What is set to a name stays set when the file is another."""
    (tmp_path / "other.cluster").write_text("GROUP:other\nhost\n")
    settings = make()
    settings.set(f"{CLUSTER}.groups.odd", ["local"])
    settings.set(f"{CLUSTER}._filename", "other.cluster")
    assert settings.peak.running.cluster.groups == ("other", "odd")
    assert settings.peak.running.cluster.groups.odd == ("local",)


def test_overrides_of_files_come_back_on_reload(make: Make) -> None:
    """Loading again gives what the sources say now."""
    settings = make(f"{PLAIN}[peak.running.cluster.groups]\nodd = ['file']\n")
    settings.reload()
    assert settings.peak.running.cluster.groups.odd == ("file",)
    Path("settings.toml").write_text(PLAIN)
    settings.reload()
    assert settings.peak.running.cluster.groups.odd == ODD


BAD = [1, "text", None, True, [1], ["a", 1], [["a"]], {"a": 1}, {"a": {"b": 1}}, {}, 1.5, [None]]


@pytest.mark.parametrize("value", BAD, ids=repr)
@pytest.mark.parametrize("name", ["groups.odd", "hosts.one.baz.com", "groups.new"])
def test_other_values_are_refused(make: Make, name: str, value: object) -> None:
    """What is no list of names is refused with the name of the setting."""
    settings = make()
    if value in ({"a": 1}, {"a": {"b": 1}}):
        name = f"{name}.a"
        value = 1
    with pytest.raises(TypeError, match=rf"(?i)peak\.running\.cluster\.{name}.* is "):
        settings.set(f"{CLUSTER}.{name}", value)


@pytest.mark.parametrize("value", [1, "text", True, ["a"], 1.5], ids=repr)
@pytest.mark.parametrize("name", ["groups", "hosts"])
def test_whole_namespaces_are_not_replaced(make: Make, name: str, value: object) -> None:
    """Groups and hosts are overridden one by one, and not by anything but a table."""
    settings = make()
    with pytest.raises(TypeError, match=rf"peak\.running\.cluster\.{name} is "):
        settings.set(f"{CLUSTER}.{name}", value)


@pytest.mark.parametrize("name", ["groups.odd", "hosts.one.baz.com"])
def test_refused_values_of_files_name_the_setting(make: Make, name: str) -> None:
    """What a settings file gets wrong stops the application."""
    what, _, rest = name.partition(".")
    with pytest.raises(TypeError, match=rf"peak\.running\.cluster\.{name} is 'local'"):
        make(f"{PLAIN}[peak.running.cluster.{what}]\n\"{rest}\" = 'local'\n").get("x")


def test_table_of_names_is_merged_over_the_cluster(make: Make) -> None:
    """A table that is set to the groups overrides the names in it, and those alone."""
    settings = make()
    settings.set(f"{CLUSTER}.groups", {"odd": ["local"], "new": ["a", "b"]})
    groups = settings.peak.running.cluster.groups
    assert groups == (*NAMES, "new")
    assert groups.odd == ("local",)
    assert groups.new == ("a", "b")
    assert groups.even == ("two.baz.com", "four.baz.com", "six.baz.com")


@pytest.mark.parametrize("mark", ["dynaconf_merge", "dynaconf_merge_unique"])
@pytest.mark.parametrize("where", ["file", "before", "after"])
def test_mark_in_a_table_of_names_is_no_name(
    make: Make, monkeypatch: pytest.MonkeyPatch, mark: str, where: str
) -> None:
    """Dynaconf's mark for merging a table is not taken for a group."""
    toml = PLAIN
    if where == "file":
        toml += f"[peak.running.cluster.groups]\n{mark} = true\nodd = ['local']\n"
    else:
        monkeypatch.setenv(f"{NESTED}GROUPS", f'{{odd=["local"], {mark}=true}}')
    loaders = [ENVIRON, OURS] if where == "before" else [OURS, ENVIRON]
    groups = make(toml, loaders=loaders).peak.running.cluster.groups
    assert groups == NAMES
    assert groups.odd[-1] == "local"
