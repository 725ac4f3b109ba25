"""``completion``: scripts that make shells complete the command."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from .command import call, result, run

RACKS = "GROUP:web\none.example\nGROUP:größe\nGROUP:db\n"
WORDS: dict[tuple[str, ...], set[str]] = {
    ("ho",): {"hosts"},
    ("hosts", ""): {"web", "db"},
    ("hosts", "w"): {"web"},
    ("hosts", "--exclude", "d"): {"db"},
    ("in", "web", "--host", "one"): {"one.example"},
    ("groups", "o"): {"one.example"},
    ("graph", "--format", "m"): {"mermaid"},
    ("clustershell", "m"): {"map", "mapall"},
    ("clustershell", "map", "w"): {"web"},
    ("--file", "other", "hosts", ""): {"gpu"},
    ("--file", "=", "other", "hosts", ""): {"gpu"},
    ("hosts", "gr"): {"größe"},
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash(tmp_path: Path) -> None:
    """The tab key completes commands, options and names of the file."""
    pytest.importorskip("shtab", reason="shtab is not installed")
    (tmp_path / "racks").write_text(RACKS, "utf-8")
    (tmp_path / "other").write_text("GROUP:gpu\none\n")
    lines = [
        'eval "$(dynaconf-cluster completion bash)"',
        "complete=$(complete -p dynaconf-cluster | sed 's/.*-F \\([^ ]*\\) .*/\\1/')",
    ]
    for words in WORDS:  # what bash does when somebody presses the tab key
        line = shlex.join(["dynaconf-cluster", *words])
        lines.append(f"COMP_WORDS=({line}) COMP_CWORD={len(words)} COMPREPLY=()")
        lines.append('$complete dynaconf-cluster; echo "${COMPREPLY[@]}"')
    said = result(run("bash", "-c", "\n".join(lines), CLUSTER="racks")).splitlines()
    assert len(said) == len(WORDS)
    for (words, expected), found in zip(WORDS.items(), said, strict=True):
        assert expected <= {*found.split()}, words


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh() -> None:
    """The script for zsh is one that zsh reads."""
    pytest.importorskip("shtab", reason="shtab is not installed")
    script = 'autoload -Uz compinit && compinit -u -D && eval "$(dynaconf-cluster completion zsh)"'
    said = run("zsh", "-f", "-c", f"{script} && print -r -- $_comps[dynaconf-cluster]")
    assert result(said).strip() == "_shtab_dynaconf_cluster"


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_script(shell: str) -> None:
    """The script completes names with those of the cluster file."""
    pytest.importorskip("shtab", reason="shtab is not installed")
    assert "_dynaconf_cluster_groups" in result(call("completion", shell))


def test_without_shtab(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the command says in one line how to get it."""
    monkeypatch.setitem(sys.modules, "shtab", None)
    said = "completion scripts are made by shtab; pip install 'dynaconf-cluster[cli]'"
    assert call("completion", "bash") == (2, "", f"dynaconf-cluster: {said}\n")
