"""Django projects read the cluster from ``django.conf.settings``."""

from __future__ import annotations

from pathlib import Path

import pytest

from .command import result, run
from .conftest import VARIABLE

NAMED = 'PEAK = {"running": {"cluster": {"_filename": "example.cluster"}}}\n'
SETTINGS = """\
SECRET_KEY = "secret"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
%s
import dynaconf

settings = dynaconf.DjangoDynaconf(
    __name__,
    LOADERS_FOR_DYNACONF=["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"],%s
)
"""
VALIDATORS = """
    validators=[
        dynaconf.Validator("peak.running.cluster.groups.odd", must_exist=True),
        dynaconf.Validator("peak.running.cluster.hosts.one.baz.com", default=["never"]),
    ],"""
START = """\
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django

django.setup()
from django.conf import settings

CLUSTER = settings.PEAK.running.cluster
ODD = ("one.baz.com", "three.baz.com", "five.baz.com")
ONE = ("odd", "prime", "qux", "weird")
"""

# dynaconf 3.2 reads all of Django's settings, and Django 6.1 warns about deprecated ones
WARNINGS = ["-W", "error", "-W", "ignore:The EMAIL_"]


@pytest.fixture
def module(tmp_path: Path, example: Path) -> Path:
    """Write a Django project with the example; return its settings module."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "__init__.py").touch()
    path = tmp_path / "project" / "settings.py"
    path.write_text(SETTINGS % (NAMED, ""))
    return path


def start(program: str, **environment: str) -> None:
    """Run a program in the project."""
    result(run("python", *WARNINGS, "-c", START + program, **environment))


def test_settings_hold_the_cluster(module: Path) -> None:
    """Settings are read by attribute, key and dotted name, also after a test overrides them."""
    module.write_text(SETTINGS % (NAMED, VALIDATORS))
    start("""
for _ in range(2):
    assert settings.PEAK.running.cluster.groups == ("odd", "even", "prime", "qux", "weird")
    assert isinstance(settings.PEAK.running.cluster.groups, tuple)
    assert settings.peak.running.cluster.groups.odd == CLUSTER.groups.odd == ODD
    assert settings.PEAK["running"]["cluster"]["hosts"]["one.baz.com"][0] == "odd"
    assert settings.get("peak.running.cluster.groups.odd") == ODD
    assert settings["peak.running.cluster.hosts.one.baz.com"] == CLUSTER.hosts.one.baz.com == ONE
    assert isinstance(settings.PEAK.running.cluster.hosts, tuple)
    assert settings.PEAK.running.cluster.groups.__all__ == settings.PEAK.running.cluster.hosts
    settings.set("peak.running.cluster.mine", 1)
    assert getattr(settings, "PEAK").running.cluster.mine == 1
from django.core.management import call_command
call_command("check")
from django.test.utils import override_settings
with override_settings(PEAK={"running": {"cluster": {"_filename": "example.cluster", "own": 1}}}):
    assert settings.PEAK["running"]["cluster"]["own"] == 1
assert settings.PEAK.running.cluster.groups.odd == ODD
assert settings.PEAK.running.cluster.get("own") is None
""")


def test_environment_and_files_are_read(module: Path) -> None:
    """Variables with Django's prefix name the file and override; so can a settings file."""
    Path("other.cluster").write_text("GROUP:other\nhost\nGROUP:more\nhost\n")
    variables = {"_FILENAME": "other.cluster", "_HOSTNAME": "host", "GROUPS__OTHER": '["local"]'}
    prefix = VARIABLE.replace("DYNACONF_", "DJANGO_")
    start(
        "assert (CLUSTER.groups, CLUSTER.groups.other) == (('other', 'more'), ('local',))\n"
        "assert (CLUSTER.hostname, CLUSTER.group_names) == ('host', ('more',))\n",
        **{f"{prefix}{name}": value for name, value in variables.items()},
    )
    module.write_text(SETTINGS % ("", ""))
    module.with_name("settings.toml").write_text(
        '[default.peak.running.cluster]\n_filename = "../example.cluster"\n'
    )
    start("assert CLUSTER.groups.odd == ODD\nassert settings.PEAK.running.cluster.hosts")
