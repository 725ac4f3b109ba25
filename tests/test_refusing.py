"""Errors and warnings: they point at user code, change nothing, and import nothing."""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dynaconf_cluster
from dynaconf_cluster import ClusterFileError, ClusterFileWarning

from .command import run
from .conftest import CLUSTER, ENVIRON, NAMED, OURS, VARIABLE, Make, check_cluster

BAD = "GROUP web\none two\n"
PACKAGE = dynaconf_cluster.__path__[0]


@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize(
    "read",
    [lambda s: s.get("x"), lambda s: s.peak, lambda s: s["peak"], lambda s: s.as_dict()],
    ids=["get", "attribute", "key", "as_dict"],
)
def test_a_refused_file_is_raised(make: Make, silent: bool, read: Callable[[Any], object]) -> None:
    """Whatever is read first, all problems are reported, with a short traceback."""
    settings = make(cluster=BAD, silent_errors=silent)
    for _ in range(2):
        with pytest.raises(ClusterFileError) as refused:
            read(settings)
        assert [problem.line for problem in refused.value.problems] == [1, 2]
        frames = traceback.extract_tb(refused.value.__traceback__)
        ours = [frame.name for frame in frames if frame.filename.startswith(PACKAGE)]
        assert (ours[0], len(ours) <= 6, "parse" in ours) == ("load", True, False), ours


def test_a_refused_file_that_is_set_changes_nothing(make: Make) -> None:
    """Setting a refused file raises its error and leaves the setting unchanged."""
    settings = make(files={"bad.cluster": BAD})
    settings.get("x")
    for _ in range(2):
        with pytest.raises(ClusterFileError):
            settings.set(f"{CLUSTER}._filename", "bad.cluster")
        with pytest.raises(ClusterFileError):
            settings.update({"peak": {"running": {"cluster": {"_filename": "bad.cluster"}}}})
        check_cluster(settings)
        assert settings[f"{CLUSTER}._filename"] == "example.cluster"
    settings.set("peak.mine", 1)
    check_cluster(settings)
    settings.unset("PEAK", force=True)
    with pytest.raises(ClusterFileError):
        settings.set(f"{CLUSTER}._filename", "bad.cluster")
    assert "PEAK" not in settings.store
    settings.set(f"{CLUSTER}._filename", "example.cluster")
    check_cluster(settings)


def test_a_bad_input_is_raised_in_loading(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad input is an error on the first load; later it leaves the cluster unchanged."""
    with pytest.raises(ValueError, match=r"_hostname is 'a b'; expected the name of a host"):
        make(f"{NAMED}_hostname = 'a b'\n").get("x")
    settings = make(files={"bad.cluster": BAD})
    check_cluster(settings)
    Path("settings.toml").write_text(f"{NAMED}_hostname = 'a b'\n")
    with pytest.raises(ValueError, match="_hostname is 'a b'"):
        settings.reload()
    check_cluster(settings)
    Path("settings.toml").write_text(NAMED)
    monkeypatch.setenv(f"{VARIABLE}_FILENAME", "bad.cluster")
    with pytest.raises(ClusterFileError):
        settings.reload()
    check_cluster(settings)


def test_warnings_point_at_the_line_of_the_user(make: Make) -> None:
    """From Python 3.12 on, a warning has the line of the user's code."""
    settings, fresh = make(), make()
    settings.get("x")
    Path("example.cluster").unlink()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fresh.get("x")
        settings.reload()
        settings.set(f"{CLUSTER}._filename", "none")
        with settings.using_env("main"):
            pass
    assert len(caught) >= 4
    assert {warning.category for warning in caught} == {ClusterFileWarning}
    if sys.version_info >= (3, 12):
        assert {warning.filename for warning in caught} == {__file__}


def test_errors_in_lazy_inputs_are_raised_on_reading(make: Make) -> None:
    """Errors in lazy inputs are raised when an output is read."""
    settings = make('[peak.running.cluster]\n_filename = "@format {this.where}"\n')
    assert settings.get("x") is None
    for _ in range(2):
        with pytest.raises(Exception, match=r"(?i)where"):
            _ = settings.peak.running.cluster.groups
    settings.set("where", "example.cluster")
    check_cluster(settings)


SERVICE = f"""
import os, resource, sys, warnings
from pathlib import Path
from dynaconf import Dynaconf

os.chdir(sys.argv[1])
path = Path("x.cluster").absolute()
path.write_text("GROUP:web\\none\\nLUMP:all\\nweb\\n")
peak = {{"running": {{"cluster": {{"_filename": str(path)}}}}}}
settings = Dynaconf(loaders={[OURS, ENVIRON]!r}, PEAK=peak)
settings.get("x")


def check():
    before = {{*sys.modules}}
    try:
        settings.peak.running.cluster.groups["wbe"]
    except KeyError as error:
        print(error)
    settings.set("peak.mine", 1)
    settings.set("peak.running.cluster.groups.web", ["two"])
    print(settings.peak.running.cluster.groups.all, settings.peak.running.cluster.hosts)
    try:
        settings.set("peak.running.cluster.groups.web", 5)
    except TypeError as error:
        print(error)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        settings.reload()
    print(*(warning.message for warning in caught), sep="\\n")
    print(settings.peak.running.cluster.groups.all)
    print([name for name in sys.modules if name not in before])
"""

EXPECTED = """\
no group 'wbe'; did you mean 'web'?
('two',) ('two',)
the setting peak.running.cluster.groups.web is 5; a group is replaced whole: write the list of its \
hosts
"""

TURNS = {
    "without a file descriptor": """
path.write_text("GROUP web\\n")
limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, limit[1]))
""",
    "with a file that has turned bad": """
path.write_text("GROUP web\\nLUMP:all\\nwbe\\none two\\n")
""",
    "after a chroot": """
os.mkdir("root")
os.chroot("root")
os.chdir("/")
os.makedirs(sys.argv[1])
path.write_text("GROUP web\\n")
""",
}


@pytest.mark.parametrize("turn", TURNS)
def test_a_running_service_needs_no_import(tmp_path: Path, turn: str) -> None:
    """After the first read, misses, writes and errors import nothing."""
    done = run("python", "-c", f"{SERVICE}{TURNS[turn]}check()", str(tmp_path))
    if "Operation not permitted" in done.err:
        pytest.skip("a chroot is for the administrator")
    assert done.status == 0, done.err
    assert done.out.startswith(EXPECTED)
    rest = done.out.removeprefix(EXPECTED)
    assert "the last good one stays in use" in rest
    assert rest.endswith("('two',)\n[]\n")
    if "descriptor" in turn:
        assert "Too many open files" in rest
    else:
        assert "x.cluster:1:1: 'GROUP web' is not spelt like a header" in rest
    if "bad" in turn:
        assert "x.cluster:3:1: lump 'all' names unknown group 'wbe'; did you mean 'web'?" in rest
