"""The README does what it says."""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import pytest

import dynaconf_cluster
from dynaconf_cluster._rules import RULES

README = Path(__file__).parent.parent.joinpath("README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def check_claims(code: str, names: dict[str, object]) -> int:
    """Run a snippet; where a line ends in a comment that is a value, hold it against that."""
    exec(compile(code, "README.md", "exec"), names)  # it is our own README
    claims = 0
    for line in code.splitlines():
        expression, _, claim = line.partition("  # ")
        if claim.startswith("("):
            assert eval(expression, names) == ast.literal_eval(claim), line
            claims += 1
    return claims


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Lay out the README's first example and run its first snippet."""
    monkeypatch.chdir(tmp_path)
    Path("racks.cluster").write_text(blocks("text")[0])
    Path("settings.toml").write_text('peak.running.cluster._filename = "racks.cluster"\n')
    names: dict[str, object] = {}
    exec(blocks("python")[0], names)
    return names


@pytest.mark.parametrize("number", range(len(blocks("python"))))
@pytest.mark.usefixtures("names")
def test_python_snippets_say_the_truth(number: int) -> None:
    """Every Python snippet runs and gives the values that it claims."""
    assert check_claims(blocks("python")[number], {}) > 0


def test_interactive_sessions_say_the_truth(names: dict[str, object]) -> None:
    """Every interactive session goes as it is shown."""
    sessions = blocks("pycon")
    for session in sessions:
        example = doctest.DocTestParser().get_doctest(session, names, "README", "README.md", 0)
        assert doctest.DocTestRunner().run(example).failed == 0
    assert sessions


def test_errors_are_shown_as_they_are() -> None:
    """The file that the README gets wrong is refused in the words that it shows."""
    wrong, told = blocks("text")[1:3]
    with pytest.raises(dynaconf_cluster.ClusterFileError) as caught:
        dynaconf_cluster.parse(wrong, "racks.cluster")
    assert str(caught.value) == told.rstrip()


def test_first_lines_show_what_it_does() -> None:
    """Cluster file, settings and result stand within the first 35 lines."""
    top = "\n".join(README.splitlines()[:35])
    assert "GROUP:" in top
    assert "dynaconf_cluster.loader" in top
    assert "('web', 'db', 'backend')" in top


def test_rules_are_those_of_the_table() -> None:
    """The tables of rules say what the one in the package says."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", README, re.MULTILINE)
    assert {(name, rule.summary) for name, rule in RULES.items()} <= {*rows}
