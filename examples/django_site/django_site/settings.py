"""The settings of the site; dynaconf lays settings.toml and the environment over them."""

from pathlib import Path

import dynaconf

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "not-a-secret-in-an-example"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "django_site.urls"
PEAK = {"running": {"cluster": {"_filename": str(BASE_DIR / "racks.cluster")}}}

settings = dynaconf.DjangoDynaconf(
    __name__,
    loaders=["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"],
)
