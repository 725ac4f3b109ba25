"""Settings that differ by group, in the way of Ansible's group_vars.

Each group of the cluster file may have a section in settings.toml: an
environment, as dynaconf calls it. On every machine the sections of its groups
are laid over [default], one after the other, in the order of the groups.

Try another machine with DYNACONF_PEAK__RUNNING__CLUSTER___HOSTNAME=web2.
"""

from dynaconf import Dynaconf

everywhere = Dynaconf(
    environments=True,
    settings_files=["settings.toml"],
    loaders=["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"],
)
group_names = everywhere.peak.running.cluster.group_names
settings = everywhere.from_env(",".join(group_names)) if group_names else everywhere


def main() -> None:
    """Print what the settings are on this machine."""
    cluster = settings.peak.running.cluster
    print(f"{cluster.hostname} is in: {', '.join(cluster.group_names) or 'no group'}")
    print(f"workers = {settings.workers}, cache = {settings.cache!r}")


if __name__ == "__main__":
    main()
