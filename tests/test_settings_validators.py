"""Validators of the cluster's settings: any number of them, whatever they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynaconf import ValidationError, Validator

CLUSTER = "peak.running.cluster"
PLAIN = '[peak.running.cluster]\n_filename = "example.cluster"\n'
NAMES = (
    "groups",
    "hosts",
    "group_names",
    "hostname",
    "shortname",
    "groups.odd",
    "groups.WEIRD",
    "groups.__all__",
    "groups.__orphans__",
    "hosts.one.baz.com",
    "hosts.FOO.baz.com",
)

Make = Callable[..., Any]
Check = Callable[..., None]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"must_exist": True},
        {"required": True},
        {"default": ["never"]},
        {"default": ("never",)},
        {"default": "@json [1]"},
        {"default": lambda settings, validator: ["never"]},
        {"must_exist": True, "default": ["never"]},
        {"is_type_of": (tuple, str)},
        {"condition": lambda value: isinstance(value, (tuple, str))},
        {"cast": lambda value: value},
        {"cast": lambda value: [*value] if isinstance(value, tuple) else value},
        {"when": Validator("unknown", must_exist=False)},
        {"env": "main"},
    ],
    ids=[
        "bare",
        "must_exist",
        "required",
        "default-list",
        "default-tuple",
        "default-token",
        "default-function",
        "must_exist-default",
        "type",
        "condition",
        "cast",
        "cast-to-list",
        "when",
        "env",
    ],
)
def test_validators_in_a_row_change_nothing(
    make: Make, check_example: Check, options: dict[str, Any]
) -> None:
    """Validators of every setting of the cluster, one after the other, pass and change nothing."""
    settings = make(
        f'{PLAIN}_hostname = "one.baz.com"\nmine = "123"\n',
        validators=[Validator(f"{CLUSTER}.{name}", **options) for name in NAMES],
    )
    check_example(settings)
    settings.validators.validate_all()
    settings.validators.validate()
    check_example(settings)
    settings.reload()
    settings.validators.validate_all()
    check_example(settings)
    assert settings.peak.running.cluster.hostname == "one.baz.com"


def test_one_validator_of_many_names_changes_nothing(make: Make, check_example: Check) -> None:
    """A validator of several names reads and writes each of them well."""
    names = [f"{CLUSTER}.{name}" for name in NAMES]
    check_example(make(validators=[Validator(*names, must_exist=True)]))


@pytest.mark.parametrize("mine", ["123456789012", "true", "1.5", "[1]", "2020-01-01"])
def test_defaults_leave_text_beside_the_outputs_alone(make: Make, mine: str) -> None:
    """A default for one name does not turn the file's name or this machine's into something else.

    dynaconf 3.2 reads all text below a top-level setting as TOML then.
    """
    settings = make(
        f'[peak.running.cluster]\n_filename = "./{mine}"\n_hostname = "{mine}"\n',
        files={mine: f"GROUP:g\n{mine}\n"},
        validators=[
            Validator(f"{CLUSTER}.groups.g", default=["never"]),
            Validator(f"{CLUSTER}.groups.new", default=["local"]),
            Validator(f"{CLUSTER}.other", default=1),
        ],
    )
    cluster = settings.peak.running.cluster
    assert cluster.hostname == settings[f"{CLUSTER}.hostname"] == mine
    assert cluster.groups == ("g", "new")
    assert cluster.hosts == cluster.groups.g == (mine,)
    assert cluster.group_names == ("g",)
    assert cluster._filename == f"./{mine}"


@pytest.mark.parametrize("name", ["123456789012", "true", "1.5", "[1]", "1979-05-27"])
def test_file_that_is_called_like_a_number(make: Make, name: str) -> None:
    """A file whose name looks like a number or a list is still found after a default."""
    settings = make(
        f'[peak.running.cluster]\n_filename = "{name}"\n',
        files={name: "GROUP:g\nlocal\n"},
        validators=[Validator(f"{CLUSTER}.other", default=1)],
    )
    assert settings.peak.running.cluster.groups == ("g",)
    settings.set(f"{CLUSTER}.x", 1)
    assert settings.peak.running.cluster.groups == ("g",)


@pytest.mark.parametrize("default", [["local"], ("local",), '@json ["local"]', "['local']"])
@pytest.mark.parametrize("name", ["groups.new", "hosts.new.baz.com"])
def test_default_of_a_new_name_is_added(make: Make, name: str, default: object) -> None:
    """A default gives a new name its value, and that name comes last."""
    settings = make(validators=[Validator(f"{CLUSTER}.{name}", default=default)])
    what, _, new = name.partition(".")
    names = settings.peak.running.cluster[what]
    assert names[-1] == new
    assert names[new] == settings[f"{CLUSTER}.{name}"] == ("local",)
    assert settings.peak.running.cluster.groups.odd[0] == "one.baz.com"


@pytest.mark.parametrize("default", ["local", 1, {"a": 1}])
def test_default_that_is_no_list_is_refused(make: Make, default: object) -> None:
    """A default of a group that is no list of names is refused with the name of the setting."""
    with pytest.raises(TypeError, match=r"peak\.running\.cluster\.groups\.new.* is "):
        make(validators=[Validator(f"{CLUSTER}.groups.new", default=default)]).get("x")


def test_cast_is_in_force(make: Make) -> None:
    """What a validator casts a group to is what is read then, as a tuple."""

    def upper(names: tuple[str, ...]) -> list[str]:
        return [name.upper() for name in names]

    settings = make(validators=[Validator(f"{CLUSTER}.groups.qux", cast=upper)])
    assert settings.peak.running.cluster.groups.qux == ("ONE.BAZ.COM", "FROB.BAZ.COM")
    assert settings.peak.running.cluster.groups.odd[0] == "one.baz.com"


@pytest.mark.parametrize("cast", [list, tuple, sorted, lambda names: names])
@pytest.mark.parametrize("source", ["file", "code", "default"])
def test_cast_of_all_names_keeps_what_is_set_to_single_ones(
    make: Make, cast: Callable[[Any], Any], source: str
) -> None:
    """A validator that makes another tuple or list of the names changes none of them."""
    toml = 'groups.odd = ["local"]\ngroups.new = ["n"]\nhosts.new = ["g"]\n'
    defaults = [Validator(f"{CLUSTER}.groups.more", default=["m"])] if source == "default" else []
    settings = make(
        PLAIN + toml if source == "file" else PLAIN,
        validators=[*defaults, Validator(f"{CLUSTER}.groups", f"{CLUSTER}.hosts", cast=cast)],
    )
    if source == "code":
        settings.set(f"{CLUSTER}.groups.odd", ["local"])
        settings.set(f"{CLUSTER}.groups.new", ["n"])
        settings.set(f"{CLUSTER}.hosts.new", ["g"])
    for _ in range(2):
        settings.validators.validate_all()
        cluster = settings.peak.running.cluster
        if source == "default":
            assert cluster.groups.more == ("m",)
        else:
            assert (cluster.groups.odd, cluster.groups.new) == (("local",), ("n",))
            assert cluster.hosts.new == ("g",)
            assert cluster.hosts[-1] == "new"
        assert cluster.groups[:2] == ("odd", "even")
    for names in (["odd"], [*cluster.groups, "other"]):
        with pytest.raises(TypeError, match=rf"the setting {CLUSTER}\.groups is "):
            settings.set(f"{CLUSTER}.groups", names)
    assert cluster.groups[-1] == ("more" if source == "default" else "new")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("groups.none", {"must_exist": True}, "groups.none is required"),
        ("groups.odd", {"must_exist": False}, "cannot exists"),
        ("groups.odd", {"len_eq": 2}, "must len_eq 2"),
        ("hosts.one.baz.com", {"cont": "even"}, "must cont even"),
        ("groups.__all__", {"len_max": 3}, "must len_max 3"),
        ("group_names", {"cont": "none"}, "must cont none"),
    ],
)
def test_validators_fail_as_they_should(
    make: Make, name: str, options: dict[str, Any], message: str
) -> None:
    """A validator that should fail does, with dynaconf's own words."""
    with pytest.raises(ValidationError, match=message):
        make(validators=[Validator(f"{CLUSTER}.{name}", **options)]).get("x")


def test_validator_that_fails_leaves_the_cluster_in_place(make: Make, check_example: Check) -> None:
    """After a failed validation the settings are read as before."""
    settings = make()
    settings.validators.register(
        Validator(f"{CLUSTER}.groups.odd", len_eq=3),
        Validator(f"{CLUSTER}.groups.none", must_exist=True),
    )
    with pytest.raises(ValidationError):
        settings.validators.validate_all()
    check_example(settings)


def test_laptop_without_groups_is_validated(make: Make) -> None:
    """Where there are no groups, the special ones are there for validators, too."""
    names = ("groups.__all__", "groups.__orphans__", "hosts", "hostname")
    settings = make(
        "[peak.running.cluster]\n_hostname = 'laptop'\n",
        validators=[
            *(Validator(f"{CLUSTER}.{name}", must_exist=True, cont="laptop") for name in names),
            Validator(f"{CLUSTER}.groups", len_eq=0),
            Validator(f"{CLUSTER}.groups.web", must_exist=False),
            Validator(f"{CLUSTER}.hosts.laptop", must_exist=True),
        ],
    )
    for _ in range(2):
        cluster = settings.peak.running.cluster
        assert cluster.groups == ()
        assert not cluster.groups
        assert cluster.groups.__all__ == cluster.groups.__orphans__ == cluster.hosts == ("laptop",)
        settings.validators.validate_all()


@pytest.mark.parametrize("text", ["", "foo\n", "# nothing\n"])
def test_default_of_a_group_where_there_are_none(make: Make, text: str) -> None:
    """A default makes the first group of a cluster without any."""
    settings = make(
        cluster=text,
        validators=[
            Validator(f"{CLUSTER}.groups.web", default=["local"]),
            Validator(f"{CLUSTER}.groups.__all__", must_exist=True),
            Validator(f"{CLUSTER}.groups.web", len_eq=1),
        ],
    )
    assert settings.peak.running.cluster.groups == ("web",)
    assert settings[f"{CLUSTER}.groups.web"] == ("local",)


def test_validate_on_update_sees_the_cluster(make: Make, check_example: Check) -> None:
    """Where every update is validated, the validators find the cluster."""
    settings = make(validate_on_update=True)
    settings.validators.register(Validator(f"{CLUSTER}.groups.odd", must_exist=True, len_eq=3))
    settings.set("other", 1)
    settings.update({"PEAK": {"mine": 1}}, merge=True)
    check_example(settings)
    with pytest.raises(ValidationError):
        settings.set(f"{CLUSTER}.groups.odd", ["local"])


@pytest.mark.parametrize("default", [None, ["never"]])
@pytest.mark.parametrize(
    "name",
    ["groups", "groups.odd", "groups.__all__", "groups.__orphans__", "hosts", "hosts.one.baz.com"],
)
def test_validators_on_plain_dicts(make: Make, name: str, default: object) -> None:
    """With ``dynaboxify=False``, a validator finds what is there, and changes nothing."""
    options = {} if default is None else {"default": default}
    rules = [Validator(f"{CLUSTER}.{name}", must_exist=True, **options)]
    settings = make(dynaboxify=False, validators=rules)
    cluster = settings["PEAK"]["running"]["cluster"]
    assert cluster["groups"] == ("odd", "even", "prime", "qux", "weird")
    assert cluster["groups"]["odd"] == ("one.baz.com", "three.baz.com", "five.baz.com")
    assert cluster["hosts"]["one.baz.com"] == ("odd", "prime", "qux", "weird")
    assert len(cluster["hosts"]) == 9


def test_defaults_on_plain_dicts(make: Make) -> None:
    """A default for a group that the file does not have is in force there, too."""
    rules = [Validator(f"{CLUSTER}.groups.gpu", default=["one.baz.com"])]
    settings = make(dynaboxify=False, validators=rules)
    assert settings["PEAK"]["running"]["cluster"]["groups"]["gpu"] == ("one.baz.com",)
