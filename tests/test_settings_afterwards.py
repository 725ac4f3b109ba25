"""What happens to the settings after something went wrong, or was done in an odd order."""

from __future__ import annotations

import copy
import os
import pickle
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Validator
from dynaconf.utils.parse_conf import Lazy

import dynaconf_cluster
from dynaconf_cluster import ClusterFileError, ClusterFileWarning
from dynaconf_cluster.loader import load

CLUSTER = "peak.running.cluster"
FILENAME = "DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME"
HOSTNAME = "DYNACONF_PEAK__RUNNING__CLUSTER___HOSTNAME"
GROUPS = ("odd", "even", "prime", "qux", "weird")

Make = Callable[..., Any]


@pytest.fixture
def from_environment(example: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return settings that have their cluster file from the environment alone."""
    monkeypatch.setenv(FILENAME, str(example))
    settings = make("", silent_errors=False)
    assert settings.peak.running.cluster.groups == GROUPS
    return settings


def test_last_good_cluster_is_read_after_the_error(from_environment: Any, example: Path) -> None:
    """After a reload that raised, the last good cluster is read, and stays after writes."""
    example.write_text("GROUP web\n")
    with pytest.raises(ClusterFileError):
        from_environment.reload()
    assert from_environment.peak.running.cluster.groups == GROUPS
    from_environment.set("peak.mine", 1)
    from_environment.set(f"{CLUSTER}._hostname", "one.baz.com")
    assert from_environment.peak.running.cluster.groups == GROUPS
    assert "odd" in from_environment.peak.running.cluster.group_names


def test_refused_new_file_is_never_taken_for_none(
    from_environment: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a reload to a refused file, each read raises: nobody believes to be alone."""
    (tmp_path / "bad.cluster").write_text("GROUP web\n")
    monkeypatch.setenv(FILENAME, str(tmp_path / "bad.cluster"))
    with pytest.raises(ClusterFileError):
        from_environment.reload()
    for _ in range(2):
        with pytest.raises(ClusterFileError):
            _ = from_environment.peak.running.cluster.groups


def test_file_that_dynaconf_found_is_remembered(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was found beside the settings and has gone away is the same file still."""
    settings = make()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert settings.peak.running.cluster.groups == GROUPS
    (tmp_path / "example.cluster").unlink()
    with pytest.warns(ClusterFileWarning, match="last good one stays in force"):
        settings.reload()
    assert settings.peak.running.cluster.groups == GROUPS


def test_missing_file_is_warned_of_once(make: Make) -> None:
    """A hostname that is set later gives no second warning, and is followed."""
    validators = [Validator(f"{CLUSTER}._hostname", default="box")]
    settings = make(f"{CLUSTER}._filename = 'none'\n", cluster=None, validators=validators)
    with pytest.warns(ClusterFileWarning) as warned:
        hosts = settings.peak.running.cluster.hosts
    assert hosts == ("box",)
    assert len(warned) == 1


def test_deleting_another_setting_leaves_writes_checked(make: Make) -> None:
    """What is wrong is refused when it is set, also after another setting was unset."""
    settings = make("other = 1\npeak.running.cluster._filename = 'example.cluster'\n")
    settings.unset("other")
    with pytest.raises(TypeError, match=r"groups\.odd is 5"):
        settings.set(f"{CLUSTER}.groups.odd", 5)
    assert settings.peak.running.cluster.groups.odd[0] == "one.baz.com"


@pytest.mark.parametrize("text", ["450e91234567", "1e5", "1_000", "007", "12", "true", "1.10"])
def test_hostname_from_the_environment_is_text(
    make: Make, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """The name of a container is read as it was written, whatever number it looks like."""
    monkeypatch.setenv(HOSTNAME, text)
    assert make().peak.running.cluster.hostname == text


@pytest.mark.parametrize(
    ("value", "groups"),
    [("@del", ()), ("@reset example.cluster", GROUPS), ("@str example.cluster", GROUPS)],
)
@pytest.mark.filterwarnings("ignore:.*does not need `@reset`:UserWarning")
def test_marks_on_the_filename_are_followed(
    make: Make, monkeypatch: pytest.MonkeyPatch, value: str, groups: tuple[str, ...]
) -> None:
    """A mark of dynaconf in the environment means what it means for other settings."""
    monkeypatch.setenv(FILENAME, value)
    assert make("").peak.running.cluster.groups == groups


def test_merge_mark_survives_a_fresh_look(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that the environment adds to is the same after a fresh look-up."""
    monkeypatch.setenv("DYNACONF_PEAK__LIST", "@merge [3]")
    settings = make("[peak]\nlist = [1, 2]\n")
    assert settings.peak.list == [1, 2, 3]
    assert settings.get_fresh("PEAK").list == [1, 2, 3]


def test_merge_mark_on_a_group_survives_a_fresh_look(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that the environment adds to is the same after a fresh look-up."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__ODD", '@merge ["z"]')
    settings = make("[peak.running.cluster]\n_filename = 'example.cluster'\ngroups.odd = ['q']\n")
    assert settings.peak.running.cluster.groups.odd == ("q", "z")
    assert settings.get_fresh("PEAK").running.cluster.groups.odd == ("q", "z")


def test_whole_variable_names_the_file(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is merged into all of PEAK may name the file as well."""
    value = '@merge {"running": {"cluster": {"_filename": "example.cluster"}}}'
    monkeypatch.setenv("DYNACONF_PEAK", value)
    settings = make(f"{CLUSTER}._filename = 'none'\n")
    assert settings.peak.running.cluster.groups == GROUPS


def test_long_values_are_cut_in_errors(make: Make) -> None:
    """A refused value of any size makes a message that a person reads."""
    settings = make()
    with pytest.raises(TypeError) as caught:
        settings.set(f"{CLUSTER}.groups.odd", ["a"] * 10_000 + [1])
    assert len(str(caught.value)) < 500


def test_large_groups_are_guarded_once(make: Make) -> None:
    """The members of a large group are one object, however often they are read."""
    hosts = tuple(f"h{number}" for number in range(500))
    settings = make(cluster="GROUP:big\n" + "\n".join(hosts))
    name = f"{CLUSTER}.groups.big"
    assert settings[name] == hosts
    assert settings.get(name) is settings.get(name)
    assert copy.deepcopy(settings.get(name)) is settings.get(name)


def test_groups_may_be_kept_elsewhere(make: Make) -> None:
    """The groups can be another setting's value, too, and are plain data with the rest."""
    settings = make()
    settings.set("kept", settings.peak.running.cluster.groups)
    assert tuple(settings.as_dict()["KEPT"]) == GROUPS


def test_step_towards_both_is_kept(make: Make) -> None:
    """What begins a longer name can be copied, and is still walked through."""
    settings = make(cluster="GROUP:web\none\nGROUP:web.prod\ntwo\n")
    walk = copy.deepcopy(settings.get(f"{CLUSTER}.groups.web"))
    assert walk == ("one",)
    assert walk.prod == ("two",)


def test_future_time_of_change_is_no_change(make: Make, tmp_path: Path) -> None:
    """A file from the future is read once, as its next change would show."""
    settings = make()
    path = tmp_path / "example.cluster"
    future = time.time() + 1e6
    os.utime(path, (future, future))
    time.sleep(0.1)
    settings.reload()
    before = settings.peak.running.cluster.groups
    settings.reload()
    assert settings.peak.running.cluster.groups is before


def test_threads_read_the_same() -> None:
    """Threads that meet in a cluster that nobody has read yet all read the same."""
    text = "GROUP:a\n" + "\n".join(f"h{i}" for i in range(200)) + "\nGROUP:b\nh1\nLUMP:c\nb\n"
    for _ in range(20):
        cluster = dynaconf_cluster.parse(text)
        barrier = threading.Barrier(4)
        read: list[object] = []

        def look(cluster: Any = cluster, barrier: Any = barrier, read: Any = read) -> None:
            barrier.wait()
            read.append((cluster.groups["b"], cluster.hosts["h1"], len(cluster.groups["a"])))

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert read == [(("h1",), ("a", "b", "c"), 200)] * 4


@pytest.mark.parametrize("separator", ["__", False])
def test_number_in_a_file_is_a_name(make: Make, separator: object) -> None:
    """A number that a settings file gives for a name is read as text."""
    settings = make(f"{CLUSTER}._hostname = 12\n", NESTED_SEPARATOR_FOR_DYNACONF=separator)
    assert settings.peak.running.cluster.hosts == ("12",)


def test_loading_does_not_load_itself(make: Make) -> None:
    """A lazy file name whose evaluation loads the cluster again comes to an end."""

    def find(value: str, **context: Any) -> str:
        load(context["this"])
        return value

    lazy = Lazy("example.cluster", formatter=find)
    settings = make("", peak={"running": {"cluster": {"_filename": lazy}}})
    assert settings.peak.running.cluster.groups == GROUPS


def test_special_groups_are_no_settings(make: Make) -> None:
    """Where there are groups, nothing of them is found beside the namespace."""
    settings = make()
    assert settings.peak.running.cluster.groups
    assert settings.get("__all__", "default") == "default"


def test_history_has_nothing_but_what_was_set(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is noted while dynaconf merges tables is gone from the history afterwards."""
    monkeypatch.setenv("DYNACONF_PEAK__running__cluster__groups__even", '["y", "dynaconf_merge"]')
    settings = make()
    settings.set("peak.running.cluster.groups.odd", ["x", "dynaconf_merge"])
    assert settings.peak.running.cluster.groups.odd[-1] == "x"
    assert settings.peak.running.cluster.groups.even[-1] == "y"
    written = [
        data["PEAK"]["running"]["cluster"]["groups"]
        for source, data in settings.loaded_by_loaders.items()
        if "PEAK" in data and source.loader in ("set_method", "env_global")
    ]
    assert len(written) == 2
    assert {name for groups in written for name in groups} <= {"odd", "even"}


def test_history_is_plain_data(make: Make) -> None:
    """What was read can be pickled, copied and iterated over with the history it is part of."""
    settings = make()
    assert settings.peak.running.cluster.groups
    (read,) = (data for meta, data in settings.loaded_by_loaders.items() if meta[0] == "cluster")
    for record in (read, copy.deepcopy(read), pickle.loads(pickle.dumps(read))):
        assert list(record) == ["PEAK"]
        assert record["PEAK"]["running"]["cluster"]["groups"] == GROUPS
        with pytest.raises(KeyError):
            _ = record["OTHER"]
