"""Locating the cluster file: the setting, then ``__main__``, then the environment."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from dynaconf import Dynaconf
from dynaconf.strategies.filtering import PrefixFilter

from dynaconf_cluster import ClusterFileWarning
from dynaconf_cluster.loader import load

from .command import result, run
from .conftest import CLUSTER, ENVIRON, GROUPS, NAMED, OURS, VARIABLE, Make, bare, check_cluster

FILENAME = f"{VARIABLE}_FILENAME"
EMPTY = "[peak.running.cluster]\n"
PLACES = ["setting", "main", "environ", "nowhere"]


class Somewhere(NamedTuple):
    """A path that is not a `pathlib.Path`."""

    path: str

    def __fspath__(self) -> str:
        return self.path


def clusters(*paths: str) -> None:
    """Write cluster files, each with one group named after its path."""
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"GROUP:{'.'.join(path.parts)}\nhost\n")


def set_main(monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "CLUSTER", value, raising=False)


def name_in(place: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Name a cluster file in one place; return the keywords for the settings."""
    if place == "main":
        set_main(monkeypatch, value)
    elif place == "environ":
        monkeypatch.setenv("CLUSTER", os.fspath(value))
    else:
        return {"PEAK": {"running": {"cluster": {"_filename": value}}}}
    return {}


@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize("set_in", PLACES)
def test_the_first_place_that_is_set_counts(
    make: Make, monkeypatch: pytest.MonkeyPatch, set_in: str, nothing: str | None
) -> None:
    """The setting wins over `__main__`, which wins over the environment; empty means unset."""
    clusters("setting", "main", "environ")
    named = [place if PLACES.index(place) >= PLACES.index(set_in) else nothing for place in PLACES]
    toml = EMPTY + ("" if named[0] is None else f'_filename = "{named[0]}"\n')
    set_main(monkeypatch, named[1])
    if named[2] is not None:
        monkeypatch.setenv("CLUSTER", named[2])
    groups = make(toml).peak.running.cluster.groups
    assert groups == (() if set_in == "nowhere" else (set_in,))


@pytest.mark.parametrize("wrap", [str, Path, Somewhere])
@pytest.mark.parametrize("place", PLACES[:3])
def test_paths_of_any_kind(
    make: Make, monkeypatch: pytest.MonkeyPatch, place: str, wrap: Callable[[str], Any]
) -> None:
    """Path objects, and `~` for the home directory, name a file in each place."""
    clusters("file")
    monkeypatch.setenv("HOME", os.getcwd())
    for path in ("file", "~/file", f"{os.getcwd()}/file"):
        options = name_in(place, wrap(path), monkeypatch)
        assert make("x = 1\n", **options).peak.running.cluster.groups == ("file",)


@pytest.mark.parametrize(
    ("value", "kind"),
    [(5, TypeError), (["x"], TypeError), ("a\0b", ValueError), ("a\ud800", ValueError)],
)
def test_invalid_paths_are_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch, value: object, kind: type[Exception]
) -> None:
    """The error says which place set the invalid path."""
    settings = make()
    settings.get("x")
    with pytest.raises(kind, match=rf"^the setting {CLUSTER}._filename is .*; expected the path"):
        settings.set(f"{CLUSTER}._filename", value)
    check_cluster(settings)
    set_main(monkeypatch, value)
    with pytest.raises(kind, match=r"^CLUSTER in __main__ is .*; expected the path of a clus"):
        make("x = 1\n").get("x")


def test_a_relative_path_is_found_as_dynaconf_finds_its_own(make: Make, tmp_path: Path) -> None:
    """The settings directory is first, then its `config`, then the program's directory."""
    clusters("app/config/deep", "app/deeper/near", "app/near", "far")
    for path in ("app/config/deep", "app/near", "far"):
        peak = {"running": {"cluster": {"_filename": Path(path).name}}}
        settings = Dynaconf(loaders=[OURS, ENVIRON], root_path=str(tmp_path / "app"), PEAK=peak)
        assert settings.peak.running.cluster.groups == (path.replace("/", "."),)
        assert settings.find_file(Path(path).name) == str(tmp_path / path)
    assert settings.peak.running.cluster._filename == "far"
    clusters("config/far")
    named = make(f'{EMPTY}_filename = "far"\n', skip_files=[str(tmp_path / "far")])
    assert named.find_file("far") == str(tmp_path / "config" / "far")
    assert named.peak.running.cluster.groups == ("config.far",)


def test_relative_paths_without_a_settings_directory(tmp_path: Path) -> None:
    """Without settings files or `root_path`, the program's directory comes first."""
    clusters("beside/found", "working/found")
    program = tmp_path / "beside" / "program.py"
    program.write_text(
        "from dynaconf import Dynaconf\n"
        f"settings = Dynaconf(loaders={[OURS, ENVIRON]!r})\n"
        "print(settings.find_file('found'), *settings.peak.running.cluster.groups)\n"
    )
    os.chdir("working")
    output = result(run("python", str(program), **{FILENAME: "found"}))
    assert output.split() == [str(tmp_path / "beside" / "found"), "beside.found"]


@pytest.mark.parametrize("place", PLACES[:3])
def test_a_relative_path_keeps_its_meaning(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    """A daemon whose working directory changes or vanishes reads the same file again."""
    clusters("file", "elsewhere/file", "gone/file")
    settings = make("x = 1\n", **name_in(place, "file", monkeypatch))
    assert settings.peak.running.cluster.groups == ("file",)
    for folder in ("elsewhere", "gone"):
        os.chdir(tmp_path / folder)
        if folder == "gone":
            shutil.rmtree(tmp_path / folder)
        (tmp_path / "file").write_text(f"GROUP:{folder}\nhost\n")
        settings.set("peak.mine", 1)
        assert settings.peak.running.cluster.groups != (folder,)
        settings.reload()
        assert settings.peak.running.cluster.groups == (folder,)
    os.chdir(tmp_path)


@pytest.mark.parametrize(
    ("prefix", "start", "counts"),
    [
        ("DYNACONF", "DYNACONF_", True),
        ("APP", "APP_", True),
        ("APP", "DYNACONF_", True),  # the default prefix counts, too
        (False, "", True),
        (None, "DYNACONF_", False),
        ("APP", "OTHER_", False),
    ],
)
def test_variables_count_by_the_prefix_of_the_application(
    make: Make, monkeypatch: pytest.MonkeyPatch, prefix: object, start: str, counts: bool
) -> None:
    """Variables that dynaconf reads count, in any case after the first `__`."""
    clusters("file")
    monkeypatch.setenv(f"{start}PEAK__running__Cluster___filename", "file")
    settings = make(envvar_prefix=prefix)
    for _ in range(2):
        assert (settings.peak.running.cluster.groups == ("file",)) is counts
        settings.get_fresh("PEAK")


def test_the_last_prefix_wins(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several prefixes, dynaconf's own comes first, and the last one wins."""
    clusters("first", "second")
    monkeypatch.setenv("TWO_PEAK__RUNNING__CLUSTER___FILENAME", "second")
    monkeypatch.setenv("ONE_PEAK__RUNNING__CLUSTER___FILENAME", "first")
    assert make(envvar_prefix="ONE,TWO").peak.running.cluster.groups == ("second",)
    assert make(envvar_prefix="TWO,ONE").peak.running.cluster.groups == ("first",)
    monkeypatch.setenv(FILENAME, "@reset first")  # a mark of dynaconf
    with pytest.warns(UserWarning, match="does not need `@reset`"):
        assert make().peak.running.cluster.groups == ("first",)


def test_separators_and_filters(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An application may have its own separator or none, or filter variables."""
    clusters("file")
    monkeypatch.setenv("DYNACONF_PEAK:RUNNING:CLUSTER:_FILENAME", "file")
    assert make(nested_separator=":").peak.running.cluster.groups == ("file",)
    monkeypatch.setenv(FILENAME, "file")
    check_cluster(make(NESTED_SEPARATOR_FOR_DYNACONF=False), dotted=False)
    # variables that an application filters are left to dynaconf, which drops them
    for options in ({"ignore_unknown_envvars": True}, {"filter_strategy": PrefixFilter("MINE")}):
        settings = make(PEAK={"mine": 1}, settings_files=[], **options)
        assert settings.get(f"{CLUSTER}.groups") == ()


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["front", "behind"])
def test_includes_win_over_variables_as_in_dynaconf(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str]
) -> None:
    """An include wins if the environment is not loaded last."""
    clusters("late", "environ")
    monkeypatch.setenv(FILENAME, "environ")
    monkeypatch.setenv("DYNACONF_OTHER", "environ")
    more = {"late.toml": f'other = "late"\n{EMPTY}_filename = "late"\n'}
    settings = make(includes=["late.toml"], files=more, loaders=loaders)
    for _ in range(2):
        cluster = settings.peak.running.cluster
        assert cluster.groups == (cluster._filename,) == (settings.other,)
        settings.reload()


def test_an_overridden_file_is_not_read(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An overridden file may be bad or missing, and code overrides until the next load."""
    clusters("environ", "code")
    monkeypatch.setenv(FILENAME, "environ")
    for named in ("settings.toml", "none"):
        settings = make(f'{EMPTY}_filename = "{named}"\n')
        assert settings.peak.running.cluster.groups == ("environ",)
    settings.set(f"{CLUSTER}._filename", "code")
    settings.set("peak.mine", 1)
    assert settings.peak.running.cluster.groups == ("code",)
    settings.reload()
    assert settings.peak.running.cluster.groups == ("environ",)


def test_the_loader_can_be_called_with_a_file(make: Make) -> None:
    """The loader can be called directly, with any settings and for a single key."""
    clusters("file", "other")
    settings = make()
    load(settings, filename="file")
    assert settings.peak.running.cluster.groups == ("file",)
    load(bare(settings), filename="other")
    assert settings.peak.running.cluster.groups == ("other",)
    load(settings, env="PRODUCTION", silent=False, key="OTHER")
    load(settings, "PRODUCTION", True, "peak", validate=True)
    assert settings.peak.running.cluster.groups == ("other",)
    plain = Dynaconf(loaders=[], root_path=settings.root_path_for_dynaconf)
    load(plain, filename="file")
    assert plain.peak.running.cluster.groups == ("file",)


def test_a_missing_file_is_warned_about_once(make: Make) -> None:
    """A missing file causes one warning, with its path and origin, and this machine is alone."""
    settings = make(cluster=None)
    with pytest.warns(ClusterFileWarning) as caught:
        cluster = settings.peak.running.cluster
    assert cluster.groups == ()
    settings.set("peak.mine", 1)
    settings.set(f"{CLUSTER}._hostname", "box")
    assert settings.peak.running.cluster.hosts == ("box",)
    assert len(caught) == 1
    path = f"'{os.getcwd()}/example.cluster'"
    where = f"cluster file {path} (named by the setting {CLUSTER}._filename)"
    alone = "the cluster is taken to be this machine alone"
    assert str(caught[0].message) == f"there is no {where}; {alone}"
    assert isinstance(caught[0].message.error, FileNotFoundError)  # type: ignore[union-attr]
    with pytest.raises(KeyError, match=r"^no group 'web'; there is no cluster file"):
        settings.peak.running.cluster.groups["web"]


def test_unreadable_files_are_errors(make: Make, tmp_path: Path) -> None:
    """A missing file is an error without `silent_errors`; a directory always is."""
    with pytest.raises(FileNotFoundError, match=r"no cluster file .* \(named by the setting"):
        make(cluster=None, silent_errors=False).get("x")
    assert make("x = 1\n", silent_errors=False).peak.running.cluster.groups == ()
    with pytest.raises(IsADirectoryError, match="named by the setting"):
        make(NAMED.replace("example.cluster", str(tmp_path))).get("x")
    with pytest.warns(ClusterFileWarning):
        make(NAMED.replace("example.cluster", "settings.toml/file")).get("x")
    assert tuple(GROUPS) == make().peak.running.cluster.groups
