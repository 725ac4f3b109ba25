"""``completion``: scripts that make shells complete the command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dynaconf_cluster._cli.main import main

BIN = Path(sys.executable).parent

# what bash does when somebody presses the tab key
BASH = """\
eval "$(dynaconf-cluster completion bash)"
COMP_WORDS=(dynaconf-cluster "$@")
COMP_CWORD=$#
$(complete -p dynaconf-cluster | sed 's/.*-F \\([^ ]*\\) .*/\\1/') dynaconf-cluster
printf '%s\\n' "${COMPREPLY[@]}"
"""
HOSTILE = "GROUP:web\none.example\nGROUP:$(touch${IFS}pwned)\nGROUP:`touch${IFS}pwned`\nGROUP:db\n"


@pytest.fixture
def bash(tmp_path: Path) -> str:
    """Find a bash to try the script with."""
    pytest.importorskip("shtab", reason="shtab is not installed")
    path = shutil.which("bash")
    if path is None:
        pytest.skip("bash is not installed")
    (tmp_path / "hostile").write_text(HOSTILE)
    return path


def complete(bash: str, *words: str) -> set[str]:
    """Return what the words are completed with."""
    done = subprocess.run(  # it is bash
        [bash, "-c", BASH, "bash", *words],
        env=os.environ | {"CLUSTER": "hostile", "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ho",), {"hosts"}),
        (("hosts", ""), {"web", "db"}),
        (("hosts", "w"), {"web"}),
        (("hosts", "--exclude", "d"), {"db"}),
        (("in", "web", "--host", "one"), {"one.example"}),
        (("groups", "o"), {"one.example"}),
        (("graph", "--format", "m"), {"mermaid"}),
        (("clustershell", "m"), {"map", "mapall"}),
        (("clustershell", "map", "w"), {"web"}),
        (("--file", "other", "hosts", ""), {"gpu"}),
        (("--file", "=", "other", "hosts", ""), {"gpu"}),
    ],
)
def test_bash(bash: str, words: tuple[str, ...], expected: set[str]) -> None:
    """The tab key completes subcommands, options, and the groups and hosts of the file."""
    Path("other").write_text("GROUP:gpu\none\n")
    assert expected <= complete(bash, *words)


def test_bash_runs_nothing(bash: str, tmp_path: Path) -> None:
    """No name in the file is run by the shell that completes it."""
    complete(bash, "hosts", "$")
    complete(bash, "hosts", "")
    complete(bash, "hosts", "`")
    assert {path.name for path in tmp_path.iterdir()} == {"hostile"}


def test_zsh(tmp_path: Path) -> None:
    """The script for zsh is one that zsh reads."""
    pytest.importorskip("shtab", reason="shtab is not installed")
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("zsh is not installed")
    script = 'autoload -Uz compinit && compinit -u -D && eval "$(dynaconf-cluster completion zsh)"'
    done = subprocess.run(  # it is zsh
        [zsh, "-f", "-c", f"{script} && print -r -- $_comps[dynaconf-cluster]"],
        env=os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == "_shtab_dynaconf_cluster"


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_script(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    """The script completes names with those of the cluster file."""
    pytest.importorskip("shtab", reason="shtab is not installed")
    assert main(["completion", shell]) == 0
    assert "_dynaconf_cluster_groups" in capsys.readouterr().out


def test_without_shtab(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the command says in one line how to get it."""
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "dynaconf-cluster: completion scripts are made by shtab; "
        "pip install 'dynaconf-cluster[cli]'\n"
    )
