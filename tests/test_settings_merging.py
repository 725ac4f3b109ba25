"""What is set to groups by several sources adds up as dynaconf merges any other setting."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st

GROUPS = "peak.running.cluster.groups"
FILE = {"web": ("one", "two"), "db": ("three",)}
CLUSTER_FILE = "GROUP:web\none\ntwo\nGROUP:db\nthree\n"

Table = dict[str, Any]


def nest(groups: Table, marks: tuple[bool, bool, bool]) -> Table:
    """Return a value of PEAK that sets a table to the groups."""
    value: Table = {"_filename": "example.cluster", "groups": groups}
    for label, marked in zip(("cluster", "running", None), marks, strict=True):
        value = {**value, "dynaconf_merge": True} if marked else value
        value = {label: value} if label else value
    return value


def check(settings: Any, plain: Any) -> None:
    """Check that over the groups of the file lies what dynaconf has without the loader."""
    set_groups = plain.get(GROUPS, {})
    expected = {**FILE, **{str(k): v for k, v in set_groups.items() if k != "dynaconf_merge"}}
    groups = settings.peak.running.cluster.groups
    assert sorted(groups) == sorted(expected)
    for name in groups:
        assert type(groups[name]) is tuple
        # a list that it has merged already, 3.3 sometimes adds to itself
        assert [*dict.fromkeys(groups[name])] == [*dict.fromkeys(expected[name])], name


NAMES = st.sampled_from(["web", "db", "new", "other"])
LISTS = st.lists(st.sampled_from("pqrstu"), min_size=1, max_size=2, unique=True)
TABLES = st.dictionaries(NAMES, LISTS, min_size=1, max_size=2)
MARKED = st.builds(lambda table, mark: {**table, **mark}, TABLES, st.just({"dynaconf_merge": True}))
VALUES = st.builds(nest, TABLES | MARKED, st.tuples(*[st.booleans()] * 3))

Step = Callable[[Any, Path], object]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Draw one of the ways to write to settings."""
    name, members, table, value = draw(st.tuples(NAMES, LISTS, TABLES | MARKED, VALUES))
    merge = draw(st.booleans())

    def load(settings: Any, folder: Path) -> None:
        content = {"peak": value, **({"dynaconf_merge": True} if merge else {})}
        (folder / "late.json").write_text(json.dumps(content), "utf-8")
        settings.load_file(str(folder / "late.json"))

    def update(settings: Any, folder: Path) -> None:
        settings.update({"PEAK": copy.deepcopy(value)}, **({"merge": True} if merge else {}))

    ways: dict[str, Step] = {
        "set a group": lambda settings, _: settings.set(f"{GROUPS}.{name}", [*members]),
        "set groups": lambda settings, _: settings.set(GROUPS, copy.deepcopy(table)),
        "set all": lambda settings, _: settings.set("PEAK", copy.deepcopy(value), merge=merge),
        "update": update,
        "load a file": load,
        "reload": lambda settings, _: settings.reload(),
    }
    return ways[draw(st.sampled_from([*ways]))]


@pytest.mark.parametrize("merge", [False, True])
@options(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=VALUES, then=st.lists(steps(), max_size=5), validated=st.booleans())
def test_groups_are_merged_as_any_other_setting(
    make: Callable[..., Any],
    tmp_path: Path,
    merge: bool,
    first: Table,
    then: list[Step],
    validated: bool,
) -> None:
    """Whatever is set in whatever order, the groups are overridden by what dynaconf makes of it."""
    file = json.dumps({"peak": first})
    settings, plain = (
        make(
            file,
            name="settings.json",
            cluster=CLUSTER_FILE,
            merge_enabled=merge,
            loaders=loaders,
        )
        for loaders in (["dynaconf_cluster.loader"], [])
    )
    for step in then:
        step(settings, tmp_path)
        step(plain, tmp_path)
        if validated:
            settings.set(f"{GROUPS}.web", settings.get(f"{GROUPS}.web"))
    check(settings, plain)


@pytest.mark.parametrize("mark", ["dynaconf_merge = true\n", ""], ids=["merged", "replaced"])
def test_lists_of_includes_extend_those_of_files(make: Callable[..., Any], mark: str) -> None:
    """An include that is merged as a whole adds its hosts to those that a settings file set."""
    settings = make(
        'dynaconf_include = ["more.toml"]\n[peak.running.cluster]\n_filename = "example.cluster"\n'
        '[peak.running.cluster.groups]\nweb = ["p"]\nnew = ["q"]\n',
        files={
            "more.toml": f'{mark}[peak.running.cluster]\n_filename = "example.cluster"\n'
            '[peak.running.cluster.groups]\nweb = ["r"]\ndb = ["s"]\n'
        },
        cluster=CLUSTER_FILE,
    )
    groups = settings.peak.running.cluster.groups
    assert groups.web == (("p", "r") if mark else ("r",))
    assert groups.db == ("s",)
    assert groups == (("web", "db", "new") if mark else ("web", "db"))


def test_mark_in_an_include_adds_to_the_file(make: Callable[..., Any]) -> None:
    """A list with a mark adds to what the cluster file says, if no settings say anything."""
    settings = make(
        'dynaconf_include = ["more.toml"]\n[peak.running.cluster]\n_filename = "example.cluster"\n',
        files={
            "more.toml": "dynaconf_merge = true\n"
            '[peak.running.cluster.groups]\nweb = ["r", "dynaconf_merge"]\n'
        },
        cluster=CLUSTER_FILE,
    )
    assert settings.peak.running.cluster.groups.web == ("one", "two", "r")


def test_table_of_groups_takes_the_place_of_an_earlier_one(make: Callable[..., Any]) -> None:
    """Setting the groups as a table forgets what was set to other groups before."""
    settings = make(cluster=CLUSTER_FILE)
    settings.set(f"{GROUPS}.new", ["p"])
    settings.set(f"{GROUPS}.web", ["q"])
    settings.set(GROUPS, {"db": ["r"]})
    groups = settings.peak.running.cluster.groups
    assert groups == ("web", "db")
    assert (groups.web, groups.db) == (("one", "two"), ("r",))
    settings.set(GROUPS, "@del")
    assert settings.peak.running.cluster.groups.db == ("three",)
