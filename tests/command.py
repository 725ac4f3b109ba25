"""How tests run the command: in this process, or as the program that it is."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from dynaconf_cluster._cli import inventory
from dynaconf_cluster._cli.main import main

from .conftest import ENVIRON, OURS

# settings of an application
MODULE = f"""\
from dynaconf import Dynaconf
settings = Dynaconf(settings_files=["settings.toml"], loaders={[OURS, ENVIRON]})
"""
# and of ClusterShell
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


class Said(NamedTuple):
    """What a program leaves behind."""

    status: object
    out: str
    err: str


def call(
    *arguments: str, program: str = "dynaconf-cluster", machine: str = "two", **environment: str
) -> Said:
    """Run the command in this process, for a machine of that name."""
    status: object
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
        mock.patch("socket.gethostname", return_value=machine),
        mock.patch.dict(os.environ, environment),
    ):
        try:
            status = MAINS[program](arguments)
        except SystemExit as left:
            status = left.code
    return Said(status, out.getvalue(), err.getvalue())


def run(program: str, *arguments: str, **environment: str) -> Said:
    """Run a program in the folder of the test, with those of this package on its path."""
    ours = {"ANSIBLE_HOME": f"{Path.cwd()}/.ansible", "LC_ALL": "C.UTF-8", "PATH": PATH}
    done = subprocess.run(
        [shutil.which(program, path=PATH) or program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=os.environ | ours | environment,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def result(said: Said) -> str:
    """Check that a program was content, and return its result."""
    assert (said.status, said.err) == (0, ""), said
    return said.out
