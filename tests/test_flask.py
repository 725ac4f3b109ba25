"""Flask applications read the cluster out of their configuration."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dynaconf
import pytest
from dynaconf import FlaskDynaconf, Validator
from dynaconf.contrib.flask_dynaconf import DynaconfConfig
from flask import Flask

OURS = "dynaconf_cluster.loader"
ENVIRON = "dynaconf.loaders.env_loader"
CLUSTER = "peak.running.cluster"
ODD = ("one.baz.com", "three.baz.com", "five.baz.com")

NEWER = "compatibility_mode" in inspect.signature(DynaconfConfig.__init__).parameters

Application = Callable[..., Flask]


@pytest.fixture
def application(tmp_path: Path, example: Path) -> Application:
    """Return what makes a Flask application with the example as its cluster."""
    (tmp_path / "settings.toml").write_text(
        '[default]\nDEBUG = false\n[default.peak.running.cluster]\n_filename = "example.cluster"\n'
        '[production.peak.running.cluster]\n_hostname = "one.baz.com"\n_filename = "example.cluster"\n'
    )

    def make(**options: Any) -> Flask:
        app = Flask(__name__, root_path=str(tmp_path))
        options.setdefault("loaders", [OURS, ENVIRON])
        FlaskDynaconf(app, settings_files=["settings.toml"], **options)
        return app

    return make


def test_configuration_holds_the_cluster(
    application: Application, check_example: Callable[[Any], None]
) -> None:
    """The configuration is read by key, attribute and dotted name, in a request as well."""
    app = application()
    assert app.config["PEAK"]["running"]["cluster"]["groups"]["odd"] == ODD
    assert app.config["PEAK"].running.cluster.groups.odd == ODD
    assert app.config.peak.running.cluster.groups.odd == ODD
    assert app.config[f"{CLUSTER}.groups.odd"] == ODD
    assert app.config.get(f"{CLUSTER}.groups.none", "default") == "default"
    assert isinstance(app.config.PEAK.running.cluster.groups, tuple)
    check_example(app.config.settings)

    @app.route("/<path:name>")
    def read(name: str) -> dict[str, Any]:
        from flask import current_app

        cluster = current_app.config.PEAK.running.cluster  # type: ignore[attr-defined]
        return {"groups": cluster.groups, "read": current_app.config[f"{CLUSTER}.{name}"]}

    answer = app.test_client().get("/hosts.one.baz.com").get_json()
    assert answer["groups"] == ["odd", "even", "prime", "qux", "weird"]
    assert answer["read"] == ["odd", "prime", "qux", "weird"]


def test_environment_of_flask_is_read(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables with Flask's prefix override, and Flask's environment is that of dynaconf."""
    monkeypatch.setenv("FLASK_PEAK__RUNNING__CLUSTER__GROUPS__EVEN", '["local"]')
    monkeypatch.setenv("FLASK_ENV", "production")
    cluster = application().config.PEAK.running.cluster  # type: ignore[attr-defined]
    assert cluster.groups.even == ("local",)
    assert cluster.groups.odd == ODD
    assert cluster.hostname == "one.baz.com"
    assert cluster.group_names == ("odd", "prime", "qux", "weird")


def test_file_is_named_by_the_environment_of_flask(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable with Flask's prefix names the file."""
    (tmp_path / "other.cluster").write_text("GROUP:other\nhost\n")
    monkeypatch.setenv("FLASK_PEAK__RUNNING__CLUSTER___FILENAME", "other.cluster")
    for loaders in ([OURS, ENVIRON], [ENVIRON, OURS]):
        app = application(loaders=loaders)
        assert app.config.PEAK.running.cluster.groups == ("other",)  # type: ignore[attr-defined]


def test_configuration_is_written(application: Application) -> None:
    """What the application writes to its configuration overrides, and disturbs nothing."""
    app = application(validators=[Validator(f"{CLUSTER}.groups.odd", must_exist=True)])
    app.config["OTHER"] = 1
    app.config.update(MORE=2)
    app.config.settings.set(f"{CLUSTER}.groups.even", ["local"])  # type: ignore[attr-defined]
    cluster = app.config.PEAK.running.cluster  # type: ignore[attr-defined]
    assert cluster.groups.even == ("local",)
    assert cluster.groups.odd == ODD
    assert app.config["MORE"] == 2
    app.config.setdefault("PEAK", {})
    assert app.config["PEAK"].running.cluster.groups.odd == ODD
    assert "PEAK" in app.config
    assert "PEAK" in {*app.config, *app.config.keys()}
    assert dict(app.config.items())["PEAK"].running.cluster.groups.odd == ODD


def test_settings_object_is_handed_over(application: Application, tmp_path: Path) -> None:
    """Settings that were made elsewhere serve as the configuration."""
    settings = dynaconf.Dynaconf(
        environments=True,
        settings_files=["settings.toml"],
        root_path=str(tmp_path),
        loaders=[OURS, ENVIRON],
    )
    app = Flask(__name__)
    FlaskDynaconf(app, dynaconf_instance=settings)
    assert app.config.PEAK.running.cluster.groups.odd == ODD  # type: ignore[attr-defined]


@pytest.mark.skipif(not NEWER, reason="dynaconf 3.2 has no such mode")
@pytest.mark.parametrize(
    "options", [{"compatibility_mode": False}, {"dynaboxify": False}], ids=["compatible", "plain"]
)
def test_other_modes_are_read_by_key(application: Application, options: dict[str, Any]) -> None:
    """Where the configuration is made of plain dicts or speaks another dialect, keys work."""
    config = application(**options).config
    assert config["PEAK"]["running"]["cluster"]["groups"]["odd"] == ODD
    assert config["PEAK"]["running"]["cluster"]["hosts"]["one.baz.com"][0] == "odd"
    assert isinstance(config["PEAK"]["running"]["cluster"]["groups"], tuple)
