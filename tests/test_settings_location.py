"""Where the cluster file is looked for."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import ClusterFileWarning
from dynaconf_cluster.loader import load

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
VARIABLE = "DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME"
EMPTY = "[peak.running.cluster]\n"

Make = Callable[..., Any]


@pytest.fixture
def clusters(tmp_path: Path) -> Callable[..., None]:
    """Return what writes cluster files with one group each, which bears the file's name."""

    def write(*names: str) -> None:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"GROUP:{path.name}\nhost\n")

    return write


def main() -> Any:
    return sys.modules["__main__"]


Clusters = Callable[..., None]


def test_setting_comes_first(
    make: Make, clusters: Clusters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting wins over ``__main__``, which wins over the process environment."""
    clusters("setting", "main", "environ")
    monkeypatch.setenv("CLUSTER", "environ")
    assert make(EMPTY).peak.running.cluster.groups == ("environ",)
    monkeypatch.setattr(main(), "CLUSTER", "main", raising=False)
    assert make(EMPTY).peak.running.cluster.groups == ("main",)
    assert make(f'{EMPTY}_filename = "setting"\n').peak.running.cluster.groups == ("setting",)


@pytest.mark.parametrize("nothing", ["", None], ids=["empty", "none"])
def test_places_that_say_nothing_are_passed_over(
    make: Make, clusters: Clusters, monkeypatch: pytest.MonkeyPatch, nothing: str | None
) -> None:
    """None and an empty text name no file, wherever they stand."""
    clusters("main", "environ")
    monkeypatch.setenv("CLUSTER", "environ")
    monkeypatch.setattr(main(), "CLUSTER", nothing, raising=False)
    keyword = {"running": {"cluster": {"_filename": nothing}}}
    assert make("", PEAK=keyword).peak.running.cluster.groups == ("environ",)
    monkeypatch.setattr(main(), "CLUSTER", "main", raising=False)
    assert make("", PEAK=keyword).peak.running.cluster.groups == ("main",)
    monkeypatch.setattr(main(), "CLUSTER", nothing, raising=False)
    monkeypatch.setenv("CLUSTER", "")
    settings = make("", PEAK=keyword)
    assert settings.peak.running.cluster.groups == ()
    settings.set(f"{CLUSTER}._filename", "main")
    assert settings.peak.running.cluster.groups == ("main",)
    settings.set(f"{CLUSTER}._filename", nothing)
    assert settings.peak.running.cluster.groups == ()


def test_environment_variable_wins_over_files(
    make: Make, clusters: Clusters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ``_filename`` from the environment wins, on whichever side its loader stands."""
    clusters("file", "environ")
    monkeypatch.setenv(VARIABLE, "environ")
    toml = f'{EMPTY}_filename = "file"\n'
    assert make(toml).peak.running.cluster.groups == ("environ",)
    assert make(toml, loaders=[ENVIRON, OURS]).peak.running.cluster.groups == ("environ",)
    assert make(toml, loaders=[OURS]).peak.running.cluster.groups == ("file",)


@pytest.mark.parametrize(
    "path",
    [
        "RUNNING__CLUSTER___FILENAME",
        "running__cluster___filename",
        "Running__Cluster___FileName",
        "RUNNING.CLUSTER._filename",
    ],
)
@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_environment_variable_is_read_in_any_case(
    make: Make,
    clusters: Clusters,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    loaders: list[str],
) -> None:
    """What follows the first separator of the variable may be in any case."""
    clusters("file", "environ")
    monkeypatch.setenv(f"DYNACONF_PEAK__{path}", "environ")
    settings = make(f'{EMPTY}_filename = "file"\n', loaders=loaders)
    assert settings.peak.running.cluster.groups == ("environ",)
    settings.reload()
    assert settings.peak.running.cluster.groups == ("environ",)


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("MYAPP", "MYAPP_"),
        ("MYAPP", "DYNACONF_"),
        ("myapp", "MYAPP_"),
        ("ONE,TWO", "ONE_"),
        ("ONE,TWO", "TWO_"),
        (False, ""),
        (False, "DYNACONF_"),
    ],
)
@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_application_has_its_own_prefix(
    make: Make,
    clusters: Clusters,
    monkeypatch: pytest.MonkeyPatch,
    prefix: str | bool,
    name: str,
    loaders: list[str],
) -> None:
    """The variable is read with the prefixes that dynaconf reads for this application."""
    clusters("file", "environ")
    monkeypatch.setenv(f"{name}PEAK__RUNNING__CLUSTER___FILENAME", "environ")
    settings = make(f'{EMPTY}_filename = "file"\n', envvar_prefix=prefix, loaders=loaders)
    assert settings.peak.running.cluster.groups == ("environ",)


@pytest.mark.parametrize(("prefix", "name"), [("MYAPP", "OTHER_"), (None, "DYNACONF_"), (None, "")])
def test_other_prefixes_are_not_read(
    make: Make,
    clusters: Clusters,
    monkeypatch: pytest.MonkeyPatch,
    prefix: str | None,
    name: str,
) -> None:
    """What dynaconf does not read for this application, the loader does not either."""
    clusters("file", "environ")
    monkeypatch.setenv(f"{name}PEAK__RUNNING__CLUSTER___FILENAME", "environ")
    settings = make(f'{EMPTY}_filename = "file"\n', envvar_prefix=prefix)
    assert settings.peak.running.cluster.groups == ("file",)


def test_separator_of_the_application_is_used(
    make: Make, clusters: Clusters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable is taken apart at the application's own separator of nested names."""
    clusters("file", "environ")
    monkeypatch.setenv("DYNACONF_PEAK##RUNNING##CLUSTER##_FILENAME", "environ")
    settings = make(f'{EMPTY}_filename = "file"\n', NESTED_SEPARATOR_FOR_DYNACONF="##")
    assert settings.peak.running.cluster.groups == ("environ",)


@pytest.mark.parametrize(
    "value",
    [
        '@json {"running": {"cluster": {"_filename": "environ"}}}',
        '{running={cluster={_filename="environ"}}}',
        '@merge {"running": {"cluster": {"_filename": "environ"}}}',
    ],
)
@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_variable_may_hold_the_whole_table(
    make: Make,
    clusters: Clusters,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    loaders: list[str],
) -> None:
    """The file may be named within a variable that holds all of ``PEAK``."""
    clusters("file", "environ")
    monkeypatch.setenv("DYNACONF_PEAK", value)
    settings = make(f'{EMPTY}_filename = "file"\n', loaders=loaders)
    assert settings.peak.running.cluster.groups == ("environ",)
    assert settings.get_fresh("PEAK").running.cluster.groups == ("environ",)


@pytest.mark.parametrize("dotted", [True, False])
def test_loader_may_be_called_with_a_path(make: Make, clusters: Clusters, dotted: bool) -> None:
    """Whoever calls the loader by hand may name the file, whatever dotted names mean elsewhere."""
    clusters("file", "other")
    settings = make(f'{EMPTY}_filename = "file"\n', DOTTED_LOOKUP_FOR_DYNACONF=dotted)
    load(settings, filename="other")
    assert settings.peak.running.cluster.groups == ("other",)


@pytest.mark.filterwarnings("ignore:.*does not need `@reset`:UserWarning")
@pytest.mark.parametrize(("value", "groups"), [("@reset file", ("file",)), ("@del", ("environ",))])
def test_marks_of_dynaconf_stand_before_a_path(
    make: Make,
    clusters: Clusters,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    groups: tuple[str, ...],
) -> None:
    """A mark that dynaconf had nothing to apply to names what stands behind it."""
    clusters("file", "environ")
    monkeypatch.setenv("CLUSTER", "environ")
    assert make(f'{EMPTY}_filename = "{value}"\n').peak.running.cluster.groups == groups


def test_unknown_variables_may_be_ignored(
    make: Make, clusters: Clusters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where dynaconf ignores unknown variables, one for a known setting is read."""
    clusters("file", "environ")
    monkeypatch.setenv(VARIABLE, "environ")
    settings = make(f'{EMPTY}_filename = "file"\n', ignore_unknown_envvars=True)
    assert settings.peak.running.cluster.groups == ("environ",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("settings.toml", '[peak.running.cluster]\n_filename = "file"\n'),
        ("settings.toml", 'peak.running.cluster._filename = "file"\n'),
        ("settings.toml", 'peak__running__cluster___filename = "file"\n'),
        ("settings.toml", '"peak.running.cluster._filename" = "file"\n'),
        ("settings.yaml", "peak:\n  running:\n    cluster:\n      _filename: file\n"),
        ("settings.yaml", "peak__running__cluster___filename: file\n"),
        ("settings.json", '{"peak": {"running": {"cluster": {"_filename": "file"}}}}'),
        ("settings.py", 'PEAK = {"running": {"cluster": {"_filename": "file"}}}\n'),
        ("settings.py", 'PEAK__RUNNING__CLUSTER___FILENAME = "file"\n'),
        (
            "settings.py",
            "import pathlib\n"
            'PEAK = {"running": {"cluster": {"_filename": pathlib.Path("file")}}}\n',
        ),
    ],
)
def test_settings_files_name_it(make: Make, clusters: Clusters, name: str, text: str) -> None:
    """Every kind of settings file may name the cluster file."""
    clusters("file")
    settings = make(text, name=name)
    assert settings.peak.running.cluster.groups == ("file",)
    assert settings[f"{CLUSTER}.hosts.host"] == ("file",)


@pytest.mark.parametrize("first", ["DEVELOPMENT", "PRODUCTION"])
def test_each_environment_names_its_own(
    make: Make, clusters: Clusters, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The section of the current environment names the file, else the default one."""
    clusters("default", "production")
    monkeypatch.setenv("ENV_FOR_DYNACONF", first)
    settings = make(
        '[default.peak.running.cluster]\n_filename = "default"\n'
        '[production.peak.running.cluster]\n_filename = "production"\n',
        environments=True,
    )
    of = {"DEVELOPMENT": ("default",), "PRODUCTION": ("production",)}
    assert settings.peak.running.cluster.groups == of[first]
    for env, groups in of.items():
        with settings.using_env(env):
            assert settings.peak.running.cluster.groups == groups
        assert settings.from_env(env).peak.running.cluster.groups == groups
        settings.setenv(env)
        assert settings.peak.running.cluster.groups == groups
        assert settings[f"{CLUSTER}.groups.{groups[0]}"] == ("host",)
        settings.setenv()
    assert settings.peak.running.cluster.groups == of[first]


@pytest.mark.parametrize(
    "keywords",
    [
        {"PEAK": {"running": {"cluster": {"_filename": "file"}}}},
        {"peak": {"running": {"cluster": {"_filename": "file"}}}},
        {"PEAK": {"running": {"cluster": {"_filename": Path("file")}}}},
    ],
    ids=["upper", "lower", "path"],
)
def test_keywords_name_it(make: Make, clusters: Clusters, keywords: dict[str, Any]) -> None:
    """A keyword of the settings object names the file, before and after loading again."""
    clusters("file")
    settings = make("", **keywords)
    for disturb in (lambda: None, settings.reload, settings.setenv):
        disturb()
        assert settings.peak.running.cluster.groups == ("file",)


def test_includes_and_local_files_name_it(make: Make, clusters: Clusters) -> None:
    """A file that is included and the local twin of a settings file name it, too."""
    clusters("file", "late")
    late = f'{EMPTY}_filename = "late"\n'
    toml = f'{EMPTY}_filename = "file"\n'
    for options in (
        {"files": {"late.toml": late}, "includes": ["late.toml"]},
        {"files": {"settings.local.toml": late}},
        {"files": {".secrets.toml": late}, "secrets": ".secrets.toml"},
    ):
        settings = make(toml, **options)
        assert settings.peak.running.cluster.groups == ("late",)
    assert make(late, preload=["early.toml"], files={"early.toml": toml}).peak is not None


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS], [ENVIRON, OURS, "plain"]])
@pytest.mark.parametrize(
    "late",
    [
        f'{EMPTY}_filename = "late"\n',
        f"{EMPTY}mine = 1\n",
        "[peak]\nmine = 1\n",
        "PEAK = '@del'\n",
        f'dynaconf_merge = true\n{EMPTY}_filename = "late"\n',
        "other = 1\n",
    ],
)
def test_environment_wins_over_what_is_included(
    make: Make,
    clusters: Clusters,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    loaders: list[str],
    late: str,
) -> None:
    """An included file may replace all of ``peak``, but not what a variable says of the inputs."""
    clusters("file", "late", "environ")
    (tmp_path / "plain.py").write_text("def load(*_, **__): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(VARIABLE, "environ")
    monkeypatch.setenv(VARIABLE.replace("FILENAME", "HOSTNAME"), "")
    settings = make(
        f'{EMPTY}_filename = "file"\n',
        files={"late.toml": late},
        includes=["late.toml"],
        loaders=loaders,
    )
    for again in (settings.reload, lambda: settings.get_fresh("PEAK"), settings.setenv, None):
        assert settings.peak.running.cluster.groups == ("environ",)
        if again:
            again()
    monkeypatch.delenv(VARIABLE)
    settings.reload()
    assert settings.peak.running.cluster.groups == (
        ("late",) if "late" in late else ("file",) if late.startswith("other") else ()
    )


# Paths.


def test_relative_path_is_found_as_dynaconf_finds_files(
    make: Make, clusters: Clusters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is looked up from the project's root, its ``config`` folder and above."""
    clusters("root", "config/below", "sub/dir/deep")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for path, group in {"root": "root", "sub/dir/deep": "deep", "below": "below"}.items():
        settings = make(f'{EMPTY}_filename = "{path}"\n')
        assert settings.peak.running.cluster.groups == (group,), path
        settings.reload()
        assert settings.peak.running.cluster.groups == (group,), path


def test_relative_path_of_other_places_starts_here(
    make: Make, clusters: Clusters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path from ``__main__`` or the environment is relative to the working folder."""
    clusters("elsewhere/here", "config/below", "only-at-the-root")
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("CLUSTER", "here")
    assert make(EMPTY).peak.running.cluster.groups == ("here",)
    monkeypatch.setattr(main(), "CLUSTER", "../config/below", raising=False)
    assert make(EMPTY).peak.running.cluster.groups == ("below",)
    monkeypatch.setattr(main(), "CLUSTER", "only-at-the-root", raising=False)
    with pytest.warns(ClusterFileWarning, match="elsewhere.only-at-the-root"):
        assert make(EMPTY).peak.running.cluster.groups == ()


@pytest.mark.parametrize("place", ["setting", "main", "environ"])
def test_tilde_is_expanded(
    make: Make, clusters: Clusters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A path may start at the user's home, wherever it is named."""
    clusters("home/cluster")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    toml = EMPTY
    if place == "setting":
        toml = f'{EMPTY}_filename = "~/cluster"\n'
    elif place == "main":
        monkeypatch.setattr(main(), "CLUSTER", "~/cluster", raising=False)
    else:
        monkeypatch.setenv("CLUSTER", "~/cluster")
    assert make(toml).peak.running.cluster.groups == ("cluster",)


class Somewhere(os.PathLike[str]):
    """A path of the application's own kind."""

    def __fspath__(self) -> str:
        return "file"


@pytest.mark.parametrize("path", [Path("file"), Somewhere(), Path("~/file")], ids=repr)
@pytest.mark.parametrize("place", ["setting", "main", "keyword"])
def test_path_objects_are_welcome(
    make: Make,
    clusters: Clusters,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: os.PathLike[str],
    place: str,
) -> None:
    """The file may be named by any path object."""
    clusters("file")
    monkeypatch.setenv("HOME", str(tmp_path))
    if place == "keyword":
        settings = make("", PEAK={"running": {"cluster": {"_filename": path}}})
    else:
        settings = make(EMPTY)
        if place == "main":
            monkeypatch.setattr(main(), "CLUSTER", path, raising=False)
            settings.reload()
        else:
            settings.set(f"{CLUSTER}._filename", path)
    assert settings.peak.running.cluster.groups == ("file",)
    settings.set(f"{CLUSTER}.x", 1)
    assert settings.peak.running.cluster.groups == ("file",)


WRONG = [1, True, 1.5, ["file"], {"a": "file"}, b"file", ("file",)]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_setting_that_is_no_path_is_refused(make: Make, value: object) -> None:
    """What is no path is refused with the name of the setting."""
    settings = make(EMPTY)
    with pytest.raises(TypeError, match=r"setting peak\.running\.cluster\._filename is "):
        settings.set(f"{CLUSTER}._filename", value)


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_name_of_main_that_is_no_path_is_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    """What is no path is refused with the place it came from."""
    monkeypatch.setattr(main(), "CLUSTER", value, raising=False)
    with pytest.raises(TypeError, match=r"CLUSTER in __main__ is .*expected the path"):
        make(EMPTY).get("x")


@pytest.mark.parametrize("path", ["a\0b", "a\ud800"])
def test_path_that_no_file_can_have_is_refused(make: Make, path: str) -> None:
    """A path that the system would not take is refused with the place it came from."""
    settings = make()
    with pytest.raises(ValueError, match=re.escape(f"_filename is {path!r}; expected the path")):
        settings.set(f"{CLUSTER}._filename", path)


@pytest.mark.parametrize("value", ["1", "true", "@json [1]", "@int 1"])
def test_variable_that_is_no_path_is_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """What dynaconf takes for something else than text is refused, and the setting named."""
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(TypeError, match=r"peak\.running\.cluster\._filename is "):
        make(EMPTY).get("x")


@pytest.mark.parametrize("value", [["one"], {"a": 1}, ("one",), b"one", object()], ids=repr)
def test_name_of_the_machine_that_is_no_name_is_refused(make: Make, value: object) -> None:
    """What is no name of a host is refused with the name of the setting."""
    settings = make()
    with pytest.raises(TypeError, match=r"setting peak\.running\.cluster\._hostname is "):
        settings.set(f"{CLUSTER}._hostname", value)


@pytest.mark.parametrize(
    ("text", "hostname"),
    [("123", "123"), ("123456789012", "123456789012"), ("true", "true"), ("1.5", "1.5")],
)
@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_text_that_was_taken_for_something_else_is_a_name(
    make: Make, monkeypatch: pytest.MonkeyPatch, text: str, hostname: str, loaders: list[str]
) -> None:
    """A name of a machine that dynaconf took for a number is read as text."""
    monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER___HOSTNAME", text)
    settings = make(cluster=f"GROUP:g\n{hostname}\n", loaders=loaders)
    for _ in range(2):
        assert settings.peak.running.cluster.hostname == hostname
        assert settings.peak.running.cluster.group_names == ("g",)
        settings.set(f"{CLUSTER}.x", 1)


def test_filename_of_a_call_is_used(make: Make, clusters: Clusters) -> None:
    """The loader may be called with a file, as dynaconf's own loaders may."""
    clusters("file")
    settings = make()
    load(settings, filename="file")
    assert settings.peak.running.cluster.groups == ("file",)
    load(settings, env="PRODUCTION", silent=False, key="OTHER")
    load(settings, "PRODUCTION", True, "peak", validate=True)
    assert settings.peak.running.cluster.groups == ("file",)


def test_path_is_shown_by_errors_and_not_stored(make: Make, clusters: Clusters) -> None:
    """The setting keeps what the user wrote."""
    clusters("sub/file")
    settings = make(f'{EMPTY}_filename = "sub/file"\n')
    assert settings.peak.running.cluster._filename == "sub/file"
    assert settings.as_dict()["PEAK"]["running"]["cluster"]["_filename"] == "sub/file"
    assert pickle.loads(pickle.dumps(settings.peak.running.cluster.groups)) == ("file",)


def test_file_that_dynaconf_skips_is_not_there(make: Make, tmp_path: Path) -> None:
    """A file in ``skip_files`` is passed over, as dynaconf's own files are."""
    settings = make(skip_files=[str(tmp_path / "example.cluster")])
    with pytest.warns(ClusterFileWarning, match="there is no cluster file"):
        assert settings.peak.running.cluster.groups == ()


def test_without_a_folder_of_settings_the_file_is_found_as_any(tmp_path: Path) -> None:
    """Beside the program first, if neither a settings file nor ``root_path`` says where."""
    for folder in ("beside", "working"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "found.cluster").write_text(f"GROUP:{folder}\nhost\n")
    program = tmp_path / "beside" / "program.py"
    program.write_text(
        "from dynaconf import Dynaconf\n"
        f"settings = Dynaconf(loaders={[OURS, ENVIRON]!r})\n"
        "print(settings.find_file('found.cluster'))\n"
        "print(*settings.peak.running.cluster.groups)\n"
    )
    done = subprocess.run(
        [sys.executable, program],
        cwd=tmp_path / "working",
        env={**os.environ, VARIABLE: "found.cluster"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(tmp_path / "beside" / "found.cluster"), "beside"]
