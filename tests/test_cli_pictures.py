"""``show`` and ``graph``: the cluster as people see it."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dynaconf_cluster._cli.main import main

Call = Callable[..., str]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return what runs the command for a given machine and terminal."""

    def call(*arguments: str, machine: str = "two", columns: int = 80) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr("socket.gethostname", lambda: machine)
        assert main(arguments) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return call


def test_show(call: Call, example: Path) -> None:
    """The tree has counts, what groups and lumps are made of, this machine and the file."""
    assert (
        call("show", "--file", "example.cluster", columns=100)
        == """\
example.cluster  (named by --file)
9 hosts, 4 groups, 1 lump; * marks this machine, two.baz.com
├── odd          3 hosts  one.baz.com, three.baz.com, five.baz.com
├── even *       3 hosts  two.baz.com *, four.baz.com, six.baz.com
├── prime *      4 hosts  one.baz.com, three.baz.com, five.baz.com, two.baz.com *
├── qux          2 hosts  one.baz.com, frob.baz.com
├── weird *      5 hosts  = prime + qux
└── __orphans__  2 hosts  foo.baz.com, bar.baz.com
"""
    )


def test_show_narrow(call: Call, example: Path) -> None:
    """Long lists are cut to the width of the terminal, with a count of the rest."""
    tree = call("show", "--file", "example.cluster", columns=60, machine="elsewhere")
    assert tree.splitlines()[1:5] == [
        "9 hosts, 4 groups, 1 lump; this machine, elsewhere, is not among them",
        "├── odd          3 hosts  one.baz.com, … 2 more",
        "├── even         3 hosts  two.baz.com, … 2 more",
        "├── prime        4 hosts  one.baz.com, … 3 more",
    ]
    whole = call("show", "--all", "--file", "example.cluster", columns=20)
    assert "one.baz.com, three.baz.com, five.baz.com, two.baz.com *" in whole
    tiny = call("show", "--file", "example.cluster", columns=20).splitlines()
    assert tiny[2] == "├── odd          3 hosts  … 3 more"


@pytest.mark.parametrize("columns", range(40, 120, 7))
def test_show_fits(call: Call, tmp_path: Path, columns: int) -> None:
    """No line of the tree is wider than the terminal, as long as that can be."""
    hosts = "\n".join(f"host{n}" for n in range(300))
    groups = "\n".join(f"GROUP:g{n}\none" for n in range(50))
    lump = "\n".join(f"g{n}" for n in range(50))
    (tmp_path / "x").write_text(f"{hosts}\n{groups}\nLUMP:all\n{lump}\n")
    tree = call("show", "--file", "x", columns=columns).splitlines()[2:]
    assert max(map(len, tree)) <= columns
    assert all(len(line) > columns - 20 for line in tree if "more" in line)


def test_show_wide_letters(call: Call, tmp_path: Path) -> None:
    """Columns are counted as a terminal does, for letters that take two or none."""
    (tmp_path / "x").write_text("GROUP:東京\na\nGROUP:u\u0308\nb\nGROUP:abc\nc\n", "utf-8")
    assert call("show", "--file", "x").splitlines()[2:] == [
        "├── 東京  1 host  a",
        "├── u\u0308     1 host  b",
        "└── abc   1 host  c",
    ]


def test_show_alone(call: Call) -> None:
    """Without a file the tree says that the cluster is this machine."""
    assert call("show", machine="box") == (
        "no cluster file is named: the cluster is this machine alone\n"
        "1 host, 0 groups; * marks this machine, box\n"
        "└── __orphans__ *  1 host  box *\n"
    )


def test_show_odd_files(call: Call, tmp_path: Path) -> None:
    """Empty groups, empty files, and lumps that list hosts as well are shown as they are."""
    (tmp_path / "x").write_text("GROUP:a\nLUMP:b\na\nGROUP:b\none\nLUMP:c\n__all__\n")
    assert call("show", "--file", "x").splitlines()[2:] == [
        "├── a  0 hosts",
        "├── b   1 host  = a + one",
        "└── c   1 host  = __all__",
    ]
    (tmp_path / "x").write_text("")
    assert call("show", "--file", "x").splitlines()[1:] == [
        "0 hosts, 0 groups; this machine, two, is not among them"
    ]


MERMAID = """\
flowchart LR
  g1["odd<br/>3 hosts"]
  g2["even<br/>3 hosts"]
  g3["prime<br/>4 hosts"]
  g4["qux<br/>2 hosts"]
  g5{{"weird<br/>5 hosts"}}
  g6[/"#95;#95;orphans#95;#95;<br/>2 hosts"/]
  g5 --> g3
  g5 --> g4
"""
ODD = """\
GROUP:a"]--x
one&amp;<b>\\N\\n
LUMP:b#35;`$(x)
a"]--x
__all__
__orphans__
"""


def test_mermaid(call: Call, example: Path) -> None:
    """As Mermaid text, lumps point at what they are made of."""
    assert call("graph", "--file", "example.cluster") == MERMAID
    assert call("graph", "--format", "mermaid", "--file", "example.cluster") == MERMAID


def test_mermaid_with_hosts(call: Call, example: Path) -> None:
    """With hosts, groups point at the hosts that they list themselves."""
    text = call("graph", "--hosts", "--file", "example.cluster")
    assert '  h1(["one.baz.com"])' in text
    edges = re.findall(r"^  g4 --> (h\d+)$", text, re.MULTILINE)
    names = dict(re.findall(r'^  (h\d+)\(\["(.*)"\]\)$', text, re.MULTILINE))
    assert [names[edge] for edge in edges] == ["one.baz.com", "frob.baz.com"]
    assert not re.search(r"g5 --> h", text)


def test_mermaid_escapes(call: Call, tmp_path: Path) -> None:
    """No name is taken for Mermaid's syntax, Markdown or HTML."""
    (tmp_path / "x").write_text(ODD)
    text = call("graph", "--hosts", "--file", "x")
    assert 'g1["a#34;#93;--x<br/>1 host"]' in text
    assert 'g2{{"b#35;35#59;#96;#36;#40;x#41;<br/>1 host"}}' in text
    assert '(["one#38;amp#59;#60;b#62;#92;N#92;n"])' in text
    assert '[/"#95;#95;all#95;#95;<br/>1 host"/]' in text
    assert '[/"#95;#95;orphans#95;#95;<br/>0 hosts"/]' in text


def test_dot(call: Call, example: Path) -> None:
    """As DOT text the picture is the same."""
    assert (
        call("graph", "--format", "dot", "--file", "example.cluster")
        == """\
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
    )


def test_graph_without_orphans(call: Call, tmp_path: Path) -> None:
    """Orphans are drawn only where there are some."""
    (tmp_path / "x").write_text("GROUP:a\none\n")
    assert call("graph", "--file", "x") == 'flowchart LR\n  g1["a<br/>1 host"]\n'


@pytest.mark.parametrize("hosts", [(), ("--hosts",)])
def test_dot_is_rendered(call: Call, tmp_path: Path, hosts: tuple[str, ...]) -> None:
    """Graphviz draws every name as it is written in the file."""
    dot = shutil.which("dot")
    if dot is None:
        pytest.skip("Graphviz is not installed")
    (tmp_path / "x").write_text(ODD)
    text = call("graph", "--format", "dot", "--file", "x", *hosts)
    done = subprocess.run(  # it is Graphviz
        [dot, "-Tsvg"], input=text, capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    drawn = [*map(html.unescape, re.findall(r"<text [^>]*>(.*?)</text>", done.stdout))]
    groups = ['a"]--x', "b#35;`$(x)", "__all__", "__orphans__"]
    assert sorted(name for name in drawn if name in groups) == sorted(groups)
    assert ("one&amp;<b>\\N\\n" in drawn) == bool(hosts)
