"""Copies of whole settings, their pickles, and ``as_dict``."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from dynaconf import loaders

CLUSTER = "peak.running.cluster"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'

Make = Callable[..., Any]
Check = Callable[..., None]


@pytest.mark.parametrize(
    "clone",
    [
        copy.deepcopy,
        lambda settings: settings.dynaconf.clone(),
        lambda settings: settings.dynaconf_clone(),
        lambda settings: copy.deepcopy(settings._wrapped),
        lambda settings: copy.deepcopy(copy.deepcopy(settings)),
    ],
    ids=["deepcopy", "proxy", "method", "wrapped", "twice"],
)
def test_copies_are_whole_and_independent(
    make: Make, check_example: Check, clone: Callable[[Any], Any]
) -> None:
    """A copy holds the cluster, and neither sees what is set in the other."""
    settings = make()
    settings.get("x")
    copied = clone(settings)
    check_example(copied)
    settings.set(f"{CLUSTER}.groups.odd", ["original"])
    copied.set(f"{CLUSTER}.groups.even", ["copy"])
    copied.set(f"{CLUSTER}._hostname", "one.baz.com")
    assert settings.peak.running.cluster.groups.odd == ("original",)
    assert settings.peak.running.cluster.groups.even[0] == "two.baz.com"
    assert copied.peak.running.cluster.groups.even == ("copy",)
    assert copied.peak.running.cluster.groups.odd[0] == "one.baz.com"
    assert copied.peak.running.cluster.hostname == "one.baz.com"
    assert settings.peak.running.cluster.hostname != "one.baz.com"
    copied.reload()
    settings.reload()
    check_example(copied)
    check_example(settings)


@pytest.mark.filterwarnings("ignore:You are using .* deprecated:DeprecationWarning")  # of 3.2
def test_clones_of_what_cannot_be_copied_are_whole(make: Make) -> None:
    """Settings that hold what cannot be copied have clones that hold the cluster as they do."""
    settings = make(cluster="GROUP:@json\n@none\n", lock=threading.Lock())
    settings.set(f"{CLUSTER}.groups.mine", ["local"])
    clone = settings.dynaconf.clone()
    assert clone.LOCK is settings.LOCK
    for each in (settings, clone, clone.dynaconf.clone()):
        assert each.peak.running.cluster.groups == ("@json", "mine")
        assert each[f"{CLUSTER}.groups.@json"] == ("@none",)
    clone.set(f"{CLUSTER}.groups.@json", ["local"])
    assert clone.peak.running.cluster.groups["@json"] == ("local",)
    assert settings.peak.running.cluster.groups["@json"] == ("@none",)


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy])
def test_nodes_are_copied(make: Make, copier: Callable[[Any], Any]) -> None:
    """The nodes above the namespace, and its own, are copied with what they hold."""
    settings = make(f"{PLAIN}mine = [1]\n")
    for node in (settings.peak, settings.peak.running, settings.peak.running.cluster):
        copied = copier(node)
        cluster = copied
        for label in ("running", "cluster"):
            cluster = cluster.get(label, cluster)
        assert cluster["groups"].odd[0] == "one.baz.com"
        assert isinstance(cluster["groups"], tuple)
        assert cluster["mine"] == [1]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_is_pickled(make: Make, protocol: int) -> None:
    """What ``as_dict`` gives is pickled as any plain data."""
    plain = make().as_dict()
    assert pickle.loads(pickle.dumps(plain, protocol)) == plain


def test_settings_and_nodes_are_pickled(make: Make) -> None:
    """What dynaconf pickles, it still pickles; 3.2 does not."""
    settings = make(f"mine.x = 1\n[{CLUSTER}]\n_filename = 'example.cluster'\n")
    assert settings.mine.x == 1
    try:
        pickle.dumps(make(name="plain.toml", loaders=[]).peak)
    except (AttributeError, TypeError):
        pytest.skip("this dynaconf does not pickle its nodes")
    for node in (settings.mine, settings.peak.running):
        assert dict(pickle.loads(pickle.dumps(node))).keys() == dict(node).keys()
    restored = pickle.loads(pickle.dumps(settings))
    for _ in range(2):
        assert restored.peak.running.cluster.groups == settings.peak.running.cluster.groups
        assert restored[f"{CLUSTER}.groups.odd"] == ("one.baz.com", "three.baz.com", "five.baz.com")
        restored.set(f"{CLUSTER}.groups.odd", ["local"])
        assert restored.peak.running.cluster.groups.odd == ("local",)
        assert settings.peak.running.cluster.groups.odd[0] == "one.baz.com"
        restored.reload()


def types(value: Any) -> set[type]:
    """Return every type within plain data."""
    found = {type(value)}
    if isinstance(value, dict):
        for key, below in value.items():
            found |= types(key) | types(below)
    elif isinstance(value, (list, tuple)):
        for below in value:
            found |= types(below)
    return found


@pytest.mark.parametrize("method", ["as_dict", "to_dict"])
@pytest.mark.parametrize("env", [None, "production"])
def test_plain_data_is_plain(make: Make, method: str, env: str | None) -> None:
    """``as_dict`` gives nothing but built-in types, groups and hosts as dicts."""
    settings = make(f"{PLAIN}own = 1.5\nflag = true\n")
    for internal in (False, True):
        peak = getattr(settings, method)(env=env, internal=internal)["PEAK"]
        assert types(peak) <= {dict, list, tuple, str, int, float, bool}
        cluster = peak["running"]["cluster"]
        assert list(cluster["groups"]) == ["odd", "even", "prime", "qux", "weird"]
        assert list(cluster["groups"]["qux"]) == ["one.baz.com", "frob.baz.com"]
        assert list(cluster["hosts"]["foo.baz.com"]) == ["__orphans__"]
        assert cluster["_filename"] == "example.cluster"
        assert json.loads(json.dumps(peak))["running"]["cluster"]["own"] == 1.5


def test_plain_data_shows_overrides(make: Make) -> None:
    """What is overridden is so in ``as_dict``, too."""
    settings = make()
    settings.set(f"{CLUSTER}.groups.odd", ["local"])
    settings.set(f"{CLUSTER}.groups.new", ["local"])
    settings.set(f"{CLUSTER}.hosts.one.baz.com", [])
    cluster = settings.as_dict()["PEAK"]["running"]["cluster"]
    assert [*cluster["groups"]["odd"]] == [*cluster["groups"]["new"]] == ["local"]
    assert [*cluster["hosts"]["one.baz.com"]] == []
    assert [*cluster["groups"]][-1] == "new"


def test_plain_data_is_independent(make: Make, check_example: Check) -> None:
    """Whoever changes what ``as_dict`` gave changes no settings."""
    settings = make()
    cluster = settings.as_dict()["PEAK"]["running"]["cluster"]
    cluster["groups"].clear()
    cluster["hosts"]["one.baz.com"] = ["x"]
    cluster.clear()
    check_example(settings)


@pytest.mark.parametrize("suffix", ["json", "yaml", "toml", "py"])
def test_written_settings_are_read_back(
    make: Make, check_example: Check, tmp_path: Any, suffix: str
) -> None:
    """A settings file that dynaconf wrote from a cluster reads as the same cluster."""
    settings = make()
    loaders.write(str(tmp_path / f"out.{suffix}"), settings.as_dict())
    check_example(make(PLAIN, settings_files=[f"out.{suffix}"]))
    check_example(make(PLAIN, settings_files=["settings.toml", f"out.{suffix}"]))
