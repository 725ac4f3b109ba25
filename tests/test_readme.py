"""The code in the README works."""

from __future__ import annotations

import ast
import doctest
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dynaconf_cluster

from .command import result, run
from .conftest import VARIABLE

README = Path(__file__).parent.parent.joinpath("README.md").read_text("utf-8")
NAMED = 'peak.running.cluster._filename = "racks.cluster"\n'

Run = Callable[[int], dict[str, Any]]


def blocks(language: str) -> list[str]:
    """Return the code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def snippet() -> Run:
    """Return a function that runs a Python snippet next to the files of the first ones.

    Where a line ends in a comment that is a tuple, it is held against that.
    """
    Path("racks.cluster").write_text(blocks("text")[0])
    Path("settings.toml").write_text(blocks("toml")[0])

    def check(number: int) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "wsgi"}
        code = blocks("python")[number]
        exec(compile(code, "README.md", "exec"), names)  # it is our own README
        for line in code.splitlines():
            expression, _, claim = line.partition("  # ")
            if claim.startswith("("):
                assert eval(expression, names) == ast.literal_eval(claim), line
        return names

    return check


def test_first_lines(snippet: Run) -> None:
    """The first 30 lines contain a cluster file, settings and results."""
    top = "\n".join(README.splitlines()[:30])
    assert blocks("text")[0] in top
    assert top.count("  # (") == blocks("python")[0].count("  # (") == 3
    Path("settings.toml").write_text(NAMED)
    snippet(0)


def test_sessions(snippet: Run) -> None:
    """Interactive sessions continue from there and print what they show."""
    Path("settings.toml").write_text(NAMED)
    (session,) = blocks("pycon")
    names = snippet(0)
    example = doctest.DocTestParser().get_doctest(session, names, "README", "README.md", 0)
    assert doctest.DocTestRunner().run(example).failed == 0


@pytest.mark.parametrize(("machine", "workers"), [("one.baz.com", 8), ("elsewhere", 1)])
def test_settings_by_group(
    snippet: Run, monkeypatch: pytest.MonkeyPatch, machine: str, workers: int
) -> None:
    """Settings depend on the groups of the machine."""
    monkeypatch.setenv(f"{VARIABLE}_HOSTNAME", machine)
    assert snippet(1)["settings"].workers == workers


def test_flask(snippet: Run) -> None:
    """The Flask application reads its cluster."""
    assert snippet(2)["app"].config.peak.running.cluster.groups.db == ("two.baz.com",)


def test_django(snippet: Run) -> None:
    """The Django site reads its cluster with these lines in its settings."""
    result(run("django-admin", "startproject", "site1", "."))
    with open("site1/settings.py", "a") as file:
        file.write(blocks("python")[3])
    program = "from django.conf import settings; print(settings.PEAK.running.cluster.groups.web)"
    # dynaconf 3.2 reads settings that Django warns of
    outcome = run(sys.executable, "manage.py", "shell", "-v", "0", "-c", program, PYTHONWARNINGS="")
    assert outcome.out == "('one.baz.com', 'two.baz.com')\n"


def test_errors_are_shown_as_they_are() -> None:
    """The file in the README is refused with the errors shown there."""
    wrong = "".join(f"{line}\n" for line in ("group web", "one.baz.com # the first"))
    assert all(f"`{line}`" in README for line in wrong.splitlines())
    (_, shown) = blocks("text")
    with pytest.raises(dynaconf_cluster.ClusterFileError) as caught:
        dynaconf_cluster.parse(wrong, "racks.cluster")
    assert str(caught.value) == shown.rstrip()


def test_length() -> None:
    """The README can be read in a few minutes."""
    assert len(README.splitlines()) <= 220
    assert len(README.split()) <= 1500


def test_links() -> None:
    """Linked files exist in the repository."""
    links = re.findall(r"\]\(([^):]+)\)", README)
    assert links
    assert all((Path(__file__).parent.parent / link).exists() for link in links)


def test_figures() -> None:
    """The figures in the README are those of the benchmarks."""
    table = Path(__file__).parent.joinpath("benchmarks", "README.md").read_text("utf-8")
    figures = re.findall(r"^\| [^|]* \| ([\d,]+ hosts) \| (\d\.\d\d) \|", README, re.MULTILINE)
    assert figures
    assert all(f"| {at} | {ratio} |" in table for at, ratio in figures)
