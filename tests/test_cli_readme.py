"""Every command line that the README shows runs, and says what the README shows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .command import PATH, run
from .test_readme import blocks

# the machine of the README, where shells are remote only in name
SITE = "import socket\nsocket.gethostname = lambda: 'two.baz.com'\n"
CLUSH = "[Main]\nworker: exec\n"

Shell = Callable[[str], str]


def ours(language: str) -> list[str]:
    """Return the blocks that show this command, or tools that read through it."""
    return [block for block in blocks(language) if "cluster" in block and ".venv" not in block]


@pytest.fixture
def shell(tmp_path: Path, example: Path) -> Shell:
    """Return what runs lines in a shell, in a folder with the example and the README's files."""
    (tmp_path / "sitecustomize.py").write_text(SITE)
    (tmp_path / "hosts.ini").write_text("[web]\none.example\n")
    (tmp_path / "clush.conf").write_text(CLUSH)
    for conf in blocks("ini"):
        (tmp_path / "groups.conf").write_text(conf)
    folder = str(tmp_path)
    ours = {"CLUSTERSHELL_CFGDIR": folder, "COLUMNS": "80", "PDSH_RCMD_TYPE": "exec"}
    bash = shutil.which("bash") or "sh"
    return lambda lines: run(bash, "-c", f"exec 2>&1\n{lines}", PYTHONPATH=folder, **ours).out


def test_sessions(shell: Shell) -> None:
    """Each command of the README's sessions says what stands below it."""
    assert ours("console")
    for session in ours("console"):
        shown = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
        said = shell("".join(f"{command}\nprintf '\\0'\n" for command, _ in shown))
        assert said == "".join(f"{expected}\0" for _, expected in shown)


def test_lines(shell: Shell) -> None:
    """Each line that the README shows without its output runs."""
    for line in "".join(ours("sh")).splitlines():
        if line.startswith(("dynaconf-cluster", "pdsh", "clush", "eval", "ansible-inventory")):
            if "pdsh" in line and shutil.which("pdsh", path=PATH) is None:
                continue  # nobody has to install it
            said = shell(f'export CLUSTER="$PWD/example.cluster"; {line} && echo good')
            assert said.splitlines()[-1] == "good", said


def test_picture(shell: Shell) -> None:
    """The picture of the README is that of the example."""
    assert blocks("mermaid") == [shell("dynaconf-cluster graph --file example.cluster")]
