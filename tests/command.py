"""Running the command in tests: in this process, or as a program."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from dynaconf_cluster._cli import inventory
from dynaconf_cluster._cli.main import main

from .conftest import ENVIRON, OURS

# an application's settings module
MODULE = f"""\
from dynaconf import Dynaconf
settings = Dynaconf(settings_files=["settings.toml"], loaders={[OURS, ENVIRON]})
"""
# ClusterShell's groups.conf
CONF = """\
[Main]
default: cluster

[cluster]
map: dynaconf-cluster clustershell map "$GROUP"
all: dynaconf-cluster clustershell all
list: dynaconf-cluster clustershell list
reverse: dynaconf-cluster clustershell reverse "$NODE"
"""
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

MAINS = {"dynaconf-cluster": main, "dynaconf-cluster-inventory": inventory.main}


class Outcome(NamedTuple):
    """The exit status and output of a program."""

    status: object
    out: str
    err: str


def call(
    *arguments: str, program: str = "dynaconf-cluster", machine: str = "two", **environment: str
) -> Outcome:
    """Run the command in this process as on ``machine``, and unload the modules it imports."""
    status: object
    known = {*sys.modules}
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
        mock.patch("socket.gethostname", return_value=machine),
        mock.patch.dict(os.environ, environment),
        mock.patch.object(sys, "path", [*sys.path]),
    ):
        try:
            status = MAINS[program](arguments)
        except SystemExit as left:
            status = left.code
    for name in {*sys.modules} - known:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(os.getcwd()):
            del sys.modules[name]
    return Outcome(status, out.getvalue(), err.getvalue())


def run(program: str, *arguments: str, **environment: str) -> Outcome:
    """Run a program in the working directory, with the package's programs on its path."""
    ours = {"ANSIBLE_HOME": f"{Path.cwd()}/.ansible", "LC_ALL": "C.UTF-8", "PATH": PATH}
    done = subprocess.run(
        [shutil.which(program, path=PATH) or program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=os.environ | ours | environment,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def result(outcome: Outcome) -> str:
    """Check that a program succeeded silently, and return its output."""
    assert (outcome.status, outcome.err) == (0, ""), outcome
    return outcome.out


class Terminal:
    """A program running in a pseudo-terminal of a given width, killed on exit."""

    def __init__(self, *arguments: str, columns: int = 80, **environment: str) -> None:
        self._screen, line = os.openpty()
        fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
        ours = {"LC_ALL": "C.UTF-8", "PATH": PATH, "TERM": "xterm-256color"} | environment
        theirs = {name: os.environ[name] for name in os.environ if name != "COLUMNS"}
        self._process = subprocess.Popen(
            arguments,
            stdin=line,
            stdout=line,
            stderr=line,
            env=theirs | ours,
            start_new_session=True,
        )
        os.close(line)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)

    def type(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def read(self, until: str = "\0") -> str:
        """Read the program's output, up to a given text or its end."""
        read = b""
        with contextlib.suppress(OSError):  # the end, on Linux
            while until.encode() not in read and (data := os.read(self._screen, 1000)):
                read += data
        return read.decode().replace("\r\n", "\n")


def screen(*arguments: str, columns: int = 80, **environment: str) -> str:
    """Return the output of a program in a terminal of a given width."""
    with Terminal(*arguments, columns=columns, **environment) as program:
        return program.read()


def plain(text: str) -> str:
    """Remove colour codes."""
    return re.sub("\x1b\\[[0-9;]*m", "", text)


def members(inventory: dict[str, Any], group: str) -> set[str]:
    """Return the hosts of a group in an Ansible inventory, including its children."""
    entry = inventory.get(group, {})
    below = (members(inventory, child) for child in entry.get("children", ()))
    return set(entry.get("hosts", ())).union(*below)
