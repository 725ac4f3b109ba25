"""Every command line in the README runs, and prints what the README shows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .command import MODULE, run
from .conftest import NAMED

README = Path(__file__).parent.parent.joinpath("README.md").read_text("utf-8")

SITE = "import socket\nsocket.gethostname = lambda: 'two.baz.com'\n"
"""Makes programs believe that they run on the machine in the README."""

Shell = Callable[[str], str]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def shell(tmp_path: Path, example: Path) -> Shell:
    """Return a function that runs lines in a shell, next to the example and the README's files."""
    (tmp_path / "sitecustomize.py").write_text(SITE)
    shutil.copy(example, tmp_path / "baz.cluster")
    (tmp_path / "hosts.ini").write_text("[web]\none.example\n")
    (tmp_path / "groups.conf").write_text(blocks("ini")[0])
    folder = str(tmp_path)
    bash = shutil.which("bash") or "sh"
    settings = {"CLUSTERSHELL_CFGDIR": folder, "PYTHONPATH": folder}
    return lambda lines: run(bash, "-c", f"exec 2>&1\n{lines}", **settings).out


def test_sessions(shell: Shell) -> None:
    """Each command in the README's sessions prints the output shown below it."""
    (session,) = blocks("console")
    shown = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
    output = shell("".join(f"{command}\nprintf '\\0'\n" for command, _ in shown))
    assert output == "".join(f"{expected}\0" for _, expected in shown)


def test_ansible_and_clustershell(shell: Shell) -> None:
    """An inventory is imported, and both programs read the cluster file."""
    (lines,) = [block for block in blocks("sh") if "ansible" in block]
    assert "  |--@web:\n  |  |--one.example\n" in shell(lines)
    named = 'export CLUSTER="$PWD/racks.cluster"'
    assert shell(f"{named}; nodeset -s cluster -e @web") == "one.example\n"


def test_override(shell: Shell) -> None:
    """The environment variable replaces the group."""
    (line,) = [block for block in blocks("sh") if "GROUPS__WEB" in block]
    Path("app.py").write_text(MODULE)
    Path("settings.toml").write_text(NAMED)
    assert shell(f"{line}dynaconf-cluster -i app.settings hosts web") == "localhost\n"
