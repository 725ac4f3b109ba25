"""``check``: what it finds, where, and how it is written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dynaconf_cluster import ClusterFileError, parse
from dynaconf_cluster._cli.lint import ERRORS, WARNINGS
from dynaconf_cluster._cli.main import main

Call = Callable[..., tuple[int, str, str]]

LONG = "x" * 1022
ORPHANS = "stands before the first header; ClusterIt's -g"
WARNED = {
    "nothing to say": ("# all's well\n\nGROUP:a\none\ntwo\nGROUP:b\none\nLUMP:c\na\nb\n", []),
    "hosts alone are no orphans": ("one\ntwo\n", []),
    "an orphan": (
        "one\nGROUP:a\ntwo\n",
        [f"1:1: warning: host 'one' {ORPHANS} runs on it as well [orphans]"],
    ),
    "orphans before a lump": (
        "# two\n one\ntwo\nGROUP:a\nthree\nLUMP:b\na\n",
        [
            "2:2: warning: 2 hosts stand before the first header; ClusterIt's -g loses them, "
            "as the file ends in a lump [orphans]"
        ],
    ),
    "a lump of lumps": (
        "GROUP:a\none\nLUMP:b\na\nLUMP:c\nb\n",
        [
            "6:1: warning: lump 'c' names lump 'b'; ClusterIt's lumps are made of groups alone "
            "[nested-lump]"
        ],
    ),
    "words in names": (
        "GROUP:a\nmyGROUPhost\nLUMPY\nGROUP:bLUMP\ntwo\nLUMP:c\nbLUMP\n",
        [
            "2:1: warning: host 'myGROUPhost' has 'GROUP' in its name, for which ClusterIt takes "
            "the line for a header [header-in-name]",
            "3:1: warning: host 'LUMPY' has 'LUMP' in its name, for which ClusterIt takes "
            "the line for a header [header-in-name]",
            "7:1: warning: group 'bLUMP' has 'LUMP' in its name, for which ClusterIt takes "
            "the line for a header [header-in-name]",
        ],
    ),
    "words in small letters": ("GROUP:a\nmygrouphost\nlumpy\n", []),
    "words in comments": (
        "# GROUP:x\n  # a LUMP\n\t# a group\nGROUP:a\none\n",
        [
            "2:7: warning: an indented comment with 'LUMP' in it, which ClusterIt takes for a "
            "header; begin the line with '#' [header-in-comment]"
        ],
    ),
    "spaces": (
        "GROUP:a \none \ntwo\t\r\nthree\r\n four\nLUMP:b\na \n",
        [
            "2:4: warning: white space after host 'one', part of its name to ClusterIt "
            "[trailing-space]",
            "3:4: warning: white space after host 'two', part of its name to ClusterIt "
            "[trailing-space]",
            "4:6: warning: a carriage return after host 'three', part of its name to ClusterIt "
            "[trailing-space]",
        ],
    ),
    "twice in a group": (
        "GROUP:a\none\ntwo\none\nGROUP:b\none\nGROUP:a\ntwo\n",
        [
            "4:1: warning: host 'one' stands twice in group 'a', first on line 2 [duplicate-host]",
            "8:1: warning: host 'two' stands twice in group 'a', first on line 3 [duplicate-host]",
        ],
    ),
    "twice before any header": (
        "one\none\n",
        [
            "2:1: warning: host 'one' stands twice before the first header, first on line 1 "
            "[duplicate-host]"
        ],
    ),
    "a line that just fits": (f"GROUP:a\n{LONG}\n", []),
    "long lines": (
        f"# {LONG}\nGROUP:a\n{LONG}x\n# {'ü' * 511}\n",
        [
            f"{line}:1: warning: a line of {size} bytes; ClusterIt reads 1,023 at a time and takes "
            "the rest for another line [long-line]"
            for line, size in ((1, "1,024"), (3, "1,023"), (4, "1,024"))
        ],
    ),
    "empty groups": (
        "GROUP:a\nLUMP:b\nLUMP:c\na\nb\nGROUP:d\none\nLUMP:e\na\nd\nLUMP:f\n__all__\n",
        [
            "1:1: warning: group 'a' has no hosts [empty-group]",
            "2:1: warning: lump 'b' has no hosts [empty-group]",
            "3:1: warning: lump 'c' has no hosts [empty-group]",
            "5:1: warning: lump 'c' names lump 'b'; ClusterIt's lumps are made of groups alone "
            "[nested-lump]",
        ],
    ),
    "filled further down": ("GROUP:a\nGROUP:b\none\nGROUP:a\ntwo\n", []),
    "a host like a group": (
        "GROUP:web\none\nGROUP:b\nWEB\nGROUP:c\nWEB\n",
        ["4:1: warning: host 'WEB' is named like group 'web' (line 1) [host-like-group]"],
    ),
    "a byte order mark": (
        "\ufeffGROUP:a\n",
        ["1:1: warning: group 'a' has no hosts [empty-group]"],
    ),
    "errors and warnings": (
        "GROUP:a\none two\none\none\nLUMP:b\na\nc\nGroup: d\nfour\nGROUP:e\n",
        [
            "2:4: error: white space inside entry 'one two'; write one name a line [odd-character]",
            "4:1: warning: host 'one' stands twice in group 'a', first on line 3 [duplicate-host]",
            "7:1: error: lump 'b' names unknown group 'c' [unknown-group]",
            "8:1: error: 'Group: d' is not spelt like a header; write 'GROUP:d' [misspelt-header]",
            "10:1: warning: group 'e' has no hosts [empty-group]",
        ],
    ),
    "a loop": (
        "LUMP:a\nb\nLUMP:b\na\n",
        [
            "1:1: warning: lump 'a' has no hosts [empty-group]",
            "2:1: warning: lump 'a' names lump 'b'; ClusterIt's lumps are made of groups alone "
            "[nested-lump]",
            "4:1: error: lump 'a' contains itself: 'a' -> 'b' -> 'a' [lump-loop]",
            "4:1: warning: lump 'b' names lump 'a'; ClusterIt's lumps are made of groups alone "
            "[nested-lump]",
        ],
    ),
}


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what runs the command."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        return (status, *capsys.readouterr())

    return call


@pytest.mark.parametrize("name", WARNED)
def test_findings(call: Call, tmp_path: Path, name: str) -> None:
    """Every problem and every warning is told, in the order of the lines."""
    text, expected = WARNED[name]
    (tmp_path / "x").write_bytes(text.encode())
    status, out, err = call("check", "x")
    assert out.splitlines() == [f"x:{line}" for line in expected]
    assert status == any(" error: " in line for line in expected)
    assert err == ""


def test_every_warning_is_tested() -> None:
    """Every rule for warnings appears above."""
    told = {line.rpartition(" [")[2][:-1] for _, lines in WARNED.values() for line in lines}
    assert set(WARNINGS) <= told
    assert list(WARNINGS) == sorted(WARNINGS)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("case-conflict", "GROUP:a\none\nONE\n"),
        ("encoding", "GROUP:a\nh\udcfc\n"),
        ("header-name", "GROUP:\n"),
        ("lump-loop", "LUMP:a\na\n"),
        ("misspelt-header", "GROUP a\n"),
        ("odd-character", "GROUP:a\none two\n"),
        ("reserved-name", "GROUP:__all__\n"),
        ("unknown-group", "LUMP:a\nb\n"),
    ],
)
def test_errors(call: Call, tmp_path: Path, rule: str, text: str) -> None:
    """Every error of the parser is told under its rule, which the help text explains."""
    (tmp_path / "x").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ClusterFileError) as caught:
        parse(text, "x")
    status, out, _ = call("check", "x")
    told = [line for line in out.splitlines() if " error: " in line]
    assert told == [
        f"x:{found.line}:{found.column}: error: {found.message} [{found.rule}]"
        for found in caught.value.problems
    ]
    assert (status, rule) == (1, caught.value.problems[0].rule)
    assert rule in ERRORS


def test_all_problems(call: Call, tmp_path: Path) -> None:
    """However many problems there are, all are told."""
    (tmp_path / "x").write_text("GROUP:\n" * 500)
    assert len(call("check", "x")[1].splitlines()) == 500


WARN = "one\nGROUP:a\n"


def test_strict(call: Call, tmp_path: Path) -> None:
    """Warnings count only if they are asked to."""
    (tmp_path / "x").write_text(WARN)
    (tmp_path / "good").write_text("GROUP:a\none\n")
    assert call("check", "x")[0] == 0
    assert call("check", "x", "--strict")[0] == 1
    assert call("check", "good", "--strict") == (0, "", "")


def test_ignore(call: Call, tmp_path: Path) -> None:
    """Rules are switched off one by one or several at once, and do not count then."""
    (tmp_path / "x").write_text(WARN)
    only = "x:2:1: warning: group 'a' has no hosts [empty-group]\n"
    assert call("check", "x", "--ignore", "orphans") == (0, only, "")
    for ignored in (
        ["--ignore", "orphans", "--ignore", "empty-group"],
        ["--ignore", "orphans,empty-group"],
    ):
        assert call("check", "x", "--strict", *ignored) == (0, "", "")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("header-name", "'header-name' is an error, not a warning"),
        ("orphan", "no rule 'orphan'; expected one of duplicate-host, "),
    ],
)
def test_ignore_what_is_no_warning(
    capsys: pytest.CaptureFixture[str], rule: str, said: str
) -> None:
    """Errors are not switched off, and unknown rules are told."""
    with pytest.raises(SystemExit, match="2"):
        main(["check", "x", "--ignore", rule])
    assert said in capsys.readouterr().err


def test_several_files(call: Call, tmp_path: Path) -> None:
    """Every file is checked, also beside one that cannot be read, which is worse than errors."""
    (tmp_path / "a").write_text("GROUP:\n")
    (tmp_path / "b").write_text("LUMP:\n")
    told = [
        "a:1:1: error: a group without a name; write 'GROUP:name' [header-name]",
        "b:1:1: error: a lump without a name; write 'LUMP:name' [header-name]",
    ]
    status, out, err = call("check", "a", "b")
    assert (status, out.splitlines(), err) == (1, told, "")
    status, out, err = call("check", "a", "nowhere", "b")
    assert (status, out.splitlines()) == (2, told)
    assert err == (
        "dynaconf-cluster: cannot read cluster file 'nowhere' (named by the command line): "
        "No such file or directory\n"
    )


def test_the_cluster_file(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without files, what the other commands read is checked."""
    (tmp_path / "x").write_text(WARN)
    monkeypatch.setenv("CLUSTER", "x")
    assert call("check")[1].startswith(f"{tmp_path}/x:1:1: warning: ")
    assert call("--file", "x", "check")[1].startswith("x:1:1: warning: ")
    monkeypatch.delenv("CLUSTER")
    said = "dynaconf-cluster: no cluster file is named, so there is nothing to check\n"
    assert call("check") == (0, "", said)
    status, out, err = call("--file", "x", "check", "x")
    assert (status, out) == (2, "")
    assert err == "dynaconf-cluster: check takes either files or --file or --instance\n"


def test_json(call: Call, tmp_path: Path) -> None:
    """As JSON, findings are objects in a list, which may be empty."""
    (tmp_path / "x").write_text("GROUP:a\none\nGROUP:\n")
    (tmp_path / "good").write_text("GROUP:a\none\n")
    status, out, _ = call("check", "x", "--format", "json")
    assert status == 1
    assert json.loads(out) == [
        {
            "path": "x",
            "severity": "error",
            "line": 3,
            "column": 1,
            "message": "a group without a name; write 'GROUP:name'",
            "rule": "header-name",
        }
    ]
    assert call("check", "good", "--format", "json") == (0, "[]\n", "")


def test_github(call: Call, tmp_path: Path) -> None:
    """For GitHub, what would end a property or a message is escaped."""
    path = "100%,a:b\nx"
    (tmp_path / path).write_text("GROUP:a%0A::warning\nGROUP:b\none two\n")
    assert call("check", path, "--format", "github") == (
        1,
        "::warning file=100%25%2Ca%3Ab%0Ax,line=1,col=1,title=empty-group::"
        "group 'a%250A::warning' has no hosts [empty-group]\n"
        "::error file=100%25%2Ca%3Ab%0Ax,line=3,col=4,title=odd-character::"
        "white space inside entry 'one two'; write one name a line [odd-character]\n",
        "",
    )
