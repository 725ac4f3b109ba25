"""Whatever is done to the settings, alone or together, the cluster is read as it was."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from dynaconf import Validator

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
NESTED = "DYNACONF_PEAK__RUNNING__CLUSTER__"


@dataclass
class Plan:
    """What the settings will be made of, and what is done to them then."""

    folder: Path
    checker: Callable[[Any, bool], None]
    toml: str = '[peak]\n[peak.running.cluster]\n_filename = "example.cluster"\n'
    files: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    dotted: bool = True

    @property
    def filename(self) -> str:
        return str(self.folder / "example.cluster")

    def check(self, settings: Any) -> None:
        self.checker(settings, self.dotted)

    def validate(self, *validators: Validator) -> None:
        self.options.setdefault("validators", []).extend(validators)


After = Callable[[Any], Any] | None
Disturbance = Callable[[Plan], After]

DISTURBANCES: dict[str, Disturbance] = {}


def disturbance(function: Disturbance) -> Disturbance:
    DISTURBANCES[function.__name__] = function
    return function


# What the settings are made of.


@disturbance
def nested_variable(plan: Plan) -> After:
    plan.environ[f"{NESTED}MINE"] = "1"
    return None


@disturbance
def lower_case_variable(plan: Plan) -> After:
    plan.environ["DYNACONF_PEAK__running__cluster__mine_too"] = "@json [1]"
    return None


@disturbance
def variable_above(plan: Plan) -> After:
    plan.environ["DYNACONF_PEAK"] = "@merge mine_as_well=1"
    return None


@disturbance
def filename_from_variable(plan: Plan) -> After:
    plan.environ[f"{NESTED}_FILENAME"] = plan.filename
    return None


@disturbance
def filename_from_lower_case_variable(plan: Plan) -> After:
    plan.environ["DYNACONF_PEAK__running__cluster___filename"] = plan.filename
    return None


@disturbance
def hostname_from_variable(plan: Plan) -> After:
    plan.environ[f"{NESTED}_HOSTNAME"] = "one.baz.com"
    return None


@disturbance
def environment_before(plan: Plan) -> After:
    plan.options["loaders"] = [ENVIRON, OURS]
    return None


@disturbance
def loader_twice(plan: Plan) -> After:
    plan.options["loaders"] = [OURS, ENVIRON, OURS]
    return None


@disturbance
def merge_enabled(plan: Plan) -> After:
    plan.options["merge_enabled"] = True
    return None


@disturbance
def validated_on_update(plan: Plan) -> After:
    def after(settings: Any) -> None:
        settings.set("VALIDATE_ON_UPDATE_FOR_DYNACONF", True)
        settings.validators.register(Validator(f"{CLUSTER}.groups.even", len_eq=3))
        settings.set(f"{CLUSTER}.validated", 1)

    return after


@disturbance
def group_validators(plan: Plan) -> After:
    names = ("odd", "__all__", "weird", "__orphans__", "ODD")
    plan.validate(
        *(Validator(f"{CLUSTER}.groups.{name}", must_exist=True, len_min=1) for name in names),
        Validator(f"{CLUSTER}.groups", cont="odd"),
    )
    return None


@disturbance
def host_validators(plan: Plan) -> After:
    plan.validate(
        Validator(f"{CLUSTER}.hosts.one.baz.com", must_exist=True, cont="odd"),
        Validator(f"{CLUSTER}.hosts.two.baz.com", f"{CLUSTER}.hosts.foo.baz.com", len_min=1),
        Validator(f"{CLUSTER}.hosts", len_min=9),
    )
    return None


@disturbance
def validators_of_the_machine(plan: Plan) -> After:
    names = ("hostname", "shortname", "group_names")
    plan.validate(*(Validator(f"{CLUSTER}.{name}", must_exist=True) for name in names))
    return None


@disturbance
def validators_of_tables(plan: Plan) -> After:
    tables = ("peak", "peak.running", CLUSTER, "PEAK")
    plan.validate(*(Validator(name, must_exist=True, is_type_of=dict) for name in tables))
    return None


@disturbance
def defaults(plan: Plan) -> After:
    plan.validate(
        Validator(f"{CLUSTER}.groups.odd", default=["never"]),
        Validator(f"{CLUSTER}.hosts.one.baz.com", default=("never",)),
        Validator("peak.mine_by_default", default={"a": 1}),
        Validator(f"{CLUSTER}.hostname", default="never"),
        Validator(f"{CLUSTER}.groups", default=()),
        Validator(f"{CLUSTER}.missing", default=None),
    )
    return None


@disturbance
def casts(plan: Plan) -> After:
    plan.validate(
        Validator(f"{CLUSTER}.groups.odd", cast=list),
        Validator(f"{CLUSTER}.hosts.one.baz.com", cast=tuple),
        Validator(f"{CLUSTER}.hostname", cast=str),
    )
    return None


@disturbance
def combined_validators(plan: Plan) -> After:
    plan.validate(
        Validator(f"{CLUSTER}.groups.odd") & Validator(f"{CLUSTER}.groups.even"),
        Validator(f"{CLUSTER}.groups.none") | Validator(f"{CLUSTER}.groups.qux"),
        Validator(
            f"{CLUSTER}.groups.odd", when=Validator(f"{CLUSTER}.groups.qux", must_exist=True)
        ),
        Validator(f"{CLUSTER}.groups.nothing_such", must_exist=False),
    )
    return None


@disturbance
def include(plan: Plan) -> After:
    plan.files["more.toml"] = "peak__running__cluster__included = 1\n"
    plan.options["includes"] = ["more.toml"]
    return None


@disturbance
def filename_from_include(plan: Plan) -> After:
    plan.files["where.toml"] = f'[peak.running.cluster]\n_filename = "{plan.filename}"\n'
    plan.toml = f'dynaconf_include = ["where.toml"]\n{plan.toml}'
    return None


@disturbance
def hook(plan: Plan) -> After:
    def post(settings: Any) -> dict[str, Any]:
        assert settings.peak.running.cluster.groups.odd[0] == "one.baz.com"
        return {"dynaconf_merge": True, "HOOKED": True, "PEAK": {"hooked": True}}

    plan.options["post_hooks"] = [post]
    return None


@disturbance
def hook_module(plan: Plan) -> After:
    plan.files["dynaconf_hooks.py"] = (
        "def post(settings):\n"
        "    groups = settings.peak.running.cluster.groups\n"
        '    return {"dynaconf_merge": True, "PEAK": {"running": {"hook_saw": len(groups)}}}\n'
    )
    return None


@disturbance
def upper_case_table(plan: Plan) -> After:
    plan.toml = plan.toml.replace("peak.running.cluster]", "PEAK.RUNNING.CLUSTER]")
    plan.toml = plan.toml.replace("peak]", "PEAK]")
    return None


@disturbance
def environments(plan: Plan) -> After:
    plan.toml = plan.toml.replace("[peak", "[default.peak").replace("[PEAK", "[default.PEAK")
    for name, text in plan.files.items():
        if name.endswith(".toml"):
            text = f"[default]\n{text}".replace("[peak", "[default.peak")
            plan.files[name] = text
    plan.options["environments"] = True
    return None


@disturbance
def fresh_variables(plan: Plan) -> After:
    plan.options["fresh_vars"] = ["PEAK"]
    plan.dotted = False  # every look-up of PEAK runs all loaders
    return None


@disturbance
def filename_as_keyword(plan: Plan) -> After:
    plan.options["PEAK"] = {"running": {"cluster": {"_filename": plan.filename}}}
    return None


@disturbance
def filename_as_dotted_keyword(plan: Plan) -> After:
    plan.options["peak__running__cluster___filename"] = plan.filename
    return None


@disturbance
def lazy_keys(plan: Plan) -> After:
    plan.toml = plan.toml.replace(
        "[peak.running.cluster]",
        '[peak.running]\nlazy = "@format {this.LATER}"\n[peak.running.cluster]',
    )
    plan.toml = f'LATER = "later"\n{plan.toml}'
    return None


@disturbance
def system_environment_fallback(plan: Plan) -> After:
    plan.options["sysenv_fallback"] = True
    return None


@disturbance
def errors_not_silent(plan: Plan) -> After:
    plan.options["silent_errors"] = False
    return None


@disturbance
def any_prefix(plan: Plan) -> After:
    plan.options["envvar_prefix"] = "MYAPP,OTHER"
    plan.environ[f"{NESTED}UNDER_DYNACONF"] = "1"
    plan.environ["OTHER_PEAK__RUNNING__CLUSTER__UNDER_OTHER"] = "1"
    return None


# What is done to them.


@disturbance
def set_beside(plan: Plan) -> After:
    def after(settings: Any) -> None:
        settings.set(f"{CLUSTER}.beside", 1)
        settings.set("peak.running.beside", {"a": [1]})
        settings.set("peak__beside", "@json [1]")
        settings.set("beside", 1)

    return after


@disturbance
def update_all(plan: Plan) -> After:
    table = {"running": {"cluster": {"_filename": plan.filename}}}
    return lambda settings: settings.update({"PEAK": table, "OTHER": 1})


@disturbance
def set_back(plan: Plan) -> After:
    def after(settings: Any) -> None:
        for name in ("PEAK", "peak.running", CLUSTER):
            settings.set(name, settings.get(name))
        for name in ("groups", "hosts", "groups.odd", "hosts.one.baz.com", "group_names"):
            settings.set(f"{CLUSTER}.{name}", settings[f"{CLUSTER}.{name}"])
        settings.peak = settings.peak
        settings["PEAK"] = settings.PEAK

    return after


@disturbance
def set_back_plain(plan: Plan) -> After:
    return lambda settings: settings.set("PEAK", settings.as_dict()["PEAK"])


@disturbance
def set_back_json(plan: Plan) -> After:
    return lambda settings: settings.set("PEAK", json.loads(json.dumps(settings.as_dict()["PEAK"])))


@disturbance
def set_back_text(plan: Plan) -> After:
    return lambda settings: settings.set("PEAK", f"@json {json.dumps(settings.as_dict()['PEAK'])}")


@disturbance
def write_attributes(plan: Plan) -> After:
    def after(settings: Any) -> None:
        settings.peak.running.cluster.direct = 1
        settings.peak.running.direct = 1
        settings.peak.direct = 1

    return after


@disturbance
def reload(plan: Plan) -> After:
    return lambda settings: settings.reload()


@disturbance
def set_environment(plan: Plan) -> After:
    def after(settings: Any) -> None:
        settings.setenv("production")
        plan.check(settings)
        settings.setenv()

    return after


@disturbance
def use_environment(plan: Plan) -> After:
    def after(settings: Any) -> None:
        with settings.using_env("production"):
            plan.check(settings)

    return after


@disturbance
def take_from_environment(plan: Plan) -> After:
    return lambda settings: settings.from_env("production")


@disturbance
def take_from_environment_and_keep(plan: Plan) -> After:
    return lambda settings: settings.from_env("production", keep=True)


@disturbance
def read_fresh(plan: Plan) -> After:
    def after(settings: Any) -> None:
        assert settings.get_fresh("PEAK").running.cluster.groups.odd[0] == "one.baz.com"
        settings.get_fresh("UNKNOWN")

    return after


@disturbance
def read_in_fresh_block(plan: Plan) -> After:
    def after(settings: Any) -> None:
        with settings.fresh():  # 3.2 loses sight of whatever is read by a dotted name here
            assert settings.peak.running.cluster.groups.odd[0] == "one.baz.com"
            assert type(settings.peak.running.cluster.hosts["one.baz.com"]) is tuple

    return after


@disturbance
def clone(plan: Plan) -> After:
    return lambda settings: copy.deepcopy(settings.dynaconf.clone())


@disturbance
def validate_again(plan: Plan) -> After:
    def after(settings: Any) -> None:
        settings.validators.register(
            Validator(f"{CLUSTER}.groups.weird", len_eq=5),
            Validator(f"{CLUSTER}.hosts.six.baz.com", default=["never"]),
        )
        settings.validators.validate_all()
        settings.validators.validate()

    return after


@disturbance
def load_file(plan: Plan) -> After:
    plan.files["late.toml"] = "peak__running__late = 1\n"
    if plan.options.get("environments"):
        plan.files["late.toml"] = f"[default]\n{plan.files['late.toml']}"
    return lambda settings: settings.load_file(str(plan.folder / "late.toml"))


@disturbance
def look_at_everything(plan: Plan) -> After:
    def after(settings: Any) -> None:
        repr(settings.peak)
        dir(settings.peak.running.cluster)
        repr(settings.as_dict(internal=True))
        list(settings.items())
        list(settings.peak.running.cluster.items())
        settings.populate_obj(type("Holder", (), {})(), keys=["PEAK"])

    return after


@disturbance
def execute_loaders(plan: Plan) -> After:
    def after(settings: Any) -> None:
        settings.execute_loaders()
        settings.execute_loaders(key="PEAK")

    return after


def bundles() -> Iterator[list[str]]:
    """Give each disturbance alone, and then any two of them together in one bundle of seven.

    They are the points of a plane and the bundles its lines, counted modulo 7.
    """
    names = list(DISTURBANCES)
    assert len(names) <= ORDER**2
    yield from ([name] for name in names)
    points = {divmod(i, ORDER): name for i, name in enumerate(names)}
    fields = list(itertools.product(range(ORDER), repeat=2))
    lines = [[(x, (a * x + b) % ORDER) for x in range(ORDER)] for a, b in fields]
    lines += [[(x, y) for y in range(ORDER)] for x in range(ORDER)]
    yield from (drop_unfit([points[at] for at in line if at in points]) for line in lines)


def drop_unfit(bundle: list[str]) -> list[str]:
    """Drop what dynaconf itself cannot do together with what comes before it."""
    fit: list[str] = []
    for name in bundle:
        if not any({name, other} in UNFIT for other in fit):
            fit.append(name)
    return fit


ORDER = 7

UNFIT = [
    # no end of loading: a hook or an include reads what is loaded afresh
    {"hook", "fresh_variables"},
    {"hook", "read_in_fresh_block"},
    {"hook_module", "fresh_variables"},
    {"hook_module", "read_in_fresh_block"},
    {"filename_from_include", "fresh_variables"},
    {"filename_from_include", "read_in_fresh_block"},
    # a KeyError, as the file has no section for every environment
    {"environments", "errors_not_silent"},
    # 3.2 reads the keyword before its own settings are there
    {"filename_as_keyword", "fresh_variables"},
    {"filename_as_dotted_keyword", "fresh_variables"},
]
"""Each of these fails without this package, too."""


def test_bundles_hold_nearly_every_pair() -> None:
    """Any two things are done to the same settings, but for some that go by the board."""
    together = {pair for bundle in bundles() for pair in itertools.permutations(bundle, 2)}
    missing = set(itertools.permutations(DISTURBANCES, 2)) - together
    assert len(missing) < 12 * len(UNFIT)


@pytest.mark.parametrize("names", list(bundles()), ids="-".join)
def test_cluster_reads_the_same(
    names: list[str],
    make: Callable[..., Any],
    check_example: Callable[[Any, bool], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cluster of the example is there, whatever is done to the settings."""
    plan = Plan(tmp_path, check_example)
    afters = [DISTURBANCES[name](plan) for name in names]
    for name, value in plan.environ.items():
        monkeypatch.setenv(name, value)
    settings = make(plan.toml, files=plan.files, **plan.options)
    check_example(settings, False)
    for after in filter(None, afters):
        settings = after(settings) or settings
        check_example(settings, False)
    plan.check(settings)
