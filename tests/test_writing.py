"""Writing below ``peak``: outputs follow the inputs, and are never overwritten."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from typing import Any

import pytest
from dynaconf import Validator

from dynaconf_cluster import ClusterFileError

from .conftest import CLUSTER, GROUPS, HOSTS, NAMED, ORDERS, VARIABLE, Make, bare, check_cluster

OTHER = {"other.cluster": "GROUP:db\none.baz.com\nLUMP:all\ndb\n"}
ONE = HOSTS["one.baz.com"]


def nest(path: str, value: object) -> dict[str, Any]:
    for label in reversed(path.split(".")):
        value = {label: value}
    assert isinstance(value, dict)
    return value


WRITES: dict[str, Callable[[Any, str, object], object]] = {
    "set": lambda settings, name, value: settings.set(name, value),
    "set in capitals": lambda s, name, value: s.set(name.upper().replace(".", "__"), value),
    "update": lambda settings, name, value: settings.update({name: value}),
    "assign": lambda settings, name, value: settings.__setitem__(name, value),
    "merge a table": lambda settings, name, value: settings.update(nest(name, value), merge=True),
    "replace a table": lambda s, name, value: s.set("peak", nest(name, value)["peak"]),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_outputs_follow_the_inputs(make: Make, write: Callable[..., object]) -> None:
    """Setting the file or the hostname updates the outputs at once."""
    settings = make(f'{NAMED}_hostname = "one.baz.com"\n', files=OTHER)
    assert settings.peak.running.cluster.group_names == ONE
    write(settings, f"{CLUSTER}._filename", "other.cluster")
    cluster = settings.peak.running.cluster
    assert cluster.groups == settings[f"{CLUSTER}.groups"] == ("db", "all")
    write(settings, f"{CLUSTER}._filename", "example.cluster")
    settings.set(f"{CLUSTER}._hostname", "two.baz.com")
    assert settings.peak.running.cluster.group_names == HOSTS["two.baz.com"]
    assert settings.peak.running.cluster.shortname == "two"


FILENAME = f"{CLUSTER}._filename"
MERGED = {"dynaconf_merge": True}
SOURCES: dict[str, dict[str, Any]] = {
    "an include": {"includes": ["more.toml"]},
    "a hook": {"post_hooks": [lambda: {FILENAME: "other.cluster"}]},
    "a hook that merges": {"post_hooks": [lambda: nest(FILENAME, "other.cluster") | MERGED]},
    "a default": {"validators": [Validator(FILENAME, default="other.cluster")]},
    "a keyword": {"PEAK": nest("running.cluster._filename", "other.cluster")},
    "a dotted keyword": {FILENAME: "other.cluster"},
    "a nested keyword": {"peak__running__cluster___filename": "other.cluster"},
}


@pytest.mark.parametrize("loaders", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("options", SOURCES.values(), ids=SOURCES.keys())
def test_any_source_counts(make: Make, options: dict[str, Any], loaders: list[str]) -> None:
    """Sources before or after this loader can name the file."""
    more = {"more.toml": '[peak.running.cluster]\n_filename = "other.cluster"\n'}
    settings = make("x = 1\n", files=OTHER | more, loaders=loaders, **options)
    assert settings.peak.running.cluster.groups == ("db", "all")
    settings.reload()
    if "validators" not in options:  # reload does not run validators
        assert settings.peak.running.cluster.groups == ("db", "all")


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("where", ["peak", "peak.running", CLUSTER])
def test_own_keys_are_kept(make: Make, where: str, write: Callable[..., object]) -> None:
    """A user's own keys can be set at each level, and the cluster stays."""
    settings = make()
    write(settings, f"{where}.mine", {"a": [1, 2]})
    if write is not WRITES["replace a table"]:
        check_cluster(settings)
    assert settings.get(f"{where}.mine.a") == [1, 2]
    assert settings.as_dict()["PEAK"]
    assert "groups" in settings.peak.running.cluster


def test_own_lazy_keys_stay_lazy(make: Make) -> None:
    """Lazy values below the root are evaluated on each read, also after writes."""
    settings = make(f'who = "a"\n[peak]\nlazy = "@format {{this.who}}"\n{NAMED}')
    assert settings.peak.lazy == "a"
    settings.set("peak.mine", 1)
    settings.set("who", "b")
    assert settings.peak.lazy == "b"


def test_values_set_for_other_outputs_are_not_kept(make: Make) -> None:
    """The machine's names and groups follow the inputs, whatever is written over them."""
    settings = make(f'{NAMED}group_names = "x"\nhostname = "x"\nshortname = "x"\n')
    check_cluster(settings)
    for name in ("group_names", "hostname", "shortname", "hostname.x"):
        settings.set(f"{CLUSTER}.{name}", "x")
        check_cluster(settings)
    table: dict[str, object] = {name: ["x"] for name in ("groups", "hosts", "group_names")}
    table |= {"_filename": "example.cluster", "hostname": "x", "shortname": "x"}
    for merge in (True, False):
        settings.set("peak", nest("running.cluster", table), merge=merge)
        check_cluster(settings)


@pytest.mark.parametrize("name", ["peak", "peak.running", CLUSTER])
def test_only_tables_are_accepted(make: Make, name: str) -> None:
    """Anything but a table, where one is required, is a TypeError that changes nothing."""
    settings = make()
    for value in ("x", 5, ["x"], "@format x"):
        with pytest.raises(TypeError, match=rf"^the setting {name} is .*; expected a table$"):
            settings.set(name, value)
        check_cluster(settings)
    with pytest.raises(TypeError, match="expected a table"):
        make(f'{name} = "x"\n').get("x")
    assert make(f'{name} = "@none"\n').peak.running.cluster.groups == ()


@pytest.mark.parametrize("cast", [None, list, copy.copy])
def test_validators_change_nothing(make: Make, cast: Callable[[Any], object] | None) -> None:
    """A validator writes back the values that it has read and cast, without effect."""
    below = "groups.odd hosts.one.baz.com groups.__all__ groups hosts group_names".split()
    below += ["hostname", "groups.odd.0", "hosts.0"] if cast is None else []
    names = [f"{CLUSTER}.{name}" for name in below]
    validators = [Validator(*names, must_exist=True, cast=cast), Validator("peak", CLUSTER)]
    settings = make(validators=validators)
    check_cluster(settings)
    settings.validators.validate_all()
    check_cluster(settings)
    assert bare(settings).__dict__["__cluster__"].replaced == {}


def test_validators_of_missing_settings(make: Make) -> None:
    """Defaults of existing groups are not used, and a default of None sets nothing."""
    validators = [
        Validator(f"{CLUSTER}.groups.odd", default=["never"]),
        Validator(f"{CLUSTER}.groups.gpu", f"{CLUSTER}.hosts.gpu", default=None),
        Validator(f"{CLUSTER}.mine", default="1_000"),
    ]
    settings = make(validators=validators)
    check_cluster(settings)
    assert settings.peak.running.cluster.mine == 1000


@pytest.mark.parametrize("on_update", [True, "all"])
def test_validation_on_update_sees_the_cluster(make: Make, on_update: object) -> None:
    """Validators that run on each write see the updated outputs."""
    seen: list[int] = []

    def see(groups: tuple[str, ...]) -> bool:
        seen.append(len(groups))
        return True

    rule = Validator(f"{CLUSTER}.groups", condition=see)
    settings = make(files=OTHER, validators=[rule], validate_on_update=on_update)
    check_cluster(settings)
    seen.clear()
    settings.update({f"{CLUSTER}._filename": "other.cluster"})
    assert {*seen} == {2}


DELETE: dict[str, Callable[[Any], object]] = {
    "unset": lambda settings: settings.unset("PEAK"),
    "delete": lambda settings: settings.__delattr__("PEAK"),
    "delete below": lambda settings: settings.peak.pop("running"),
    "mark": lambda settings: settings.set("peak", "@del"),
}


@pytest.mark.parametrize("delete", DELETE.values(), ids=DELETE.keys())
def test_deletion_holds_until_loading(make: Make, delete: Callable[[Any], object]) -> None:
    """Deleted values stay deleted until settings are loaded."""
    settings = make()
    settings.get("x")
    delete(settings)
    assert settings.get(f"{CLUSTER}.groups.odd", "default") == "default"
    assert f"{CLUSTER}.groups" not in settings
    if delete is DELETE["delete below"]:
        assert settings.as_dict()["PEAK"] == {}
    settings.reload()
    check_cluster(settings)
    for name in ("groups", "hosts"):  # a single output is back after the next write
        del settings.peak.running.cluster[name]
        assert settings.get(f"{CLUSTER}.{name}") is None
        settings.set("peak.mine", 1)
        check_cluster(settings)


LAZY_FILE = 'base = "{}"\n[peak.running.cluster]\n_filename = "@format {{this.base}}.cluster"\n'


def test_lazy_inputs_are_evaluated_late(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lazy path uses the settings at the time of reading, even those set after this loader."""
    monkeypatch.setenv("DYNACONF_BASE", "other")
    monkeypatch.setenv("DYNACONF_PEAK__mine", "1")
    settings = make(LAZY_FILE.format("none"), files=OTHER)
    assert settings.peak.running.cluster.groups == ("db", "all")
    settings.set("base", "example")
    check_cluster(settings)
    settings.reload()
    assert settings.peak.running.cluster.groups == ("db", "all")


def test_lazy_inputs_can_read_the_hostname(make: Make) -> None:
    """The path can depend on the machine's name, which is known before the file."""
    toml = NAMED.replace("example", "@format {this.peak.running.cluster.shortname}")
    settings = make(f'{toml}_hostname = "other.org"\n', files=OTHER)
    settings.set("peak.mine", 1)
    assert settings.peak.running.cluster.groups == ("db", "all")
    assert settings.as_dict()["PEAK"]["running"]["cluster"]["_filename"] == "other.cluster"
    settings.set(f"{CLUSTER}._hostname", "example.org")
    assert settings.peak.running.cluster._filename == "example.cluster"
    check_cluster(settings)


def test_hostnames(make: Make) -> None:
    """Integers become their digits; an invalid hostname changes nothing."""
    settings = make(f"{NAMED}_hostname = 12\n", cluster="GROUP:n\n12\n")
    assert settings.peak.running.cluster.hostname == "12"
    assert settings.peak.running.cluster.group_names == ("n",)
    settings = make()
    for value in (True, 1.5, ["one"], {"a": 1}, b"one"):
        with pytest.raises(TypeError, match=rf"^the setting {CLUSTER}._hostname is "):
            settings.set(f"{CLUSTER}._hostname", value)
    with pytest.raises(ValueError, match="expected the name of a host"):
        settings.set(f"{CLUSTER}._hostname", "a b")
    check_cluster(settings)


def test_a_refused_write_is_not_cached(make: Make) -> None:
    """What is read while a write is refused does not stay in dynaconf's cache."""

    class Bad(os.PathLike[str]):
        def __fspath__(self) -> str:
            assert settings.PEAK.mine == "new"
            return "bad.cluster"

    settings = make(f'peak.mine = "old"\n{NAMED}', files={"bad.cluster": "one two\n"})
    table = {"mine": "new", **nest("running.cluster._filename", Bad())}
    with pytest.raises(ClusterFileError):
        settings.set("peak", table, merge=True)
    assert settings.PEAK.mine == "old"
    check_cluster(settings)


VARIABLES = {
    f"{VARIABLE}_FILENAME": "other.cluster",
    "DYNACONF_PEAK__RUNNING__Cluster": '@merge {_filename = "other.cluster"}',
    "DYNACONF_PEAK": '@merge {running = {cluster = {_filename = "other.cluster"}}}',
}


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("loaders", ORDERS.values(), ids=ORDERS.keys())
def test_inputs_come_from_the_environment(
    make: Make, loaders: list[str], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables set inputs if the environment loader is in the list, at any position."""
    monkeypatch.setenv(variable, VARIABLES[variable])
    monkeypatch.setenv("DYNACONF_PEAK__running__Cluster___hostname", "one.baz.com")
    settings = make(files=OTHER, loaders=loaders)
    for _ in range(2):
        cluster = settings.peak.running.cluster
        assert cluster.groups == (tuple(GROUPS) if len(loaders) == 1 else ("db", "all"))
        assert len(loaders) == 1 or cluster.group_names == ("db", "all")
        settings.reload()
