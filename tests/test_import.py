"""Which modules import dynaconf."""

from __future__ import annotations

import pkgutil

import dynaconf_cluster

from .command import result, run

MODULES = ["dynaconf_cluster"] + [
    f"dynaconf_cluster.{module.name}"
    for module in pkgutil.iter_modules(dynaconf_cluster.__path__)
    if module.name not in {"_settings", "loader", "__main__"}
]


PROGRAM = f"""
import sys, {", ".join([*MODULES, "dynaconf_cluster._cli.main", "dynaconf_cluster._cli.inventory"])}
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
import dynaconf_cluster.loader
print("dynaconf" in sys.modules)
"""
EXPECTED = """\
('one.baz.com',) ('web',) ('one.baz.com',)
<string>
no group 'wbe'; did you mean 'web'?
False
True
"""


def test_the_library_and_the_command_need_no_dynaconf() -> None:
    """Everything but settings works without importing dynaconf."""
    assert result(run("python", "-c", PROGRAM)) == EXPECTED


def test_public_names() -> None:
    """The documented public names can be imported."""
    promised = {"Cluster", "ClusterFileError", "ClusterFileWarning", "parse", "read"}
    assert promised <= set(dynaconf_cluster.__all__)
    assert all(hasattr(dynaconf_cluster, name) for name in dynaconf_cluster.__all__)
    assert set(dynaconf_cluster.__all__) <= set(dir(dynaconf_cluster))
