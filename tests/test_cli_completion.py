"""Completion: the tab key pressed in real shells, which then run what stands there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from .command import call, result, run, terminal

PROMPT = "ready> "
RACKS = "one.example\nGROUP:web\ntwo.example\nGROUP:größe\nLUMP:site\nweb\n"
LINES = {
    "hos\t web\t": "two.example\n",
    "hosts __o\t --excl\t w\t": "one.example\n",
    "hosts grö\t": "",
    "in --host tw\t si\t && echo yes": "yes\n",
    "groups tw\t": "web\nsite\n",
    "-f oth\t hosts gp\t": "three.example\n",
    "clustershell rev\t tw\t": "web\nsite\n",
    "graph --form\t dot --file oth\t | head -n 1": "digraph cluster {\n",
    "explain lump-\t | head -n 1": "lump-loop (error): a lump contains itself\n",
    "check --strict --quiet --ignore orphans,emp\t racks.cl\t && echo good": "good\n",
}
START = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
}
SETUP = {"bash": "", "zsh": "autoload -Uz compinit && compinit -u -D; "}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "racks.cluster").write_text(RACKS, "utf-8")
    (tmp_path / "other.cluster").write_text("GROUP:gpu\nthree.example\n")
    (tmp_path / "bad.cluster").write_text("GROUP:\n")


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.mark.parametrize("shell", [pytest.param(shell, marks=needs(shell)) for shell in START])
def test_tab_key(tmp_path: Path, shell: str) -> None:
    """It completes commands, options, rules, files, and what the cluster file has."""
    script = f'{SETUP[shell]}eval "$(dynaconf-cluster completion {shell})"'
    with terminal(*START[shell], columns=200, CLUSTER="racks.cluster") as program:
        program.type(f"{script}; PS1={PROMPT[:3]}'{PROMPT[3:]}'\n")
        program.read(until=PROMPT)
        for line, expected in LINES.items():
            program.type(f"dynaconf-cluster {line} > out\n")
            shown = program.read(until=PROMPT)
            assert (tmp_path / "out").read_text("utf-8") == expected, shown


@needs("fish")
def test_fish() -> None:
    """Fish says itself what it offers."""
    lines = [
        "hosts w",
        "hosts gr",
        "groups tw",
        "-f oth",
        "explain lump-",
        "--file bad.cluster hosts w",
    ]
    asked = "; ".join(f"complete -C 'dynaconf-cluster {line}'" for line in lines)
    script = f"dynaconf-cluster completion fish | source; {asked}"
    said = result(run("fish", "-c", script, CLUSTER="racks.cluster"))
    assert [line.split("\t")[0] for line in said.splitlines()] == [
        "web",
        "größe",
        "two.example",
        "other.cluster",
        "lump-loop",
    ]


def test_without_argcomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the command says in one line how to get it."""
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    said = "this takes argcomplete: pip install 'dynaconf-cluster[cli]'"
    assert call("completion", "bash") == (2, "", f"dynaconf-cluster: {said}\n")
