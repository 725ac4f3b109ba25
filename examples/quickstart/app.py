"""Ask a cluster file what there is to know: the tour of the settings."""

from dynaconf import Dynaconf

settings = Dynaconf(
    settings_files=["settings.toml"],
    loaders=["dynaconf_cluster.loader", "dynaconf.loaders.env_loader"],
)


def main() -> None:
    """Print what the settings say of the cluster."""
    cluster = settings.peak.running.cluster

    print("The cluster has", len(cluster.hosts), "hosts.")
    print("Its groups:           ", ", ".join(cluster.groups))
    print("Hosts of 'prime':     ", ", ".join(cluster.groups.prime))
    print("Hosts of lump 'weird':", ", ".join(cluster.groups["weird"]))
    print("Hosts in no group:    ", ", ".join(cluster.groups.__orphans__))
    print("Groups of two.baz.com:", ", ".join(cluster.hosts["two.baz.com"]))

    print("This machine:         ", cluster.shortname, "in", ", ".join(cluster.group_names))
    if "prime" in cluster.group_names:
        prime = cluster.groups.prime
        peers = [host for host in prime if host.partition(".")[0] != cluster.shortname]
        print("Its peers in 'prime': ", ", ".join(peers))

    dotted = settings["peak.running.cluster.hosts.frob.baz.com"]
    print("A dotted look-up:      frob.baz.com is in", ", ".join(dotted))
    missing = settings.get("peak.running.cluster.groups.gpu", "no group 'gpu'")
    print("One with a default:   ", missing)


if __name__ == "__main__":
    main()
