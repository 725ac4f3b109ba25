"""What is served where the cluster file is not there, not readable or not good."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import ClusterFileError, ClusterFileWarning, _cluster

CLUSTER = "peak.running.cluster"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'
NAMES = ("odd", "even", "prime", "qux", "weird")
BAD = "GROUP:\ntwo hosts\nLUMP:l\nnone\n"

Make = Callable[..., Any]
Check = Callable[..., None]


def check_alone(settings: Any, hostname: str) -> None:
    """Check that the cluster is this machine alone, however it is read."""
    cluster = settings.peak.running.cluster
    assert cluster.hostname == settings[f"{CLUSTER}.hostname"] == hostname
    assert cluster.groups == settings[f"{CLUSTER}.groups"] == ()
    assert not cluster.groups
    assert issubclass(type(cluster.groups), tuple)
    assert cluster.hosts == settings[f"{CLUSTER}.hosts"] == (hostname,)
    for special in ("__all__", "__orphans__"):
        assert cluster.groups[special] == getattr(cluster.groups, special) == (hostname,)
        assert settings[f"{CLUSTER}.groups.{special}"] == (hostname,)
        assert f"{CLUSTER}.groups.{special}" in settings
    assert settings.get(f"{CLUSTER}.groups.web", "default") == "default"
    assert cluster.groups.get("web", "default") == "default"
    assert settings[f"{CLUSTER}.hosts.{hostname}"] == cluster.hosts[hostname] == ("__orphans__",)
    assert cluster.group_names == ("__orphans__",)
    plain = settings.as_dict()["PEAK"]["running"]["cluster"]
    assert plain["groups"] == {}
    assert {name: tuple(value) for name, value in plain["hosts"].items()} == {
        hostname: ("__orphans__",)
    }


@pytest.mark.parametrize(
    "hostname", ["laptop", "laptop.example.com", "Laptop", "@none", "@jinja {{ 1 }}", "1", "true"]
)
def test_machine_is_alone_where_nothing_is_set(
    make: Make, monkeypatch: pytest.MonkeyPatch, hostname: str
) -> None:
    """Without a cluster file the cluster is the local machine, without a warning."""
    monkeypatch.setattr(socket, "gethostname", lambda: hostname)
    settings = make("")
    for disturb in (
        lambda: None,
        settings.reload,
        lambda: settings.set(f"{CLUSTER}.x", 1),
        lambda: settings.set("PEAK", {}),
        lambda: settings.get_fresh("PEAK"),
    ):
        disturb()
        check_alone(settings, hostname)


def test_machine_that_is_alone_may_be_renamed(make: Make) -> None:
    """The cluster of one follows the name of the machine."""
    settings = make("[peak.running.cluster]\n_hostname = 'one'\n")
    check_alone(settings, "one")
    settings.set(f"{CLUSTER}._hostname", "two.baz.com")
    check_alone(settings, "two.baz.com")


@pytest.mark.parametrize("place", ["setting", "main", "environ"])
@pytest.mark.parametrize("path", ["missing.cluster", "missing/folder", "settings.toml/below"])
def test_missing_file_is_a_warning(
    make: Make, monkeypatch: pytest.MonkeyPatch, place: str, path: str
) -> None:
    """A file that is not there leaves the machine alone, with one warning that says where."""
    toml = "[peak.running.cluster]\n_hostname = 'laptop'\n"
    origin = {
        "setting": f"the setting {CLUSTER}._filename",
        "main": "CLUSTER in __main__",
        "environ": "the environment variable CLUSTER",
    }
    if place == "setting":
        toml += f"_filename = '{path}'\n"
    elif place == "main":
        monkeypatch.setattr(sys.modules["__main__"], "CLUSTER", path, raising=False)
    else:
        monkeypatch.setenv("CLUSTER", path)
    settings = make(toml)
    with pytest.warns(ClusterFileWarning) as caught:
        check_alone(settings, "laptop")
    assert len(caught) == 1
    assert path in str(caught[0].message)
    assert origin[place] in str(caught[0].message)
    settings.set(f"{CLUSTER}.x", 1)
    check_alone(settings, "laptop")


def test_missing_file_is_an_error_where_errors_are_not_silent(make: Make) -> None:
    """With dynaconf's ``silent_errors`` off a missing file stops the application."""
    with pytest.raises(FileNotFoundError, match=r"missing\.cluster") as caught:
        make('[peak.running.cluster]\n_filename = "missing.cluster"\n', silent_errors=False).get(
            "x"
        )
    assert caught.value.errno == errno.ENOENT
    make("", silent_errors=False).get("x")


def test_missing_file_appears(make: Make, check_example: Check, tmp_path: Path) -> None:
    """A file that was not there is found once it is."""
    settings = make(PLAIN, cluster=None)
    with pytest.warns(ClusterFileWarning):
        settings.get("x")
    good = make().peak.running.cluster.groups
    assert (tmp_path / "example.cluster").exists()
    settings.reload()
    assert settings.peak.running.cluster.groups == good
    check_example(settings)


@pytest.mark.parametrize("silent", [True, False])
def test_file_that_is_refused_is_an_error(make: Make, silent: bool) -> None:
    """A bad file is an error with all its problems, whatever ``silent_errors`` says."""
    with pytest.raises(ClusterFileError) as caught:
        make(cluster=BAD, silent_errors=silent).get("x")
    assert [problem.line for problem in caught.value.problems] == [1, 2, 4]
    assert caught.value.path.endswith("example.cluster")
    assert f"{caught.value.path}:2:4:" in str(caught.value)


@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize("what", ["folder", "unreadable", "bytes"])
def test_file_that_cannot_be_read_is_an_error(
    make: Make, tmp_path: Path, silent: bool, what: str
) -> None:
    """A file that is there and cannot be read stops the application."""
    path = tmp_path / "example.cluster"
    expected: type[Exception] = OSError
    if what == "folder":
        path.mkdir()
    elif what == "bytes":
        path.write_bytes(b"GROUP:\xff\n")
        expected = ClusterFileError
    else:
        path.symlink_to(path)  # root reads whatever its mode forbids
    with pytest.raises(expected) as caught:
        make(cluster=None, silent_errors=silent).get("x")
    if expected is OSError:
        assert "(named by the setting peak.running.cluster._filename)" in str(caught.value)


@pytest.mark.parametrize("value", ["settings.toml", "."])
def test_bad_file_that_is_set_later_is_refused(
    make: Make, check_example: Check, value: str
) -> None:
    """A bad file that is set at run time is refused; the old one may be set again."""
    settings = make()
    settings.get("x")
    with pytest.raises((ClusterFileError, OSError)):
        settings.set(f"{CLUSTER}._filename", value)
    settings.set(f"{CLUSTER}._filename", "example.cluster")
    check_example(settings)


# A file that was good.


def turn_bad(path: Path) -> None:
    path.write_text(BAD)


def take_away(path: Path) -> None:
    path.unlink()


def make_unreadable(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


SPOIL = [turn_bad, take_away, make_unreadable, replace_by_folder]
AGAIN: dict[str, Callable[[Any], object]] = {
    "reload": lambda settings: settings.reload(),
    "setenv": lambda settings: settings.setenv("production"),
    "get_fresh": lambda settings: settings.get_fresh("PEAK"),
    "execute": lambda settings: settings.execute_loaders(),
}


@pytest.mark.parametrize("spoil", SPOIL, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("again", AGAIN)
def test_last_good_cluster_stays_in_force(
    make: Make, check_example: Check, tmp_path: Path, spoil: Callable[[Path], None], again: str
) -> None:
    """A file that has turned bad leaves its last good cluster in force, with a warning."""
    settings = make()
    check_example(settings)
    spoil(tmp_path / "example.cluster")
    for _ in range(2):
        with pytest.warns(ClusterFileWarning, match=r"example\.cluster") as caught:
            AGAIN[again](settings)
        assert len(caught) == 1
        error = getattr(caught[0].message, "error", None)
        assert isinstance(error, (ClusterFileError, OSError))
        assert str(error) in str(caught[0].message)
        check_example(settings)
        settings.set(f"{CLUSTER}.x", 1)
        settings.set(f"{CLUSTER}.groups.odd", settings[f"{CLUSTER}.groups.odd"])
        check_example(settings)
    if (tmp_path / "example.cluster").is_dir():
        (tmp_path / "example.cluster").rmdir()
    else:
        (tmp_path / "example.cluster").unlink(missing_ok=True)
    (tmp_path / "example.cluster").write_text("GROUP:new\nhost\n")
    AGAIN[again](settings)
    assert settings.peak.running.cluster.groups == ("new",)


@pytest.mark.parametrize("spoil", SPOIL, ids=lambda spoil: spoil.__name__)
def test_errors_that_are_not_silent_leave_the_last_good_cluster(
    make: Make, check_example: Check, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """With ``silent_errors`` off the error is raised, and the last good cluster is still read."""
    settings = make(silent_errors=False)
    check_example(settings)
    spoil(tmp_path / "example.cluster")
    for _ in range(2):
        with pytest.raises((ClusterFileError, OSError)):
            settings.reload()
        check_example(settings)
        with pytest.raises((ClusterFileError, OSError)):
            settings.get_fresh("PEAK")
        check_example(settings)


def test_other_errors_are_not_taken_for_those_of_the_file(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that is no `ClusterFileError` is nobody's but ours, and not hidden by a warning."""
    settings = make()
    settings.get("x")
    (tmp_path / "example.cluster").write_text("GROUP:new\nhost\n")
    monkeypatch.setattr(_cluster, "parse_sections", lambda *_: int("x"))
    with pytest.raises(ValueError, match="invalid literal"):
        settings.reload()


def test_error_says_what_named_a_file_that_went_away(make: Make, tmp_path: Path) -> None:
    """With ``silent_errors`` off the error for a file that went away names its origin, too."""
    settings = make(silent_errors=False)
    settings.get("x")
    take_away(tmp_path / "example.cluster")
    with pytest.raises(FileNotFoundError, match=r"named by the setting peak\.running\.cluster"):
        settings.reload()


def test_warning_that_is_an_error_undoes_what_was_written(make: Make, check_example: Check) -> None:
    """Where warnings are errors, a path that is refused is not kept."""
    settings = make()
    with pytest.raises(ClusterFileWarning, match="missing"):
        settings.set("peak.running.cluster._filename", "missing")
    assert settings.peak.running.cluster["_filename"] == "example.cluster"
    check_example(settings)


@pytest.mark.parametrize("spoil", SPOIL, ids=lambda spoil: spoil.__name__)
def test_settings_made_afresh_have_no_memory(
    make: Make, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """New settings, ``from_env`` included, refuse a file that other settings read well."""
    settings = make()
    settings.get("x")
    spoil(tmp_path / "example.cluster")
    ways: list[Callable[[], Any]] = [
        lambda: make(cluster=None),
        lambda: settings.from_env("other"),
    ]
    for fresh in ways:
        if spoil is take_away:
            with pytest.warns(ClusterFileWarning):
                assert fresh().peak.running.cluster.groups == ()
        else:
            with pytest.raises((ClusterFileError, OSError)):
                fresh().get("x")
    assert settings.peak.running.cluster.groups == NAMES


def test_overrides_stay_over_the_last_good_cluster(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment overrides is overridden in the last good cluster, too."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__ODD", '["local"]')
    settings = make()
    settings.get("x")
    turn_bad(tmp_path / "example.cluster")
    with pytest.warns(ClusterFileWarning):
        settings.reload()
    assert settings.peak.running.cluster.groups.odd == ("local",)
    assert settings.peak.running.cluster.groups == NAMES


def test_memory_is_of_each_file(make: Make, tmp_path: Path) -> None:
    """A bad file is not replaced by the last good cluster of another."""
    (tmp_path / "other").write_text(BAD)
    settings = make()
    settings.get("x")
    with pytest.raises(ClusterFileError):
        settings.set(f"{CLUSTER}._filename", "other")
    (tmp_path / "other").write_text("GROUP:other\nhost\n")
    settings.set(f"{CLUSTER}._filename", "other")
    assert settings.peak.running.cluster.groups == ("other",)
    turn_bad(tmp_path / "other")
    turn_bad(tmp_path / "example.cluster")
    with pytest.warns(ClusterFileWarning, match=r"example\.cluster"):
        settings.reload()
    assert settings.peak.running.cluster.groups == NAMES


def test_changes_are_seen_however_quick(make: Make, tmp_path: Path) -> None:
    """A file of the same size, written at the same time, is read again when loading again."""
    path = tmp_path / "example.cluster"
    settings = make(cluster="GROUP:a\nhost\n")
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    for name in "bcdefgh" * 3:
        path.write_text(f"GROUP:{name}\nhost\n")
        os.utime(path, ns=times)
        settings.reload()
        assert settings.peak.running.cluster.groups == (name,)
        assert settings[f"{CLUSTER}.groups.{name}"] == ("host",)
    for name in "bcdefgh" * 3:
        other = tmp_path / "new"
        other.write_text(f"GROUP:{name}\nhost\n")
        os.utime(other, ns=times)
        other.replace(path)
        settings.setenv("other")
        assert settings.peak.running.cluster.groups == (name,)


def test_held_values_do_not_change(make: Make, tmp_path: Path) -> None:
    """What was read before a change stays what it was."""
    settings = make()
    held = settings.peak.running.cluster
    groups = held.groups
    (tmp_path / "example.cluster").write_text("GROUP:new\nhost\n")
    settings.reload()
    assert groups == NAMES
    assert groups.odd == ("one.baz.com", "three.baz.com", "five.baz.com")
    assert settings.peak.running.cluster.groups == ("new",)


def test_change_is_not_seen_without_loading(make: Make, tmp_path: Path) -> None:
    """A write to the settings does not read the file again; loading does."""
    settings = make()
    settings.get("x")
    (tmp_path / "example.cluster").write_text("GROUP:new\nhost\n")
    settings.set(f"{CLUSTER}.x", 1)
    assert settings.peak.running.cluster.groups == NAMES
    settings.reload()
    assert settings.peak.running.cluster.groups == ("new",)


@pytest.mark.parametrize("hooks", [0, 1, 2])
def test_missing_file_is_told_of_once_however_many_hooks_read(make: Make, hooks: int) -> None:
    """Each hook is called with a copy of its own, which reads the cluster for itself."""
    read = [lambda settings: {"N": len(settings.peak.running.cluster.hosts)}] * hooks
    settings = make(cluster=None, post_hooks=read)
    for load in ("get", "reload"):
        with pytest.warns(ClusterFileWarning) as told:
            getattr(settings, load)(*["n"][: load == "get"])
        assert len(told) == 1
        assert settings.get("n") == (1 if hooks else None)
    copied = settings.dynaconf.clone()
    copied.set(f"{CLUSTER}._filename", None)
    with pytest.warns(ClusterFileWarning) as told:
        copied.set(f"{CLUSTER}._filename", "another")
    assert len(told) == 1


def test_hook_that_reads_a_bad_file_leaves_the_telling_to_the_end(
    make: Make, tmp_path: Path
) -> None:
    """With ``silent_errors`` off, too, the last good cluster is there after the error."""
    hook = [lambda settings: {"N": len(settings.peak.running.cluster.groups)}]
    settings = make(silent_errors=False, post_hooks=hook)
    assert settings.n == len(NAMES)
    (tmp_path / "example.cluster").write_text(BAD)
    with pytest.raises(ClusterFileError):
        settings.reload()
    assert settings.peak.running.cluster.groups == NAMES
    assert settings.n == len(NAMES)


LAZY = """\
from dynaconf import Dynaconf

settings = Dynaconf(settings_files=["settings.toml"], loaders=["dynaconf_cluster.loader"])
cluster = settings.peak.running.cluster
settings.set("where", "example.cluster")
print(*cluster["groups"])
"""


def test_script_reads_at_its_top(example: Path, tmp_path: Path) -> None:
    """No caller is needed around the code that reads, for a file that is named late."""
    (tmp_path / "settings.toml").write_text(
        "[peak.running.cluster]\n_filename = '@format {this.where}'\n"
    )
    command = [sys.executable, "-c", LAZY]
    read = subprocess.run(command, cwd=example.parent, capture_output=True, text=True, check=True)
    assert read.stdout.split() == [*NAMES]
