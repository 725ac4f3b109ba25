"""``show`` and ``graph``: drawings of the cluster."""

from __future__ import annotations

import html
import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from .command import MODULE, call, plain, result, screen
from .conftest import CLUSTER, GROUPS, HOSTS, SPECIAL


def draw(*arguments: str, text: str | None = None, machine: str = "two") -> str:
    """Run a command on the example, or on a file with the given text."""
    file = "example.cluster"
    if text is not None:
        file = "x"
        Path(file).write_text(text, "utf-8")
    return result(call(*arguments, file, machine=machine, COLUMNS="40"))


TREE = """\
example.cluster  (named by the command line)
├── odd          3 hosts  one.baz.com, three.baz.com, five.baz.com
├── even *       3 hosts  two.baz.com *, four.baz.com, six.baz.com
├── prime *      4 hosts  one.baz.com, three.baz.com, five.baz.com, two.baz.com *
├── qux          2 hosts  one.baz.com, frob.baz.com
├── weird *      5 hosts
│   ├── prime *
│   └── qux
└── __orphans__  2 hosts  foo.baz.com, bar.baz.com
9 hosts, 4 groups, 1 lump; * marks this machine, two.baz.com
"""


def test_show(example: Path) -> None:
    """The tree shows the file, the parts of groups and lumps, this machine, and counts."""
    assert draw("show") == draw("show", "--all") == TREE  # in a terminal of any width
    elsewhere = draw("show", machine="elsewhere")
    assert elsewhere.splitlines()[-1].endswith("; this machine, elsewhere, is not among them")
    assert "*" not in elsewhere


NESTED = """\
LUMP:site halls extra GROUP:extra x LUMP:halls b a GROUP:a one GROUP:b two GROUP:halls three \
LUMP:all site __all__
""".replace(" ", "\n")
DEEP = """\
├── site   4 hosts
│   ├── halls  3 hosts  three
│   │   ├── b  1 host  two
│   │   └── a  1 host  one
│   └── extra  1 host  x
├── halls  3 hosts  three
│   ├── b
│   └── a
├── extra  1 host  x
├── b      1 host  two
├── a      1 host  one
└── all    4 hosts
    ├── __all__  4 hosts  x, one, two, three
    └── site
"""


@pytest.mark.parametrize(
    ("arguments", "tree", "counts"),
    [
        ("", DEEP, "4 hosts, 3 groups, 3 lumps"),
        ("--group all --depth 1", "└── all  4 hosts\n", "4 hosts, 0 groups, 1 lump"),
        (
            "--group A --group HALLS --depth 2",
            "├── a      1 host  one\n└── halls  3 hosts  three\n"
            "    ├── b  1 host  two\n    └── a\n",
            "3 hosts, 2 groups, 1 lump",
        ),
        (
            "--group all --group site --depth 2",
            "├── all   4 hosts\n│   ├── __all__  4 hosts  x, one, two, three\n"
            "│   └── site  4 hosts\n└── site  4 hosts\n"
            "    ├── halls  3 hosts  three\n    └── extra  1 host  x\n",
            "4 hosts, 1 group, 3 lumps",
        ),
    ],
)
def test_show_lumps(arguments: str, tree: str, counts: str) -> None:
    """Members follow below a lump, once; groups and depth can be selected."""
    output = draw("show", *arguments.split(), text=NESTED, machine="elsewhere")
    _, *lines, last = output.splitlines()
    assert "".join(f"{line}\n" for line in lines) == tree
    assert last.partition(";")[0] == counts


@pytest.mark.parametrize("columns", [40, 200])
def test_show_on_a_terminal(columns: int) -> None:
    """On a terminal the tree is coloured, and cut to the width unless ``--all`` is given."""
    hosts = "".join(f"host{n}\n" for n in range(300))
    Path("x").write_text(f"GROUP:many\n{hosts}GROUP:東京\n東京\nlocalhost\n", "utf-8")
    text = screen("dynaconf-cluster", "show", "x", columns=columns)
    assert "\x1b[1mmany\x1b[0m" in text
    _, many, tokyo, *_ = plain(text).splitlines()
    assert (len(many), many[-1]) == (columns, "…")
    assert tokyo == "└── 東京  2 hosts  東京, localhost"
    assert "host299\n" in plain(screen("dynaconf-cluster", "show", "x", "--all", columns=columns))
    assert "host299\n" in plain(result(call("show", "x", FORCE_COLOR="1")))


def test_show_on_an_unusual_terminal() -> None:
    """Lumps nested deeper than the width are cut, and a width of zero is ignored."""
    chain = "".join(f"LUMP:l{number}\nl{number + 1}\n" for number in range(30))
    Path("x").write_text(f"{chain}GROUP:l30\none\n")
    drawn = screen("dynaconf-cluster", "show", "--group", "l0", "x", columns=60).splitlines()
    assert len(drawn) == 1 + 31 + 2
    assert max(map(len, map(plain, drawn))) == 60
    assert "── l5 " in plain(screen("dynaconf-cluster", "show", "x", COLUMNS="0"))


def test_show_here(example: Path) -> None:
    """The machine and its groups are highlighted, also in a pipe if colour is forced."""
    coloured = result(call("show", "example.cluster", FORCE_COLOR="1"))
    assert plain(coloured) == TREE
    marked = re.findall(r"\x1b\[1;32m(.*?)\x1b", coloured)
    assert marked == ["even *", "two.baz.com *", "prime *", "two.baz.com *", "weird *", "prime *"]
    assert "\x1b[3" not in screen("dynaconf-cluster", "show", "example.cluster", NO_COLOR="1")


def test_show_json(example: Path) -> None:
    """JSON output has the content of the tree, for all groups or a selection."""
    shown = json.loads(draw("show", "--json"))
    assert shown == {
        "version": 1,
        "file": "example.cluster",
        "named_by": "the command line",
        "hostname": "two",
        "machine": "two.baz.com",
        "groups": {
            name: {"hosts": [*hosts], "members": ["prime", "qux"] if name == "weird" else []}
            for name, hosts in (GROUPS | {"__orphans__": SPECIAL["__orphans__"]}).items()
        },
        "hosts": {host: [*groups] for host, groups in HOSTS.items()},
    }
    assert [*shown["groups"], *shown["hosts"]] == [*GROUPS, "__orphans__", *HOSTS]
    some = json.loads(draw("show", "--json", "--group", "QUX"))
    assert [*some["groups"]] == ["qux"]
    assert [*some["hosts"]] == [*GROUPS["qux"]]
    alone = json.loads(result(call("show", "--json", machine="box")))
    assert (alone["file"], alone["named_by"], alone["machine"]) == (None, None, "box")


PICTURE = Path(__file__).parent.parent / "examples" / "quickstart" / "show.svg"
RUNS = r'<text class="[^"]*-(r\d+)"[^>]* y="([^"]*)"[^>]*>([^<]*)</text>'


def test_picture(example: Path) -> None:
    """The picture in the README matches the output for the example, colours included."""
    example.rename("baz.cluster")
    shown = result(call("show", "baz.cluster", FORCE_COLOR="1"))
    width = max(map(len, plain(shown).splitlines()))
    console = Console(file=io.StringIO(), record=True, width=width, force_terminal=True)
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(title="dynaconf-cluster show baz.cluster", unique_id="show")
    if not PICTURE.exists():
        PICTURE.write_text(svg, "utf-8")
        pytest.fail(f"{PICTURE} was not there, and has been made")
    runs = re.findall(RUNS, PICTURE.read_text("utf-8"))
    assert runs == re.findall(RUNS, svg), f"delete {PICTURE} to have it made anew"
    text = html.unescape("".join(run for _, _, run in runs))
    assert "".join(text.split()) == "".join(plain(shown).split())  # ignoring padding


ALONE = """\
no cluster file is named:
  the setting peak.running.cluster._filename: {setting}
  CLUSTER in __main__: not seen from here, as the application's program sets it
  the environment variable CLUSTER: {variable}
so an application takes this machine alone for its cluster, and other commands stop
this machine alone
└── __orphans__ *  1 host  box *
1 host, 0 groups; * marks this machine, box
"""


SLIP = f"; is '{CLUSTER}.__filename' meant to be '{CLUSTER}._filename'?"


def test_show_alone(tmp_path: Path) -> None:
    """Without a file, the output lists the places searched, the consequence, and likely typos."""
    setting = "not looked at, as -i names no settings"
    for environment, variable in (({}, "not set"), ({"CLUSTER": ""}, "empty")):
        output = result(call("show", machine="box", **environment))
        assert output == ALONE.format(setting=setting, variable=variable)
    (tmp_path / "app.py").write_text(MODULE)
    for key, slip in (("x", ""), ("__filename", SLIP)):
        cluster = f'peak.running.cluster = {{_hostname="box", {key}="x"}}'
        (tmp_path / "settings.toml").write_text(cluster)
        output = result(call("-i", "app.settings", "show"))
        assert output == ALONE.format(setting=f"not set{slip}", variable="not set")


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
    """In each format, arrows lead from lumps to their members."""
    assert draw("graph") == draw("graph", "--format", "mermaid")  # the README shows it
    assert draw("graph", "--format", "dot") == DOT
    text = draw("graph", "--format", "dot", "--hosts")
    edges = re.findall(r"^  (g[45]) -> (h\d+)$", text, re.MULTILINE)
    assert edges == [("g4", "h1"), ("g4", "h7")]  # a lump lists no hosts directly
    assert '  h7 [shape=ellipse, label="frob.baz.com"]\n' in text
    # special groups are drawn only if there are orphans, or a lump names them
    alone = 'flowchart LR\n  g1["a<br/>1 host"]\n'
    assert draw("graph", text="GROUP:a\none\n") == alone
    lump = '  g2{{"b<br/>1 host"}}\n  g3[/"#95;#95;all#95;#95;<br/>1 host"/]\n  g2 --> g3\n'
    assert draw("graph", text="GROUP:a\none\nLUMP:b\n__all__\n") == alone + lump
