"""Reading ``peak.running.cluster`` in every way in which dynaconf lets a setting be read."""

from __future__ import annotations

import copy
import json
import pickle
import socket
from collections.abc import Callable
from typing import Any

import pytest
from dynaconf import Dynaconf

CLUSTER = "peak.running.cluster"
ODD = ("one.baz.com", "three.baz.com", "five.baz.com")
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'

Make = Callable[..., Any]


def test_example_reads_as_the_manual_says(make: Make, check_example: Callable[[Any], None]) -> None:
    """Every cell of the manual's table is read by key, attribute and dotted name."""
    check_example(make())


@pytest.mark.parametrize("root", ["peak", "PEAK", "Peak"])
def test_first_step_is_read_in_any_case(make: Make, root: str) -> None:
    """The top-level setting is found as dynaconf finds any."""
    settings = make()
    assert getattr(settings, root).running.cluster.groups.odd == ODD
    assert settings[root]["running"]["cluster"]["groups"]["odd"] == ODD
    assert settings(f"{root}.running.cluster.groups.odd") == ODD


@pytest.mark.parametrize(
    "name",
    [
        f"{CLUSTER}.groups.odd",
        "PEAK.RUNNING.CLUSTER.GROUPS.ODD",
        "peak__running__cluster__groups__odd",
        "peak.running__cluster.groups__ODD",
        "Peak.Running.Cluster.Groups.Odd",
    ],
)
def test_dotted_names_disregard_case(make: Make, name: str) -> None:
    """A dotted name is found in any case, with dots or double underscores."""
    settings = make()
    assert settings[name] == settings.get(name) == settings(name) == ODD
    assert name in settings
    assert settings.exists(name)
    assert type(settings.get(name)) is not list


@pytest.mark.parametrize("name", ["groups.none", "hosts.none", "hosts.one.none", "none.such"])
def test_misses_answer_with_the_default(make: Make, name: str) -> None:
    """A name that is not there gives the default of the look-up, or a KeyError."""
    settings = make()
    dotted = f"{CLUSTER}.{name}"
    assert settings.get(dotted) is None
    assert settings.get(dotted, "default") == "default"
    assert settings(dotted, ("default",)) == ("default",)
    assert dotted not in settings
    assert not settings.exists(dotted)
    with pytest.raises(KeyError):
        settings[dotted]


@pytest.mark.parametrize(
    "name",
    ["groups.odd.x", "hosts.one.baz.com.au", "hosts.one.baz.com.x.y", "group_names.x"],
)
def test_below_a_whole_name_there_is_nothing(make: Make, name: str) -> None:
    """A longer name that begins with a whole one is a miss like any other."""
    test_misses_answer_with_the_default(make, name)


def test_below_empty_values_there_is_nothing_but_longer_names(make: Make) -> None:
    """A group without hosts is walked through, or is a miss; never the top of the settings."""
    settings = make(cluster="GROUP:a\nGROUP:a.b\nGROUP:c\nGROUP:c.d\nlocal\n", debug=True)
    assert settings[f"{CLUSTER}.groups.c"] == settings[f"{CLUSTER}.groups.a.b"] == ()
    assert settings[f"{CLUSTER}.groups.c.d"] == ("local",)
    for name in ("a.debug", "a.b.debug", "c.debug", "c.d.debug"):
        assert settings.get(f"{CLUSTER}.groups.{name}", "default") == "default"
    assert not settings[f"{CLUSTER}.groups.a"]
    assert not settings[f"{CLUSTER}.groups.c"]


def test_below_no_groups_there_are_the_special_ones(make: Make) -> None:
    """Groups that are empty are false and no way to the top of the settings."""
    settings = make(cluster="local\n", debug=True)
    assert not settings[f"{CLUSTER}.groups"]
    assert settings.get(f"{CLUSTER}.groups.debug", "default") == "default"
    assert f"{CLUSTER}.groups.debug" not in settings
    assert settings[f"{CLUSTER}.groups.__all__"] == ("local",)
    assert settings.get("", "default") == settings.get("__all__", "default") == "default"


def test_values_are_tables_to_nobody_else(make: Make) -> None:
    """What a dotted look-up walks through is a tuple to all others, also as a default."""
    settings = make(cluster=WALKED)
    for name in ("groups.web", "groups.web.prod", "group_names"):
        value = settings[f"{CLUSTER}.{name}"]
        assert not isinstance(value, dict)
        assert value.__class__ is type(value)
        assert settings.get("none", value) is value
    settings.set("kept", f"@get {CLUSTER}.groups.web")
    assert settings.kept == settings.as_dict()["KEPT"] == ("one",)


def test_keys_are_exact(make: Make) -> None:
    """A key that is spelt otherwise, or is part of a name, is a KeyError that shows the near."""
    cluster = make().peak.running.cluster
    with pytest.raises(KeyError, match="did you mean 'odd'"):
        cluster.groups["ODD"]
    with pytest.raises(KeyError, match=r"did you mean 'one\.baz\.com'"):
        cluster.hosts["one.baz.cm"]
    with pytest.raises(KeyError):
        cluster.hosts["one"]


def test_attributes_miss_with_an_attribute_error(make: Make) -> None:
    """An attribute that is no name is an AttributeError that shows the near ones."""
    cluster = make().peak.running.cluster
    with pytest.raises(AttributeError, match="did you mean 'weird'"):
        _ = cluster.groups.wierd
    with pytest.raises(AttributeError, match=r"no host 'one\.baz\.net'"):
        _ = cluster.hosts.one.baz.net
    assert getattr(cluster.groups, "_private", "default") == "default"
    assert not hasattr(cluster.groups, "_dynaconf_merge")


def test_part_of_a_host_is_a_step_on_the_way(make: Make) -> None:
    """What stands for part of a name shows the hosts below it and is nothing else."""
    settings = make()
    for step in (
        settings.peak.running.cluster.hosts.one,
        settings[f"{CLUSTER}.hosts.one"],
        settings.peak.running.cluster.hosts.get("ONE"),
    ):
        assert "one.baz.com" in repr(step)
        assert not isinstance(step, (tuple, list))
        assert step.baz.com == ("odd", "prime", "qux", "weird")
        with pytest.raises(TypeError):
            iter(step)
        with pytest.raises(TypeError):
            len(step)


def test_methods_are_methods(make: Make) -> None:
    """Names of methods of a tuple or a mapping are read by key and dotted name only."""
    methods = ("index", "count", "get", "keys", "items", "values")
    text = "".join(f"GROUP:{name}\n{name}-host\n{name}\n" for name in methods)
    settings = make(cluster=text)
    cluster = settings.peak.running.cluster
    for name in methods:
        assert callable(getattr(cluster.groups, name))
        assert cluster.groups[name] == (f"{name}-host", name)
        assert settings[f"{CLUSTER}.groups.{name}"] == (f"{name}-host", name)
        assert settings[f"{CLUSTER}.hosts.{name}"] == (name,)
    assert cluster.groups.index("keys") == 3
    assert cluster.groups.count("keys") == 1
    assert tuple(cluster.groups.keys()) == methods
    assert dict(cluster.groups.items())["get"] == ("get-host", "get")
    assert list(cluster.hosts.values()) == [(name,) for name in methods for _ in "12"]


@pytest.mark.parametrize("name", ["_private", "__dunder__", "_dynaconf_merge", "__class__"])
def test_names_with_underscores_are_not_attributes(make: Make, name: str) -> None:
    """Names that begin with an underscore are read by key and dotted name only."""
    settings = make(cluster=f"GROUP:{name}\n{name}\n")
    cluster = settings.peak.running.cluster
    assert cluster.groups[name] == (name,)
    assert settings[f"{CLUSTER}.groups.{name}"] == (name,)
    assert settings[f"{CLUSTER}.hosts.{name}"] == (name,)
    assert getattr(cluster.groups, name, None) != (name,)


WALKED = """\
GROUP:web
one
GROUP:web.prod
one.baz.com
GROUP:web__test
one__two
"""


def test_names_that_begin_others_are_read_and_walked(make: Make) -> None:
    """A name that begins a longer one is its own value, and the way to the longer one."""
    settings = make(cluster=WALKED)
    cluster = settings.peak.running.cluster
    assert cluster.groups == ("web", "web.prod", "web__test")
    for _ in range(2):
        assert cluster.groups.web == settings[f"{CLUSTER}.groups.web"] == ("one",)
        assert isinstance(settings[f"{CLUSTER}.groups.web"], tuple)
        assert settings[f"{CLUSTER}.groups.web.prod"] == ("one.baz.com",)
        assert cluster.groups.web.prod == ("one.baz.com",)
        assert settings[f"{CLUSTER}.groups.web__test"] == ("one__two",)
        assert settings[f"{CLUSTER}.hosts.one"] == ("web",)
        assert settings[f"{CLUSTER}.hosts.one.baz.com"] == ("web.prod",)
        assert settings[f"{CLUSTER}.hosts.one__two"] == ("web__test",)
        assert settings.get(f"{CLUSTER}.hosts.one.baz.org", 1) == 1
        settings.set(f"{CLUSTER}.groups.web", settings[f"{CLUSTER}.groups.web"])
        settings.set(f"{CLUSTER}.hosts.one", settings[f"{CLUSTER}.hosts.one"])
        cluster = settings.peak.running.cluster


@pytest.mark.parametrize("separator", ["__", "##", "___", False, None, ""])
@pytest.mark.parametrize("text", ["GROUP:web\nlocal\nLUMP:__\nweb\n", "local\n"])
def test_special_groups_are_found_with_any_separator(
    make: Make, separator: object, text: str
) -> None:
    """The special groups are found by their dotted names whatever separates nested names."""
    settings = make(cluster=text, NESTED_SEPARATOR_FOR_DYNACONF=separator)
    assert settings[f"{CLUSTER}.groups.__all__"] == ("local",)
    assert settings.get(f"{CLUSTER}.groups.__orphans__", None) in ((), ("local",))
    assert settings.peak.running.cluster.groups.__all__ == ("local",)
    assert f"{CLUSTER}.groups.__all__" in settings


def test_tuples_do_what_tuples_do(make: Make) -> None:
    """Groups, hosts and their values behave as the tuples that they are."""
    cluster = make().peak.running.cluster
    for value in (cluster.groups, cluster.hosts, cluster.groups.odd, cluster.hosts.one.baz.com):
        plain = tuple(iter(value))
        assert isinstance(value, tuple)
        assert value == plain
        assert plain == value
        assert value != (*plain, "x")
        assert hash(value) == hash(plain)
        assert {plain: 1}[value] == 1
        assert bool(value)
        assert value[0] == plain[0]
        assert value[-1:] == plain[-1:]
        more = ("x",)
        assert value + more == (*plain, "x")
        assert more + value == ("x", *plain)
        assert value * 2 == plain * 2
        assert value < (*plain, "x")
        assert json.dumps(value) == json.dumps(plain)
        assert [*value] == list(value) == [*plain]
        assert plain[0] in value
        assert "no such name" not in value
        assert repr(value) == repr(plain)
        assert sorted(value) == sorted(plain)


@pytest.mark.parametrize("indent", [None, 1])
def test_json_of_a_table_is_that_of_plain_data(make: Make, indent: int | None) -> None:
    """The tables above the groups are written as `as_dict` gives them, own keys included."""
    settings = make(f"{PLAIN}own = 1\n")
    plain = json.loads(json.dumps(settings.as_dict()["PEAK"]))
    assert json.loads(json.dumps(settings.peak, indent=indent)) == plain
    cluster = json.loads(json.dumps(settings.peak.running.cluster, indent=indent))
    assert cluster == plain["running"]["cluster"]


@pytest.mark.parametrize("way", ["copy", "deepcopy", *range(pickle.HIGHEST_PROTOCOL + 1)])
def test_values_are_copied_and_pickled(make: Make, way: str | int) -> None:
    """Groups, hosts and their values survive copies and pickles, names and all."""
    settings = make()
    cluster = settings.peak.running.cluster
    for value in (
        cluster.groups,
        cluster.hosts,
        cluster.groups.odd,
        cluster.hosts["one.baz.com"],
        settings[f"{CLUSTER}.groups.odd"],
        cluster.group_names,
    ):
        if isinstance(way, int):
            copied = pickle.loads(pickle.dumps(value, way))
        else:
            copied = getattr(copy, way)(value)
        assert copied == value
        assert isinstance(copied, tuple)
        assert type(copied) is type(value)
    if isinstance(way, int):
        groups, hosts = pickle.loads(pickle.dumps((cluster.groups, cluster.hosts), way))
        assert groups.odd == groups["odd"] == ODD
        assert groups.__all__ == hosts
        assert hosts.one.baz.com == ("odd", "prime", "qux", "weird")


def test_this_machine_is_what_the_system_says(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of the machine are what ``socket.gethostname`` gives."""
    monkeypatch.setattr(socket, "gethostname", lambda: "two.baz.com")
    cluster = make().peak.running.cluster
    assert (cluster.hostname, cluster.shortname) == ("two.baz.com", "two")
    assert cluster.group_names == ("even", "prime", "weird")


@pytest.mark.parametrize(
    ("text", "hostname", "groups"),
    [
        ("GROUP:g\none.baz.com\n", "one.baz.com", ("g",)),
        ("GROUP:g\nOne.Baz.Com\n", "oNE.bAZ.cOM", ("g",)),
        ("GROUP:g\none.baz.com\n", "one", ("g",)),
        ("GROUP:g\none.baz.com\n", "ONE", ("g",)),
        ("GROUP:g\none.baz.com\none.foo.com\n", "one", ()),
        ("GROUP:g\none\nGROUP:h\none.foo.com\n", "one", ("g",)),
        ("GROUP:g\none\n", "one.baz.com", ("g",)),
        ("GROUP:g\nOne\n", "one.baz.com", ("g",)),
        ("GROUP:g\none.foo.com\n", "one.baz.com", ()),
        ("GROUP:g\none.baz\n", "one.baz.com", ()),
        ("GROUP:g\ntwo\n", "one", ()),
        ("one\n", "one", ("__orphans__",)),
        ("one\nGROUP:g\none\nLUMP:l\n__orphans__\n", "one", ("__orphans__", "g", "l")),
        ("GROUP:g\n123456789012\n", "123456789012", ("g",)),
        ("GROUP:g\ntrue\n", "true", ("g",)),
    ],
)
def test_group_names_are_those_of_the_machine(
    make: Make, text: str, hostname: str, groups: tuple[str, ...]
) -> None:
    """The machine is found by its name, failing that by its first label."""
    settings = make(f'{PLAIN}_hostname = "{hostname}"\n', cluster=text)
    cluster = settings.peak.running.cluster
    assert cluster.hostname == hostname
    assert cluster.group_names == groups
    assert isinstance(cluster.group_names, tuple)
    assert settings[f"{CLUSTER}.group_names"] == groups


@pytest.mark.parametrize(
    ("value", "hostname"),
    [
        ("'@format one.{this.DOMAIN}'", "one.baz.com"),
        ("'@jinja one.{{ this.DOMAIN }}'", "one.baz.com"),
        ("'@get OTHER'", "two.baz.com"),
    ],
    ids=["format", "jinja", "get"],
)
def test_inputs_may_be_lazy(make: Make, value: str, hostname: str) -> None:
    """The inputs may be computed from other settings."""
    toml = f'DOMAIN = "baz.com"\nOTHER = "two.baz.com"\nFILE = "example"\n{PLAIN}'
    toml = toml.replace('"example.cluster"', '"@format {this.FILE}.cluster"')
    settings = make(f"{toml}_hostname = {value}\n")
    assert settings.peak.running.cluster.hostname == hostname
    assert settings.peak.running.cluster.groups.odd == ODD
    assert settings.peak.running.cluster._filename == "example.cluster"


def test_other_settings_refer_to_the_cluster(make: Make) -> None:
    """Lazy settings read the cluster by attribute, key and dotted name."""
    toml = (
        'first = "@jinja {{ this.peak.running.cluster.groups.odd[0] }}"\n'
        "all = \"@jinja {{ this.peak.running.cluster.hosts | join(' ') }}\"\n"
        'name = "@format {this.peak.running.cluster.shortname}"\n'
        'odd = "@format {this.peak.running.cluster.groups.odd}"\n'
        'got = "@get peak.running.cluster.groups.odd"\n'
    )
    settings = make(f'{toml}{PLAIN}_hostname = "one.baz.com"\n', cluster="GROUP:odd\none\ntwo\n")
    assert settings.first == "one"
    assert settings.all == "one two"
    assert settings.name == "one"
    assert settings.odd == "('one', 'two')"
    assert tuple(settings.got) == ("one", "two")
    assert settings.peak.running.cluster.groups.odd == ("one", "two")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (None, {"DYNABOXIFY": False}),
        (None, {"DYNABOXIFY_FOR_DYNACONF": False, "dynaboxify": False}),
    ],
    ids=["upper", "both"],
)
def test_plain_dicts_are_read_by_key(make: Make, name: None, value: dict[str, bool]) -> None:
    """Where dynaconf makes no nodes, reading by key works."""
    settings = make(**value)
    for _ in range(2):
        cluster = settings["PEAK"]["running"]["cluster"]
        assert cluster["groups"]["odd"] == ODD
        assert isinstance(cluster["groups"]["odd"], tuple)
        assert cluster["hosts"]["one.baz.com"] == ("odd", "prime", "qux", "weird")
        assert cluster["groups"].__all__ == cluster["hosts"]
        assert settings.as_dict()["PEAK"]["running"]["cluster"]["groups"]["odd"] == ODD
        settings.set("MINE", 1)
        settings.set("PEAK", settings["PEAK"])
        settings.reload()


def test_plain_dicts_keep_what_is_set(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where dynaconf makes no nodes, the namespace is as persistent and as open to overrides."""
    monkeypatch.setenv("DYNACONF_PEAK__running__cluster__groups__odd", '["local"]')
    settings = make(f"{PLAIN}mine = 1\n", dynaboxify=False)
    cluster = settings["PEAK"]["running"]["cluster"]
    assert cluster["groups"]["odd"] == ("local",)
    assert cluster["mine"] == 1
    settings.set("PEAK", {"running": {"cluster": {"_filename": "example.cluster"}}})
    assert settings["PEAK"]["running"]["cluster"]["groups"]["odd"] == ODD
    settings = copy.deepcopy(settings)
    settings.set(
        "PEAK",
        {"running": {"cluster": {"_filename": "example.cluster", "groups": {"odd": ["other"]}}}},
    )
    assert settings["PEAK"]["running"]["cluster"]["groups"]["odd"] == ("other",)


def test_upper_case_only(make: Make, check_example: Callable[[Any], None]) -> None:
    """Where dynaconf reads the first level in upper case only, the rest is read as ever."""
    settings = make(LOWERCASE_READ_FOR_DYNACONF=False)
    assert settings.PEAK.running.cluster.groups.odd == ODD
    assert settings[f"{CLUSTER}.groups.odd"] == ODD


def test_dotted_lookup_switched_off(make: Make) -> None:
    """Where dynaconf does not split names at dots, reading by key and attribute works."""
    settings = make(DOTTED_LOOKUP_FOR_DYNACONF=False)
    assert settings.peak.running.cluster.groups.odd == ODD
    assert settings["PEAK"]["running"]["cluster"]["groups"]["odd"] == ODD


def test_node_lists_the_namespace(make: Make) -> None:
    """The node of the cluster is a mapping of the outputs and the user's own keys."""
    node = make(f"{PLAIN}mine = 1\n").peak.running.cluster
    names = {"groups", "hosts", "group_names", "hostname", "shortname", "_filename", "mine"}
    assert set(node) == set(node.keys()) == set(dict(node)) == names
    assert dict(node.items())["groups"].odd == ODD
    assert len(list(node.values())) == len(names)
    assert isinstance(node, dict)
    assert isinstance({**node}["groups"], tuple)
    assert {"groups", "hosts", "mine"} <= set(dir(node))
    assert "('odd', 'even', 'prime', 'qux', 'weird')" in repr(node) or "odd" in repr(node)


def test_text_of_the_settings_shows_the_cluster(make: Make) -> None:
    """Whoever prints the settings sees names, and nothing of how they are kept."""
    settings = make()
    for text in (repr(settings.peak), str(settings.peak.running), repr(settings.as_dict())):
        assert "one.baz.com" in text
        assert "dynaconf_cluster" not in text
        assert " at 0x" not in text


def test_settings_are_read_where_settings_are_empty() -> None:
    """An application with no settings file at all has a cluster of one."""
    settings = Dynaconf(loaders=["dynaconf_cluster.loader"])
    assert settings.peak.running.cluster.hosts == (socket.gethostname(),)
