"""``check``: findings, their positions, and output formats."""

from __future__ import annotations

import json
import re
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from rich.cells import cell_len

from dynaconf_cluster._rules import RULES

from .command import call, plain, result, run, screen

check = partial(call, "check")

LONG = "x" * 1022
LOST = "before the first header; ClusterIt's -g"
NESTED = "ClusterIt's lumps are made of groups alone [nested-lump]"
HEADER = "in its name, for which ClusterIt takes the line for a header [header-in-name]"
COMMENT = "which ClusterIt takes for a header; begin the line with '#' [header-in-comment]"
SPACE = "part of its name to ClusterIt [trailing-space]"
TOO_LONG = "ClusterIt reads 1,023 at a time and takes the rest for another line [long-line]"
EMPTY = "has no hosts [empty-group]"
TWICE = "[duplicate-host]"
TWO_NAMES = "is not the name of a host; write one name a line, without white space [invalid-name]"
RESERVED = "and always there; rename this group [reserved-name]"
SAME = "write both the same [case-conflict]"
FOUND: dict[str, list[str]] = {
    "# all's well\n\nGROUP:a\none\ntwo\nGROUP:b\none\nLUMP:c\na\nb\n": [],
    f"mygrouphost\nlumpy\n{LONG}\n": [],
    "GROUP:a\nGROUP:b\none\nGROUP:a\ntwo\n": [],
    "one\nGROUP:a\ntwo\n": [f"1:1: warning: host 'one' comes {LOST} runs on it as well [orphans]"],
    "# two\n one\ntwo\nGROUP:a\nthree\nLUMP:b\na\n": [
        f"2:2: warning: 2 hosts come {LOST} loses them, as the file ends in a lump [orphans]"
    ],
    "GROUP:a\nmyGROUPhost\nLUMPY\none\nGROUP:bLUMP\ntwo\nLUMP:c\nbLUMP\n": [
        f"2:1: warning: host 'myGROUPhost' has 'GROUP' {HEADER}",
        f"3:1: warning: host 'LUMPY' has 'LUMP' {HEADER}",
        f"8:1: warning: group 'bLUMP' has 'LUMP' {HEADER}",
    ],
    "# GROUP:x\n  # a LUMP\n\t# a group\nGROUP:a\none\n": [
        f"2:7: warning: an indented comment with 'LUMP' in it, {COMMENT}"
    ],
    "GROUP:a \none \ntwo\t\r\nthree\r\n four\nLUMP:b\na \n": [
        f"2:4: warning: white space after host 'one', {SPACE}",
        f"3:4: warning: white space after host 'two', {SPACE}",
        f"4:6: warning: a carriage return after host 'three', {SPACE}",
    ],
    "GROUP:a\none\ntwo\none\nGROUP:b\none\nGROUP:a\ntwo\n": [
        f"4:1: warning: host 'one' is listed twice in group 'a', first on line 2 {TWICE}",
        f"8:1: warning: host 'two' is listed twice in group 'a', first on line 3 {TWICE}",
    ],
    "one\none\n": [
        f"2:1: warning: host 'one' is listed twice before the first header, first on line 1 {TWICE}"
    ],
    f"# {LONG}\nGROUP:a\n{LONG}x\n# {'ü' * 511}\n": [
        f"1:1: warning: a line of 1,024 bytes; {TOO_LONG}",
        f"3:1: warning: a line of 1,023 bytes; {TOO_LONG}",
        f"4:1: warning: a line of 1,024 bytes; {TOO_LONG}",
    ],
    "GROUP:a\nLUMP:b\nLUMP:c\na\nb\nGROUP:d\none\nLUMP:e\na\nd\nLUMP:f\n__all__\n": [
        f"1:1: warning: group 'a' {EMPTY}",
        f"2:1: warning: lump 'b' {EMPTY}",
        f"3:1: warning: lump 'c' {EMPTY}",
        f"5:1: warning: lump 'c' names lump 'b'; {NESTED}",
    ],
    "GROUP:web\none\nGROUP:b\nWEB\nGROUP:c\nWEB\n": [
        "4:1: warning: host 'WEB' is named like group 'web' (line 1) [host-like-group]"
    ],
    "\ufeffGROUP:a\nGROUP:b\none\n": [f"1:1: warning: group 'a' {EMPTY}"],
    "# nothing yet\nGROUP:a\nLUMP:b\n__all__\n": ["1:1: error: no hosts [no-hosts]"],
    "GROUP:__all__\nGROUP:\nGROUP:a\none\nONE\nh\udcfc\n": [
        f"1:1: error: group '__all__' is every host of the file {RESERVED}",
        "2:1: error: a group without a name; write 'GROUP:name' [header-name]",
        f"5:1: error: host 'ONE' differs from 'one' (line 4) in case alone; {SAME}",
        "6:2: error: byte 0xfc is not UTF-8 text; save the file as UTF-8 [encoding]",
    ],
    "GROUP:a\n" + "one two\n" * 2000: [
        *(f"{line}:4: error: 'one two' {TWO_NAMES}" for line in range(2, 1002)),
        "1001:4: error: more than 1,000 problems; the rest was not read [too-many-problems]",
    ],
    "[web]\none \n": [
        "1:1: error: looks like an Ansible inventory (INI); "
        "see dynaconf-cluster import ansible --help [other-format]",
        "1:1: error: '[web]' is not spelt like a header; write 'GROUP:web' [misspelt-header]",
    ],
    "GROUP:a\none two\none\none\nLUMP:b\na\nc\nGROUP:e\n": [
        f"2:4: error: 'one two' {TWO_NAMES}",
        f"4:1: warning: host 'one' is listed twice in group 'a', first on line 3 {TWICE}",
        "7:1: error: lump 'b' names unknown group 'c' [unknown-group]",
        f"8:1: warning: group 'e' {EMPTY}",
    ],
    "GROUP:c\none\nLUMP:a\nb\nLUMP:b\na\n": [
        f"3:1: warning: lump 'a' {EMPTY}",
        f"4:1: warning: lump 'a' names lump 'b'; {NESTED}",
        "6:1: error: lump 'a' contains itself: 'a' -> 'b' -> 'a' [lump-loop]",
        f"6:1: warning: lump 'b' names lump 'a'; {NESTED}",
    ],
}


@pytest.mark.parametrize("text", FOUND, ids=range(len(FOUND)))
def test_findings(tmp_path: Path, text: str) -> None:
    """Every problem and warning is reported, in line order."""
    (tmp_path / "x").write_bytes(text.encode("utf-8", "surrogateescape"))
    bad = any(" error: " in line for line in FOUND[text])
    assert check("x", "-q") == (bad, "".join(f"x:{line}\n" for line in FOUND[text]), "")


@pytest.mark.parametrize("name", RULES)
def test_explain(tmp_path: Path, name: str) -> None:
    """Each rule occurs above, and its examples break it and satisfy it."""
    assert any(line.endswith(f" [{name}]") for lines in FOUND.values() for line in lines)
    rule = RULES[name]
    for text, is_bad in ((rule.bad, True), (rule.good, False)):
        (tmp_path / "x").write_bytes(text.encode("utf-8", "surrogateescape"))
        found = json.loads(check("x", "--format", "json").out)
        assert (name in {problem["rule"] for problem in found}) == is_bad
        assert all(problem["severity"] == rule.severity for problem in found) or is_bad
    output = result(call("explain", name))
    assert output.startswith(f"{name} ({rule.severity}): {rule.summary}\n\nwrong:\n  ")
    assert max(map(len, output.splitlines()[1:])) <= 80
    assert f"\n  {name} " in result(call("explain"))


def test_explain_shows_invisible_characters() -> None:
    """Examples make white space and invalid bytes visible, and are shortened."""
    assert "\n  one\N{OPEN BOX}\n" in result(call("explain", "trailing-space"))
    assert "\n  k\\xf6ln.example\n" in result(call("explain", "encoding"))
    assert "\n  one, two\n  ...\n" in result(call("explain", "too-many-problems"))


def test_strict_and_ignore(tmp_path: Path) -> None:
    """Warnings count only with ``--strict``, and not if their rules are ignored."""
    (tmp_path / "x").write_text("one\nGROUP:a\n")
    (tmp_path / "good").write_text("GROUP:a\none\nLUMP:b\na\n")
    assert check("x").status == 0
    assert check("x", "--strict").status == 1
    assert check("good", "--strict") == (0, "", "1 host, 1 group, 1 lump: fine\n")
    empty = f"x:2:1: warning: group 'a' {EMPTY}\n"
    assert check("x", "--ignore", "orphans") == (0, empty, "1 file, 1 warning\n")
    for ignored in ("orphans --ignore empty-group", "orphans,empty-group"):
        outcome = check("x", "--strict", "--ignore", *ignored.split())
        assert outcome == (0, "", "1 host, 1 group: fine\n")
    for rule, message in {
        "header-name": "'header-name' is an error, not a warning",
        "xyzzy": "no rule 'xyzzy'; dynaconf-cluster explain lists them",
    }.items():
        status, out, err = check("x", "--ignore", rule)
        assert (status, out, message in err) == (2, "", True)


def test_several_files(tmp_path: Path) -> None:
    """Every file is checked, even if one is unreadable, which outranks errors."""
    (tmp_path / "a").write_text("GROUP:\n")
    (tmp_path / "b").write_text("LUMP:\nGROUP:c\n")
    (tmp_path / "good").write_text("one\n")
    findings = (
        "a:1:1: error: a group without a name; write 'GROUP:name' [header-name]\n"
        "b:1:1: error: a lump without a name; write 'LUMP:name' [header-name]\n"
        f"b:2:1: warning: group 'c' {EMPTY}\n"
    )
    assert check("a", "b") == (1, findings, "2 files, 2 errors, 1 warning\n")
    message = (
        "dynaconf-cluster: cannot read cluster file 'nowhere' (named by the command line): "
        "No such file or directory\n"
    )
    assert check("a", "nowhere", "b") == (
        2,
        findings,
        f"{message}3 files, 2 errors, 1 warning, 1 not read\n",
    )
    assert check("nowhere") == (2, "", message)
    assert check("good", "good", "./good") == (0, "", "2 files: fine\n")


def test_the_cluster_file(tmp_path: Path) -> None:
    """Without arguments, the file that other commands read is checked."""
    (tmp_path / "x").write_text("one\nGROUP:a\n")
    assert check(CLUSTER="x").out.startswith(f"{tmp_path}/x:1:1: warning: ")
    assert check("--file", "x", CLUSTER="y").out.startswith("x:1:1: warning: ")
    message = "dynaconf-cluster: check takes either files or --file or --instance\n"
    assert check("--file", "x", "x") == (2, "", message)


BAD = "GROUP:a\n  one # x\n\t東京 x\n" + "x" * 60 + ",\nh\x1b[1m\n"
WIDE = f"{'日' * 150} x\n"
"""A line of double-width characters."""
FULL = """\
x:2:6: error: 'one # x' is not the name of a host; a comment needs a line of its own \
[invalid-name]
    2 |   one # x
             ^
"""


def test_full(tmp_path: Path) -> None:
    """The full format shows each line with a caret, except for problems of the whole file."""
    (tmp_path / "x").write_text(BAD, "utf-8")
    status, out, err = check("x", "--format", "full")
    assert (status, err, out.startswith(FULL)) == (1, "1 file, 4 errors\n", True)
    lines = out.splitlines()
    assert lines[4:6] == ["    3 |  東京 x", "             ^"]
    assert lines[10] == "    5 | h\N{REPLACEMENT CHARACTER}[1m"
    (tmp_path / "x").write_text("[web]\none\n")
    shown = check("x", "--format", "full").out
    assert shown.startswith("x:1:1: error: looks like an Ansible")
    assert shown.count(" | ") == 1


@pytest.mark.parametrize("columns", [40, 68, 69])
def test_full_on_a_terminal(tmp_path: Path, columns: int) -> None:
    """A terminal gets the full format, in colour and cut to its width."""
    (tmp_path / "x").write_text(BAD + WIDE, "utf-8")
    text = screen("dynaconf-cluster", "check", "x", columns=columns)
    assert "\x1b[1;31merror\x1b[0m: " in text
    drawn = plain(text).splitlines()
    for line, caret in pairwise(drawn):
        if " | " in line:
            assert max(cell_len(line), len(caret)) <= columns
            assert (caret.strip(), len(caret) <= cell_len(line) + 1) == ("^", True)
    assert ("    4 | …xxx" in plain(text)) == (columns < 69)
    assert drawn[-3].startswith("    6 | …日")
    assert drawn[-3].endswith("日 x")


def test_forced_format(tmp_path: Path) -> None:
    """Colour and format can be forced, in a pipe as on a terminal."""
    (tmp_path / "x").write_text("GROUP:\n")
    assert "\x1b" not in check("x").out
    assert "\x1b[1;31merror" in check("x", FORCE_COLOR="1").out
    uncoloured = screen("dynaconf-cluster", "check", "x", NO_COLOR="1")
    assert ("\x1b[31m" in uncoloured, "    1 | GROUP:\n" in plain(uncoloured)) == (False, True)
    text = screen("dynaconf-cluster", "check", "x", "--format", "concise")
    assert text.startswith("x:1:1: error: ")


def test_pre_commit(tmp_path: Path) -> None:
    """pre-commit runs the hook that the repository provides."""
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    hooks = Path(__file__).parent.parent / ".pre-commit-hooks.yaml"
    result(run("pre-commit", "validate-manifest", str(hooks), PRE_COMMIT_HOME=str(tmp_path)))
    (entry,) = re.findall("entry: dynaconf-cluster (.*)", hooks.read_text("utf-8"))
    (tmp_path / "x.cluster").write_text("one\n")
    assert call(*entry.split(), "x.cluster") == (0, "", "1 host, 0 groups: fine\n")


def test_formats_for_programs(tmp_path: Path) -> None:
    """JSON findings are objects in a list; GitHub findings are workflow commands."""
    (tmp_path / "x").write_text("GROUP:a\none\nGROUP:\n")
    status, out, err = check("x", "--format", "json")
    message = "a group without a name; write 'GROUP:name'"
    where = {"path": "x", "severity": "error", "line": 3, "column": 1}
    assert (status, err) == (1, "")
    assert json.loads(out) == [where | {"message": message, "rule": "header-name"}]
    (tmp_path / "x").write_text("GROUP:a\none\n")
    assert check("x", "--format", "json") == (0, "[]\n", "")
    # for GitHub, characters that would end a property or message are escaped
    path = "100%,a:b\nx"
    (tmp_path / path).write_text("GROUP:a\nGROUP:b\none%0A::warning\nfe80::1%eth0\nfe80::1%eth0\n")
    output = (
        f"::warning file=100%25%2Ca%3Ab%0Ax,line=1,col=1,title=empty-group::group 'a' {EMPTY}\n"
        "::error file=100%25%2Ca%3Ab%0Ax,line=3,col=4,title=invalid-name::'one%250A::warning' "
        "is not the name of a host; use letters, digits, '_', '-' and '.' [invalid-name]\n"
        "::warning file=100%25%2Ca%3Ab%0Ax,line=5,col=1,title=duplicate-host::"
        f"host 'fe80::1%25eth0' is listed twice in group 'b', first on line 4 {TWICE}\n"
    )
    assert check(path, "--format", "github") == (1, output, "")
