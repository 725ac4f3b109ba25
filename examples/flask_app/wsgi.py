"""A Flask application that knows its cluster: ``flask run``."""

from dynaconf import FlaskDynaconf
from flask import Flask, abort

app = Flask(__name__)
settings = FlaskDynaconf(
    app,
    settings_files=["settings.toml"],
    loaders=["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"],
).settings
cluster = settings.peak.running.cluster  # the same as app.config.peak.running.cluster


@app.get("/")
def whoami() -> dict[str, object]:
    """Say which machine answers, and the hosts of each of its groups."""
    groups = {name: cluster.groups[name] for name in cluster.group_names}
    return {"host": cluster.hostname, "groups": groups}


@app.get("/groups/<name>")
def group(name: str) -> dict[str, object]:
    """Give the hosts of a group."""
    if name not in cluster.groups:
        abort(404)
    return {"group": name, "hosts": cluster.groups[name]}
