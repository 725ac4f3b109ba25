"""Writing to the nodes of the settings, instead of through the settings."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import ClusterFileError

CLUSTER = "peak.running.cluster"
NAMES = ("odd", "even", "prime", "qux", "weird")

Make = Callable[..., Any]
Check = Callable[..., None]


@pytest.fixture
def settings(make: Make, tmp_path: Path) -> Any:
    """Return settings of the example, beside which there is another, and a bad cluster file."""
    (tmp_path / "other.cluster").write_text("GROUP:db\ntwo\n")
    (tmp_path / "bad.cluster").write_text("GROUP db\n")
    return make('[peak]\nown = "kept"\n[peak.running.cluster]\n_filename = "example.cluster"\n')


def read_groups(settings: Any) -> tuple[str, ...]:
    """Read the groups in each way, of which 3.3 remembers some, and check that they agree."""
    groups = settings.peak.running.cluster.groups
    assert isinstance(groups, tuple)
    assert groups == settings[f"{CLUSTER}.groups"] == settings.get(f"{CLUSTER}.groups")
    assert groups == settings["PEAK"]["running"]["cluster"]["groups"]
    return groups


@pytest.mark.parametrize(
    "assign",
    [
        lambda cluster: setattr(cluster, "_filename", "other.cluster"),
        lambda cluster: cluster.__setitem__("_filename", "other.cluster"),
        lambda cluster: cluster.update({"_filename": "other.cluster"}),
        lambda cluster: cluster.update(_filename="other.cluster"),
        lambda cluster: cluster.__ior__({"_filename": "other.cluster"}),
    ],
    ids=["attribute", "key", "update", "keyword", "or"],
)
def test_inputs_that_are_assigned_are_followed(
    settings: Any, assign: Callable[[Any], object]
) -> None:
    """An input may be assigned in any way that a dict has; nodes in hand follow, too."""
    read_groups(settings)
    cluster = settings.peak.running.cluster
    assign(cluster)
    assert read_groups(settings) == ("db",)
    assert cluster.groups == ("db",)
    assert settings.peak.own == "kept"
    cluster._filename = "example.cluster"
    assert read_groups(settings) == NAMES


@pytest.mark.parametrize(
    "remove",
    [
        lambda cluster: cluster.__delitem__("_filename"),
        lambda cluster: cluster.pop("_filename"),
        lambda cluster: cluster.pop("none", cluster.clear()),
    ],
    ids=["delete", "pop", "clear"],
)
def test_inputs_that_are_removed_are_followed(
    settings: Any, remove: Callable[[Any], object]
) -> None:
    """Without the name of a file the cluster is this machine, and all outputs are there."""
    read_groups(settings)
    cluster = settings.peak.running.cluster
    remove(cluster)
    assert read_groups(settings) == ()
    assert cluster.hosts == (cluster.hostname,) == settings[f"{CLUSTER}.hosts"]


def test_tables_that_are_removed_come_back(settings: Any) -> None:
    """A table that holds the namespace is taken out of the one above it, and comes back empty."""
    name, cluster = settings.peak.running.popitem()
    assert (name, cluster._filename) == ("cluster", "example.cluster")
    assert read_groups(settings) == ()
    assert "_filename" not in settings.peak.running.cluster


def test_default_of_an_input_is_set_once(settings: Any) -> None:
    """``setdefault`` gives what is there, or sets what is not."""
    cluster = settings.peak.running.cluster
    assert cluster.setdefault("_filename", "other.cluster") == "example.cluster"
    assert cluster.setdefault("_hostname", "one.baz.com") == "one.baz.com"
    assert settings.peak.running.cluster.group_names == ("odd", "prime", "qux", "weird")


@pytest.mark.parametrize("value", [{}, {"cluster": {}}, {"mine": 1}], ids=str)
def test_tables_that_are_assigned_hold_the_cluster(settings: Any, value: dict[str, Any]) -> None:
    """A table that is put in the way of the namespace has it, and tells of writes as well."""
    settings.peak.running = copy.deepcopy(value)
    assert read_groups(settings) == ()
    assert settings.peak.running.get("mine") == value.get("mine")
    settings.peak.running.cluster._filename = "other.cluster"
    assert read_groups(settings) == ("db",)
    settings.peak["running"]["cluster"] = {"_filename": "example.cluster"}
    assert read_groups(settings) == NAMES
    del settings.peak.running.cluster
    assert read_groups(settings) == ()


def test_single_names_are_overridden(settings: Any) -> None:
    """A table that is assigned to an output overrides the names in it."""
    settings.peak.running.cluster.groups = {"odd": ["local"], "new": ("local",)}
    assert read_groups(settings) == (*NAMES, "new")
    assert settings[f"{CLUSTER}.groups.odd"] == ("local",)
    settings.peak.running.cluster.hostname = "not kept"
    assert settings.peak.running.cluster.hostname != "not kept"
    assert settings[f"{CLUSTER}.groups.odd"] == ("local",)


@pytest.mark.parametrize(
    ("assign", "error"),
    [
        (lambda peak: setattr(peak, "running", 5), TypeError),
        (lambda peak: setattr(peak.running, "cluster", [1]), TypeError),
        (lambda peak: setattr(peak.running.cluster, "groups", 5), TypeError),
        (lambda peak: setattr(peak.running.cluster, "_filename", 5), TypeError),
        (lambda peak: setattr(peak.running.cluster, "_filename", "bad.cluster"), ClusterFileError),
        (lambda peak: setattr(peak.running.cluster, "_hostname", [1]), TypeError),
    ],
    ids=["running", "cluster", "groups", "type", "file", "hostname"],
)
def test_what_is_refused_changes_nothing(
    settings: Any, check_example: Check, assign: Callable[[Any], None], error: type[Exception]
) -> None:
    """What would be refused from a settings file is refused here, and the node is as before."""
    peak = settings.peak
    with pytest.raises(error):
        assign(peak)
    check_example(settings)
    assert peak.running.cluster._filename == "example.cluster"
    assert "_hostname" not in peak.running.cluster
    assert peak.running.cluster.groups == NAMES


@pytest.mark.parametrize("boxed", [True, False])
def test_what_is_taken_out_is_a_value(make: Make, boxed: bool) -> None:
    """What is popped, or is there already, is what is read, and comes back."""
    settings = make(dynaboxify=boxed)
    cluster = settings["PEAK"]["running"]["cluster"]
    assert cluster.setdefault("groups", ()) == NAMES
    assert cluster.pop("groups") == NAMES
    taken = dict(cluster.popitem() for _ in range(2))
    assert "cluster>" not in repr(taken)
    assert isinstance(cluster["groups"], tuple)


def test_store_is_updated(settings: Any, check_example: Check) -> None:
    """Who writes to the store behind the settings finds the namespace in it."""
    settings.store.update({"PEAK": {"running": {"cluster": {"_filename": "other.cluster"}}}})
    assert settings.store["PEAK"].running.cluster.groups == ("db",)
    settings.store.update(PEAK={"running": {"cluster": {"_filename": "example.cluster"}}}, X=1)
    assert settings.store["X"] == 1
    check_example(settings)


@pytest.mark.parametrize("merge", [True, False])
def test_values_are_kept_below_the_same_root(
    settings: Any, check_example: Check, merge: bool
) -> None:
    """Groups, hosts and a step may be kept in tables of the user's own, merged or not."""
    cluster = settings.peak.running.cluster
    kept = {"hosts": cluster.hosts, "groups": cluster.groups, "step": cluster.hosts.one}
    settings.set("peak.mine", dict(kept))
    settings.set("PEAK", {"more": dict(kept)}, merge=True)
    settings.update({"APP": {"x": 1}})
    settings.update({"APP": {"x": {"y": dict(kept)}}}, merge=merge)
    for table in (settings.peak.mine, settings.peak.more, settings.app.x.y):
        assert table["groups"] == NAMES
        assert table["hosts"] == cluster.hosts
        assert table["step"].baz.com == cluster.hosts["one.baz.com"]
    check_example(settings)


def test_own_keys_are_kept(settings: Any, check_example: Check) -> None:
    """Keys of the user's own may be assigned at each level, tables among them."""
    settings.peak.mine = {"a": 1}
    settings.peak.running.mine = {"a": 1}
    settings.peak.running.cluster.mine = {"a": 1}
    for copied in (settings, settings.dynaconf.clone()):
        for name in ("peak", "peak.running", CLUSTER):
            assert copied[f"{name}.mine.a"] == 1
        check_example(copied)


def test_nodes_that_were_replaced_are_left_alone(settings: Any, check_example: Check) -> None:
    """As with any setting, a node that was read before another write is the settings' no more."""
    old = settings.peak.running.cluster
    settings.set("peak.other", 1)
    old._filename = "other.cluster"
    old.clear()
    check_example(settings)


def test_copies_have_nodes_of_their_own(settings: Any, check_example: Check) -> None:
    """What is assigned in a copy of the settings, or of a node, is not seen elsewhere."""
    clone = settings.dynaconf.clone()
    clone.peak.running.cluster._filename = "other.cluster"
    assert read_groups(clone) == ("db",)
    copy.deepcopy(settings.peak.running.cluster)._filename = "other.cluster"
    check_example(settings)


def test_plain_dicts_tell_of_writes(make: Make) -> None:
    """Where dynaconf makes no nodes, the table of the cluster is followed as well."""
    settings = make(dynaboxify=False)
    cluster = settings["PEAK"]["running"]["cluster"]
    cluster["_hostname"] = "one.baz.com"
    cluster["groups"] = {"odd": ["local"]}
    cluster = settings["PEAK"]["running"]["cluster"]
    assert cluster["group_names"] == ("odd", "prime", "qux", "weird")
    assert cluster["groups"]["odd"] == ("local",)


UPPER: dict[str, Callable[[Any], object]] = {
    "cluster": lambda peak: peak["running"].__setitem__(
        "cluster", {"_filename": "example.cluster"}
    ),
    "running": lambda peak: peak.update(running={"cluster": {"_filename": "example.cluster"}}),
    "nothing": lambda peak: peak.update(mine=1),
    "more": lambda peak: peak["running"].setdefault("more", {"mine": 1}),
}


@pytest.mark.parametrize("write", UPPER.values(), ids=UPPER)
def test_plain_tables_above_the_cluster_are_followed(
    make: Make, write: Callable[[Any], object]
) -> None:
    """With ``dynaboxify=False``, too, the namespace stays when a table above it is written to."""
    settings = make(dynaboxify=False)
    write(settings["PEAK"])
    cluster = settings["PEAK"]["running"]["cluster"]
    assert cluster["groups"]["odd"] == ("one.baz.com", "three.baz.com", "five.baz.com")
    settings["PEAK"]["running"].clear()
    assert settings["PEAK"]["running"]["cluster"]["groups"] == ()


def test_last_assignment_counts_however_it_is_spelt(make: Make) -> None:
    """A node never has two spellings of an input, of the groups or of the way to them."""
    settings = make(
        '[PEAK.RUNNING.CLUSTER]\n_FILENAME = "example.cluster"\nOwn = 1\n',
        files={"other.cluster": "GROUP:db\ntwo\n"},
    )
    settings.peak.running.cluster._filename = "other.cluster"
    assert settings.peak.running.cluster.groups == ("db",)
    settings.peak.running.cluster["GROUPS"] = {"db": ["one"]}
    assert settings.peak.running.cluster.groups.db == ("one",)
    settings.peak.running.cluster["own"] = 2
    assert dict.get(settings.peak.running.cluster, "Own") == 1
    settings.peak.running["Cluster"] = {"_Filename": "example.cluster"}
    assert settings.peak.running.cluster.groups[0] == "odd"
    settings.peak["running"] = {"cluster": {"_filename": "other.cluster"}}
    assert settings.peak.running.cluster.groups == ("db",)
    assert [*settings.peak] == ["running"]
