"""The command as a whole: where it finds its cluster, and what it owes its shell."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dynaconf_cluster._cli import inventory
from dynaconf_cluster._cli.main import main

SCRIPT = str(Path(sys.executable).parent / "dynaconf-cluster")
ODD = "one.baz.com\nthree.baz.com\nfive.baz.com\n"
APP = """\
from dynaconf import Dynaconf

print("an application says hello")
settings = Dynaconf(
    settings_files=["settings.toml"],
    loaders=["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"],
)
plain = Dynaconf()
number = 1
"""
SETTINGS = """\
[peak.running.cluster]
_filename = "example.cluster"
_hostname = "one.baz.com"
groups.qux = ["frob.baz.com"]
groups.extra = ["elsewhere.baz.com", "two.baz.com"]
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs the real command."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # the command is ours
            [SCRIPT, *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            env=os.environ | {"PYTHONWARNINGS": "error"} | environment,
            cwd=tmp_path,
        )

    return run


@pytest.fixture
def application(tmp_path: Path, example: Path) -> str:
    """Write an application whose settings override some of the cluster."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "conf.py").write_text(APP)
    (tmp_path / "settings.toml").write_text(SETTINGS)
    return "shop.conf.settings"


@pytest.mark.parametrize("option", [("--file", "example.cluster"), ("--file=example.cluster",)])
def test_file_before_and_after(run: Run, example: Path, option: tuple[str, ...]) -> None:
    """``--file`` is taken before and after the subcommand."""
    assert run(*option, "hosts", "odd").stdout == ODD
    assert run("hosts", "odd", *option).stdout == ODD
    assert run("hosts", *option, "odd").stdout == ODD


def test_last_file_counts(run: Run, example: Path) -> None:
    """A file that is named after the subcommand counts more than one before it."""
    assert run("--file", "nowhere", "hosts", "odd", "--file", "example.cluster").stdout == ODD


def test_environment(run: Run, example: Path) -> None:
    """``CLUSTER`` in the environment names the file, and ``--file`` counts more."""
    assert run("hosts", "odd", CLUSTER="example.cluster").stdout == ODD
    assert run("hosts", "odd", "--file", "example.cluster", CLUSTER="nowhere").stdout == ODD


def test_home_is_expanded(run: Run, example: Path) -> None:
    """A ``~`` that the shell has left alone is the home directory."""
    assert run("hosts", "odd", "--file=~/example.cluster", HOME=str(example.parent)).stdout == ODD


@pytest.mark.parametrize("variables", [{}, {"CLUSTER": ""}])
def test_alone(run: Run, variables: dict[str, str]) -> None:
    """Without a file the cluster is this machine alone."""
    done = run("hosts", **variables)
    assert done.stdout == f"{os.uname().nodename}\n"
    assert run("groups", **variables).stdout == ""
    assert run("in", "__orphans__", **variables).returncode == 0


def test_module(example: Path) -> None:
    """``python -m dynaconf_cluster`` is the command."""
    done = subprocess.run(  # the command is ours
        [sys.executable, "-m", "dynaconf_cluster", "hosts", "odd", "--file", str(example)],
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, ODD, "")


def test_without_dynaconf(tmp_path: Path, example: Path) -> None:
    """The command does not import dynaconf as long as it is not asked for settings."""
    (tmp_path / "dynaconf.py").write_text("raise RuntimeError('imported')")
    for command in (["show"], ["hosts"], ["check"], ["graph"], ["clustershell", "list"]):
        done = subprocess.run(  # the command is ours
            [SCRIPT, *command, "--file", str(example)],
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True,
        )
        assert (done.returncode, done.stderr) == (0, b""), command


@pytest.mark.parametrize("arguments", [("-i",), ("--instance",)])
def test_instance(run: Run, application: str, arguments: tuple[str, ...]) -> None:
    """``-i`` gives what the settings give, overridden names included, and nothing else."""
    for order in [(*arguments, application, "hosts"), ("hosts", *arguments, application)]:
        assert run(*order, "qux").stdout == "frob.baz.com\n"
    assert run("groups", *arguments, application).stdout.splitlines() == [
        *("odd", "even", "prime", "qux", "weird", "extra"),
    ]
    assert run("hosts", "extra", "odd", *arguments, application).stdout.splitlines() == [
        *("one.baz.com", "three.baz.com", "five.baz.com", "two.baz.com", "elsewhere.baz.com"),
    ]
    assert run("groups", "--here", *arguments, application).stdout == "odd\nprime\nweird\n"
    assert "an application says hello" in run("hosts", *arguments, application).stderr


def test_instance_follows_the_environment(run: Run, application: str, tmp_path: Path) -> None:
    """What the environment sets counts for ``-i`` as it does for the application."""
    (tmp_path / "other.cluster").write_text("GROUP:web\none.baz.com\n")
    named = {"DYNACONF_PEAK__RUNNING__CLUSTER___FILENAME": "other.cluster"}
    assert run("hosts", "web", "-i", application, **named).stdout == "one.baz.com\n"
    shown = run("show", "-i", application, **named).stdout.splitlines()[0]
    path = tmp_path / "other.cluster"
    assert shown == f"{path}  (named by the setting peak.running.cluster._filename)"
    assert run("check", "-i", application, **named).stdout == ""


def test_instance_without_a_file(run: Run, application: str, tmp_path: Path) -> None:
    """Settings that name no file make a cluster of this machine."""
    (tmp_path / "settings.toml").write_text('peak.running.cluster._hostname = "box"')
    assert run("hosts", "-i", application).stdout == "box\n"
    done = run("check", "-i", application)
    assert (done.returncode, done.stdout) == (0, "")
    assert "there is nothing to check" in done.stderr


def test_check_of_refused_instance(run: Run, application: str, tmp_path: Path) -> None:
    """``check -i`` tells what is wrong with a file that the settings refuse."""
    (tmp_path / "example.cluster").write_text("GROUP:\n")
    done = run("check", "-i", application)
    assert done.returncode == 1
    path = tmp_path / "example.cluster"
    assert done.stdout == (
        f"{path}:1:1: error: a group without a name; write 'GROUP:name' [header-name]\n"
    )
    done = run("hosts", "-i", application)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{path}:1:1: a group without a name" in done.stderr


@pytest.mark.parametrize(
    ("instance", "said"),
    [
        ("settings", "'settings' names no settings; expected package.module.settings"),
        ("nowhere.settings", "cannot use nowhere.settings: ModuleNotFoundError: "),
        ("shop.conf.nothing", "cannot use shop.conf.nothing: AttributeError: "),
        ("shop.conf.number", "shop.conf.number is int; expected dynaconf settings"),
        ("shop.conf.plain", "the settings shop.conf.plain have no cluster; add 'dynaconf_cluster."),
    ],
)
def test_no_such_instance(run: Run, application: str, instance: str, said: str) -> None:
    """What is no settings object with a cluster is wrong usage, told in one line."""
    done = run("hosts", "-i", instance)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"dynaconf-cluster: {said}")


def test_instance_with_missing_file(run: Run, application: str, example: Path) -> None:
    """A file that settings name and that is missing is an error here, not a fallback."""
    example.unlink()
    for command in ("hosts", "check", "show"):
        done = run(command, "-i", application)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"no cluster file {str(example.name)!r}" in done.stderr.replace(
            f"{example.parent}/", ""
        )


def test_instance_with_unreadable_file(run: Run, application: str, example: Path) -> None:
    """A file that settings name and that cannot be read is an error, too."""
    example.unlink()
    example.mkdir()
    done = run("hosts", "-i", application)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot read the cluster file of shop.conf.settings" in done.stderr
    assert "Is a directory" in done.stderr


@pytest.mark.parametrize("command", ["show", "hosts", "groups", "graph", "check"])
def test_missing_file(run: Run, command: str) -> None:
    """A file that is named and missing is an error, whoever names it."""
    said = "cannot read cluster file"
    for done in (run(command, "--file", "nowhere"), run(command, CLUSTER="nowhere")):
        assert (done.returncode, done.stdout) == (2, ""), done
        assert done.stderr.startswith(f"dynaconf-cluster: {said}")
        assert done.stderr.endswith("No such file or directory\n")
        assert done.stderr.count("\n") == 1


def test_unreadable_file(run: Run, tmp_path: Path) -> None:
    """A directory is not read as a file, and an empty name is none."""
    assert run("hosts", "--file", str(tmp_path)).returncode == 2
    assert run("hosts", "--file", "").returncode == 2


def test_refused_file(run: Run, tmp_path: Path) -> None:
    """A refused file gives its problems on standard error."""
    (tmp_path / "bad").write_text("GROUP:a\nb c\nGROUP:\n")
    done = run("hosts", "--file", "bad")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "bad:2:2: white space inside entry 'b c'; write one name a line\n"
        "bad:3:1: a group without a name; write 'GROUP:name'\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("in",),
        ("--file", "x", "-i", "y.z", "hosts"),
        ("--file", "x", "hosts", "-i", "y.z"),
        ("groups", "host", "--here"),
        ("graph", "--format", "png"),
        ("clustershell",),
        ("clustershell", "map"),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...]) -> None:
    """Wrong usage is status 2, with nothing on standard output."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: dynaconf-cluster")


COMMANDS = ["check", "show", "hosts", "groups", "in", "graph", "clustershell", "completion"]


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """Every help text has examples, and the first lists every subcommand."""
    for arguments in [[], *([command] for command in COMMANDS)]:
        with pytest.raises(SystemExit, match="0"):
            main([*arguments, "--help"])
        text = capsys.readouterr().out
        assert "examples:" in text or "a section of groups.conf:" in text
        assert "--file PATH" in text or arguments == ["clustershell"]
        if not arguments:
            assert all(f"\n    {command} " in text for command in COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """``--version`` gives the version of the package."""
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.startswith("dynaconf-cluster 1.")


@pytest.mark.parametrize("command", ["hosts", "--help", "show --all", "check"])
def test_closed_pipe(tmp_path: Path, command: str) -> None:
    """A reader that has seen enough does not make for a traceback."""
    hosts = "\n".join(f"host{n}.baz.com" for n in range(200_000))
    (tmp_path / "big.cluster").write_text(f"{hosts}\nGROUP:a\nGROUP:b\n")
    done = subprocess.run(  # a shell makes the pipe
        f"'{SCRIPT}' {command} | true",
        shell=True,
        env=os.environ | {"CLUSTER": "big.cluster"},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_pipe_that_closes_in_a_help_text() -> None:
    """Where argparse itself meets the closed pipe, there is no traceback either."""
    program = (
        "import sys; from dynaconf_cluster._cli.process import run\n"
        "def command(): raise BrokenPipeError\n"
        "sys.exit(run('x', command))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_full_disk(example: Path) -> None:
    """A result that cannot be written is an error, told in one line."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(  # the command is ours
            [SCRIPT, "hosts", "--file", str(example)],
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 2
    assert done.stderr == b"cannot write the result: No space left on device\n"


def test_utf8_in_any_locale(run: Run, tmp_path: Path) -> None:
    """Names come out as UTF-8, whatever the locale says."""
    (tmp_path / "kühl.cluster").write_text("GROUP:größe\nmünchen.example\n", "utf-8")
    odd = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    done = run("hosts", "--file", "kühl.cluster", **odd)
    assert (done.stdout, done.stderr) == ("münchen.example\n", "")
    assert "── größe  1 host  münchen.example" in run("show", CLUSTER="kühl.cluster", **odd).stdout


def test_streams_of_others(monkeypatch: pytest.MonkeyPatch, example: Path) -> None:
    """Called by a program that has put something else in place of standard output, it works."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["hosts", "odd", "--file", str(example)]) == 0
    assert out.getvalue() == ODD


def test_path_of_any_bytes(run: Run, tmp_path: Path) -> None:
    """A path that is not UTF-8 comes out as it came in."""
    (tmp_path / "bad\udcff").write_text("GROUP:\n")
    for output in ("text", "json", "github"):
        assert run("check", "bad\udcff", "--format", output).returncode == 1
    assert run("check", "bad\udcff").stdout.startswith("bad\udcff:1:1: error: ")


def test_entry_points_take_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], example: Path
) -> None:
    """Called without arguments, the entry points read those of the process."""
    monkeypatch.setattr(sys, "argv", ["x", "--file", str(example), "hosts", "odd"])
    assert main() == 0
    assert capsys.readouterr().out == ODD
    monkeypatch.setattr(sys, "argv", ["x", "--host", "one.baz.com"])
    assert inventory.main() == 0
    assert capsys.readouterr().out == "{}\n"
