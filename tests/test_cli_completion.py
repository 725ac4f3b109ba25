"""Completion: pressing the tab key in real shells."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from .command import Terminal, call, result, run

PROMPT = "ready> "
RACKS = "me@one.example\nGROUP:web\ntwo.example\nGROUP:größe\nLUMP:site\nweb\n"
LINES = {
    "hos\t __o\t --excl\t w\t": "me@one.example\n",
    "groups me@\t && echo yes": "yes\n",
    "groups tw\t | head -n 1": "web\n",
    "-f oth\t hosts gp\t": "three.example\n",
    "hosts grö\t": "",
}
START = {"bash": ("bash", "--norc", "--noprofile", "-i"), "zsh": ("zsh", "-f", "-i")}
SETUP = {"bash": "", "zsh": "autoload -Uz compinit && compinit -u -D; "}
OFFERED = {
    "in --host tw": "two.example",
    "in s": "site",
    "clustershell rev": "reverse",
    "clustershell reverse tw": "two.example",
    "graph --format d": "dot",
    "explain lump-": "lump-loop",
    "check --ignore orphans,emp": "orphans,empty-group",
    "--file bad.cluster hosts w": "",
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "racks.cluster").write_text(RACKS, "utf-8")
    (tmp_path / "other.cluster").write_text("GROUP:gpu\nthree.example\n")
    (tmp_path / "bad.cluster").write_text("GROUP:\n")


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.mark.parametrize("shell", [pytest.param(shell, marks=needs(shell)) for shell in START])
def test_tab_key(tmp_path: Path, shell: str) -> None:
    """The tab key completes commands, options, rules, files, and names in the cluster file."""
    script = f'{SETUP[shell]}eval "$(dynaconf-cluster completion {shell})"'
    with Terminal(*START[shell], columns=200, CLUSTER="racks.cluster") as program:
        program.type(f"{script}; PS1={PROMPT[:3]}'{PROMPT[3:]}'\n")
        program.read(until=PROMPT)
        for line, expected in LINES.items():
            program.type(f"dynaconf-cluster {line} > out\n")
            shown = program.read(until=PROMPT)
            assert (tmp_path / "out").read_text("utf-8") == expected, shown


def test_offered_words(tmp_path: Path) -> None:
    """Every shell is offered the words that fit at the cursor."""
    here = {"CLUSTER": "racks.cluster", "_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": "out"}
    for typed, offered in OFFERED.items():
        line = f"dynaconf-cluster {typed}"
        run("dynaconf-cluster", COMP_LINE=line, COMP_POINT=str(len(line)), **here)
        assert (tmp_path / "out").read_text().strip() == offered, typed


@needs("fish")
def test_fish() -> None:
    """Fish lists the completions itself."""
    lines = ["hosts gr", "groups tw", "-f oth"]
    asked = "; ".join(f"complete -C 'dynaconf-cluster {line}'" for line in lines)
    script = f"dynaconf-cluster completion fish | source; {asked}"
    output = result(run("fish", "-c", script, CLUSTER="racks.cluster"))
    offered = [line.split("\t")[0] for line in output.splitlines()]
    assert offered == ["größe", "two.example", "other.cluster"]


def test_without_argcomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the command says how to install it, but not to a shell."""
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    assert call("hosts", _ARGCOMPLETE="1") == (2, "", "")
    message = "this needs argcomplete: pip install 'dynaconf-cluster[cli]'"
    assert call("completion", "bash") == (2, "", f"dynaconf-cluster: {message}\n")
