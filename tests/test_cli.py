"""The command as a whole: where it finds its cluster, and what it owes its shell."""

from __future__ import annotations

import sys
from functools import partial
from importlib import metadata
from pathlib import Path

import pytest

from .command import MODULE, call, result, run
from .conftest import CLUSTER, GROUPS, VARIABLE

COMMAND = "dynaconf-cluster"
ODD = "".join(f"{host}\n" for host in GROUPS["odd"])
HELLO = "an application says hello\n"
APP = f"{MODULE}plain = Dynaconf()\nnumber = 1\nprint({HELLO.strip()!r})\n"
SETTINGS = """\
[peak.running.cluster]
_filename = "example.cluster"
_hostname = "one.baz.com"
groups.qux = ["frob.baz.com"]
groups.extra = ["elsewhere.baz.com", "two.baz.com"]
"""
HERE = "shop.settings"
ask = partial(call, "-i", HERE)


@pytest.fixture
def application(tmp_path: Path, example: Path) -> None:
    """Write an application whose settings override some of the cluster."""
    (tmp_path / "shop.py").write_text(APP)
    (tmp_path / "settings.toml").write_text(SETTINGS)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("--file example.cluster hosts odd", ""),
        ("hosts --file=example.cluster odd", ""),
        ("hosts odd --exclude even --file example.cluster odd", ""),
        ("hosts -fexample.cluster odd", ""),
        ("--file nowhere hosts odd --file example.cluster", ""),
        ("hosts odd", "example.cluster"),
        ("hosts odd --file example.cluster", "nowhere"),
        ("hosts odd --file=~/example.cluster", ""),
    ],
)
def test_where_the_file_is_named(example: Path, arguments: str, named: str) -> None:
    """The last ``--file``, wherever it stands, counts more than ``CLUSTER``; a ``~`` is home."""
    home = str(example.parent)
    assert call(*arguments.split(), CLUSTER=named, HOME=home) == (0, ODD, "")


NOTHING = "no cluster file is named; set CLUSTER in the environment, or give --file or -i\n"
TOOLS = ["hosts", "hosts web", "groups", "groups --here", "in __orphans__", "graph", "check"]
TOOLS += [f"clustershell {upcall}" for upcall in ("map web", "mapall", "list", "reverse one")]
INVENTORY = f"{COMMAND}-inventory"


def test_tools_do_not_guess() -> None:
    """Without a file nothing is taken for the cluster: what runs things elsewhere must not."""
    lines = [*((COMMAND, tool) for tool in TOOLS), (INVENTORY, "--list"), (INVENTORY, "--host one")]
    for program, line in lines:
        expected = (2, "", f"{program}: {NOTHING}")
        assert call(*line.split(), program=program) == expected, line
        assert call(*line.split(), program=program, CLUSTER="") == expected, line


NO_INPUT = "cannot read cluster file '-' (named by the command line): Bad file descriptor"
NO_NAME = "1:1: error: a group without a name; write 'GROUP:name' [header-name]\n"
TWICE = f"-:{NO_NAME}x:{NO_NAME}"
NO_SPACE = "cannot write the result: No space left on device"
LINES = {
    "cat example.cluster | dynaconf-cluster --file - hosts odd": (0, ODD, ""),
    "dynaconf-cluster hosts --file=- <&-": (2, "", f"{COMMAND}: {NO_INPUT}\n"),
    "echo GROUP: > x; cat x | dynaconf-cluster check - x -": (1, TWICE, "2 files, 2 errors\n"),
    "dynaconf-cluster hosts 2>&-": (2, "", ""),
    "dynaconf-cluster hosts -f many | true": (0, "", ""),
    "dynaconf-cluster --help | true": (0, "", ""),
    "dynaconf-cluster show > /dev/full": (2, "", f"{NO_SPACE}\n"),
}


@pytest.mark.parametrize("line", LINES)
def test_streams(tmp_path: Path, example: Path, line: str) -> None:
    """A hyphen is standard input, which need not be one; a closed pipe is no traceback."""
    (tmp_path / "many").write_text("".join(f"host{n}.baz.com\n" for n in range(20_000)))
    assert run("sh", "-c", line) == LINES[line]


def test_programs(example: Path) -> None:
    """The commands are programs, and a module that Python runs."""
    for line, out in {
        f"{COMMAND} -V": f"{COMMAND} {metadata.version(COMMAND)}\n",
        "python -m dynaconf_cluster hosts odd --file example.cluster": ODD,
        f"{INVENTORY} --host one.baz.com --file example.cluster": "{}\n",
    }.items():
        assert run(*line.split(), PYTHONWARNINGS="error") == (0, out, "")


COMMANDS = [*("hosts odd --exclude prime", "groups --json", "check -q", "graph"), "show"]
COMMANDS[:0] = ["in odd --host one.baz.com", "clustershell list", "clustershell mapall"]


def test_imports(example: Path) -> None:
    """Nothing imports dynaconf before there are settings; what is for programs, no more either."""
    program = (
        "import sys; from dynaconf_cluster._cli.main import main\n"
        "for command in sys.argv[1:]:\n"
        "    assert main([*command.split(), '--file', 'example.cluster']) == 0, command\n"
        "    new = {'dynaconf', 'rich', 'argcomplete'} & {*sys.modules}\n"
        "    assert new == ({'rich'} if command == 'show' else set()), command\n"
    )
    said = run("python", "-c", program, *COMMANDS)
    assert (said.status, said.err) == (0, "")


@pytest.mark.parametrize("line", ["show example.cluster", "check --format full example.cluster"])
def test_without_rich(example: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Without the extra, what is drawn says in one line how to get it; the rest works."""
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    said = "this takes rich: pip install 'dynaconf-cluster[cli]'"
    assert call(*line.split()) == (2, "", f"{COMMAND}: {said}\n")
    assert call("check", "example.cluster", FORCE_COLOR="1").out.startswith("example.cluster:1:1: ")
    assert call("show", "example.cluster", "--json").status == 0


def test_instance(application: None, tmp_path: Path) -> None:
    """``-i`` gives what the settings give, overridden names included, and nothing else."""
    for line in (f"-i {HERE} hosts qux", f"hosts qux --instance {HERE}"):
        assert call(*line.split()) == (0, "frob.baz.com\n", HELLO)
    assert ask("groups").out.split() == ["odd", "even", "prime", "qux", "weird", "extra"]
    expected = ["one.baz.com", "three.baz.com", "five.baz.com", "two.baz.com", "elsewhere.baz.com"]
    assert ask("hosts", "extra", "odd").out.split() == expected
    assert ask("groups", "--here").out == "odd\nprime\nweird\n"
    assert run(COMMAND, "hosts", "qux", "-i", HERE) == (0, "frob.baz.com\n", HELLO)
    # what the environment sets counts as it does for the application
    path = tmp_path / "other.cluster"
    path.write_text("GROUP:web\none.baz.com\n")
    named = {f"{VARIABLE}_FILENAME": path.name}
    assert ask("hosts", "web", **named).out == "one.baz.com\n"
    about = f"{path}  (named by the setting {CLUSTER}._filename)\n"
    assert ask("show", **named).out.startswith(about)
    assert ask("check", **named).err.endswith("1 host, 1 group: fine\n")


LOOKED_AT = (
    f"{HERE} names no cluster file (looked at the setting {CLUSTER}._filename, "
    f"CLUSTER in __main__, the environment variable CLUSTER); set {CLUSTER}._filename"
)
SLIP = f"; is '{CLUSTER}.filename' meant to be '{CLUSTER}._filename'?"


def test_settings_that_name_no_file(application: None, tmp_path: Path) -> None:
    """No more is guessed for settings; it is said what they looked at, and what may be a slip."""
    for setting, slip in (('_filename = ""', ""), ('filename = "x"', SLIP)):
        (tmp_path / "settings.toml").write_text(f"peak.running.cluster.{setting}")
        for line in TOOLS[::3]:
            assert ask(*line.split()) == (2, "", f"{HELLO}{COMMAND}: {LOOKED_AT}{slip}\n"), line


@pytest.mark.parametrize(
    ("instance", "said"),
    [
        ("settings", "'settings' names no settings; expected package.module.settings"),
        ("nowhere.settings", "cannot use nowhere.settings: ModuleNotFoundError: "),
        ("shop.nothing", "cannot use shop.nothing: AttributeError: "),
        ("shop.number", "shop.number is int; expected dynaconf settings"),
        ("shop.plain", "the settings shop.plain have no cluster; add 'dynaconf_cluster.loader' to"),
    ],
)
def test_no_such_instance(application: None, instance: str, said: str) -> None:
    """What is no settings object with a cluster is wrong usage, told in one line."""
    status, out, err = call("hosts", "-i", instance)
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"{COMMAND}: {said}")


def test_instance_with_a_bad_file(application: None, example: Path) -> None:
    """A file that settings name, and refuse or cannot read, is an error, not a fallback."""
    example.write_text("GROUP:\n")
    assert ask("check")[:2] == (1, f"{example}:{NO_NAME}")
    status, out, err = ask("hosts")
    assert (status, out, f"{example}:1:1: a group without a name" in err) == (1, "", True)
    example.unlink()
    for command in ("hosts", "check", "show"):
        status, out, err = ask(command)
        said = err.splitlines()[-1].replace(f"{example.parent}/", "")
        assert (status, out) == (2, "")
        assert said.startswith(f"{COMMAND}: cannot read the cluster file of {HERE}, 'example.clus")
        assert f"No such file or directory (named by the setting {CLUSTER}._filename)" in said
    example.mkdir()
    assert "Is a directory" in ask("hosts").err


def test_bad_file(tmp_path: Path) -> None:
    """A file that is named, and refused or not readable, is an error, whoever names it."""
    (tmp_path / "bad").write_text("GROUP:\nb,c\n")
    status, out, err = call("hosts", "--file", "bad")
    told = "bad:1:1: a group without a name; write 'GROUP:name'\nbad:2:2: 'b,c' is not the name"
    assert (status, out, err.startswith(told)) == (1, "", True)
    for command in ("show", "hosts", "groups", "graph", "check"):
        for said in (call(command, "--file", "nowhere"), call(command, CLUSTER="nowhere")):
            assert said[:2] == (2, "")
            assert said.err.startswith(f"{COMMAND}: cannot read cluster file")
            assert said.err.partition("\n")[0].endswith("No such file or directory")
        assert [call(command, "--file", path).status for path in (".", "")] == [2, 2]


def test_wrong_usage() -> None:
    """Wrong usage is status 2, with nothing on standard output."""
    for line in (
        *("", "in", "-f x -i y.z hosts", "--file x hosts -i y.z", "show x -f y", "import"),
        *("groups host --here", "hosts --json --separator ,", "clustershell", "clustershell map"),
        *("show --depth 0", "show --depth x", "-f x explain orphans", "-i x.y import ansible"),
    ):
        status, out, err = call(*line.split())
        assert (status, out, err.startswith(f"usage: {COMMAND}")) == (2, "", True), line


NEAR = {
    "shwo": "'show'",
    "clustershell mapal": "'mapall' or 'map'",
    "hosts --exlude=x": "'--exclude'",
    "--flie x show": "'--file'",
    "clustershell --flie x map web": "'--file'",
    "hosts --fiel x": "'--file' or '--help'",
    "graph --format mermai": "'mermaid'",
    "explain orphan": "'orphans'",
    "check --ignore orphan,empty-group": "'orphans'",
}


@pytest.mark.parametrize("line", NEAR)
def test_slips(line: str) -> None:
    """What is misspelt is answered with what is near."""
    status, out, err = call(*line.split())
    assert (status, out) == (2, "")
    assert err.endswith(f"; did you mean {NEAR[line]}?\n")


PAGES = ["", *"check explain show hosts groups in graph clustershell import completion".split()]


@pytest.mark.parametrize("page", [*PAGES, "clustershell reverse", "import ansible"])
def test_help(page: str) -> None:
    """Help fits any terminal, says who names the cluster file, and ends in examples."""
    reads = page not in ("", "explain", "clustershell", "import", "import ansible", "completion")
    for columns in (60, 200):
        text = result(call(*page.split(), "--help", COLUMNS=str(columns)))
        assert max(map(len, text.splitlines())) <= columns
        assert ("-f FILE, -i SETTINGS or CLUSTER" in " ".join(text.split())) == reads
        assert "\nexamples" in text or page == "clustershell reverse"
        assert page or all(f"\n    {command} " in text for command in PAGES[1:])


def test_pipe_that_closes_in_a_help_text() -> None:
    """Where argparse itself meets the closed pipe, there is no traceback either."""
    program = (
        "import sys; from dynaconf_cluster._cli.process import run\n"
        "def command(): raise BrokenPipeError\n"
        "sys.exit(run('x', command))"
    )
    assert run("python", "-c", program) == (0, "", "")


def test_text_in_any_locale(tmp_path: Path) -> None:
    """Names come out as UTF-8, whatever the locale says, and a path that is not as it came in."""
    (tmp_path / "bad\udcff").write_text("GROUP:größe\nmünchen.example\n", "utf-8")
    odd = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    shown = result(run(COMMAND, "show", "bad\udcff", **odd))
    assert shown.startswith("bad\udcff  (named by ")
    assert "── größe  1 host  münchen.example" in shown
