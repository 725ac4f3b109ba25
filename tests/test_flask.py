"""Flask applications read the cluster from their configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dynaconf import FlaskDynaconf, Validator
from flask import Flask, current_app

from .conftest import CLUSTER, ENVIRON, GROUPS, NAMED, OURS, Make, check_cluster

ODD = GROUPS["odd"]

Application = Callable[..., Any]


@pytest.fixture
def application(tmp_path: Path, example: Path) -> Application:
    """Return a function that creates a Flask application with the example."""
    (tmp_path / "settings.toml").write_text(
        "[default]\nDEBUG = false\n"
        '[default.peak.running.cluster]\n_filename = "example.cluster"\n'
        "[production.peak.running.cluster]\n"
        '_filename = "example.cluster"\n_hostname = "one.baz.com"\n'
    )

    def make(**options: Any) -> Any:
        app = Flask(__name__, root_path=str(tmp_path))
        options.setdefault("loaders", [OURS, ENVIRON])
        FlaskDynaconf(app, settings_files=["settings.toml"], **options)
        return app

    return make


def test_configuration_holds_the_cluster(application: Application) -> None:
    """The configuration is read by key, attribute and dotted name, also in a request."""
    app = application()
    assert app.config.peak.running.cluster.groups.odd == ODD
    assert app.config[f"{CLUSTER}.groups.odd"] == ODD
    assert app.config.get(f"{CLUSTER}.groups.none", "default") == "default"
    assert isinstance(app.config.PEAK.running.cluster.groups, tuple)
    check_cluster(app.dynaconf)

    def read(name: str) -> dict[str, Any]:
        config: Any = current_app.config
        groups = config.PEAK.running.cluster.groups
        return {"groups": groups, "read": config[f"{CLUSTER}.{name}"]}

    app.add_url_rule("/<path:name>", view_func=read)
    answer = app.test_client().get("/hosts.one.baz.com").get_json()
    assert answer["groups"] == ["odd", "even", "prime", "qux", "weird"]
    assert answer["read"] == ["odd", "prime", "qux", "weird"]


def test_environment_of_flask_is_read(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables with Flask's prefix name the file and override, and set dynaconf's environment."""
    Path("other.cluster").write_text("GROUP:odd\none.baz.com\nGROUP:even\n")
    monkeypatch.setenv("FLASK_PEAK__RUNNING__CLUSTER___FILENAME", "other.cluster")
    monkeypatch.setenv("FLASK_PEAK__RUNNING__CLUSTER__GROUPS__EVEN", '["local"]')
    monkeypatch.setenv("FLASK_ENV", "production")
    cluster = application(loaders=[ENVIRON, OURS]).config.PEAK.running.cluster
    assert cluster.groups == ("odd", "even")
    assert (cluster.groups.even, cluster.groups.odd) == (("local",), ("one.baz.com",))
    assert (cluster.hostname, cluster.group_names) == ("one.baz.com", ("odd",))


def test_configuration_is_written(application: Application) -> None:
    """Values that the application writes to its configuration override the cluster."""
    app = application(validators=[Validator(f"{CLUSTER}.groups.odd", must_exist=True)])
    app.config["OTHER"] = 1
    app.config.update(MORE=2)
    app.dynaconf.set(f"{CLUSTER}.groups.even", ["local"])
    cluster = app.config.PEAK.running.cluster
    assert cluster.groups.even == ("local",)
    assert cluster.groups.odd == ODD
    assert app.config["MORE"] == 2
    app.config.setdefault("PEAK", {})
    assert "PEAK" in {*app.config, *app.config.keys()}
    assert dict(app.config.items())["PEAK"].running.cluster.groups.odd == ODD


@pytest.mark.parametrize(
    "options",
    [{"compatibility_mode": True}, {"compatibility_mode": False}, {"dynaboxify": False}],
    ids=["compatible", "usual", "plain"],
)
def test_other_modes_are_read_by_key(application: Application, options: dict[str, Any]) -> None:
    """A configuration of plain dicts is read by key."""
    config = application(**options).config
    assert config["PEAK"]["running"]["cluster"]["groups"]["odd"] == ODD
    assert config["PEAK"]["running"]["cluster"]["hosts"]["one.baz.com"][0] == "odd"
    assert isinstance(config["PEAK"]["running"]["cluster"]["groups"], tuple)


def test_settings_object_is_handed_over(make: Make) -> None:
    """An existing settings object can serve as the configuration."""
    app: Any = Flask(__name__)
    FlaskDynaconf(app, dynaconf_instance=make(NAMED.replace("[", "[default."), environments=True))
    assert app.config.PEAK.running.cluster.groups.odd == ODD
