"""Loading from several sources in a row: only what is left in the end counts."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from dynaconf import Validator
from dynaconf.utils.parse_conf import Lazy

from dynaconf_cluster import ClusterFileError, ClusterFileWarning
from dynaconf_cluster._tree import place_of

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
FILENAME = "DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME"
NAMES = ("odd", "even", "prime", "qux", "weird")

Make = Callable[..., Any]
Check = Callable[..., None]

LOAD: dict[str, Callable[[Any], object]] = {
    "reload": lambda settings: settings.reload(),
    "setenv": lambda settings: settings.setenv("production"),
    "setenv_unclean": lambda settings: settings.setenv("production", clean=False),
    "get_fresh": lambda settings: settings.get_fresh("PEAK"),
    "execute_loaders": lambda settings: settings.execute_loaders(),
}


def name_good_file(settings: object = None) -> dict[str, Any]:
    """Return what names the example in ``PEAK``, to be merged into it."""
    table: dict[str, Any] = {"_filename": "example.cluster"}
    for label in ("cluster", "running", "PEAK"):
        table = {label: {**table, "dynaconf_merge": True}}
    return table


def name_in_hook(settings: Any) -> dict[str, Any]:
    """Name the example, as a hook after loading."""
    return name_good_file()


NAMED = "[peak.running.cluster]\n_filename = '{}'\n"
INCLUDE = "[peak]\ndynaconf_merge = true\n[peak.running.cluster]\n_filename = '{}'\n"


@pytest.fixture
def bad(tmp_path: Path) -> str:
    """Return a settings file's text that names a bad cluster file in each environment."""
    (tmp_path / "bad.cluster").write_text("GROUP web\n")
    return '[peak.running.cluster]\n_filename = "bad.cluster"\n'


@pytest.mark.parametrize("load", LOAD.values(), ids=LOAD)
@pytest.mark.parametrize("source", ["environment", "include", "hook"])
@pytest.mark.parametrize("default", [{}, {"mine": 1}], ids=["no_default", "default"])
@pytest.mark.parametrize("silent", [True, False], ids=["silent", "loud"])
def test_files_that_are_overridden_are_not_read(
    make: Make,
    bad: str,
    monkeypatch: pytest.MonkeyPatch,
    load: Callable[[Any], object],
    source: str,
    default: dict[str, Any],
    silent: bool,
) -> None:
    """A bad file that a later source overrides is met by nobody, however often all is loaded.

    Keywords, which are defaults, stay in the store while everything is loaded again.
    """
    options: dict[str, Any] = {"peak": default} if default else {}
    files = {}
    if source == "environment":
        monkeypatch.setenv(FILENAME, "example.cluster")
    elif source == "include":
        files["late.toml"] = INCLUDE.format("example.cluster")
        options["includes"] = ["late.toml"]
    else:
        options["post_hooks"] = [name_in_hook]
    options.update(merge_enabled=True, silent_errors=silent)
    settings = make(bad, files=files, **options)
    assert settings.peak.running.cluster.groups == NAMES
    for _ in range(2):
        load(settings)
        assert settings.peak.running.cluster.groups == NAMES
        if load is not LOAD["get_fresh"]:  # which loses what is a default, with any loader
            assert settings.get("peak.mine") == default.get("mine")


def test_bad_file_of_an_include_is_refused_when_all_is_loaded(make: Make, bad: str) -> None:
    """Loading again tells of a bad file that is named last, whoever reads the cluster then."""
    settings = make(files={"late.toml": INCLUDE.format("example.cluster")}, includes=["late.toml"])
    assert settings.peak.running.cluster.groups == NAMES
    make(files={"late.toml": INCLUDE.format("bad.cluster")})
    with pytest.raises(ClusterFileError):
        settings.reload()


def test_bad_file_of_an_include_is_refused_at_first(make: Make, bad: str) -> None:
    """A bad file that an include names is met when anything of the settings is read at first."""
    settings = make(
        files={"late.toml": INCLUDE.format("bad.cluster")},
        includes=["late.toml"],
    )
    for _ in range(2):
        with pytest.raises(ClusterFileError):
            settings.get("x")


def name_late(file: str) -> Callable[[], dict[str, Any]]:
    """Return a hook that names a cluster file."""

    def hook() -> dict[str, Any]:
        return {"PEAK": {"running": {"cluster": {"_filename": file}}}, "dynaconf_merge": True}

    return hook


def test_bad_file_of_a_hook_is_refused_at_first(make: Make, bad: str) -> None:
    """A bad file that the last hook names is met when all is loaded; an earlier one is not read."""
    settings = make(post_hooks=[name_late("example.cluster"), name_late("bad.cluster")])
    with pytest.raises(ClusterFileError):
        settings.get("x")
    settings = make(
        NAMED.format("missing"), post_hooks=[name_late("bad.cluster"), name_late("example.cluster")]
    )
    assert settings.peak.running.cluster.groups == NAMES


def test_hooks_are_called_once_a_load(make: Make, check_example: Check) -> None:
    """That the keeper waits for the last hook changes nothing about the hooks."""
    calls = []

    def count(settings: Any) -> dict[str, Any]:
        calls.append(settings)
        return name_late("example.cluster")()

    settings = make(NAMED.format("missing"), post_hooks=[count])
    for loads in range(1, 4):
        check_example(settings)
        assert len(calls) == loads
        assert type(getattr(*place_of(settings._wrapped, "post_hooks"))) is list
        settings.reload()


def test_fresh_look_while_loading_does_not_end_it(
    make: Make, check_example: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loader that reads a fresh variable, for which all is loaded, does not come too early."""

    def load(obj: Any, *_: Any, **__: Any) -> None:
        loads.append(obj)
        if len(loads) == 1:
            obj.get_fresh("OTHER")

    loads: list[Any] = []

    monkeypatch.setitem(sys.modules, "fresh_loader", module := ModuleType("fresh_loader"))
    monkeypatch.setattr(module, "load", load, raising=False)
    settings = make(
        NAMED.format("missing"),
        files={"late.toml": INCLUDE.format("example.cluster")},
        includes=["late.toml"],
        loaders=[OURS, "fresh_loader"],
        silent_errors=False,
    )
    check_example(settings)
    assert len(loads) == 2


def test_loads_that_overlap_in_two_threads_come_to_an_end(
    make: Make, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    """After two threads have loaded the same settings by turns, writes are seen again at once."""
    second_is_in, first_is_out = threading.Event(), threading.Event()

    def load(obj: Any, *_: Any, **__: Any) -> None:
        if threading.current_thread() is first:
            second.start()
            assert second_is_in.wait(10)
        elif threading.current_thread() is second:
            second_is_in.set()
            assert first_is_out.wait(10)

    monkeypatch.setitem(sys.modules, "slow_loader", module := ModuleType("slow_loader"))
    monkeypatch.setattr(module, "load", load, raising=False)
    settings = make(loaders=[OURS, "slow_loader"])
    first, second = (threading.Thread(target=lambda: settings.execute_loaders()) for _ in "12")
    settings.get("x")
    first.start()
    first.join(10)
    first_is_out.set()
    second.join(10)
    with pytest.raises(ClusterFileError):
        settings.set(f"{CLUSTER}._filename", "bad.cluster")


@pytest.mark.filterwarnings("ignore:You are using .* deprecated:DeprecationWarning")  # of 3.2
def test_copy_for_a_hook_reads_no_file_that_is_not_final(make: Make, bad: str) -> None:
    """Settings that cannot be deep-copied are copied for a hook without a look at the file."""
    settings = make(bad, LOCK=threading.Lock(), post_hooks=[name_late("example.cluster")])
    assert settings.peak.running.cluster.groups == NAMES


def test_hooks_of_a_file_that_is_included_are_called(make: Make, check_example: Check) -> None:
    """A hook that is defined in an included file may name the cluster file."""
    hook = (
        "from dynaconf import post_hook\n@post_hook\ndef late():\n"
        "    cluster = {'_filename': 'example.cluster'}\n"
        "    return {'PEAK': {'running': {'cluster': cluster}}, 'dynaconf_merge': True}\n"
    )
    settings = make(
        NAMED.format("missing"), files={"late.py": hook}, includes=["late.py", "more.toml"]
    )
    check_example(settings)
    settings.reload()
    check_example(settings)


def test_hook_may_write_to_its_copy(make: Make, check_example: Check) -> None:
    """What a hook does with the settings that it is given does not end the load under way."""

    def write(copied: Any) -> dict[str, Any]:
        with pytest.warns(ClusterFileWarning, match="other"):
            copied.set(f"{CLUSTER}._filename", "other")
        copied.set(f"{CLUSTER}._filename", "example.cluster")
        return {"SEEN": copied.peak.running.cluster.groups, "dynaconf_merge": True}

    settings = make(NAMED.format("missing"), post_hooks=[write, name_late("example.cluster")])
    check_example(settings)
    assert tuple(settings.SEEN) == NAMES


def test_missing_file_is_told_once_all_is_loaded(make: Make, tmp_path: Path) -> None:
    """A file that went away is told of once by loading again, with all other sources read."""
    settings = make(peak={"mine": 1}, merge_enabled=True)
    assert settings.peak.running.cluster.groups == NAMES
    (tmp_path / "example.cluster").unlink()
    with pytest.warns(ClusterFileWarning, match="last good one stays in force") as warned:
        settings.reload()
    assert len(warned) == 1
    assert settings.peak.running.cluster.groups == NAMES


def test_warnings_point_to_the_line_that_loads(make: Make, tmp_path: Path) -> None:
    """The line that a warning names is the one that had the settings loaded, or read."""
    settings = make(cluster=None)
    with pytest.warns(ClusterFileWarning) as first:
        settings.get("x")
    (tmp_path / "example.cluster").write_text("one\n")
    settings.reload()
    (tmp_path / "example.cluster").unlink()
    with pytest.warns(ClusterFileWarning) as second:
        settings.reload()
    assert [warning.filename for warning in (*first, *second)] == [__file__] * 2


def test_other_loaders_have_their_turn_before_the_error(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where loading again raises, the sources after this loader have been read."""
    settings = make(silent_errors=False)
    assert settings.get("late") is None
    (tmp_path / "example.cluster").write_text("GROUP web\n")
    monkeypatch.setenv("DYNACONF_LATE", "read")
    with pytest.raises(ClusterFileError):
        settings.reload()
    assert settings.late == "read"
    assert settings.peak.running.cluster.groups == NAMES


def test_failing_sources_leave_the_cluster_to_be_read(make: Make, tmp_path: Path) -> None:
    """After another source stopped the loading, the cluster is still there, and followed."""
    settings = make(silent_errors=False)
    assert settings.peak.running.cluster.groups == NAMES
    settings.peak.running.cluster._hostname = "one.baz.com"

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        settings.execute_loaders(loaders=[type("Failing", (), {"load": staticmethod(fail)})])
    settings.set(f"{CLUSTER}._hostname", "two.baz.com")
    assert settings.peak.running.cluster.group_names == ("even", "prime", "weird")
    with pytest.raises(TypeError, match="groups is 5"):
        settings.set(f"{CLUSTER}.groups", 5)


def test_hooks_read_the_cluster_that_is_in_force(make: Make, tmp_path: Path) -> None:
    """A hook sees the cluster of the sources before it; what it returns is followed."""
    (tmp_path / "other.cluster").write_text("GROUP:db\ntwo\n")
    seen = []

    def hook(settings: Any) -> dict[str, Any]:
        seen.append(settings.peak.running.cluster.groups)
        return name_good_file()

    settings = make('[peak.running.cluster]\n_filename = "other.cluster"\n', post_hooks=[hook])
    assert settings.peak.running.cluster.groups == NAMES
    assert seen == [("db",)]


def test_lazy_file_name_is_evaluated_when_it_is_stored(make: Make, tmp_path: Path) -> None:
    """A lazy file name may name settings that are set together with it, and changes nothing."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "other.cluster").write_text("GROUP:db\ntwo\n")
    settings = make("base = 'none'\n[peak]\nbase = 'a'\n")
    peak = settings.peak
    lazy = {"_filename": "@format {this.peak.base}/other.cluster"}
    settings.set("peak", {"base": str(tmp_path / "b"), "running": {"cluster": lazy}})
    assert settings.peak is not peak
    assert settings.peak.base == str(tmp_path / "b")
    assert settings.peak.running.cluster.groups == ("db",)


def test_evaluating_the_file_name_may_load_settings(make: Make) -> None:
    """A lazy file name whose evaluation loads another setting afresh comes to an end."""

    def find(value: str, **context: Any) -> str:
        context["this"].get_fresh("other")
        return value

    lazy = Lazy("example.cluster", formatter=find)
    settings = make("other = 1\n", peak={"running": {"cluster": {"_filename": lazy}}})
    for _ in range(2):
        assert settings.peak.running.cluster.groups == NAMES
        settings.reload()


def test_validators_default_names_the_file(make: Make) -> None:
    """The default of a validator comes last of all."""
    settings = make("", validators=[Validator(f"{CLUSTER}._filename", default="example.cluster")])
    assert settings.peak.running.cluster.groups == NAMES
