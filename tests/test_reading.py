"""Reading the cluster from settings: by attribute, key and dotted name, in any case."""

from __future__ import annotations

import json
import socket
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Dynaconf
from dynaconf.base import Settings
from dynaconf.hooking import HookableSettings

from dynaconf_cluster import Namespace

from .conftest import CLUSTER, GROUPS, HOSTS, NAMED, ORDERS, OURS, Make, bare, check_cluster


class Traced(Settings):  # type: ignore[misc]  # dynaconf is not typed
    """A user's settings class that records the keys requested."""

    def get(self, key: Any, *rest: Any, **more: Any) -> Any:
        self.__dict__.setdefault("__asked__", set()).add(key)
        return super().get(key, *rest, **more)


@pytest.mark.parametrize("loaders", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("path", [CLUSTER, CLUSTER.upper(), "Peak.running.Cluster"])
def test_the_example_reads_as_the_manual_says(make: Make, loaders: list[str], path: str) -> None:
    """The example is read with any order of loaders, any case of the path, and after a reload."""
    settings = make(NAMED.replace(CLUSTER, path), loaders=loaders)
    check_cluster(settings)
    settings.reload()
    check_cluster(settings)


@pytest.mark.parametrize("kind", [Settings, HookableSettings, Traced])
def test_settings_of_any_class_hold_the_cluster(make: Make, kind: type) -> None:
    """Settings stay instances of their class, and each class is extended only once."""
    settings, another = make(_wrapper_class=kind), make(_wrapper_class=kind)
    check_cluster(settings)
    check_cluster(another)
    assert isinstance(bare(settings), kind)
    assert type(bare(settings)) is type(bare(another))
    if kind is Traced:
        assert {"PEAK", "FRESH_VARS_FOR_DYNACONF"} & bare(settings).__dict__["__asked__"]


READS = {
    f"{CLUSTER}.groups.ODD": GROUPS["odd"],
    "peak__running__cluster.groups__odd": GROUPS["odd"],
    f"{CLUSTER}.groups.__all__": tuple(HOSTS),
    f"{CLUSTER}.groups.__ORPHANS__": ("foo.baz.com", "bar.baz.com"),
    f"{CLUSTER}.groups": tuple(GROUPS),
    "PEAK__RUNNING__CLUSTER__HOSTS__ONE__BAZ__COM": HOSTS["one.baz.com"],
    f"{CLUSTER}.hosts.One.Baz.Com": HOSTS["one.baz.com"],
    f"{CLUSTER}.groups.qux.1": "frob.baz.com",
    f"{CLUSTER}.hosts.frob.baz.com.0": "qux",
    f"{CLUSTER}.groups.0": "odd",
    f"{CLUSTER}.group_names.0": "odd",
    f"{CLUSTER}.hostname": "one.baz.com",
    f"{CLUSTER}.shortname": "one",
}


def test_dotted_names_are_read_in_every_way(make: Make) -> None:
    """Dotted names work with `get`, calls, `[]`, `in` and `exists`."""
    settings = make(f'{NAMED}_hostname = "one.baz.com"\n')
    for name, value in READS.items():
        assert settings.get(name) == settings(name) == settings[name] == value
        assert name in settings
        assert settings.exists(name)
        assert settings.setdefault(name, "never") == value


MISSES = """
groups.gpu groups.gpu.0 groups.9 groups.odd.9 groups.odd.x hosts.one hosts.one.baz hosts.baz.com
hosts.__all__ group_names.9 group_names.x hostname.x nothing nothing.x
""".split()


def test_a_miss_returns_the_default(make: Make) -> None:
    """`get` returns its default for missing names, including partial host names."""
    settings = make()
    for name in (f"{CLUSTER}.{below}" for below in MISSES):
        assert settings.get(name) is None
        assert settings.get(name, "default") == "default"
        assert name not in settings
        assert not settings.exists(name)
        with pytest.raises(KeyError, match="does not exist"):
            settings[name]


def test_the_other_arguments_of_get_keep_their_meaning(make: Make, tmp_path: Path) -> None:
    """A cast applies to the value and the default, and `fresh` reloads."""
    settings = make()
    name = f"{CLUSTER}.groups.qux"
    assert settings.get(name, cast="@str") == str(("one.baz.com", "frob.baz.com"))
    assert settings.get(name, cast=True) == ["one.baz.com", "frob.baz.com"]
    assert settings.get(f"{CLUSTER}.groups.gpu", "1", cast="@int") == 1
    assert settings.get(name, "default", dotted_lookup=False) == "default"
    (tmp_path / "example.cluster").write_text("GROUP:qux\nnew\n")
    assert settings.get(name) == ("one.baz.com", "frob.baz.com")
    assert settings.get(name, fresh=True) == ("new",)
    assert settings.get(name) == settings[name] == ("new",)


def test_custom_separators(make: Make) -> None:
    """With another separator, or none, two underscores do not stand for a dot."""
    text = "GROUP:web.prod\na\nGROUP:web__prod\nb\n"
    settings = make(cluster=text, nested_separator="::", loaders=[OURS])
    assert settings["peak::running::cluster::groups::web::prod"] == ("a",)
    assert settings[f"{CLUSTER}.groups.WEB__PROD"] == ("b",)
    assert settings.peak.running.cluster.groups.get("WEB::prod") == ("a",)
    assert settings.peak.running.cluster.groups.web__prod == ("b",)
    settings = make(cluster="GROUP:a__b\none\n", NESTED_SEPARATOR_FOR_DYNACONF=False)
    assert settings[f"{CLUSTER}.groups.A__B"] == ("one",)
    assert settings.get(f"{CLUSTER}.groups.a.b") is None
    assert settings.get("peak__running__cluster__groups") is None


def test_unusual_ways_to_read(make: Make) -> None:
    """Without dotted look-ups, attributes work; without lower-case access, `PEAK` does."""
    settings = make(dotted_lookup=False)
    assert settings.get(f"{CLUSTER}.groups.odd", "default") == "default"
    assert settings.peak.running.cluster.groups.odd == GROUPS["odd"]
    settings = make(lowercase_read=False)
    assert settings.PEAK.running.cluster.groups.odd == GROUPS["odd"]
    for each in (settings, make(lowercase_read=False)):
        assert each.get(f"{CLUSTER}.groups.odd") == GROUPS["odd"]


LAZY = """
format = "@format {this.peak.running.cluster.groups.qux[0]}"
host = "@format {this.peak.running.cluster.hosts.one.baz.com[1]}"
key = "@format {this.peak.running.cluster.hosts[one.baz.com][1]}"
first = "@format {this.peak.running.cluster.groups[0]}"
jinja = "@jinja {{ this.peak.running.cluster.groups.qux | join(' ') }}"
get = "@get peak.running.cluster.groups.qux"
"""


def test_lazy_values_read_the_cluster(make: Make) -> None:
    """`@format`, `@jinja` and `@get` find groups, hosts and their members."""
    settings = make(LAZY + NAMED)
    assert settings.format == "one.baz.com"
    assert settings.host == settings.key == "prime"
    assert settings.first == "odd"
    assert settings.jinja == "one.baz.com frob.baz.com"
    assert settings.get("get") in (("one.baz.com", "frob.baz.com"), str(GROUPS["qux"]))


PLACES = (
    "no cluster file is named, so this machine is alone (looked at the setting "
    "peak.running.cluster._filename, CLUSTER in __main__, the environment variable CLUSTER)"
)


@pytest.mark.parametrize("slip", ["filename", "__filename", "_file_name", "FILENAME"])
def test_a_miss_without_a_file(make: Make, slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error lists the places searched, and a key that looks like a typo."""
    cluster = make("[peak.running.cluster]\nmine = 1\n").peak.running.cluster
    with pytest.raises(KeyError) as missed:
        cluster.groups["web"]
    assert str(missed.value) == f"no group 'web'; {PLACES}"
    cluster = make(f'[peak.running.cluster]\n{slip} = "x"\n').peak.running.cluster
    with pytest.raises(AttributeError) as slipped:
        _ = cluster.groups.web
    message = f"is '{CLUSTER}.{slip}' meant to be '{CLUSTER}._filename'?"
    assert str(slipped.value) == f"no group 'web'; {PLACES}; {message}"
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER__FILENAME", "x")  # read after our loader
    with pytest.raises(KeyError, match=rf"is '{CLUSTER}.FILENAME' meant to be "):
        make("x = 1\n").peak.running.cluster.groups["web"]


@pytest.mark.parametrize("name", ["box.example.com", "BOX", "two words", "@format {x}", "1"])
def test_a_machine_is_a_cluster_of_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file, the cluster is this machine, under any name, in no declared group."""
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    settings = Dynaconf(loaders=[OURS])
    cluster = settings.peak.running.cluster
    assert cluster.hosts == cluster.groups.__all__ == cluster.groups.__orphans__ == (name,)
    assert cluster.groups == ()
    assert cluster.group_names == cluster.hosts[name] == ("__orphans__",)
    assert (cluster.hostname, cluster.shortname) == (name, name.partition(".")[0])
    assert settings.as_dict()["PEAK"]["running"]["cluster"]["hostname"] == name
    settings.set("peak.mine", 1)
    assert settings.peak.running.cluster.group_names == ("__orphans__",)


def test_tables_hold_lazy_values_as_with_format(make: Make) -> None:
    """Tables contain lazy values, and `as_dict` returns plain data."""
    settings = make()
    cluster = settings.peak.running.cluster
    assert {*cluster} == {"_filename", "groups", "hosts", "group_names", "hostname", "shortname"}
    assert dict(cluster)["groups"] == tuple(GROUPS)
    assert type(dict(cluster)["groups"]) is Namespace
    assert str(dict.get(cluster, "groups")) == "<the groups of the cluster>"
    assert json.loads(json.dumps(settings.as_dict()))["PEAK"]["running"]["cluster"]["hosts"]
    assert settings.to_dict() == settings.as_dict()


def test_as_dict_of_another_environment(make: Make) -> None:
    """The plain data of an environment comes from the file that it names."""
    toml = NAMED.replace("[", "[default.")
    toml += "[production.peak.running.cluster]\n_filename = 'other.cluster'\n"
    settings = make(toml, files={"other.cluster": "GROUP:db\ntwo\n"}, environments=True)
    plain = settings.as_dict(env="production")["PEAK"]["running"]["cluster"]
    assert plain["groups"] == {"db": ("two",)}
    assert settings.as_dict()["PEAK"]["running"]["cluster"]["groups"] == GROUPS
    assert "SETTINGS_FILE_FOR_DYNACONF" in settings.as_dict(internal=True)


@pytest.mark.skipif(version("dynaconf").startswith("3.2"), reason="3.2 has no such option")
def test_plain_dicts_are_read_by_key(make: Make) -> None:
    """With `dynaboxify=False`, the tree consists of plain dicts."""
    settings = make(dynaboxify=False)
    cluster = settings["PEAK"]["running"]["cluster"]
    assert type(cluster) is dict
    assert cluster["groups"]["odd"] == GROUPS["odd"]
    assert settings[f"{CLUSTER}.groups.odd"] == GROUPS["odd"]
    assert settings.as_dict()["PEAK"]["running"]["cluster"]["groups"] == GROUPS
    settings.set(f"{CLUSTER}.groups.odd", ["x"])
    assert settings["PEAK"]["running"]["cluster"]["groups"]["odd"] == ("x",)
