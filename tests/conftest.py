"""Fixtures: the example of the manual, settings objects, and an isolated environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Dynaconf

from dynaconf_cluster import Namespace

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
ORDERS = {"in front": [OURS, ENVIRON], "behind": [ENVIRON, OURS], "alone": [OURS]}
"""Positions of our loader relative to the environment loader."""

CLUSTER = "peak.running.cluster"
VARIABLE = "DYNACONF_PEAK__RUNNING__CLUSTER__"
NAMED = '[peak.running.cluster]\n_filename = "example.cluster"\n'
"""A settings file that names the example."""

Make = Callable[..., Any]
"""The fixture `make`."""

EXAMPLE = """\
foo.baz.com
bar.baz.com
GROUP:odd
one.baz.com
three.baz.com
five.baz.com
GROUP:even
two.baz.com
four.baz.com
six.baz.com
GROUP:prime
one.baz.com
two.baz.com
three.baz.com
five.baz.com
GROUP:qux
frob.baz.com
one.baz.com
LUMP:weird
qux
prime
"""

Tuples = dict[str, tuple[str, ...]]

GROUPS: Tuples = {
    "odd": ("one.baz.com", "three.baz.com", "five.baz.com"),
    "even": ("two.baz.com", "four.baz.com", "six.baz.com"),
    "prime": ("one.baz.com", "three.baz.com", "five.baz.com", "two.baz.com"),
    "qux": ("one.baz.com", "frob.baz.com"),
    "weird": ("one.baz.com", "three.baz.com", "five.baz.com", "two.baz.com", "frob.baz.com"),
}

HOSTS: Tuples = {
    "foo.baz.com": ("__orphans__",),
    "bar.baz.com": ("__orphans__",),
    "one.baz.com": ("odd", "prime", "qux", "weird"),
    "three.baz.com": ("odd", "prime", "weird"),
    "five.baz.com": ("odd", "prime", "weird"),
    "two.baz.com": ("even", "prime", "weird"),
    "four.baz.com": ("even",),
    "six.baz.com": ("even",),
    "frob.baz.com": ("qux", "weird"),
}

SPECIAL: Tuples = {"__orphans__": ("foo.baz.com", "bar.baz.com"), "__all__": tuple(HOSTS)}


@pytest.fixture(autouse=True)
def _isolated_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start in an empty directory, with no cluster named in the environment."""
    before = dict(os.environ)
    for name in before:
        if name == "CLUSTER" or "DYNACONF" in name.upper():
            monkeypatch.delenv(name)
    monkeypatch.delattr(sys.modules["__main__"], "CLUSTER", raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    # dynaconf loads dotenv files into the environment
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Write the example of the manual to a file."""
    path = tmp_path / "example.cluster"
    path.write_text(EXAMPLE, "utf-8")
    return path


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that creates settings from the text of a settings file.

    ``cluster`` is the text of the cluster file, ``name`` the name of the
    settings file, ``files`` the text of further files; other options go to
    dynaconf, with the usual loaders by default.
    """

    def make(
        toml: str | None = None,
        *,
        cluster: str | None = EXAMPLE,
        name: str = "settings.toml",
        files: dict[str, str] | None = None,
        **options: Any,
    ) -> Any:
        if cluster is not None:
            (tmp_path / "example.cluster").write_text(cluster, "utf-8")
        for path, text in {name: NAMED if toml is None else toml, **(files or {})}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
        options.setdefault("settings_files", [name])
        options.setdefault("root_path", str(tmp_path))
        options.setdefault("loaders", [OURS, ENVIRON])
        return Dynaconf(**options)

    return make


def bare(settings: Any) -> Any:
    """Return the settings inside the `LazySettings` wrapper."""
    return settings.get.__self__


def check_tuple(value: object, expected: tuple[str, ...], how: str, kind: type = tuple) -> None:
    """Check the value and the exact type of a tuple."""
    assert type(value) is kind, how
    assert isinstance(value, tuple), how
    assert value == expected, how
    assert {*map(type, value)} <= {str}, how


def check_cluster(settings: Any, dotted: bool = True) -> None:
    """Check everything by key, attribute and dotted name, and in ``as_dict``."""
    cluster = settings.peak.running.cluster
    check_names(cluster, "groups", GROUPS, SPECIAL)
    check_names(cluster, "hosts", HOSTS, {})
    for name in ("hostname", "shortname"):
        assert type(cluster[name]) is str
        assert cluster[name] == getattr(cluster, name)
    assert cluster.shortname == cluster.hostname.partition(".")[0]
    check_tuple(cluster.group_names, HOSTS.get(cluster.hostname, ()), "group_names")
    if dotted:
        check_dotted(settings, "groups", GROUPS, SPECIAL)
        check_dotted(settings, "hosts", HOSTS, {})
        for name in ("hostname", "shortname", "group_names"):
            assert settings[f"{CLUSTER}.{name}"] == cluster[name]
    check_plain(settings.as_dict()["PEAK"])


def check_names(cluster: Any, what: str, names: Tuples, special: Tuples) -> None:
    """Check groups or hosts, and each name in them, by key and by attribute."""
    read = cluster[what]
    check_tuple(read, tuple(names), what, Namespace)
    check_tuple(getattr(cluster, what), tuple(names), what, Namespace)
    for name, value in (names | special).items():
        check_tuple(read[name], value, f"key {name}")
        check_tuple(read_attribute(read, name), value, f".{name}")


def check_dotted(settings: Any, what: str, names: Tuples, special: Tuples) -> None:
    """Check groups or hosts, and each name in them, by dotted name."""
    check_tuple(settings[f"{CLUSTER}.{what}"], tuple(names), f"dotted {what}", Namespace)
    for name, value in (names | special).items():
        dotted = f"{CLUSTER}.{what}.{name}"
        check_tuple(settings[dotted], value, f"settings[{dotted}]")
    check_tuple(settings.get(dotted.upper()), value, f"{dotted} in upper case")
    assert dotted in settings


def read_attribute(value: object, path: str) -> Any:
    """Resolve a dotted path of attributes."""
    for label in path.split("."):
        value = getattr(value, label)
    return value


def check_plain(peak: dict[str, Any]) -> None:
    """Check that ``as_dict`` returns the example as plain data."""
    cluster = below(peak, "running", "cluster")
    for what, names in (("groups", GROUPS), ("hosts", HOSTS)):
        assert type(cluster[what]) is dict, what
        assert cluster[what] == names
        assert {*map(type, cluster[what].values())} == {tuple}
    assert type(cluster["group_names"]) is tuple
    assert type(cluster["hostname"]) is type(cluster["shortname"]) is str


def below(table: Any, *labels: str) -> Any:
    """Look up a path below a table, ignoring case."""
    for label in labels:
        table = next(value for key, value in table.items() if key.lower() == label)
    return table
