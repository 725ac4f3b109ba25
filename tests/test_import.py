"""What imports dynaconf, and what does not."""

from __future__ import annotations

import pkgutil

import dynaconf_cluster

from .command import result, run

MODULES = ["dynaconf_cluster"] + [
    f"dynaconf_cluster.{module.name}"
    for module in pkgutil.iter_modules(dynaconf_cluster.__path__)
    if module.name not in {"_settings", "loader", "__main__"}
]


def test_modules_that_know_nothing_of_dynaconf_do_not_import_it() -> None:
    """The library, and the command, are imported without dynaconf."""
    names = ", ".join([*MODULES, "dynaconf_cluster._cli.main", "dynaconf_cluster._cli.inventory"])
    program = f"import sys, {names}; print([m for m in sys.modules if m.startswith('dynaconf.')])"
    assert result(run("python", "-c", program)) == "[]\n"
    program = "import sys, dynaconf_cluster.loader; print('dynaconf.base' in sys.modules)"
    assert result(run("python", "-c", program)) == "True\n"  # so that the check is not vacuous


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
    assert result(run("python", "-c", program)) == (
        "('one.baz.com',) ('web',) ('one.baz.com',)\n"
        "<string>\n"
        "no group 'wbe'; did you mean 'web'?\n"
        "False\n"
    )


def test_the_library_has_the_names_that_it_promises() -> None:
    """The names of the library are there to be imported."""
    promised = {"Cluster", "ClusterFileError", "ClusterFileWarning", "parse", "read"}
    assert promised <= set(dynaconf_cluster.__all__)
    assert all(hasattr(dynaconf_cluster, name) for name in dynaconf_cluster.__all__)
    assert set(dynaconf_cluster.__all__) <= set(dir(dynaconf_cluster))
