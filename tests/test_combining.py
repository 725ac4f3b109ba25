"""Combinations of a settings file, the environment, validators and an include."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from dynaconf import Validator
from dynaconf.hooking import HookableSettings

from .conftest import CLUSTER, GROUPS, HOSTS, NAMED, ORDERS, VARIABLE, Make, check_cluster

TOML = """
[default]
name = "app"
picked = "@format {this.peak.running.cluster.groups.qux[0]}"
[default.peak]
mine = 1
[default.peak.running.cluster]
_filename = "example.cluster"
[default.peak.running.cluster.groups]
gpu = ["g1", "g2"]
[production.peak.running.cluster]
_hostname = "one.baz.com"
dynaconf_merge = true
[production.peak.running]
dynaconf_merge = true
[production.peak]
dynaconf_merge = true
"""
INCLUDE = """
dynaconf_merge = true
[default.peak.running.cluster.groups]
last = ["l1"]
[default.peak]
included = true
"""
RULES = [
    Validator(f"{CLUSTER}._filename", must_exist=True),
    Validator(f"{CLUSTER}.groups", f"{CLUSTER}.groups.odd", must_exist=True, cast=list),
    Validator(f"{CLUSTER}.groups.odd", cont="one.baz.com"),
    Validator("peak.limit", default=5),
]


@pytest.mark.parametrize("loaders", [ORDERS["in front"], ORDERS["behind"]], ids=["front", "behind"])
@pytest.mark.parametrize("merge", [True, False])
def test_an_application_with_all_sources(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str], merge: bool
) -> None:
    """All sources count, initially, after a reload, and in another environment."""
    monkeypatch.setenv(f"{VARIABLE}GROUPS__EVEN", '["e1", "two.baz.com"]')
    monkeypatch.setenv("DYNACONF_PEAK__fromenv", "2")
    settings = make(
        TOML,
        files={"include.toml": INCLUDE},
        includes=["include.toml"],
        validators=RULES,
        environments=True,
        loaders=loaders,
        merge_enabled=merge,
    )
    for _ in range(2):
        check_application(settings, ())
        with settings.using_env("production"):
            check_application(settings, ("odd", "prime", "qux", "weird"))
        settings.reload()
    check_application(settings.from_env("production"), ("odd", "prime", "qux", "weird"))
    check_application(settings, ())


def check_application(settings: Any, machine: tuple[str, ...]) -> None:
    cluster = settings.peak.running.cluster
    assert cluster.groups == (*GROUPS, "gpu", "last") or cluster.groups == (*GROUPS, "last", "gpu")
    assert cluster.groups.even == ("e1", "two.baz.com")
    assert cluster.groups.gpu == settings[f"{CLUSTER}.groups.gpu"] == ("g1", "g2")
    assert cluster.groups.last == ("l1",)
    assert cluster.hosts["two.baz.com"] == HOSTS["two.baz.com"]
    assert cluster.hosts["e1"] == ("even",)
    assert "four.baz.com" not in cluster.hosts
    assert cluster.group_names == machine
    assert settings.picked == "one.baz.com"
    assert settings.peak.mine == 1
    assert settings.peak.fromenv == 2
    assert settings.peak.included is True
    plain = settings.as_dict()["PEAK"]["running"]["cluster"]
    assert plain["groups"] == dict(cluster.groups.items())


KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "hookable": {"_wrapper_class": HookableSettings},
    "merging": {"merge_enabled": True},
    "validated": {"validators": [Validator(f"{CLUSTER}.groups.odd", must_exist=True, cast=list)]},
    "lazy": {"post_hooks": [lambda settings: {"N": len(settings.peak.running.cluster.groups)}]},
    "environments": {"environments": True},
    "own separator": {"nested_separator": "____"},
    "fresh": {"fresh_vars": ["PEAK"]},
}
THEN: dict[str, Any] = {
    "reload": lambda settings: settings.reload(),
    "set beside": lambda settings: settings.set("peak.mine", 1),
    "set back": lambda settings: settings.set(CLUSTER, dict(settings.peak.running.cluster)),
    "update": lambda settings: settings.update({"PEAK": {"mine": {"a": 1}}}, merge=True),
    "read fresh": lambda settings: settings.get_fresh("PEAK"),
    "switch": lambda settings: settings.setenv("production"),
    "validate": lambda settings: settings.validators.validate_all(),
    "write back": lambda settings: settings.update(settings.as_dict()),
}


PAIRS = [*permutations(THEN, 2)]
STEPS = dict.fromkeys(KINDS, 3) | {"fresh": 9}  # as every look-up is slow


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [(kind, *pair) for kind in KINDS for pair in PAIRS[len(kind) % 3 :: STEPS[kind]]],
)
def test_the_cluster_stays_unchanged(make: Make, kind: str, first: str, second: str) -> None:
    """Two operations on settings of any kind leave the cluster unchanged."""
    toml = NAMED.replace("[", "[default.") if kind == "environments" else NAMED
    settings = make(toml, **KINDS[kind])
    check_cluster(settings)
    for name in (first, second):
        THEN[name](settings)
        check_cluster(settings)
