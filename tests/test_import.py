"""What imports dynaconf, and what does not."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import dynaconf_cluster

FOR_DYNACONF = {
    *("_alone", "_copies", "_data", "_dicts", "_environ", "_history", "_hooks"),
    *("_keeper", "_merging", "_overrides", "_tree", "loader"),
}
MODULES = ["dynaconf_cluster"] + [
    f"dynaconf_cluster.{module.name}"
    for module in pkgutil.iter_modules(dynaconf_cluster.__path__)
    if module.name not in FOR_DYNACONF | {"__main__"}
]


def run(program: str) -> str:
    """Run a program in a new interpreter and return what it prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_knows_nothing_of_dynaconf_does_not_import_it(module: str) -> None:
    """The library is imported without dynaconf."""
    program = f"import sys, {module}; print([m for m in sys.modules if m.startswith('dynaconf.')])"
    assert run(program) == "[]\n"


def test_files_are_read_without_dynaconf() -> None:
    """A cluster is parsed, looked up and refused without dynaconf."""
    program = """
import sys, dynaconf_cluster
cluster = dynaconf_cluster.parse("GROUP:web\\none.baz.com\\n")
print(cluster.groups.web, cluster.hosts.one.baz.com, cluster.groups.get("WEB"))
try:
    dynaconf_cluster.parse("group web")
except dynaconf_cluster.ClusterFileError as error:
    print(error.path)
try:
    cluster.groups["wbe"]
except KeyError as error:
    print(error)
print("dynaconf" in sys.modules)
"""
    assert run(program) == (
        "('one.baz.com',) ('web',) ('one.baz.com',)\n"
        "<string>\n"
        "no group 'wbe'; did you mean 'web'?\n"
        "False\n"
    )


def test_the_loader_imports_dynaconf() -> None:
    """The loader is the way to dynaconf, so the check above is not vacuous."""
    assert run("import sys, dynaconf_cluster.loader; print('dynaconf.base' in sys.modules)") == (
        "True\n"
    )


def test_a_start_imports_only_what_reads_the_file(tmp_path: Path) -> None:
    """Settings whose cluster nobody reads do without all that works it out, as starts count."""
    (tmp_path / "example.cluster").write_text("GROUP:web\none\n", "utf-8")
    (tmp_path / "settings.toml").write_text(
        'name = "value"\n[peak.running.cluster]\n_filename = "example.cluster"\n', "utf-8"
    )
    program = f"""
import sys
from dynaconf import Dynaconf
loaders = ["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"]
settings = Dynaconf(
    loaders=loaders, root_path={str(tmp_path)!r}, settings_files=["settings.toml"]
)
print(settings.name, sorted(
    name.partition("._")[2] for name in sys.modules if name.startswith("dynaconf_cluster._")
))
print(settings.peak.running.cluster.groups.web, "dynaconf_cluster._resolution" in sys.modules)
"""
    first, second = run(program).splitlines()
    assert first == "value ['asking', 'cluster', 'facts', 'keeper', 'parser', 'tree']"
    assert second == "('one',) True"


def test_the_library_has_the_names_that_it_promises() -> None:
    """The names of the library are there to be imported."""
    promised = {"Cluster", "ClusterFileError", "ClusterFileWarning", "parse", "read"}
    assert promised <= set(dynaconf_cluster.__all__)
    assert all(hasattr(dynaconf_cluster, name) for name in dynaconf_cluster.__all__)
    assert set(dynaconf_cluster.__all__) <= set(dir(dynaconf_cluster))


def test_names_are_listed_before_they_are_imported() -> None:
    """What imports only what is asked for still tells what there is, and what there is not."""
    program = """
import dynaconf_cluster, sys
print("dynaconf_cluster._cluster" in sys.modules, "read" in dir(dynaconf_cluster))
from dynaconf_cluster import *
print(read.__name__, Cluster is dynaconf_cluster.Cluster, "ClusterFileError" in globals())
"""
    assert run(program) == "False True\nread True True\n"
