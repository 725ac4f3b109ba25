"""``show`` and ``graph``: the cluster as people see it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .command import MODULE, call, result, run
from .conftest import CLUSTER


def draw(*arguments: str, text: str | None = None, machine: str = "two", columns: int = 80) -> str:
    """Run a command on the example, or on a file with that text."""
    file = "example.cluster"
    if text is not None:
        file = "x"
        Path(file).write_text(text, "utf-8")
    return result(call(*arguments, file, machine=machine, COLUMNS=str(columns)))


def test_show(example: Path) -> None:
    """The tree has counts, what groups and lumps are made of, this machine and the file."""
    assert (
        draw("show", columns=100)
        == """\
example.cluster  (named by the command line)
9 hosts, 4 groups, 1 lump; * marks this machine, two.baz.com
├── odd          3 hosts  one.baz.com, three.baz.com, five.baz.com
├── even *       3 hosts  two.baz.com *, four.baz.com, six.baz.com
├── prime *      4 hosts  one.baz.com, three.baz.com, five.baz.com, two.baz.com *
├── qux          2 hosts  one.baz.com, frob.baz.com
├── weird *      5 hosts  = prime + qux
└── __orphans__  2 hosts  foo.baz.com, bar.baz.com
"""
    )


def test_show_narrow(example: Path) -> None:
    """Long lists are cut to the width of the terminal, with a count of the rest."""
    assert draw("show", columns=60, machine="elsewhere").splitlines()[1:5] == [
        "9 hosts, 4 groups, 1 lump; this machine, elsewhere, is not among them",
        "├── odd          3 hosts  one.baz.com, … 2 more",
        "├── even         3 hosts  two.baz.com, … 2 more",
        "├── prime        4 hosts  one.baz.com, … 3 more",
    ]
    whole = draw("show", "--all", columns=20)
    assert "one.baz.com, three.baz.com, five.baz.com, two.baz.com *" in whole
    assert draw("show", columns=20).splitlines()[2] == "├── odd          3 hosts  … 3 more"


@pytest.mark.parametrize("columns", [40, 61, 80, 117])
def test_show_fits(columns: int) -> None:
    """No line of the tree is wider than the terminal, as long as that can be."""
    hosts = "".join(f"host{n}\n" for n in range(300))
    groups = "".join(f"GROUP:g{n}\none\n" for n in range(50))
    lump = "".join(f"g{n}\n" for n in range(50))
    tree = draw("show", text=f"{hosts}{groups}LUMP:all\n{lump}", columns=columns).splitlines()[2:]
    assert max(map(len, tree)) <= columns
    assert all(len(line) > columns - 20 for line in tree if "more" in line)


def test_show_odd_files() -> None:
    """Wide letters, empty groups, and lumps that list hosts are drawn well."""
    for text, tree in {
        "GROUP:東京\na\nGROUP:ü\nb\nGROUP:abc\nc\n": [
            *("├── 東京  1 host  a", "├── ü     1 host  b", "└── abc   1 host  c")
        ],
        "GROUP:a\nLUMP:b\na\nGROUP:b\none\nLUMP:c\n__all__\n": [
            *("├── a  0 hosts", "├── b   1 host  = a + one", "└── c   1 host  = __all__")
        ],
    }.items():
        assert draw("show", text=text).splitlines()[2:] == tree


ALONE = """\
no cluster file is named:
  the setting peak.running.cluster._filename: {setting}
  CLUSTER in __main__: not seen from here, as the application's program sets it
  the environment variable CLUSTER: {variable}
so an application takes this machine alone for its cluster, and other commands stop
1 host, 0 groups; * marks this machine, box
└── __orphans__ *  1 host  box *
"""


def test_show_alone() -> None:
    """Without a file it is explained where one was looked for, and what follows."""
    setting = "not looked at, as -i names no settings"
    said = result(call("show", machine="box"))
    assert said == ALONE.format(setting=setting, variable="not set")
    said = result(call("show", machine="box", CLUSTER=""))
    assert said == ALONE.format(setting=setting, variable="empty")


SLIP = f"; is '{CLUSTER}.__filename' meant to be '{CLUSTER}._filename'?"


@pytest.mark.parametrize(("key", "slip"), [("x", ""), ("__filename", SLIP)])
def test_show_settings_alone(tmp_path: Path, key: str, slip: str) -> None:
    """Of settings it is said whether there is a likely slip."""
    (tmp_path / "app.py").write_text(MODULE)
    cluster = f'[peak.running.cluster]\n_hostname = "box"\n{key} = "x"\n'
    (tmp_path / "settings.toml").write_text(cluster)
    said = result(run("dynaconf-cluster", "-i", "app.settings", "show"))
    assert said == ALONE.format(setting=f"not set{slip}", variable="not set")


DOT = """\
digraph cluster {
  rankdir=LR
  g1 [shape=box, label="odd\\n3 hosts"]
  g2 [shape=box, label="even\\n3 hosts"]
  g3 [shape=box, label="prime\\n4 hosts"]
  g4 [shape=box, label="qux\\n2 hosts"]
  g5 [shape=hexagon, label="weird\\n5 hosts"]
  g6 [shape=parallelogram, label="__orphans__\\n2 hosts"]
  g5 -> g3
  g5 -> g4
}
"""


def test_graph(example: Path) -> None:
    """In each format, lumps point at what they are made of."""
    assert draw("graph") == draw("graph", "--format", "mermaid")  # which the README shows
    assert draw("graph", "--format", "dot") == DOT


def test_mermaid_with_hosts(example: Path) -> None:
    """With hosts, groups point at the hosts that they list themselves."""
    text = draw("graph", "--hosts")
    edges = re.findall(r"^  g4 --> (h\d+)$", text, re.MULTILINE)
    names = dict(re.findall(r'^  (h\d+)\(\["(.*)"\]\)$', text, re.MULTILINE))
    assert [names[edge] for edge in edges] == ["one.baz.com", "frob.baz.com"]
    assert not re.search(r"g5 --> h", text)


def test_graph_of_special_groups() -> None:
    """They are drawn only where there are orphans, or a lump names them."""
    alone = 'flowchart LR\n  g1["a<br/>1 host"]\n'
    assert draw("graph", text="GROUP:a\none\n") == alone
    lump = '  g2{{"b<br/>1 host"}}\n  g3[/"#95;#95;all#95;#95;<br/>1 host"/]\n  g2 --> g3\n'
    assert draw("graph", text="GROUP:a\none\nLUMP:b\n__all__\n") == alone + lump
