"""Replacing a group: everything else reflects it, as if the file contained it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Validator
from hypothesis import event, given
from hypothesis import strategies as st

from dynaconf_cluster import ClusterFileError, parse

from . import test_properties as valid
from .conftest import CLUSTER, EXAMPLE, GROUPS, NAMED, ORDERS, VARIABLE, Make, check_cluster

QUX = f"{CLUSTER}.groups.qux"
IN_FILE = "[peak.running.cluster.groups]\nqux = ['new.baz.com', 'two.baz.com']\n"
NEW = ("two.baz.com", "new.baz.com")
INCLUDE = {"includes": ["more.toml"]}
KEYWORD = {"_filename": "example.cluster", "groups": {"qux": [*NEW]}}
SOURCES: dict[str, Any] = {
    "the settings file": {"toml": NAMED + IN_FILE},
    "an include": INCLUDE | {"files": {"more.toml": f"dynaconf_merge = true\n{IN_FILE}"}},
    "a keyword": {"toml": "x = 1\n", "PEAK": {"running": {"cluster": KEYWORD}}},
    "a default": {"validators": [Validator(f"{CLUSTER}.groups.gpu", default=[*NEW])]},
    "a hook": {"post_hooks": [lambda: {QUX: [*NEW]}]},
    "merged settings": {"toml": NAMED + IN_FILE, "merge_enabled": True},
}


def check_replaced(cluster: Any, name: str = "qux") -> None:
    """Check that the cluster is as if the file listed the new hosts of the group."""
    assert cluster.groups[name] == NEW
    assert "new.baz.com" in cluster.hosts
    if name == "qux":
        assert "frob.baz.com" not in cluster.hosts
        assert cluster.groups.weird == (*GROUPS["prime"], "new.baz.com")
        assert cluster.hosts["new.baz.com"] == ("qux", "weird")
        assert cluster.hosts["two.baz.com"] == ("even", "prime", "qux", "weird")
        assert cluster.groups == tuple(GROUPS)
    assert cluster.groups.__all__ == cluster.hosts


@pytest.mark.parametrize("loaders", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("options", SOURCES.values(), ids=SOURCES.keys())
def test_any_source_replaces_a_group(make: Make, options: Any, loaders: list[str]) -> None:
    """Lumps, hosts and the groups of hosts agree, in every order of loaders."""
    settings = make(**options, loaders=loaders)
    check_replaced(settings.peak.running.cluster, "gpu" if "validators" in options else "qux")
    if "validators" not in options:
        settings.reload()
        check_replaced(settings.peak.running.cluster)


def test_writing_tables_back_changes_nothing(make: Make) -> None:
    """A replaced group stays replaced when tables are written back, however often."""
    settings = make(NAMED + IN_FILE)
    for _ in range(2):
        settings.set("peak", {"running": {"cluster": KEYWORD}})
        check_replaced(settings.peak.running.cluster)
        settings.set(CLUSTER, dict(settings.peak.running.cluster))
        check_replaced(settings.peak.running.cluster)
        for merge in (True, False):
            settings.update(settings.as_dict(), merge=merge)
            check_replaced(settings.peak.running.cluster)


MERGES = {
    "a mark": "peak__running__cluster__groups__gpu = '@merge b'\n",
    "a mark in a list": "peak__running__cluster__groups__gpu = ['b', 'dynaconf_merge']\n",
    "a merged table": f"dynaconf_merge = true\n[{CLUSTER}.groups]\ngpu = ['b']\n",
}


@pytest.mark.parametrize("more", MERGES.values(), ids=MERGES.keys())
def test_merged_sources(make: Make, more: str) -> None:
    """Values that dynaconf merges stay the same when settings are reloaded."""
    toml = f"{NAMED}groups.gpu = ['a']\n"
    settings = make(toml, files={"more.toml": more}, settings_files=["settings.toml", "more.toml"])
    for load in (lambda: None, settings.reload, settings.setenv):
        load()
        assert settings.peak.running.cluster.groups.gpu == ("a", "b")


@pytest.mark.parametrize("loaders", [ORDERS["in front"], ORDERS["behind"]], ids=["front", "behind"])
@pytest.mark.parametrize("name", ["GROUPS__QUX", "groups__Qux", "Groups"])
def test_a_variable_replaces_a_group(
    make: Make, loaders: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable counts on every load, including fresh look-ups."""
    value = '["new.baz.com", "two.baz.com"]'
    monkeypatch.setenv(f"{VARIABLE}{name}", f"{{QUX = {value}}}" if name == "Groups" else value)
    settings = make(loaders=loaders)
    check_replaced(settings.peak.running.cluster)
    settings.get_fresh("PEAK")
    check_replaced(settings.peak.running.cluster)
    with settings.fresh():
        check_replaced(settings.peak.running.cluster)
    assert settings[f"{CLUSTER}.groups.qux"] == NEW


def test_the_last_source_wins(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment overrides the file, even an invalid value in it, and code overrides both."""
    monkeypatch.setenv(f"{VARIABLE}GROUPS__QUX", '["b"]')
    settings = make(NAMED + "[peak.running.cluster.groups]\nqux = 5\nodd = ['a']\n")
    assert settings.peak.running.cluster.groups.qux == ("b",)
    assert settings.peak.running.cluster.groups.odd == ("a",)
    settings.set(QUX, ["c"])
    settings.set(f"{CLUSTER}.groups.Qux", ("d",))
    assert settings.peak.running.cluster.groups.qux == ("d",)
    settings.reload()
    assert settings.peak.running.cluster.groups.qux == ("b",)


SETS: dict[str, Callable[[Any, str, object], object]] = {
    "dotted": lambda s, name, value: s.set(f"{CLUSTER}.groups.{name}", value),
    "nested": lambda s, name, value: s.set(f"peak__running__cluster__groups__{name}", value),
    "update": lambda s, name, value: s.update({f"{CLUSTER}.groups.{name}": value}),
    "table of groups": lambda s, name, value: s.set(f"{CLUSTER}.groups", {name: value}),
    "merged": lambda s, name, value: s.update(
        {"PEAK": {"running": {"cluster": {"groups": {name: value}}}}}, merge=True
    ),
}


@pytest.mark.parametrize("replace", SETS.values(), ids=SETS.keys())
def test_code_replaces_groups_one_by_one(make: Make, replace: Any) -> None:
    """Setting a group keeps other replaced groups, until a table above them is set whole."""
    settings = make()
    replace(settings, "odd", ["a"])
    replace(settings, "QUX", ["new.baz.com", "two.baz.com"])
    replace(settings, "gpu", ["z"])
    groups = settings.peak.running.cluster.groups
    assert groups == (*GROUPS, "gpu")
    assert (groups.odd, groups.qux, groups.gpu) == (("a",), NEW, ("z",))
    settings.set("peak.mine", 1)
    settings.set(f"{CLUSTER}._hostname", "z")
    assert settings.peak.running.cluster.group_names == ("gpu",)
    settings.set(QUX, '["parsed"]', tomlfy=True)
    assert settings.peak.running.cluster.groups.qux == ("parsed",)
    assert settings.peak.running.cluster.groups.gpu == ("z",)
    settings.set("peak", {"running": {"cluster": {"_filename": "example.cluster"}}})
    check_cluster(settings)


def test_names_with_dots_and_other_values(make: Make) -> None:
    """Nested tables are dotted names; integers are names; duplicates are dropped."""
    settings = make(
        NAMED + "[peak.running.cluster.groups]\nweb.prod = [1, 2, 1]\n'db.prod' = ['x']\n",
        cluster="GROUP:db.prod\na\nGROUP:b__c\nb\n",
    )
    settings.set(f"{CLUSTER}.groups.b__c", ["y"])
    settings.set("peak__running__cluster__groups__new__name", ["z"])
    groups = settings.peak.running.cluster.groups
    assert groups == ("db.prod", "b__c", "web.prod", "new.name")
    assert groups["web.prod"] == settings[f"{CLUSTER}.groups.web.prod"] == ("1", "2")
    assert [*groups.values()] == [("x",), ("y",), ("1", "2"), ("z",)]


def test_without_a_file(make: Make) -> None:
    """Without a file, groups can be set as if a file listed this machine as an orphan."""
    settings = make('[peak.running.cluster]\n_hostname = "box"\ngroups.web = ["a", "box"]\n')
    cluster = settings.peak.running.cluster
    assert cluster.hosts == ("box", "a")
    assert cluster.group_names == ("__orphans__", "web")
    with pytest.raises(KeyError, match=r"no group 'wbe'; did you mean 'web'[?]; no cluster file"):
        cluster.groups["wbe"]


WHOLE = "a group is replaced whole: write the list of its hosts"
OTHER_CASE = (
    "qux lists 'One.baz.com', which differs from 'one.baz.com' of group 'odd' in case alone"
)
REFUSED: dict[str, tuple[str, object, type[Exception], str]] = {
    "text": ("qux", "one", TypeError, f"qux is 'one'; {WHOLE}"),
    "a set": ("qux", {"a"}, TypeError, f"qux is <set>; {WHOLE}"),
    "a table": ("qux", {}, TypeError, f"qux is {{}}; {WHOLE}"),
    "a table of values": ("qux", {"a": 1}, TypeError, f"qux.a is 1; {WHOLE}"),
    "truth values": ("qux", [1.5, True], TypeError, f"qux is [1.5, True]; {WHOLE}"),
    "nothing": ("qux", ["a", None], TypeError, f"qux is ['a', None]; {WHOLE}"),
    "objects": ("qux", [object()], TypeError, f"qux is [<object>]; {WHOLE}"),
    "a mark": ("qux", "@merge a", TypeError, f"qux is <Merge>; {WHOLE}"),
    "a mark as a name": ("dynaconf_merge", ["a"], TypeError, f"dynaconf_merge is ['a']; {WHOLE}"),
    "a lazy value": ("qux", "@get x", TypeError, f"qux is <Lazy>; {WHOLE}"),
    "a lazy name": ("qux", ["@format x"], TypeError, f"qux is [<Lazy>]; {WHOLE}"),
    "no name": ("qux", ["a b"], ValueError, "['a b']; 'a b' is not the name of a host"),
    "a name in another case": ("qux", ["One.baz.com"], ValueError, OTHER_CASE),
    "a special group": ("__all__", ["a"], TypeError, "__all__ is ['a']; it follows from"),
    "the orphans": ("__ORPHANS__", ["a"], TypeError, "__orphans__ is ['a']; it follows from"),
    "a name with an empty label": ("a..b", ["a"], ValueError, "'a..b' is not the name of a group"),
}


@pytest.mark.parametrize(("name", "value", "kind", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_values_are_refused(
    make: Make, name: str, value: object, kind: type[Exception], message: str
) -> None:
    """The error names the setting and the fix; `set` and `update` change nothing."""
    settings = make()
    settings.get("x")
    for how in ("dotted", "update", "table of groups"):
        with pytest.raises(kind) as refused:
            SETS[how](settings, name, value)
        assert f"the setting {CLUSTER}.groups." in str(refused.value)
        assert message in str(refused.value)
        check_cluster(settings)
        settings.set("peak.mine", 1)
        check_cluster(settings)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("groups", "x", "groups is 'x'; set the hosts of single groups: "),
        ("hosts", ["x"], "hosts is ['x']; set the hosts of single groups: "),
        ("hosts", {"new": ["odd"]}, "hosts.new is ['odd']; set the hosts of groups instead"),
    ],
)
def test_only_groups_can_be_set(make: Make, name: str, value: object, message: str) -> None:
    """Neither all groups at once nor hosts can be set, by dotted name or in files."""
    settings = make()
    settings.get("x")
    with pytest.raises(TypeError) as refused:
        settings.set(f"{CLUSTER}.{name}", value)
    assert f"the setting {CLUSTER}.{message}" in str(refused.value)
    check_cluster(settings)
    table: dict[str, object] = {"hosts": {"x": []}} if "hosts" in name else {"groups": 5}
    with pytest.raises(TypeError, match=r"instead: |expected a table"):
        settings.set(CLUSTER, table)
    check_cluster(settings)


def test_a_bad_replacement_is_raised(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an error on the first load; later, the last good cluster can be read."""
    monkeypatch.setenv(f"{VARIABLE}GROUPS__QUX", "5")
    with pytest.raises(TypeError, match="qux is 5"):
        make().get("x")
    monkeypatch.setenv(f"{VARIABLE}GROUPS__QUX", '["new.baz.com", "two.baz.com"]')
    settings = make()
    check_replaced(settings.peak.running.cluster)
    monkeypatch.setenv(f"{VARIABLE}GROUPS__QUX", '["One.baz.com"]')
    for load in (settings.reload, lambda: settings.get_fresh("PEAK")):
        with pytest.raises(ValueError, match=r"qux lists 'One.baz.com', which differs"):
            load()
        check_replaced(settings.peak.running.cluster)
    settings.set("peak.mine", 1)
    check_replaced(settings.peak.running.cluster)


def test_replaced_groups_outlast_a_changed_file(make: Make, tmp_path: Path) -> None:
    """A replaced group that equals the file's stays as set when the file changes."""
    settings = make(f"{NAMED}groups.web = ['a']\n", cluster="GROUP:web\na\n")
    assert settings.peak.running.cluster.groups.web == ("a",)
    (tmp_path / "example.cluster").write_text("GROUP:web\nb\nGROUP:db\nc\n")
    settings.reload()
    assert dict(settings.peak.running.cluster.groups.items()) == {"web": ("a",), "db": ("c",)}


def write_out(text: str, groups: Mapping[str, list[str]]) -> str:
    """Return the text of `text` with these groups replaced, computed naively."""
    new = {name: "\n".join([f"GROUP:{name}", *hosts, ""]) for name, hosts in groups.items()}
    first, *sections = re.split("^(?=GROUP:|LUMP:)", text, flags=re.MULTILINE)
    written = [first]
    for section in sections:
        name = section.partition("\n")[0].partition(":")[2]
        written.append(new.pop(name, "") if name in groups else section)
    return "".join([*written, *new.values()])


OTHERS = st.dictionaries(
    st.sampled_from([*valid.GROUPS, *valid.LUMPS, "gpu"]),
    st.lists(valid.hosts, max_size=4),
    max_size=3,
)


@given(valid.valid_texts(), OTHERS)
@valid.proportionate
def test_a_replaced_group_reads_as_written_out(text: str, groups: dict[str, list[str]]) -> None:
    """For any file and groups, the result equals that of a file with the groups written out."""
    text = "".join(f"{line.strip()}\n" for line in text.split("\n"))
    try:
        expected = parse(write_out(text, groups))
    except ClusterFileError as error:
        event(str(error))
        return
    replaced, names = parse(text).replace(groups), [*expected.groups]
    assert valid.contents(replaced, names) == valid.contents(expected, names)


def test_settings_read_as_a_file_with_the_group_written_out(make: Make) -> None:
    """The same holds for settings, including `as_dict`."""
    groups = {"even": ["one.baz.com", "z"], "prime": ["y"], "weird": ["two.baz.com"], "last": ["x"]}
    changed = make()
    changed.update({f"{CLUSTER}.groups.{name}": hosts for name, hosts in groups.items()})
    plain = changed.as_dict()["PEAK"]["running"]["cluster"]
    written = parse(write_out(EXAMPLE, groups))
    assert plain["groups"] == dict(written.groups.items())
    assert plain["hosts"] == dict(written.hosts.items())
