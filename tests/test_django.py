"""Django projects read the cluster out of ``django.conf.settings``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SETTINGS = """\
SECRET_KEY = "secret"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
PEAK = {"running": {"cluster": {"_filename": "example.cluster"}}}

import dynaconf

settings = dynaconf.DjangoDynaconf(__name__, %s)
"""
LOADERS = 'LOADERS_FOR_DYNACONF=["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"]'
TOML = '[default.peak.running.cluster]\n_filename = "example.cluster"\n'

START = """\
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django

django.setup()
from django.conf import settings

CLUSTER = settings.PEAK.running.cluster
ODD = ("one.baz.com", "three.baz.com", "five.baz.com")
"""

WARNINGS = ["-W", "error", "-W", "ignore:The EMAIL_"]
"""dynaconf 3.2 reads every setting of Django, and Django 6.1 warns of those that will go."""

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, example: Path) -> Run:
    """Return what runs a program in a Django project whose cluster is the example."""
    package = tmp_path / "project"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "settings.py").write_text(SETTINGS % LOADERS)

    def run(program: str, *arguments: str, **environ: str) -> str:
        done = subprocess.run(
            [sys.executable, *WARNINGS, "-c", START + program, *arguments],
            cwd=tmp_path,
            env={"PATH": "/bin:/usr/bin", "HOME": str(tmp_path), **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_settings_hold_the_cluster(run: Run) -> None:
    """The settings of the project are read by attribute, key and dotted name."""
    run(
        """
for _ in range(2):
    assert settings.PEAK.running.cluster.groups == ("odd", "even", "prime", "qux", "weird")
    assert isinstance(settings.PEAK.running.cluster.groups, tuple)
    assert settings.peak.running.cluster.groups.odd == ODD
    assert settings.PEAK["running"]["cluster"]["hosts"]["one.baz.com"][0] == "odd"
    assert settings.get("peak.running.cluster.groups.odd") == ODD
    assert settings["peak.running.cluster.hosts.one.baz.com"] == ("odd", "prime", "qux", "weird")
    assert settings.PEAK.running.cluster.groups.__all__ == settings.PEAK.running.cluster.hosts
    settings.set("peak.running.cluster.mine", 1)
    assert getattr(settings, "PEAK").running.cluster.mine == 1
from django.core.management import call_command
call_command("check")
"""
    )


def test_environment_of_django_is_read(run: Run, tmp_path: Path) -> None:
    """Variables with Django's prefix name the file and override."""
    (tmp_path / "other.cluster").write_text("GROUP:other\nhost\nGROUP:more\nhost\n")
    run(
        """
assert CLUSTER.groups == ("other", "more"), CLUSTER.groups
assert CLUSTER.groups.other == ("local",)
assert CLUSTER.hostname == "host"
assert CLUSTER.group_names == ("more",)
""",
        DJANGO_PEAK__RUNNING__CLUSTER___FILENAME="other.cluster",
        DJANGO_PEAK__RUNNING__CLUSTER___HOSTNAME="host",
        DJANGO_PEAK__RUNNING__CLUSTER__GROUPS__OTHER='["local"]',
    )


def test_tests_of_django_override_settings(run: Run) -> None:
    """Django's own tools for tests put other settings in place and take them away again."""
    run(
        """
from django.test.utils import override_settings

with override_settings(OTHER=1):
    assert settings.OTHER == 1
    assert settings.PEAK.running.cluster.groups.odd == ODD
with override_settings(PEAK={"running": {"cluster": {"_filename": "example.cluster", "own": 1}}}):
    assert settings.PEAK["running"]["cluster"]["own"] == 1
assert settings.PEAK.running.cluster.groups.odd == ODD
assert settings.PEAK.running.cluster.get("own") is None
"""
    )


def test_settings_of_a_file_beside_the_project(run: Run, tmp_path: Path) -> None:
    """A settings file may name the cluster file in place of the module."""
    module = tmp_path / "project" / "settings.py"
    text = "".join(
        line for line in module.read_text().splitlines(True) if not line.startswith("PEAK")
    )
    module.write_text(text)
    (tmp_path / "project" / "settings.toml").write_text(
        TOML.replace("example.cluster", "../example.cluster")
    )
    (tmp_path / "project" / "extra.toml").write_text("[default]\nx = 1\n")
    run("assert CLUSTER.groups.odd == ODD\nassert settings.PEAK.running.cluster.hosts")


def test_validators_of_django_settings(run: Run, tmp_path: Path) -> None:
    """Validators in the settings module check the cluster and change nothing."""
    module = tmp_path / "project" / "settings.py"
    validators = (
        'validators=[dynaconf.Validator("peak.running.cluster.groups.odd", must_exist=True), '
        'dynaconf.Validator("peak.running.cluster.hosts.one.baz.com", default=["never"])]'
    )
    module.write_text(SETTINGS % f"{LOADERS}, {validators}")
    run(
        """
assert CLUSTER.groups.odd == ODD
assert CLUSTER.hosts.one.baz.com == ("odd", "prime", "qux", "weird")
assert isinstance(settings.PEAK.running.cluster.hosts, tuple)
"""
    )
