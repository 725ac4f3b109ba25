"""Lazy values (`@get`, `@format`, `@jinja`) that are set to names, and what they may read."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Validator

from dynaconf_cluster import ClusterFileWarning, parse
from dynaconf_cluster._overrides import Later
from dynaconf_cluster._tree import keeper_of

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'
ODD = ("one.baz.com", "three.baz.com", "five.baz.com")

Make = Callable[..., Any]


@pytest.mark.parametrize("value", ["@format {this.WHO}", "@jinja {{ this.WHO }}"])
def test_elements_of_overrides_may_be_lazy(make: Make, value: str) -> None:
    """Lazy text among the hosts of an override is evaluated as dynaconf does in any list."""
    settings = make(f'WHO = "local"\n{PLAIN}[peak.running.cluster.groups]\nodd = ["{value}"]\n')
    assert settings.peak.running.cluster.groups.odd == ("local",)


def test_lazy_override_is_evaluated(make: Make) -> None:
    """A lazy setting that gives a list overrides a name."""
    toml = f'WHO = ["a", "b"]\n{PLAIN}[peak.running.cluster.groups]\nodd = "@get WHO"\n'
    assert make(toml).peak.running.cluster.groups.odd == ("a", "b")


def test_an_override_that_is_gone_is_forgotten(make: Make, tmp_path: Path) -> None:
    """Nothing is kept of an override, nor of the cluster below it, when the settings lose it."""
    settings = make(f'{PLAIN}[peak.running.cluster.groups]\nodd = ["@format {{env[RACK]}}"]\n')
    assert settings.peak.running.cluster.groups.even
    keeper = keeper_of(settings)
    assert keeper is not None
    assert "groups" in keeper.replaced
    (tmp_path / "settings.toml").write_text(PLAIN)
    settings.reload()
    assert settings.peak.running.cluster.groups.odd == ODD
    assert "groups" not in keeper.replaced


def jinja(expression: str) -> str:
    return f"@json @jinja {{{{ ({expression}) | list | tojson }}}}"


GROUPS = f"this.{CLUSTER}.groups"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"@get {CLUSTER}.groups.qux", ("one.baz.com", "frob.baz.com")),
        (f"@get {CLUSTER}.groups.odd", ODD),
        (jinja(f"{GROUPS}.odd[1:]"), ODD[1:]),
        (jinja(f'{GROUPS}["odd"] + ("x",)'), (*ODD, "x")),
        (jinja(f'this.{CLUSTER}.hosts["bar.baz.com"]'), ("__orphans__",)),
        (jinja(f"this.{CLUSTER}.group_names"), ("odd", "prime", "qux", "weird")),
        (jinja(f"(this.{CLUSTER}.shortname,)"), ("one",)),
    ],
)
@pytest.mark.parametrize("source", ["file", "code"])
def test_lazy_override_reads_what_is_below_it(
    make: Make, value: str, expected: tuple[str, ...], source: str
) -> None:
    """What is set to a group may read the cluster, and then reads it without what is set."""
    toml = f"{PLAIN}_hostname = 'one.baz.com'\n"
    if source == "file":
        toml += f"groups.odd = {json.dumps(value)}\n"
    settings = make(toml)
    if source == "code":
        settings.set(f"{CLUSTER}.groups.odd", value)
    cluster = settings.peak.running.cluster
    assert cluster.groups.odd == settings[f"{CLUSTER}.groups.odd"] == expected
    assert dict(cluster.groups.items())["odd"] == expected
    assert cluster.groups.qux == ("one.baz.com", "frob.baz.com")


@pytest.mark.parametrize(
    ("what", "name", "value", "cluster"),
    [
        ("groups", "back", "@get peak.running.cluster.groups.db", "LUMP:back\ndb\nGROUP:db\ntwo\n"),
        ("groups", "db", "@get peak.running.cluster.groups.db", "GROUP:db\ntwo\nGROUP:db.x\none\n"),
        ("hosts", "two", "@get peak.running.cluster.hosts.two", "GROUP:db\ntwo\nLUMP:l\ndb\n"),
    ],
)
def test_lazy_override_that_changes_nothing_is_a_plain_tuple(
    make: Make, what: str, name: str, value: str, cluster: str
) -> None:
    """What is read is never what dynaconf hands over to work it out, and can be pickled."""
    settings = make(f'{PLAIN}{what}.{name} = "{value}"\n', cluster=cluster)
    names = settings.peak.running.cluster[what]
    below = getattr(parse(cluster), what)[name]
    assert names[name] == below
    assert type(names[name]) is tuple
    assert pickle.loads(pickle.dumps(names))[name] == below
    assert type(settings.as_dict()["PEAK"]["running"]["cluster"][what][name]) is tuple


@pytest.mark.parametrize("first", ["group_names", "hosts", "groups"])
def test_what_was_worked_out_on_the_way_is_not_kept(make: Make, first: str) -> None:
    """The groups of this machine are those of the override, though it read them before it was."""
    value = jinja(f"this.{CLUSTER}.group_names[:2] + ('mine',)")
    settings = make(
        f'{PLAIN}_hostname = "one.baz.com"\nhosts."one.baz.com" = {json.dumps(value)}\n'
    )
    for _ in range(2):
        assert settings.peak.running.cluster[first]
        assert settings.peak.running.cluster.group_names == ("odd", "prime", "mine")
        assert settings.peak.running.cluster.hosts.one.baz.com == ("odd", "prime", "mine")
        settings.reload()


@pytest.mark.parametrize("first", ["groups", "hosts"])
def test_groups_and_hosts_may_read_what_is_set_to_each_other(make: Make, first: str) -> None:
    """A lazy value reads other names with what is set to them, be that lazy, too."""
    settings = make(
        f"{PLAIN}groups.odd = '@get {CLUSTER}.hosts.new'\n"
        f"groups.new = ['e']\n"
        f"hosts.new = '@get {CLUSTER}.groups.new'\n"
    )
    for _ in range(2):
        assert len(settings.peak.running.cluster[first]) > 1
        assert settings.peak.running.cluster.hosts.new == ("e",)
        assert settings.peak.running.cluster.groups.odd == ("e",)
        settings.set(f"{CLUSTER}.x", 1)


def test_lazy_override_stays_lazy(make: Make) -> None:
    """What is lazy is evaluated whenever it is read, as it is in any setting."""
    settings = make(
        f"who = ['a']\n{PLAIN}groups.odd = '@get who'\n"
        "groups.even = ['x', '@format {this.who[0]}']\nplain.odd = '@get who'\n"
    )
    for who in ("b", "c"):
        cluster = settings.peak.running.cluster
        assert [*cluster.groups.odd] == [*cluster.plain.odd] == settings.who
        assert cluster.groups.even == ("x", settings.who[0])
        settings.set("who", [who])
        assert settings[f"{CLUSTER}.groups.odd"] == cluster.groups.odd == (who,)
        assert cluster.groups.get("odd") == cluster.groups["odd"] == (who,)
        assert dict(cluster.groups.items())["even"] == ("x", who)
    settings.set(f"{CLUSTER}.groups.odd", "@merge @get more")
    for more in ("d", "e"):
        settings.set("more", [more])
        assert settings.peak.running.cluster.groups.odd == ("c", more)
    settings.set(f"{CLUSTER}.groups.odd", ["last"])
    assert settings.peak.running.cluster.groups.odd == ("last",)


def test_long_lazy_override_stays_lazy(make: Make) -> None:
    """The same for a group of many hosts, of which others are kept for the next look-up."""
    settings = make(f"who = ['a']\n{PLAIN}groups.odd = '@get who'\n", who=["a"])
    for count in (1000, 2000):
        settings.set("who", [f"h{number}" for number in range(count)])
        assert len(settings[f"{CLUSTER}.groups.odd"]) == count


def test_writes_beside_lazy_values_do_not_pile_up(make: Make) -> None:
    """Of what was set to a name again and again, the last counts, and is all that is kept."""
    settings = make(f"who = ['a']\n{PLAIN}groups.odd = '@get who'\nhosts.x.y = ['g']\n")
    writes = (
        ("groups.odd", "@get who"),
        ("groups.new", ["n"]),
        ("groups", [*settings.peak.running.cluster.groups, "new"]),
        ("hosts.x", "@get who"),
        ("hosts.x.y", ["h"]),
    )
    sizes = set()
    for _ in range(5):
        for name, value in writes:
            settings.set(f"{CLUSTER}.{name}", value)
        cluster = settings.peak.running.cluster
        assert cluster.groups.odd == cluster.hosts["x"] == ("a",)
        assert cluster.groups.new == ("n",)
        assert cluster.hosts.x.y == ("h",)
        settings.set(f"{CLUSTER}.z", 1)
        assert settings.peak.running.cluster.hosts["x"] == ("a",)
        outputs: Any = dict(dict.items(settings.peak.running.cluster))
        sizes.add((len(outputs["groups"].layers), len(outputs["hosts"].layers)))
    assert len(sizes) <= 2


@pytest.mark.parametrize("source", ["file", "environment"])
@pytest.mark.parametrize("mark", ["@merge", "@merge_unique"])
def test_lazy_text_in_a_list_with_a_mark_stays_lazy(
    make: Make, monkeypatch: pytest.MonkeyPatch, source: str, mark: str
) -> None:
    """The same of a list that a mark applies."""
    value = f'{mark} ["@format {{this.who}}"]'
    toml = PLAIN
    if source == "file":
        toml += f"groups.odd = {json.dumps(value)}\n"
    else:
        monkeypatch.setenv("DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__ODD", value)
    settings = make(toml)
    assert settings.peak.running.cluster.groups.qux == ("one.baz.com", "frob.baz.com")
    with pytest.raises(Exception, match="who"):
        _ = settings.peak.running.cluster.groups.odd
    for who in ("a", "b"):
        settings.set("who", who)
        assert settings.peak.running.cluster.groups.odd == (*ODD, who)


@pytest.mark.parametrize("loaders", [[OURS, ENVIRON], [ENVIRON, OURS]], ids=["after", "before"])
def test_lazy_text_in_lists_of_the_environment(
    make: Make, monkeypatch: pytest.MonkeyPatch, loaders: list[str]
) -> None:
    """Tokens in lists mean the same in both orders of loaders, and when loaded afresh."""
    names = {"ODD": '["@format {this.who}"]', "EVEN": "@merge k", "NEW": '["@format {this.who}"]'}
    for name, value in names.items():
        monkeypatch.setenv(f"DYNACONF_PEAK__RUNNING__CLUSTER__GROUPS__{name}", value)
    settings = make(f"who = 'n'\n{PLAIN}", loaders=loaders)
    for again in (settings.reload, lambda: settings.get_fresh("PEAK"), settings.reload):
        groups = settings.peak.running.cluster.groups
        assert groups.odd == groups["NEW"] == ("n",)
        assert groups.even == ("two.baz.com", "four.baz.com", "six.baz.com", "k")
        again()


def test_lists_extend_lazy_lists(make: Make) -> None:
    """Where lists are added to others, they are added to what lazy lists give, too."""
    settings = make(
        f"who = 'n'\n{PLAIN}groups.odd = ['x', '@format {{this.who}}']\ngroups.even = '@get all'\n"
        "[plain]\nodd = ['x', '@format {this.who}']\n",
        all=["a"],
    )
    for name in ("odd", "even"):
        tree = {"running": {"cluster": {"groups": {name: ["y"]}}}}
        settings.update({"peak": tree}, merge=True)
    settings.update({"plain": {"odd": ["y"]}}, merge=True)
    settings.set("who", "m")
    assert settings.peak.running.cluster.groups.odd == ("x", "m", "y")
    assert [*settings.peak.running.cluster.groups.odd][::2] == [*settings.plain.odd][::2]
    assert settings.peak.running.cluster.groups.even == ("y",)  # no list, but a token


def test_merging_again_and_again_over_a_lazy_value(make: Make) -> None:
    """However many marks apply to a lazy value, it is read."""
    settings = make(f"who = ['a']\n{PLAIN}groups.odd = '@get who'\n")
    for number in range(9):
        settings.set(f"{CLUSTER}.groups.odd", f"@merge h{number}")
    settings.set("who", ["b"])
    assert settings.peak.running.cluster.groups.odd == ("b", *(f"h{n}" for n in range(9)))


def test_any_number_of_values_over_each_other_is_worked_out() -> None:
    """A value is worked out over another one without a limit of recursion."""

    def add(name: object, below: tuple[str, ...]) -> tuple[str, ...]:
        return (*below, str(name))

    value: Any = ("a",)
    other: Any = ("a",)
    for _ in range(5000):
        value = Later("b", partial(add), value, list)
        other = Later("b", partial(add), other, list)
    assert len(value.read()) == 5001
    assert value == other
    assert value != Later("b", partial(add), value, list)
    assert value != "b"


def test_same_writes_beside_lazy_values_give_the_same_groups(make: Make) -> None:
    """What does not change the groups does not make them anew."""
    settings = make(f"who = ['a']\n{PLAIN}groups.odd = '@get who'\nhosts.x = '@get who'\n")
    cluster = settings.peak.running.cluster
    groups, hosts = cluster.groups, cluster.hosts
    settings.set(f"{CLUSTER}.mine", 1)
    assert settings.peak.running.cluster.groups is groups
    assert settings.peak.running.cluster.hosts is hosts
    settings.set(f"{CLUSTER}.groups.odd", "@get who")
    assert settings.peak.running.cluster.groups is not groups
    assert settings.peak.running.cluster.groups == groups
    assert settings.peak.running.cluster.groups.odd == ("a",)


@pytest.mark.parametrize("way", ["clone", "deepcopy"])
def test_copies_follow_lazy_file_names(make: Make, way: str) -> None:
    """A copy reads the file that its own settings name, even if it was copied before."""
    settings = make(
        f"base = 'example'\n[{CLUSTER}]\n_filename = '@format {{this.base}}.cluster'\n",
        files={"other.cluster": "GROUP:o\nx\n"},
    )
    assert settings[f"{CLUSTER}.groups"] == settings.peak.running.cluster.groups
    for base, groups in (("other", ("o",)), ("example", ("odd", "even", "prime", "qux", "weird"))):
        copied = settings.dynaconf.clone() if way == "clone" else copy.deepcopy(settings)
        copied.set("base", base)
        assert copied.peak.running.cluster.groups == groups
        settings.set("base", base)
        later = settings.dynaconf.clone() if way == "clone" else copy.deepcopy(settings)
        assert later.peak.running.cluster.groups == groups
        assert settings.peak.running.cluster.groups == groups


def test_lazy_name_of_the_machine_may_fail_alone(make: Make) -> None:
    """Groups and hosts do not depend on it where there is a file."""
    settings = make(f"{PLAIN}_hostname = '@get nobody'\ngroups.new = ['n']\n")
    assert settings.peak.running.cluster.groups.odd == ODD
    assert settings.peak.running.cluster.groups.new == ("n",)
    with pytest.raises(Exception, match="nobody"):
        _ = settings.peak.running.cluster.hostname
    settings.set("nobody", "one.baz.com")
    assert settings.peak.running.cluster.group_names == ("odd", "prime", "qux", "weird")


def test_error_of_a_lazy_override_is_that_of_its_name_alone(make: Make) -> None:
    """Other names are read, and the name itself as soon as it can be."""
    settings = make(f"{PLAIN}groups.odd = '@get who'\ngroups.even = '@get x'\nx = 'text'\n")
    groups = settings.peak.running.cluster.groups
    assert groups.qux == ("one.baz.com", "frob.baz.com")
    with pytest.raises(Exception, match="who"):
        _ = groups.odd
    with pytest.raises(Exception, match="who"):
        settings.as_dict()
    settings.set("who", ["me"])
    assert groups.odd == settings.peak.running.cluster.groups.odd == ("me",)
    settings.set("x", "text")
    with pytest.raises(
        TypeError, match=rf"the setting {CLUSTER}\.groups\.even is 'text'; expected"
    ):
        _ = groups.even


def test_lazy_values_wait_for_what_a_validator_sets(make: Make) -> None:
    """The default of a validator comes when all is loaded; a lazy value may be made of it."""
    settings = make(
        f"[{CLUSTER}]\n_filename = '@format {{this.base}}.cluster'\n"
        "_hostname = '@format {this.who}.baz.com'\ngroups.new = ['@format {this.who}']\n",
        validators=[
            Validator("base", default="example"),
            Validator("who", default="one"),
            Validator(f"{CLUSTER}.groups.odd", must_exist=True),
        ],
    )
    cluster = settings.peak.running.cluster
    assert cluster.groups.odd == ODD
    assert cluster.groups.new == ("one",)
    assert cluster.group_names == ("odd", "prime", "qux", "weird")


def test_outputs_follow_lazy_inputs(make: Make) -> None:
    """When what a lazy input reads is set to something else, the outputs are others, too."""
    settings = make(
        f"base = 'example'\n[{CLUSTER}]\n_filename = '@format {{this.base}}.cluster'\n"
        "_hostname = '@format {this.base}'\ngroups.more = ['@format {this.base}']\n",
        files={"other.cluster": "GROUP:o\nx\nother\n"},
    )
    for _ in range(2):
        cluster = settings.peak.running.cluster
        assert cluster.groups == ("odd", "even", "prime", "qux", "weird", "more")
        assert cluster.groups.more == ("example",)
        assert cluster.hostname == cluster.shortname == "example"
        settings.set("base", "other")
        assert cluster.groups == ("o", "more")
        assert cluster.group_names == ("o",)
        assert cluster.hostname == "other"
        settings.set("base", "missing")
        with pytest.warns(ClusterFileWarning, match="missing.cluster"):
            assert cluster.hosts == ("missing",)
        settings.set("base", "example")


def test_lazy_file_name_waits_for_what_it_reads(make: Make) -> None:
    """What it lacks is said when the cluster is read; all else is read meanwhile."""
    settings = make(
        f"[{CLUSTER}]\n_filename = '@format {{this.base}}.cluster'\nmine = 1\n_hostname = 'h'\n"
    )
    cluster = settings.peak.running.cluster
    assert cluster.mine == 1
    assert cluster.hostname == settings[f"{CLUSTER}.hostname"] == "h"
    for _ in range(2):
        with pytest.raises(Exception, match="base"):
            _ = cluster.groups
    settings.set("base", "example")
    assert cluster.groups.odd == ODD


def test_lazy_values_of_a_copy_read_the_copy(make: Make) -> None:
    """What a clone or a deep copy evaluates, it evaluates with its own settings."""
    settings = make(
        f"who = 'a'\n{PLAIN}_hostname = '@format {{this.who}}'\n"
        "groups.w = ['@format {this.who}']\n"
    )
    assert settings.peak.running.cluster.groups.w == ("a",)
    for copied in (settings.dynaconf.clone(), copy.deepcopy(settings)):
        copied.set("who", "b")
        assert copied.peak.running.cluster.groups.w == ("b",)
        assert copied.peak.running.cluster.hostname == "b"
        assert copied.peak.running.cluster.groups.odd is settings.peak.running.cluster.groups.odd
        copied.set(f"{CLUSTER}.groups.odd", ["c"])
        assert settings.peak.running.cluster.groups.w == ("a",)
        assert settings.peak.running.cluster.hostname == "a"
        assert settings.peak.running.cluster.groups.odd == ODD
    kept = settings.from_env("other", keep=True)
    kept.set("who", "d")
    assert kept.peak.running.cluster.groups.w == ("d",)


def test_lazy_values_are_pickled_as_they_are(make: Make) -> None:
    """A pickle of groups holds what the names give at that moment."""
    settings = make(f"who = 'a'\n{PLAIN}groups.odd = ['@format {{this.who}}']\n")
    groups = pickle.loads(pickle.dumps(settings.peak.running.cluster.groups))
    settings.set("who", "b")
    assert groups.odd == groups["odd"] == ("a",)
    assert groups.qux == ("one.baz.com", "frob.baz.com")
    assert copy.deepcopy(groups) == groups == settings.peak.running.cluster.groups


def test_hostname_may_add_to_that_of_the_system(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting of this machine's name reads the name without the setting."""
    monkeypatch.setattr("socket.gethostname", lambda: "one")
    settings = make(f'{PLAIN}_hostname = "@format {{this.{CLUSTER}.hostname}}.baz.com"\n')
    for _ in range(2):
        assert settings.peak.running.cluster.hostname == "one.baz.com"
        assert settings.peak.running.cluster.shortname == "one"
        assert settings.peak.running.cluster.group_names == ("odd", "prime", "qux", "weird")
        settings.reload()


@pytest.mark.parametrize("what", ["groups", "hosts", "group_names"])
def test_filename_that_reads_the_cluster_is_refused(make: Make, what: str) -> None:
    """A file can not be named by what is in it; the error says what can name it."""
    message = rf"{CLUSTER}\._filename reads the cluster .*; it may read {CLUSTER}\.hostname"
    with pytest.raises(RecursionError, match=message):
        make(f'[{CLUSTER}]\n_filename = "@get {CLUSTER}.{what}"\n').get("x")
    settings = make(
        f'[{CLUSTER}]\n_filename = "@format {{this.{CLUSTER}.hostname}}.cluster"\n'
        '_hostname = "example"\n'
    )
    assert settings.peak.running.cluster.groups.odd == ODD
