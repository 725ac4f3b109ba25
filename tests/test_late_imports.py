"""What may come between a start, which imports little, and the first read of a cluster."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = """
import resource, sys, warnings
from pathlib import Path
from dynaconf import Dynaconf

path = Path(sys.argv[1], "example.cluster")
path.write_text("GROUP:web\\none\\n")
settings = Dynaconf(
    loaders=["dynaconf_cluster.loader"],
    PEAK={"running": {"cluster": {"_filename": str(path)}}},
)
settings.get("x")
"""

PROGRAMS = {
    "modules are dropped": (
        """
import sys
from unittest import mock
with mock.patch.dict(sys.modules):
    import dynaconf_cluster
    cluster = dynaconf_cluster.parse("GROUP:web\\none\\n")
print(cluster.groups, cluster.hosts, cluster.groups.web)
""",
        "('web',) ('one',) ('one',)\n",
    ),
    "modules of settings are dropped": (
        f"""{SETTINGS}
for name in [name for name in sys.modules if name.startswith("dynaconf_cluster")]:
    del sys.modules[name]
print(settings.peak.running.cluster.groups.web, settings.get("peak.running.cluster.hosts"))
""",
        "('one',) ('one',)\n",
    ),
    "files can no longer be opened": (
        f"""{SETTINGS}
settings.peak.running.cluster.groups
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))  # of which none is left
path.unlink()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    settings.reload()
resource.setrlimit(resource.RLIMIT_NOFILE, limits)
print([type(warning.message).__name__ for warning in caught])
print(settings.peak.running.cluster.groups.web)
""",
        "['ClusterFileWarning']\n('one',)\n",
    ),
    "a value is written as YAML": (
        """
import dynaconf_cluster
value = dynaconf_cluster.parse("GROUP:web\\none\\n").groups.get("web")
import dynaconf_cluster.loader
from dynaconf.vendor.ruamel import yaml
print(yaml.safe_dump({"web": value}, default_flow_style=True), end="")
""",
        "{web: [one]}\n",
    ),
    "a value that comes after the loader is written as YAML": (
        """
import dynaconf_cluster.loader
value = dynaconf_cluster.parse("GROUP:web\\none\\n").groups.get("web")
from dynaconf.vendor.ruamel import yaml
print(yaml.safe_dump({"web": value}, default_flow_style=True), end="")
""",
        "{web: [one]}\n",
    ),
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_what_was_not_imported_yet_is_not_missed(what: str, tmp_path: Path) -> None:
    """What is imported late does its work as if it had been there from the start."""
    program, expected = PROGRAMS[what]
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.stdout == expected, done.stderr
