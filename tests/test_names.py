"""Tuples of names that can be looked up, and how they behave as tuples."""

from __future__ import annotations

import copy
import json
import operator
import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest

from dynaconf_cluster import Namespace, parse
from dynaconf_cluster._names import Names, Step, Walk, find_below, spell
from dynaconf_cluster._overrides import replace

TEXT = """\
one
GROUP:web
one
one.baz.com
two.baz.com
GROUP:web.prod
two.baz.com
GROUP:Index
GROUP:count
GROUP:_private
two.baz.com
LUMP:all-web
web
web.prod
"""
GROUPS: Any = parse(TEXT).groups
HOSTS: Any = parse(TEXT).hosts
NAMES = ("web", "web.prod", "Index", "count", "_private", "all-web")
WEB = ("one", "one.baz.com", "two.baz.com")

TUPLES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "groups": (GROUPS, NAMES),
    "hosts": (HOSTS, WEB),
    "value by key": (GROUPS["web"], WEB),
    "value by attribute": (getattr(GROUPS, "all-web"), WEB),
    "value by get": (GROUPS.get("all-web"), WEB),
    "value that is also a step": (GROUPS.web, WEB),
    "value that is also a step, by get": (GROUPS.get("web"), WEB),
    "special group": (GROUPS.__all__, WEB),
    "groups with another value": (replace(GROUPS, {"web": ("x",)}, "__"), NAMES),
    "no groups": (parse("one").groups, ()),
}
every_tuple = pytest.mark.parametrize(("value", "plain"), TUPLES.values(), ids=TUPLES.keys())


def round_trip(protocol: int) -> Callable[[Any], Any]:
    return lambda value: pickle.loads(pickle.dumps(value, protocol))


PLAIN: dict[str, Callable[[Any], Any]] = {
    "slice": lambda value: value[1:],
    "whole slice": lambda value: value[:],
    "backwards": lambda value: value[::-1],
    "plus": lambda value: value + ("x",),  # noqa: RUF005
    "plus itself": lambda value: value + value,
    "added to": lambda value: ("x",) + value,  # noqa: RUF005
    "times": lambda value: value * 2,
    "times from the left": lambda value: 2 * value,
    "tuple": tuple,
}


@every_tuple
@pytest.mark.parametrize("operation", PLAIN.values(), ids=PLAIN.keys())
def test_operations_give_plain_tuples(
    value: Any, plain: tuple[str, ...], operation: Callable[[Any], Any]
) -> None:
    """What is cut from a tuple or added to it is a plain tuple, as it would be of one."""
    assert type(operation(value)) is tuple
    assert operation(value) == operation(plain)


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {n}": round_trip(n) for n in range(pickle.HIGHEST_PROTOCOL + 1)},
}


@every_tuple
@pytest.mark.parametrize("operation", COPIES.values(), ids=COPIES.keys())
def test_copies_keep_their_type(
    value: Any, plain: tuple[str, ...], operation: Callable[[Any], Any]
) -> None:
    """A copy is of the same type, and is the same tuple."""
    again = operation(value)
    assert type(again) is type(value)
    assert again == value == plain
    assert {*map(type, again)} <= {str}


SAME: dict[str, Callable[[Any], Any]] = {
    "hash": hash,
    "len": len,
    "truth": bool,
    "repr": repr,
    "str": str,
    "list": list,
    "iter": lambda value: list(iter(value)),
    "reversed": lambda value: list(reversed(value)),
    "sorted": sorted,
    "json": json.dumps,
    "indented json": lambda value: json.dumps({"value": value}, indent=1),
    "unpacked": lambda value: [*value],
    "is in": lambda value: [name in value for name in ("web", "one", "WEB", "x", "", None, 1)],
    "index": lambda value: [value.index(name) for name in tuple(value)],
    "count": lambda value: value.count("web"),
    "first and last": lambda value: [value[i] for i in (0, -1) if len(value)],
    "less": lambda value: [value < ("p",), value <= (), value > ("p",), value >= ()],
    "percent": lambda value: "%s, " * len(value) % value,
}


@every_tuple
@pytest.mark.parametrize("operation", SAME.values(), ids=SAME.keys())
def test_operations_give_what_they_give_for_a_tuple(
    value: Any, plain: tuple[str, ...], operation: Callable[[Any], Any]
) -> None:
    """Everything that can be asked of a tuple has the answer of the plain tuple."""
    assert operation(value) == operation(plain)
    assert type(operation(value)) is type(operation(plain))


@every_tuple
def test_a_tuple_equals_the_plain_one_from_both_sides(value: Any, plain: Any) -> None:
    """Equality holds from either side, and a list is something else."""
    assert value == plain
    assert plain == value
    assert not value != plain  # noqa: SIM202
    assert value != list(plain)
    assert value != (*plain, "x")
    assert {plain: "found"}[value] == "found"
    assert issubclass(type(value), tuple)
    assert isinstance(value, tuple)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (GROUPS, Namespace),
        (HOSTS, Namespace),
        (GROUPS["all-web"], tuple),
        (GROUPS["web"], tuple),
        (GROUPS[0], str),
        (GROUPS.__orphans__, tuple),
        (GROUPS.get("all-web"), Names),
        (GROUPS.web, Walk),
        (GROUPS.get("WEB"), Walk),
        (HOSTS.get("two"), Step),
        (HOSTS.two, Step),
        (HOSTS.two.baz.com, tuple),
        (HOSTS.two.baz.get("com"), Names),
        (HOSTS.one, Walk),
        (HOSTS.one.baz, Step),
    ],
)
def test_a_look_up_gives_one_type(value: object, expected: type) -> None:
    """By key and attribute values are plain; `get` protects them; what goes on can be walked."""
    assert type(value) is expected


def test_a_bad_position_is_an_index_error() -> None:
    """A number is a position, and what is neither a name nor a position is refused."""
    with pytest.raises(IndexError):
        GROUPS[99]
    with pytest.raises(TypeError):
        operator.getitem(GROUPS, None)


def test_names_are_read_by_key_exactly() -> None:
    """A key is a name as the file spells it, and nothing else."""
    assert GROUPS["web.prod"] == ("two.baz.com",)
    assert GROUPS["Index"] == GROUPS["count"] == ()
    assert GROUPS["_private"] == ("two.baz.com",)
    assert HOSTS["two.baz.com"] == ("web", "web.prod", "_private", "all-web")


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (GROUPS, "WEB"),
        (GROUPS, "index"),
        (GROUPS, ""),
        (GROUPS, "__ALL__"),
        (HOSTS, "two"),
        (HOSTS, "one.baz"),
        (HOSTS, "ONE"),
        (HOSTS, "__all__"),
        (HOSTS, "__orphans__"),
        (HOSTS, "web"),
    ],
)
def test_a_key_that_is_no_name_is_a_key_error(names: Namespace, key: str) -> None:
    """Another case, a part of a name or a name of the other kind is no key."""
    with pytest.raises(KeyError, match=f"^no (group|host) '{key}'"):
        names[key]
    assert key not in names


@pytest.mark.parametrize(
    "name", ["web", "WEB", "Web", "all-web", "ALL-WEB", "__all__", "__ALL__", "web__PROD"]
)
def test_get_disregards_case(name: str) -> None:
    """`get` finds a name in any case, as dynaconf asks for it."""
    assert GROUPS.get(name) == (("two.baz.com",) if "PROD" in name else WEB)


def test_get_gives_the_default_for_a_miss() -> None:
    """`get` gives its default, or None, or a KeyError when dynaconf wants to know."""
    assert GROUPS.get("wbe") is None
    assert GROUPS.get("wbe", ("x",)) == ("x",)
    assert HOSTS.get("__all__", 1) == 1
    assert HOSTS.get("two.baz.org", 1) == 1
    with pytest.raises(KeyError, match=r"^no group 'wbe'; did you mean 'web'"):
        GROUPS.get("wbe", (), bypass_eval=True)


@pytest.mark.parametrize("key", [None, 5, ("web",), 1.5, b"web"], ids=repr)
def test_get_gives_the_default_for_what_is_no_name(key: Any) -> None:
    """`get` gives its default for any key, as a mapping does."""
    assert GROUPS.get(key, "default") == "default"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("web", WEB),
        ("WEB", WEB),
        ("__all__", WEB),
        ("__orphans__", ("one",)),
        ("Index", ()),
    ],
)
def test_names_are_attributes(name: str, value: tuple[str, ...]) -> None:
    """A group is an attribute, and so are the special groups."""
    assert getattr(GROUPS, name) == value
    assert hasattr(GROUPS, name)


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (GROUPS, "wbe"),
        (GROUPS, "_private"),
        (GROUPS, "__nothing__"),
        (GROUPS, "_dynaconf_merge"),
        (GROUPS, "_dynaconf_lazy_format"),
        (HOSTS, "__all__"),
        (HOSTS, "__orphans__"),
        (HOSTS, "three"),
        (HOSTS.two, "net"),
        (HOSTS.two, "_baz"),
        (HOSTS.one, "net"),
        (HOSTS.one, "_dynaconf_del"),
    ],
)
def test_a_missing_attribute_is_an_attribute_error(names: Any, name: str) -> None:
    """What is no name, or begins with an underscore, is no attribute."""
    with pytest.raises(AttributeError):
        getattr(names, name)
    assert not hasattr(names, name)


METHODS = ["index", "count", "get", "keys", "items", "values"]


@pytest.mark.parametrize("name", METHODS)
def test_a_group_called_like_a_method_is_read_by_key_and_by_get(name: str) -> None:
    """A method stays a method, and the group of its name is found beside it."""
    groups = parse(f"GROUP:{name}\none\n").groups
    hosts = parse(f"{name}\n{name}.baz.com\nGROUP:a\n{name}\n").hosts
    assert groups[name] == groups.get(name) == groups.get(name.upper()) == ("one",)
    assert hosts[name] == hosts.get(name) == ("__orphans__", "a")
    assert hosts.get(name.upper()).get("BAZ").get("COM") == ("__orphans__",)
    assert callable(getattr(groups, name))
    assert callable(getattr(hosts, name))


@pytest.mark.parametrize("name", ["_names", "_fields", "__class__", "__len__", "_index", "_find"])
def test_a_group_with_an_underscore_is_read_by_key_and_by_get(name: str) -> None:
    """Names that begin with an underscore are found by key, whatever an attribute says."""
    groups = parse(f"GROUP:{name}\none\nGROUP:web\n{name}\n").groups
    assert groups[name] == groups.get(name.upper()) == ("one",)
    assert groups == (name, "web")
    assert parse(f"{name}\n").hosts[name] == ("__orphans__",)


def test_keys_values_and_items_are_those_of_a_mapping() -> None:
    """The listed names and their values come in cluster order, and the views are sets."""
    assert list(GROUPS.keys()) == list(NAMES)
    assert list(GROUPS.values()) == [GROUPS[name] for name in NAMES]
    assert list(GROUPS.items()) == [(name, GROUPS[name]) for name in NAMES]
    assert next(iter(GROUPS.items(bypass_eval=True))) == ("web", WEB)
    assert dict(HOSTS) == {host: HOSTS[host] for host in WEB}
    assert GROUPS.keys() & {"web", "x"} == {"web"}
    assert "__all__" not in GROUPS.keys()  # noqa: SIM118
    assert ("__all__", GROUPS["__all__"]) not in GROUPS.items()
    assert ("web", WEB) in GROUPS.items()
    assert ("web", ()) not in GROUPS.items()
    assert len(HOSTS.items()) == 3


def test_names_can_not_be_assigned() -> None:
    """A group is set as a setting, and whoever assigns to it is told so."""
    with pytest.raises(AttributeError) as caught:
        GROUPS.web = ()
    assert str(caught.value) == (
        "cannot assign to a group; use settings.set('peak.running.cluster.groups.web', ...)"
    )
    with pytest.raises(TypeError):
        operator.setitem(GROUPS, "web", ())
    assert GROUPS.web == WEB


def test_dir_shows_names_and_methods() -> None:
    """Completion is offered the names that can be attributes, and not too many."""
    assert {"web", "Index", "count", "get", "keys"} <= set(dir(GROUPS))
    assert "all-web" not in dir(GROUPS)
    assert len(dir(parse("".join(f"h{i}\n" for i in range(5000))).hosts)) == 1006


def test_part_of_a_name_is_a_step_and_nothing_else() -> None:
    """A step shows the hosts below it; it is no tuple and no collection."""
    step: Any = HOSTS.two
    assert repr(step) == "<part of a name: two.baz.com>"
    assert step != ("two.baz.com",)
    assert bool(step)
    for operation in (
        iter,
        len,
        list,
        dict,
        lambda value: value["baz"],
        lambda value: "x" in value,
    ):
        with pytest.raises(TypeError):
            operation(step)
    assert not isinstance(step, tuple)
    assert type(step) is Step


def test_assigning_by_key_says_what_to_write() -> None:
    """A name is overridden through the settings, and the error says how."""
    groups: Any = GROUPS
    with pytest.raises(
        TypeError, match=r"use settings\.set\('peak\.running\.cluster\.groups\.web'"
    ):
        groups["web"] = ("local",)


def test_a_step_has_no_methods_in_the_way() -> None:
    """Labels that are methods of tables lead on, but for `get`, by which dynaconf walks."""
    hosts = parse("shop.items.com\nshop.keys.values.org\n").hosts
    assert hosts.shop.items.com == hosts.shop.keys.values.org == ("__orphans__",)


def test_a_step_leads_on_by_attribute_and_by_get() -> None:
    """Each further label leads to the next step, in any case, and at last to the value."""
    assert HOSTS.two.baz.com == HOSTS["two.baz.com"]
    assert HOSTS["two.baz.com"] == HOSTS.TWO.Baz.COM
    assert HOSTS.get("TWO").get("BAZ").get("COM") == HOSTS["two.baz.com"]
    assert HOSTS.get("TWO").get("BAZ").get("ORG", "default") == "default"
    assert HOSTS.get("TWO").get("BAZ").get("ORG") is None
    with pytest.raises(KeyError, match=r"^no host 'TWO\.ORG'"):
        HOSTS.get("TWO").get("ORG", bypass_eval=True)


def test_a_step_shows_no_more_than_twenty_names() -> None:
    """A step over very many hosts says how many more there are."""
    hosts = parse("".join(f"rack.h{i:04d}\n" for i in range(1021)) + "rack2.x\n").hosts
    shown = ", ".join(f"rack.h{i:04d}" for i in range(20))
    assert repr(hosts.rack) == f"<part of a name: {shown}, and 1,001 more>"
    assert repr(parse("Rack.One\n").hosts.rack) == "<part of a name: Rack.One>"


def test_a_name_that_begins_others_is_its_value_and_a_step() -> None:
    """`one` is its own groups, and `one.baz.com` is found below it."""
    one: Any = HOSTS.one
    assert one == HOSTS["one"] == ("__orphans__", "web", "all-web")
    assert one.baz.com == one.get("BAZ").get("COM") == HOSTS["one.baz.com"]
    assert one.get("org", "default") == "default"
    assert GROUPS.web.prod == GROUPS["web.prod"]
    assert GROUPS.get("WEB").get("PROD") == GROUPS["web.prod"]


def test_any_label_is_an_attribute() -> None:
    """Labels that are methods elsewhere, or begin with an underscore, are no exception."""
    hosts: Any = parse("a.get.b\na.get\na.keys._x.y\na\nb.get\nc._dynaconf_way\n").hosts
    assert hosts.a.get.b == hosts.a.get == hosts.a.keys._x.y == hosts.a == ("__orphans__",)
    assert type(hosts.a.get) is Walk
    assert hosts.b.get == ("__orphans__",)
    assert not hasattr(hosts.a, "_y")
    assert hosts.get("C").get("_DYNACONF_WAY") == ("__orphans__",)


def test_dynaconf_walks_past_the_label_get(make: Callable[..., Any]) -> None:
    """A dotted look-up finds names with this label, and below it."""
    settings = make(cluster="a.get.b\na.get\nb.get\nc.d\n")
    for name in ("a.get.b", "a.get", "b.get", "c.d"):
        assert settings[f"peak.running.cluster.hosts.{name}"] == ("__orphans__",)
    assert settings.get("peak.running.cluster.hosts.a.get.c", "default") == "default"
    assert settings.get("peak.running.cluster.hosts.c.get", "default") == "default"


@pytest.mark.parametrize("operation", COPIES.values(), ids=COPIES.keys())
def test_steps_survive_copying(operation: Callable[[Any], Any]) -> None:
    """A copied step leads where the step leads."""
    assert operation(HOSTS.two).baz.com == HOSTS["two.baz.com"]
    assert operation(HOSTS.one).baz.com == HOSTS["one.baz.com"]
    assert operation(HOSTS).one == HOSTS["one"]
    assert operation(GROUPS).__orphans__ == ("one",)


def test_a_name_is_no_part_of_a_name_that_only_continues() -> None:
    """Only a dot ends a label: `web` is no step to `web-2` or `website`."""
    groups = parse("GROUP:web\nGROUP:web-2\nGROUP:website\nGROUP:web/x\n").groups
    assert type(groups.web) is tuple
    assert groups.get("we", "default") == "default"


def test_two_underscores_are_a_dot_to_dynaconf() -> None:
    """A name with `__` is found by the labels that dynaconf makes of it."""
    groups = parse("GROUP:web__prod\none\nGROUP:a__b__c\ntwo\n").groups
    assert groups["web__prod"] == groups.web__prod == groups.get("WEB__prod") == ("one",)
    assert groups.get("WEB").get("PROD") == ("one",)
    assert groups.get("A").get("B").get("C") == ("two",)
    assert groups.get("__ALL__") == ("one", "two")
    assert groups.get("") is None


@pytest.mark.parametrize("first", ["web.prod", "web__prod"])
def test_a_name_with_a_dot_is_not_taken_for_one_with_two_underscores(first: str) -> None:
    """Where both names are there, each is found by its own spelling in any case."""
    second = "web__prod" if first == "web.prod" else "web.prod"
    groups = parse(f"GROUP:{first}\n{first}\nGROUP:{second}\n{second}\n").groups
    for name in (first, second):
        assert groups[name] == groups.get(name) == (name,)
    assert groups.get("WEB").get("PROD") == ("web.prod",)
    assert groups.get("WEB.PROD") == ("web.prod",)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("straße", "STRASSE"),
        ("größe", "GRÖSSE"),
        ("ǆ", "Ǆ"),
        ("ΑΣ", "ας"),
        ("ﬁx", "FIX"),
        ("ı", "I"),  # noqa: RUF001
        ("Żółw", "żółw"),
    ],
)
def test_names_that_are_not_ascii_are_found_in_upper_case(name: str, asked: str) -> None:
    """A name is found by what dynaconf's upper case makes of it."""
    groups: Any = parse(f"GROUP:{name}\none\nGROUP:web\n").groups
    assert groups[name] == groups.get(name) == groups.get(name.upper()) == ("one",)
    assert groups.get(asked) == getattr(groups, asked) == ("one",)
    assert groups.get("WEB") == ()
    hosts = parse(f"{name}.baz.com\n").hosts
    assert hosts.get(name.upper()).get("BAZ").get("COM") == ("__orphans__",)


@pytest.mark.parametrize(
    ("names", "name", "message"),
    [
        (GROUPS, "wbe", "no group 'wbe'; did you mean 'web'?"),
        (GROUPS, "index", "no group 'index'; did you mean 'Index'?"),
        (GROUPS, "kitchen", "no group 'kitchen'"),
        (GROUPS, "__al__", "no group '__al__'; did you mean '__all__'?"),
        (HOSTS, "two", "no host 'two'; did you mean 'two.baz.com'?"),
        (HOSTS, "two.baz.con", "no host 'two.baz.con'; did you mean 'two.baz.com'"),
    ],
)
def test_a_miss_names_what_is_near(names: Namespace, name: str, message: str) -> None:
    """The text of a miss says which names are near."""
    with pytest.raises(KeyError) as caught:
        names[name]
    assert str(caught.value).startswith(message)
    assert caught.value.args == (name,)


def test_a_missing_attribute_names_what_is_near() -> None:
    """The text of a missing attribute says the same, with all the labels on the way."""
    with pytest.raises(AttributeError) as caught:
        HOSTS.two.baz.con  # noqa: B018
    assert str(caught.value).startswith("no host 'two.baz.con'; did you mean 'two.baz.com'")


def test_a_miss_costs_nothing_until_it_is_read() -> None:
    """Among very many names a miss is cheap, and reading its text is not much dearer."""
    hosts = parse("".join(f"rack{i}\n" for i in range(100_000))).hosts
    assert hosts.get("RACK5") == ("__orphans__",)
    start = time.process_time()
    errors = [miss(hosts, f"rak{i}") for i in range(1000)]
    assert time.process_time() - start < 5
    assert str(errors[7]) == "no host 'rak7'; did you mean 'rack7'?"
    assert time.process_time() - start < 5


def miss(names: Namespace, name: str) -> KeyError:
    with pytest.raises(KeyError) as caught:
        names[name]
    return caught.value


@pytest.mark.parametrize("kind", [KeyError, AttributeError])
@pytest.mark.parametrize("operation", COPIES.values(), ids=COPIES.keys())
def test_a_miss_survives_pickling(kind: type[Exception], operation: Callable[[Any], Any]) -> None:
    """A pickled miss is still an error of its kind, and says the same."""
    with pytest.raises(kind) as caught:
        GROUPS["wbe"] if kind is KeyError else GROUPS.wbe
    again = operation(caught.value)
    assert isinstance(again, kind)
    assert str(again) == str(caught.value)


def test_replaced_values_are_read_in_place_of_the_original_ones() -> None:
    """Another value stands in the place of its name, and new names come last."""
    groups: Any = replace(GROUPS, {"web": ("x",), "new": ("y",), "__orphans__": ("z",)}, "__")
    assert groups == (*NAMES, "new")
    assert groups["web"] == groups.web == groups.get("WEB") == ("x",)
    assert groups.web.prod == ("two.baz.com",)
    assert groups.new == groups.get("NEW") == ("y",)
    assert groups.__orphans__ == ("z",)
    assert groups["all-web"] == WEB
    assert {*map(type, groups)} == {str}
    with pytest.raises(KeyError):
        groups["newer"]


def test_replaced_values_survive_pickling() -> None:
    """Other values are pickled along with the names."""
    groups = round_trip(pickle.HIGHEST_PROTOCOL)(replace(GROUPS, {"new": ("y",)}, "__"))
    assert groups == (*NAMES, "new")
    assert groups.new == ("y",)
    assert groups["web"] == WEB
    assert groups.__all__ == WEB


def test_values_are_replaced_again_and_again() -> None:
    """Of two replacements the later one holds, and the earlier one holds for other names."""
    once: Any = replace(GROUPS, {"web": ("x",), "new": ("y",)}, "__")
    twice: Any = replace(once, {"new": ("z",), "newer": ()}, "__")
    assert twice == (*NAMES, "new", "newer")
    assert twice["web"] == ("x",)
    assert twice["new"] == ("z",)
    assert twice["newer"] == ()


def test_nothing_is_replaced_by_nothing() -> None:
    """Without other values the names stay the very same object."""
    assert replace(GROUPS, {}, "__") is GROUPS


@pytest.mark.parametrize("separator", ["___", "", ":"])
def test_another_separator_is_a_dot_in_place_of_two_underscores(separator: str) -> None:
    """With another separator two underscores are two underscores."""
    text = f"GROUP:a__b\none\nGROUP:c{separator or '-'}d\ntwo\n"
    groups: Any = replace(parse(text).groups, {}, separator)
    assert groups.get("A__B") == ("one",)
    assert groups.get("A", "default") == "default"
    assert groups.__all__ == groups.get("__ALL__") == ("one", "two")
    if separator:
        assert groups.get("C").get("D") == ("two",)


def test_a_name_is_spelt_as_the_file_has_it() -> None:
    """`spell` finds the name that is meant, the special ones included."""
    assert spell(GROUPS, "web") == spell(GROUPS, "WEB") == "web"
    assert spell(GROUPS, "INDEX") == "Index"
    assert spell(GROUPS, "__ALL__") == "__all__"
    assert spell(GROUPS, "wbe") is None
    assert spell(HOSTS, "ONE.baz.COM") == "one.baz.com"
    assert spell(HOSTS, "one.baz") is None


def test_names_are_found_by_their_beginning() -> None:
    """`find_below` finds the names of which a path is a part, but not the path itself."""
    assert find_below(HOSTS, "ONE") == ["one.baz.com"]
    assert find_below(HOSTS, "one.baz.com") == []
    assert find_below(GROUPS, "web") == ["web.prod"]
    assert find_below(HOSTS, "tw") == []
