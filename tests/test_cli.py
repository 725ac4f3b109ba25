"""The command as a whole: finding the cluster, output, errors and exit statuses."""

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
    """Write an application whose settings override part of the cluster."""
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
def test_location_of_the_file(example: Path, arguments: str, named: str) -> None:
    """The last ``--file``, in any position, wins over ``CLUSTER``; ``~`` is expanded."""
    home = str(example.parent)
    assert call(*arguments.split(), CLUSTER=named, HOME=home) == (0, ODD, "")


NOTHING = (
    "no cluster file is named; set CLUSTER in the environment, or give -f FILE or -i SETTINGS\n"
)
TOOLS = ["hosts", "hosts web", "groups", "groups --here", "in __orphans__", "graph", "check"]
TOOLS += [f"clustershell {upcall}" for upcall in ("map web", "mapall", "list", "reverse one")]
INVENTORY = f"{COMMAND}-inventory"


def test_no_file_is_an_error() -> None:
    """Without a file, commands fail instead of assuming this machine is the cluster."""
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
    "dynaconf-cluster --help > /dev/full": (2, "", f"{NO_SPACE}\n"),
    "PYTHONUNBUFFERED=1 dynaconf-cluster -V > /dev/full": (2, "", f"{NO_SPACE}\n"),
}


@pytest.mark.parametrize("line", LINES)
def test_streams(tmp_path: Path, example: Path, line: str) -> None:
    """A hyphen means standard input, which may be closed; a closed pipe causes no traceback."""
    (tmp_path / "many").write_text("".join(f"host{n}.baz.com\n" for n in range(20_000)))
    assert run("sh", "-c", line) == LINES[line]


def test_programs(example: Path) -> None:
    """The commands run as programs and with ``python -m``."""
    for line, out in {
        f"{COMMAND} -V": f"{COMMAND} {metadata.version(COMMAND)}\n",
        "python -m dynaconf_cluster hosts odd --file example.cluster": ODD,
        f"{INVENTORY} --host one.baz.com --file example.cluster": "{}\n",
    }.items():
        assert run(*line.split(), PYTHONWARNINGS="error") == (0, out, "")


COMMANDS = [*("hosts odd --exclude prime", "groups --json", "check -q", "graph"), "show"]
COMMANDS[:0] = ["in odd --host one.baz.com", "clustershell list", "clustershell mapall"]


def test_imports(example: Path) -> None:
    """Dynaconf is imported only for ``-i``, and output for programs needs no extras."""
    program = (
        "import sys; from dynaconf_cluster._cli.main import main\n"
        "for command in sys.argv[1:]:\n"
        "    assert main([*command.split(), '--file', 'example.cluster']) == 0, command\n"
        "    new = {'dynaconf', 'rich', 'argcomplete'} & {*sys.modules}\n"
        "    assert new == ({'rich'} if command == 'show' else set()), command\n"
    )
    outcome = run("python", "-c", program, *COMMANDS)
    assert (outcome.status, outcome.err) == (0, "")


@pytest.mark.parametrize("line", ["show example.cluster", "check --format full example.cluster"])
def test_without_rich(example: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Without the extra, drawing fails with one line that says how to install it."""
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    message = "this needs rich: pip install 'dynaconf-cluster[cli]'"
    assert call(*line.split()) == (2, "", f"{COMMAND}: {message}\n")
    assert call("check", "example.cluster", FORCE_COLOR="1").out.startswith("example.cluster:1:1: ")
    assert call("show", "example.cluster", "--json").status == 0


def test_instance(application: None, tmp_path: Path) -> None:
    """``-i`` outputs what the settings contain, including overrides, and nothing else."""
    for line in (f"-i {HERE} hosts qux", f"hosts qux --instance {HERE}"):
        assert call(*line.split()) == (0, "frob.baz.com\n", HELLO)
    assert ask("groups").out.split() == ["odd", "even", "prime", "qux", "weird", "extra"]
    expected = ["one.baz.com", "three.baz.com", "five.baz.com", "two.baz.com", "elsewhere.baz.com"]
    assert ask("hosts", "extra", "odd").out.split() == expected
    assert ask("groups", "--here").out == "odd\nprime\nweird\n"
    assert run(COMMAND, "hosts", "qux", "-i", HERE) == (0, "frob.baz.com\n", HELLO)
    # the environment overrides settings as it does in the application
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
    """Settings without a file are an error that lists the places searched, and likely typos."""
    for setting, slip in (('_filename = ""', ""), ('filename = "x"', SLIP)):
        (tmp_path / "settings.toml").write_text(f"peak.running.cluster.{setting}")
        for line in TOOLS[::3]:
            assert ask(*line.split()) == (2, "", f"{HELLO}{COMMAND}: {LOOKED_AT}{slip}\n"), line


@pytest.mark.parametrize(
    ("instance", "message"),
    [
        ("settings", "'settings' names no settings; expected package.module.settings"),
        ("nowhere.settings", "cannot use nowhere.settings: ModuleNotFoundError: "),
        ("shop.nothing", "cannot use shop.nothing: AttributeError: "),
        ("shop.number", "shop.number is <class 'int'>; expected dynaconf settings"),
        ("shop.plain", "the settings shop.plain have no cluster; add 'dynaconf_cluster.loader' to"),
    ],
)
def test_no_such_instance(application: None, instance: str, message: str) -> None:
    """A path that is not a settings object with a cluster is reported in one line."""
    status, out, err = call("hosts", "-i", instance)
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"{COMMAND}: {message}")


def test_instance_with_a_bad_file(application: None, example: Path) -> None:
    """If the file that settings name is refused or unreadable, that is an error."""
    example.write_text("GROUP:\n")
    assert ask("check")[:2] == (1, f"{example}:{NO_NAME}")
    status, out, err = ask("hosts")
    assert (status, out, f"{example}:1:1: a group without a name" in err) == (1, "", True)
    example.unlink()
    for command in ("hosts", "check", "show"):
        status, out, err = ask(command)
        last = err.splitlines()[-1].replace(f"{example.parent}/", "")
        assert (status, out) == (2, "")
        assert last.startswith(f"{COMMAND}: cannot read the cluster file of {HERE}, 'example.clus")
        assert f"No such file or directory (named by the setting {CLUSTER}._filename)" in last
    example.mkdir()
    assert "Is a directory" in ask("hosts").err


def test_bad_file(tmp_path: Path) -> None:
    """A named file that is refused or unreadable is an error."""
    (tmp_path / "bad").write_text("GROUP:\nb,c\n")
    status, out, err = call("hosts", "--file", "bad")
    message = "bad:1:1: a group without a name; write 'GROUP:name'\nbad:2:2: 'b,c' is not the name"
    assert (status, out, err.startswith(message)) == (1, "", True)
    for command in ("show", "hosts", "groups", "graph", "check"):
        for outcome in (call(command, "--file", "nowhere"), call(command, CLUSTER="nowhere")):
            assert outcome[:2] == (2, "")
            assert outcome.err.startswith(f"{COMMAND}: cannot read cluster file")
            assert outcome.err.partition("\n")[0].endswith("No such file or directory")
        assert [call(command, "--file", path).status for path in (".", "")] == [2, 2]


def test_wrong_usage() -> None:
    """Wrong usage exits with status 2 and prints nothing to standard output."""
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
    "shwo hosts": "'show'",
    "clustershell --flie x map web": "'--file'",
    "hosts --fiel x": "'--file' or '--help'",
    "graph --format mermai": "'mermaid'",
    "explain orphan": "'orphans'",
    "check --ignore orphan,empty-group": "'orphans'",
}


@pytest.mark.parametrize("line", NEAR)
def test_misspelt_arguments(line: str) -> None:
    """Errors about misspelt arguments suggest similar ones."""
    status, out, err = call(*line.split())
    assert (status, out) == (2, "")
    assert err.endswith(f"; did you mean {NEAR[line]}?\n")


PAGES = ["", *"check explain show hosts groups in graph clustershell import completion".split()]


@pytest.mark.parametrize("page", [*PAGES, "clustershell map", "import ansible"])
def test_help(page: str) -> None:
    """Help fits any terminal, says how to name the cluster file, and ends in examples."""
    reads = page not in ("", "explain", "clustershell", "import", "import ansible", "completion")
    for columns in (60, 200):
        text = result(call(*page.split(), "--help", COLUMNS=str(columns)))
        assert max(map(len, text.splitlines())) <= columns
        assert ("-f FILE, -i SETTINGS or CLUSTER" in " ".join(text.split())) == reads
        assert "\nexamples" in text
        assert page or all(f"\n    {command} " in text for command in PAGES[1:])


def test_interrupt() -> None:
    """An interrupt has the status that shells expect, and no traceback."""
    program = (
        "import sys; from dynaconf_cluster._cli.process import run\n"
        "def command(): raise KeyboardInterrupt\n"
        "sys.exit(run('x', command))"
    )
    assert run("python", "-c", program) == (130, "", "")


def test_text_in_any_locale(tmp_path: Path) -> None:
    """Names are printed as UTF-8 in any locale, and paths that are not UTF-8 unchanged."""
    (tmp_path / "bad\udcff").write_text("GROUP:größe\nmünchen.example\n", "utf-8")
    odd = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    shown = result(run(COMMAND, "show", "bad\udcff", **odd))
    assert shown.startswith("bad\udcff  (named by ")
    assert "── größe  1 host  münchen.example" in shown
