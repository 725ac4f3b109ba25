"""Namespaces: looking up names, and behaving as tuples."""

from __future__ import annotations

import copy
import json
import operator
import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest

from dynaconf_cluster import Namespace, UnknownAttributeError, UnknownKeyError, parse
from dynaconf_cluster._names import PartialName

TEXT = """\
one GROUP:web one one.baz.com two.baz.com GROUP:web.prod two.baz.com GROUP:Index GROUP:count \
GROUP:_private two.baz.com LUMP:all-web web web.prod
""".replace(" ", "\n")
GROUPS: Any = parse(TEXT).groups
HOSTS: Any = parse(TEXT).hosts
NAMES = ("web", "web.prod", "Index", "count", "_private", "all-web")
WEB = ("one", "one.baz.com", "two.baz.com")

TUPLES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "groups": (GROUPS, NAMES),
    "hosts": (HOSTS, WEB),
    "no groups": (parse("one").groups, ()),
}
every_tuple = pytest.mark.parametrize(("value", "plain"), TUPLES.values(), ids=TUPLES.keys())


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "old pickle": lambda value: pickle.loads(pickle.dumps(value, 0)),
}


@every_tuple
@pytest.mark.parametrize("operation", COPIES.values(), ids=COPIES.keys())
def test_copies_keep_their_type(
    value: Any, plain: tuple[str, ...], operation: Callable[[Any], Any]
) -> None:
    """A copy has the same type, and is the same tuple."""
    again = operation(value)
    assert type(again) is type(value)
    assert again == value == plain
    assert {*map(type, again)} <= {str}


SAME: dict[str, Callable[[Any], Any]] = {
    "slices": lambda value: [(type(cut), cut) for cut in (value[1:], value[:], value[::-1])],
    "plus": lambda value: value + ("x",),  # noqa: RUF005
    "added to": lambda value: ("x",) + value,  # noqa: RUF005
    "times": lambda value: [(type(much), much) for much in (value * 2, 2 * value)],
    "tuple": tuple,
    "hash": hash,
    "equality": lambda value: [value == ("one",), value != list(value), value == value + ("x",)],  # noqa: RUF005
    "length": lambda value: (len(value), bool(value)),
    "text": lambda value: (repr(value), str(value)),
    "lists": lambda value: [list(value), list(reversed(value)), sorted(value)],
    "json": lambda value: json.dumps(value) + json.dumps({"value": value}, indent=1),
    "is in": lambda value: [name in value for name in ("web", "one", "WEB", "x", "", None, 1)],
    "index": lambda value: [value.index(name) for name in tuple(value)],
    "count": lambda value: value.count("web"),
    "less": lambda value: [value < ("p",), value <= (), value > ("p",), value >= ()],
    "percent": lambda value: "%s, " * len(value) % value,
}


@every_tuple
@pytest.mark.parametrize("operation", SAME.values(), ids=SAME.keys())
def test_operations_match_those_of_a_tuple(
    value: Any, plain: tuple[str, ...], operation: Callable[[Any], Any]
) -> None:
    """All tuple operations return the same as for a plain tuple."""
    assert operation(value) == operation(plain)
    assert type(operation(value)) is type(operation(plain))


def test_look_ups_return_plain_tuples() -> None:
    """Values are plain tuples, and `__class__` is the actual type."""
    tuples = [GROUPS["web"], GROUPS.web, GROUPS.__all__, GROUPS.get("WEB"), HOSTS.two.baz.com]
    others = [(Namespace, GROUPS), (Namespace, HOSTS), (str, GROUPS[0]), (PartialName, HOSTS.two)]
    for kind, value in [*others, *((tuple, value) for value in tuples)]:
        assert type(value) is value.__class__ is kind
        assert not isinstance(value, dict)


def test_invalid_keys() -> None:
    """Names in another case, partial names, names of the other kind and `None` are not keys."""
    keys = ["two", "one.baz", "ONE", "__all__", "__orphans__", "web"]
    for names, missing in ((GROUPS, ["WEB", "index", "", "__ALL__"]), (HOSTS, keys)):
        for key in missing:
            with pytest.raises(KeyError, match=f"^no (group|host) '{key}'"):
                names[key]
            assert key not in names
    with pytest.raises(IndexError):
        GROUPS[99]
    with pytest.raises(TypeError):
        operator.getitem(GROUPS, None)


def test_get_ignores_case_and_returns_a_default() -> None:
    """`get` ignores case, as dynaconf requires, and returns its default for any other key."""
    for name in ["web", "WEB", "Web", "all-web", "ALL-WEB", "__all__", "__ALL__"]:
        assert GROUPS.get(name) == WEB
    assert GROUPS.get("web__PROD") == ("two.baz.com",)
    assert GROUPS.get("wbe") is None
    for key in ["wbe", None, 5, ("web",), 1.5, b"web"]:
        assert GROUPS.get(key, ("x",)) == ("x",)
    for host in ["__all__", "two.baz.org", "two"]:
        assert HOSTS.get(host, 1) == 1


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (GROUPS, "wbe _private __nothing__ _dynaconf_merge _dynaconf_lazy_format"),
        (HOSTS, "__all__ __orphans__ three"),
        (HOSTS.two, "net _baz"),
    ],
    ids=["groups", "hosts", "part of a name"],
)
def test_a_missing_attribute_is_an_attribute_error(value: Any, names: str) -> None:
    """Unknown names, and names that begin with an underscore, are not attributes."""
    for name in names.split():
        assert not hasattr(value, name)


METHODS = ["index", "count", "get", "keys", "items", "values"]
PRIVATE = ["_names", "_fields", "__class__", "__len__", "_keys", "_values"]


@pytest.mark.parametrize("name", [*METHODS, *PRIVATE])
def test_a_group_that_is_no_attribute_is_read_by_key_and_by_get(name: str) -> None:
    """A group named like a method, or with an underscore, is found by key and `get`."""
    groups = parse(f"GROUP:{name}\none\nGROUP:web\n{name}\n").groups
    assert groups[name] == groups.get(name) == groups.get(name.upper()) == ("one",)
    assert parse(f"{name}\n").hosts[name] == ("__orphans__",)
    assert name in PRIVATE or callable(getattr(groups, name))


def test_keys_values_and_items_are_those_of_a_mapping() -> None:
    """The listed names and their values are in cluster order, and the views are sets."""
    assert list(GROUPS.keys()) == list(NAMES)
    assert list(GROUPS.values()) == [GROUPS[name] for name in NAMES]
    assert list(GROUPS.items()) == [(name, GROUPS[name]) for name in NAMES]
    assert dict(HOSTS) == {host: HOSTS[host] for host in WEB}
    assert GROUPS.keys() & {"web", "x"} == {"web"}
    assert "__all__" not in GROUPS.keys()  # noqa: SIM118
    assert ("__all__", GROUPS["__all__"]) not in GROUPS.items()
    assert ("web", WEB) in GROUPS.items()
    assert ("web", ()) not in GROUPS.items()
    assert len(HOSTS.items()) == 3


def test_names_cannot_be_assigned() -> None:
    """Assigning to a group raises an error that says how to set it."""
    with pytest.raises(AttributeError) as caught:
        GROUPS.web = ()
    assert str(caught.value) == (
        "cannot assign to 'web'; use settings.set('peak.running.cluster.groups.web', ...)"
    )
    with pytest.raises(TypeError):
        operator.setitem(GROUPS, "web", ())
    assert GROUPS.web == WEB


def test_dir_shows_names_and_methods() -> None:
    """`dir` lists names that can be attributes, up to a limit."""
    assert {"web", "Index", "count", "get", "keys"} <= set(dir(GROUPS))
    assert "all-web" not in dir(GROUPS)
    assert len(dir(parse("".join(f"h{i}\n" for i in range(5000))).hosts)) == 1006


def test_partial_names() -> None:
    """A partial name shows up to twenty hosts, and is neither a tuple nor a collection."""
    step: Any = HOSTS.two
    assert repr(step) == "<part of a host's name: two.baz.com>"
    assert step != ("two.baz.com",)
    for refused in (iter, len, list, dict, operator.itemgetter("baz"), lambda it: "x" in it):
        with pytest.raises(TypeError):
            refused(step)
    assert HOSTS["two.baz.com"] == HOSTS.TWO.Baz.COM
    for again in (copy.copy(step), copy.deepcopy(step), pickle.loads(pickle.dumps(step))):
        assert again.baz.com == HOSTS["two.baz.com"]
    near = r"^no host 'two\.baz\.con'; did you mean 'two\.baz\.com'"
    with pytest.raises(UnknownAttributeError, match=near):
        _ = step.baz.con
    hosts = parse("".join(f"rack.h{i:04d}\n" for i in range(1021)) + "rack2.x\n").hosts
    shown = ", ".join(f"rack.h{i:04d}" for i in range(20))
    assert repr(hosts.rack) == f"<part of a host's name: {shown}, ...>"


def test_a_name_that_begins_other_names() -> None:
    """If `one` and `one.baz.com` are listed, the attribute path returns the first."""
    assert HOSTS.one == HOSTS["one"] == ("__orphans__", "web", "all-web")
    assert HOSTS["one.baz.com"] == HOSTS.get("ONE.BAZ.COM")
    groups = parse("one\nGROUP:web\nGROUP:web-2\nGROUP:website\n").groups
    assert groups.get("we", "default") == "default"
    with pytest.raises(AttributeError):
        _ = groups.we  # only a dot ends a label


def test_two_underscores_are_a_dot() -> None:
    """A name is found with `__` for a dot, and vice versa."""
    groups: Any = parse("GROUP:web__prod\none\nGROUP:a.b.c\ntwo\n").groups
    assert groups["web__prod"] == groups.web__prod == groups.get("WEB.prod") == ("one",)
    assert groups.A__b__C == groups.a.b.c == groups.get("a__b.c") == ("two",)
    assert repr(groups.a.b) == "<part of a group's name: a.b.c>"
    assert groups.get("__ALL__") == ("one", "two")
    assert groups.get("") is None
    colons = groups.with_separator(":")
    assert colons == groups
    assert colons.get("A:B:C") == ("two",)
    assert colons.get("WEB.prod") is colons.get("a__b__c") is None
    for names in (["web.prod", "web__prod"], ["web__prod", "web.prod"]):  # both exist
        groups = parse("".join(f"GROUP:{name}\n{name}\n" for name in names)).groups
        assert [groups[name] == groups.get(name) == (name,) for name in names] == [True, True]
        assert groups.get("WEB.PROD") == ("web.prod",)


ASKED = {"straße": "STRASSE", "größe": "GRÖSSE", "ǆ": "Ǆ", "ΑΣ": "ας", "ﬁx": "FIX", "Żółw": "żółw"}


@pytest.mark.parametrize(("name", "asked"), [*ASKED.items(), ("ı", "I")])  # noqa: RUF001
def test_names_that_are_not_ascii_are_found_in_upper_case(name: str, asked: str) -> None:
    """A name is found by the upper case that dynaconf makes of it."""
    groups: Any = parse(f"GROUP:{name}\none\nGROUP:web\n").groups
    assert groups[name] == groups.get(name) == groups.get(name.upper()) == ("one",)
    assert groups.get(asked) == getattr(groups, asked) == ("one",)
    assert groups.get("WEB") == ()
    assert parse(f"{name}.baz.com\n").hosts.get(f"{name.upper()}.BAZ.COM") == ("__orphans__",)


@pytest.mark.parametrize(
    ("names", "name", "message"),
    [
        (GROUPS, "index", "no group 'index'; did you mean 'Index'?"),
        (GROUPS, "kitchen", "no group 'kitchen'"),
        (GROUPS, "__al__", "no group '__al__'; did you mean '__all__'?"),
        (HOSTS, "two", "no host 'two'; did you mean 'two.baz.com'?"),
    ],
)
def test_a_miss_suggests_similar_names(names: Namespace, name: str, message: str) -> None:
    """The message of a miss suggests similar names."""
    with pytest.raises(UnknownKeyError) as caught:
        names[name]
    assert str(caught.value) == message
    assert caught.value.args == (name,)


def test_a_miss_is_cheap() -> None:
    """Among very many names, a miss is cheap, and so is its message."""
    hosts = parse("".join(f"rack{i}\n" for i in range(100_000))).hosts
    assert hosts.get("RACK5") == ("__orphans__",)
    start = time.process_time()
    for number in range(1000):
        with pytest.raises(UnknownKeyError) as caught:
            hosts[f"rak{number}"]
    assert str(caught.value).startswith("no host 'rak999'; did you mean 'rack999'")
    assert time.process_time() - start < 5


@pytest.mark.parametrize("kind", [KeyError, AttributeError])
@pytest.mark.parametrize("operation", COPIES.values(), ids=COPIES.keys())
def test_a_miss_survives_pickling(kind: type[Exception], operation: Callable[[Any], Any]) -> None:
    """A pickled miss keeps its type and message."""
    with pytest.raises(kind) as caught:
        GROUPS["wbe"] if kind is KeyError else GROUPS.wbe
    again = operation(caught.value)
    assert isinstance(again, kind)
    assert str(again) == str(caught.value)
