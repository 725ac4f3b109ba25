"""ClusterShell reads cluster files through upcalls in ``groups.conf``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from dynaconf_cluster import read

from .command import CONF, Outcome, call, result, run
from .conftest import GROUPS, HOSTS

pytest.importorskip("ClusterShell", reason="ClusterShell is not installed")

MAPALL = "mapall: dynaconf-cluster clustershell mapall\n"
CONFS = {"usual": CONF, "mapall alone": f"[cluster]\n{MAPALL}"}
ask = partial(call, "clustershell")


def nodeset(*arguments: str, cluster: str = "example.cluster", conf: str = CONF) -> Outcome:
    """Run ``nodeset`` on a cluster file."""
    Path("groups.conf").write_text(conf)
    folder = Path.cwd()
    return run(
        "nodeset", *arguments, CLUSTERSHELL_CFGDIR=str(folder), CLUSTER=f"{folder}/{cluster}"
    )


def test_upcalls(example: Path) -> None:
    """Each upcall prints names in file order, one per line; an orphan has no groups."""
    upcalls = {"all": HOSTS, "list": GROUPS, "reverse two.baz.com": ["even", "prime", "weird"]}
    upcalls |= {"reverse foo.baz.com": []} | {f"map {group}": GROUPS[group] for group in GROUPS}
    upcalls["mapall"] = [f"{group}: {' '.join(GROUPS[group])}" for group in GROUPS]
    for upcall, names in upcalls.items():
        expected = "".join(f"{name}\n" for name in names)
        assert ask(*upcall.split(), CLUSTER="example.cluster") == (0, expected, "")


def test_unknown_names(example: Path) -> None:
    """Unknown names are an error, as an empty answer would mean an empty group."""
    for arguments in (("map", "nope"), ("map", ""), ("reverse", "nope")):
        status, out, err = ask(*arguments, CLUSTER="example.cluster")
        assert (status, out, err.startswith("dynaconf-cluster: no ")) == (1, "", True)
    status, out, err = nodeset("-s", "cluster", "-e", "@nope")
    assert (status, out, "no group 'nope'" in err) == (1, "", True)


@pytest.mark.parametrize("conf", CONFS.values(), ids=CONFS)
def test_numbered_hosts(tmp_path: Path, conf: str) -> None:
    """``nodeset`` folds numbered hosts and puts them in the same groups as the library."""
    (tmp_path / "made").write_text(
        "n7.example\nn007.example\nGROUP:group-0\nn1.example\nn01.example\nn2.example\n"
        "GROUP:group-1\nn001.example\nn2.example\nn3.example\nn10.example\nGROUP:none\n"
        "LUMP:lump.0\ngroup-0\nnone\nLUMP:top\nlump.0\ngroup-1\n"
    )
    cluster = read("made")
    ask = partial(nodeset, cluster="made", conf=conf)
    for group in ("top", "lump.0"):
        hosts = result(ask("-e", f"@cluster:{group}")).split()
        assert sorted(hosts) == sorted(cluster.groups[group]), group
    listed = result(ask("-s", "cluster", "-l")).split()
    assert {name.rpartition(":")[2].lstrip("@") for name in listed} == {*cluster.groups}
    if "reverse" in conf:
        found = result(ask("-l", "n01.example")).split()
        assert sorted(found) == ["@group-0", "@lump.0", "@top"]
