"""ClusterShell itself reads the cluster file, through upcalls of ``groups.conf``."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dynaconf_cluster import read

pytest.importorskip("ClusterShell", reason="ClusterShell is not installed")

BIN = Path(sys.executable).parent
COMMAND = "dynaconf-cluster"
CONF = """\
[Main]
default: cluster

[cluster]
map: dynaconf-cluster clustershell map "$GROUP"
all: dynaconf-cluster clustershell all
list: dynaconf-cluster clustershell list
reverse: dynaconf-cluster clustershell reverse "$NODE"
"""
MAPALL = "[cluster]\nmapall: dynaconf-cluster clustershell mapall\n"
HOSTILE = """\
good.example
$(touch${IFS}pwned)
`touch${IFS}pwned`
GROUP:web
one
two[1-3]
-x
a,b
fe80::1
GROUP:$(touch${IFS}pwned)
one
GROUP:`touch${IFS}pwned2`
one
GROUP:;touch${IFS}pwned3
one
GROUP:-rf
one
GROUP:a:b
one
GROUP:größe
one
GROUP:@web
GROUP:a,b
GROUP:!x
GROUP:a&b
GROUP:a^b
GROUP:*
GROUP:'q'
GROUP:"q"
GROUP:~
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs a program of the environment on a cluster file."""

    def run(
        program: str, *arguments: str, cluster: Path | str = "example.cluster", conf: str = CONF
    ) -> subprocess.CompletedProcess[str]:
        (tmp_path / "groups.conf").write_text(conf)
        ours = {
            "CLUSTERSHELL_CFGDIR": str(tmp_path),
            "CLUSTER": str(cluster and tmp_path / cluster),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }
        path = shutil.which(program, path=ours["PATH"])
        return subprocess.run(  # we know what we run
            [path or program, *arguments],
            capture_output=True,
            encoding="utf-8",
            env=os.environ | ours,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
        )

    return run


def make_cluster(seed: int) -> str:
    """Write a cluster file with numbered hosts, which ClusterShell folds, and lumps."""
    rng = random.Random(seed)  # the same files every time
    hosts = [f"n{rng.choice(['', '0', '00'])}{n}.example" for n in range(30)]
    text = "".join(f"{host}\n" for host in rng.sample(hosts, rng.randrange(4)))
    for n in range(5):
        members = rng.sample(hosts, rng.randrange(10))
        text += f"GROUP:group-{n}\n" + "".join(f"{host}\n" for host in members)
    text += "".join(f"LUMP:lump.{n}\ngroup-{n}\ngroup-{n + 1}\n" for n in range(4))
    return text + "LUMP:top\nlump.0\nlump.3\n"


def check(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Check that a program was content, and return the words that it said."""
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout.split()


def test_upcalls(run: Run, example: Path) -> None:
    """Each upcall gives names, one a line, in the order of the file."""
    cluster = read(example)
    assert tuple(check(run(COMMAND, "clustershell", "all"))) == cluster.hosts
    assert tuple(check(run(COMMAND, "clustershell", "list"))) == cluster.groups
    for group in cluster.groups:
        assert tuple(check(run(COMMAND, "clustershell", "map", group))) == cluster.groups[group]
    said = run(COMMAND, "clustershell", "mapall").stdout
    assert said == "".join(f"{g}: {' '.join(cluster.groups[g])}\n" for g in cluster.groups)
    assert check(run(COMMAND, "clustershell", "reverse", "two.baz.com")) == [
        *("even", "prime", "weird"),
    ]


def test_reverse_of_an_orphan(run: Run, example: Path) -> None:
    """A host that is in no declared group has none, which is not an error."""
    assert check(run(COMMAND, "clustershell", "reverse", "foo.baz.com")) == []


@pytest.mark.parametrize("arguments", [("map", "nope"), ("map", ""), ("reverse", "nope")])
def test_unknown_names(run: Run, example: Path, arguments: tuple[str, ...]) -> None:
    """Unknown names are status 1: an empty answer would be a group without nodes."""
    done = run(COMMAND, "clustershell", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("dynaconf-cluster: no ")


def test_nodeset(run: Run, example: Path) -> None:
    """``nodeset`` expands groups, lists them, and finds those of a host."""
    hosts = check(run("nodeset", "-s", "cluster", "-e", "@weird"))
    assert set(hosts) == set(read(example).groups["weird"])
    assert check(run("nodeset", "-e", "@cluster:odd&@cluster:qux")) == ["one.baz.com"]
    listed = run("nodeset", "-s", "cluster", "-ll")
    check(listed)
    lines = dict(line.split(" ", 1) for line in listed.stdout.splitlines())
    assert set(lines) == {f"@cluster:{group}" for group in read(example).groups} or set(lines) == {
        f"@{group}" for group in read(example).groups
    }
    assert set(check(run("nodeset", "-l", "two.baz.com"))) == {"@even", "@prime", "@weird"}
    assert len(check(run("nodeset", "-s", "cluster", "-e", "-a"))) == 9
    assert len(check(run("nodeset", "-e", "@*"))) == 9


def test_nodeset_of_unknown_group(run: Run, example: Path) -> None:
    """``nodeset`` does not take a group that is not there for an empty one."""
    done = run("nodeset", "-s", "cluster", "-e", "@nope")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no group 'nope'" in done.stderr


@pytest.mark.parametrize("conf", [CONF, CONF + MAPALL.partition("\n")[2], MAPALL])
@pytest.mark.parametrize("seed", range(4))
def test_generated(run: Run, tmp_path: Path, seed: int, conf: str) -> None:
    """On any file, ``nodeset`` gives each group the hosts that the library gives it."""
    (tmp_path / "made").write_text(make_cluster(seed))
    cluster = read(tmp_path / "made")
    for group in ("top", "lump.2", "group-1"):
        hosts = check(run("nodeset", "-e", f"@cluster:{group}", cluster="made", conf=conf))
        assert set(hosts) == set(cluster.groups[group]), group
    listed = check(run("nodeset", "-s", "cluster", "-l", cluster="made", conf=conf))
    assert {name.rpartition(":")[2].lstrip("@") for name in listed} == set(cluster.groups)
    if "reverse" in conf:
        host = cluster.hosts[-1]
        found = check(run("nodeset", "-l", host, cluster="made", conf=conf))
        assert {name.lstrip("@") for name in found} == {*cluster.hosts[host]} - {"__orphans__"}


def test_clush(run: Run, example: Path) -> None:
    """``clush`` runs a command for every host of a group."""
    done = run("clush", "-R", "exec", "-w", "@cluster:odd", "echo", "hello", "%h")
    check(done)
    assert sorted(done.stdout.splitlines()) == sorted(
        f"{host}: hello {host}" for host in read(example).groups["odd"]
    )


UPCALLS = [("map", "web"), ("mapall",), ("all",), ("list",), ("reverse", "one")]
SAFE = set("abcdefghijklmnopqrstuvwxyz0123456789.:-\n ")


@pytest.mark.parametrize("upcall", UPCALLS)
def test_hostile_names(run: Run, tmp_path: Path, upcall: tuple[str, ...]) -> None:
    """No upcall prints a name that means something to a shell; a warning says so."""
    (tmp_path / "hostile").write_text(HOSTILE, "utf-8")
    done = run(COMMAND, "clustershell", *upcall, cluster="hostile")
    assert done.returncode == 0
    assert set(done.stdout) <= SAFE
    assert not any(word.startswith("-") for word in done.stdout.split())
    assert done.stderr.startswith("dynaconf-cluster: left out, not safe with ClusterShell: '")
    assert done.stderr.count("\n") == 1
    assert done.stderr.isascii()


@pytest.mark.parametrize(
    ("upcall", "said", "held"),
    [
        (("map", "web"), ["one", "fe80::1"], "'two[1-3]', '-x', 'a,b'"),
        (("list",), ["web"], r"""'-rf', 'a:b', 'gr\xf6\xdfe', '@web', 'a,b', """),
        (("mapall",), ["web:", "one", "fe80::1"], r"'-rf', 'a:b', 'gr\xf6\xdfe'"),
        (("reverse", "fe80::1"), ["web"], ""),
    ],
)
def test_left_out(
    run: Run, tmp_path: Path, upcall: tuple[str, ...], said: list[str], held: str
) -> None:
    """What is safe is printed, and what is not is named in the warning, up to a number."""
    (tmp_path / "hostile").write_text(HOSTILE, "utf-8")
    done = run(COMMAND, "clustershell", *upcall, cluster="hostile")
    assert done.stdout.split() == said
    assert held in done.stderr
    assert ("more\n" in done.stderr) == (upcall[0] in ("list", "mapall"))


@pytest.mark.parametrize("conf", [CONF, CONF + MAPALL.partition("\n")[2]])
def test_hostile_names_do_nothing(run: Run, tmp_path: Path, conf: str) -> None:
    """ClusterShell, which puts names into command lines, runs nothing that a file says."""
    (tmp_path / "hostile").write_text(HOSTILE, "utf-8")
    before = {*tmp_path.iterdir(), tmp_path / "groups.conf"}
    for arguments in (["-s", "cluster", "-ll"], ["-l", "one"]):
        done = run("nodeset", *arguments, cluster="hostile", conf=conf)
        assert done.returncode == 0, done.stderr
        assert "web" in done.stdout
    assert {*tmp_path.iterdir()} == before


def test_the_file_would_be_harmful(run: Run, tmp_path: Path) -> None:
    """The hostile file of these tests does its harm if names are printed as they are."""
    (tmp_path / "hostile").write_text("GROUP:$(touch${IFS}pwned)\none\n")
    conf = CONF.replace("clustershell list", "groups").replace('"$GROUP"', "$GROUP")
    run("nodeset", "-s", "cluster", "-ll", cluster="hostile", conf=conf)
    assert any(tmp_path.glob("pwned*"))


PDSH = shutil.which("pdsh")


@pytest.mark.skipif(PDSH is None, reason="pdsh is not installed")
@pytest.mark.parametrize(
    "line",
    [
        "dynaconf-cluster hosts odd | pdsh -R exec -w - echo %h",
        'pdsh -R exec -w "$(dynaconf-cluster hosts odd --separator ,)" echo %h',
    ],
)
def test_pdsh(run: Run, example: Path, line: str) -> None:
    """``pdsh`` takes the hosts of a group from a pipe, and as a list."""
    done = run("sh", "-c", line)
    # pdsh says "one", as it drops the domain that all hosts share
    words = [said.split(": ")[1] for said in done.stdout.splitlines()]
    assert sorted(words) == sorted(read(example).groups["odd"]), done.stderr


def test_condition_of_a_shell(run: Run, example: Path) -> None:
    """``if dynaconf-cluster in web; then`` works in a shell."""
    line = "if dynaconf-cluster in odd --host one.baz.com; then echo yes; else echo no; fi"
    assert run("sh", "-c", line).stdout == "yes\n"
    assert run("sh", "-c", line.replace("one", "two")).stdout == "no\n"
