"""Every command line that the README shows runs, and says what the README shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
README = Path(__file__).parent.parent.joinpath("README.md").read_text("utf-8")

# the machine of the README, where shells are remote only in name
SITE = "import socket\nsocket.gethostname = lambda: 'two.baz.com'\n"
CLUSH = "[Main]\nworker: exec\n"

Run = Callable[[str], str]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def ours(language: str) -> list[str]:
    """Return the blocks that show this command, or tools that read through it."""
    return [block for block in blocks(language) if "cluster" in block and ".venv" not in block]


@pytest.fixture
def run(tmp_path: Path, example: Path) -> Run:
    """Return what runs a line in a shell, in a folder with the example and the README's files."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE)
    (tmp_path / "clush.conf").write_text(CLUSH)
    for conf in blocks("ini"):
        (tmp_path / "groups.conf").write_text(conf)
    environment = os.environ | {
        "ANSIBLE_HOME": str(tmp_path / ".ansible"),
        "CLUSTERSHELL_CFGDIR": str(tmp_path),
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PDSH_RCMD_TYPE": "exec",
        "PYTHONPATH": str(tmp_path / "site"),
    }

    def run(line: str) -> str:
        done = subprocess.run(  # it is our own README
            [shutil.which("bash") or "sh", "-c", line],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=environment,
            cwd=tmp_path,
        )
        return done.stdout

    return run


def test_sessions(run: Run) -> None:
    """Each command of the README's sessions says what stands below it."""
    sessions = ours("console")
    if not sessions:
        pytest.skip("the README shows no sessions")
    for session in sessions:
        exports = ""
        for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE):
            assert run(exports + command) == expected, command
            if command.startswith("export "):
                exports += f"{command}\n"


def test_lines(run: Run) -> None:
    """Each line that the README shows without its output runs."""
    for line in "".join(ours("sh")).splitlines():
        if line.startswith(("dynaconf-cluster", "pdsh", "clush", "eval")):
            program = "pdsh" if "pdsh" in line else "dynaconf-cluster"
            if shutil.which(program, path=f"{BIN}{os.pathsep}{os.environ['PATH']}") is None:
                continue  # nobody has to install pdsh
            said = run(f'export CLUSTER="$PWD/example.cluster"; {line} && echo good')
            assert said.splitlines()[-1] == "good", said


def test_picture(run: Run) -> None:
    """The picture of the README is that of the example."""
    pictures = blocks("mermaid")
    if not pictures:
        pytest.skip("the README shows no picture")
    assert pictures == [run("dynaconf-cluster graph --file example.cluster")]
