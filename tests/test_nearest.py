"""Suggesting names similar to a misspelt one."""

from __future__ import annotations

import time

import pytest

from dynaconf_cluster._errors import hint, nearest

MANY = {f"rack{i}": None for i in range(5000)} | dict.fromkeys(["web", "db-1", "a_b"])


@pytest.mark.parametrize(
    ("name", "names", "found"),
    [
        ("wbe", ["web", "db"], ["web"]),
        ("WEB", ["web"], ["web"]),
        ("kitchen", ["web", "db"], []),
        ("web", ["web.prod", "web.test"], ["web.prod", "web.test"]),
        ("WEB", ["Web.Prod"], ["Web.Prod"]),
        ("WEB", ["web.prod", "web"], ["web", "web.prod"]),
        ("web", [f"web.{i}" for i in range(9)], ["web.0", "web.1", "web.2"]),
        ("web", ["wed", "web.prod"], ["web.prod", "wed"]),
        ("", ["web"], []),
        ("web", [], []),
        ("x" * 65, ["x" * 64], []),
        ("x" * 64, ["x" * 63], ["x" * 63]),
    ],
)
def test_few_names_are_compared_one_by_one(name: str, names: list[str], found: list[str]) -> None:
    """Among few names, at most three similar ones are found, continuations first."""
    assert nearest(name, names) == found


def test_among_many_names_one_edit_is_found() -> None:
    """Among many names, at most three that are one edit away are found."""
    for found, names in {"web": "we wweb wbe wep WEB", "db-1": "db1", "a_b": "ab"}.items():
        for name in names.split():
            assert nearest(name, MANY) == [found]
    assert nearest("kitchen", MANY) == nearest("", MANY) == []
    assert len(nearest("rack123", MANY)) == 3


def test_many_long_names_cost_little() -> None:
    """The cost of a search does not grow with the number of names."""
    names = {f"{i:060d}x": None for i in range(200_000)}
    start = time.process_time()
    assert nearest("0" * 60 + "y", names) == ["0" * 60 + "x"]
    assert nearest("y" * 64, names) == []
    assert time.process_time() - start < 5


def test_a_hint_suggests_similar_names() -> None:
    """A hint suggests similar names, or is empty."""
    names = ["web", "rack1", "rack2"]
    assert hint("wbe", names) == "; did you mean 'web'?"
    assert hint("rack", names) == "; did you mean 'rack2' or 'rack1'?"
    assert hint("kitchen", names) == ""
