"""Benchmark: other tools on the same cluster."""

from __future__ import annotations

import gc
import json
import statistics
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from dynaconf import Dynaconf

from .files import Contents, plain, settle, write_text
from .measure import Options, Row, make_settings, tokens

HOSTS = 100_000

# untyped
_node_set: Any = import_module("ClusterShell.NodeSet")
_node_utils: Any = import_module("ClusterShell.NodeUtils")
_manager: Any = import_module("ansible.inventory.manager")
_data: Any = import_module("ansible.parsing.dataloader")
_yaml: Any = import_module("yaml")


class Peer(NamedTuple):
    load: Callable[[Path], Any]
    """Read a file; `group` and `host` take the result."""
    group: Callable[[Any, str], object]
    """Return the hosts of a group."""
    host: Callable[[Any, str], object]
    """Return the groups of a host."""
    write: Callable[[Contents], str]
    suffix: str


class _Resolved(NamedTuple):
    groups: dict[str, list[str]]
    hosts: dict[str, list[str]]


def _resolve(contents: Contents) -> _Resolved:
    """Expand the lumps and invert the groups."""
    groups = {name: list(hosts) for name, hosts in contents.groups.items()}
    for lump, names in contents.lumps.items():
        groups[lump] = list(dict.fromkeys(host for name in names for host in groups[name]))
    hosts: dict[str, list[str]] = {}
    for group, members in groups.items():
        for host in members:
            hosts.setdefault(host, []).append(group)
    return _Resolved(groups, hosts)


# dynaconf only


def _as_tree(contents: Contents) -> dict[str, Any]:
    return {"peak": {"running": {"cluster": _resolve(contents)._asdict()}}}


def _write_json(contents: Contents) -> str:
    return json.dumps(_as_tree(contents))


def _write_yaml(contents: Contents) -> str:
    return str(_yaml.dump(_as_tree(contents), Dumper=_yaml.CSafeDumper))


def _write_toml(contents: Contents) -> str:
    lines: list[str] = []
    for what, table in _resolve(contents)._asdict().items():
        lines.append(f"[peak.running.cluster.{what}]")
        lines += [f'"{name}" = {json.dumps(names)}' for name, names in table.items()]
    return "\n".join(lines)


def _load_dynaconf(path: Path) -> Any:
    return Dynaconf(settings_files=[str(path)], loaders=[]).peak.running.cluster


def _load_cluster(path: Path) -> Any:
    return make_settings(path).peak.running.cluster


def _read_group(cluster: Any, group: str) -> object:
    return cluster.groups[group]


def _read_host(cluster: Any, host: str) -> object:
    return cluster.hosts[host]


# ClusterShell


def _write_clustershell(contents: Contents) -> str:
    groups = {name: ",".join(hosts) for name, hosts in contents.groups.items()}
    groups |= {
        lump: ",".join(f"@{name}" for name in names) for lump, names in contents.lumps.items()
    }
    return json.dumps({"file": groups}, indent=0)  # valid YAML, too


def _load_clustershell(path: Path) -> Any:
    return _node_utils.GroupResolver(next(iter(_node_utils.YAMLGroupLoader(str(path)))))


def _read_clustershell_group(resolver: Any, group: str) -> object:
    return _node_set.NodeSet(f"@{group}", resolver=resolver)


def _read_clustershell_host(resolver: Any, host: str) -> object:
    return _node_set.NodeSet(host, resolver=resolver).groups()


# Ansible


def _write_ansible(contents: Contents) -> str:
    lines: list[str] = []
    for suffix, sections in (("", contents.groups), (":children", contents.lumps)):
        for name, entries in sections.items():
            lines += [f"[{name}{suffix}]", *entries]
    return "\n".join(lines)


def _load_ansible(path: Path) -> Any:
    return _manager.InventoryManager(loader=_data.DataLoader(), sources=[str(path)])


def _read_ansible_group(inventory: Any, group: str) -> object:
    return inventory.groups[group].get_hosts()


def _read_ansible_host(inventory: Any, host: str) -> object:
    return inventory.get_host(host).get_groups()


def _dynaconf_peer(write: Callable[[Contents], str], suffix: str) -> Peer:
    return Peer(_load_dynaconf, _read_group, _read_host, write, suffix)


PEERS = {
    "dynaconf-cluster": Peer(_load_cluster, _read_group, _read_host, write_text, ".cluster"),
    "ClusterShell, YAML groups": Peer(
        _load_clustershell,
        _read_clustershell_group,
        _read_clustershell_host,
        _write_clustershell,
        ".yaml",
    ),
    "Ansible, INI inventory": Peer(
        _load_ansible, _read_ansible_group, _read_ansible_host, _write_ansible, ".ini"
    ),
    "dynaconf only, JSON": _dynaconf_peer(_write_json, ".json"),
    "dynaconf only, TOML": _dynaconf_peer(_write_toml, ".toml"),
    "dynaconf only, YAML": _dynaconf_peer(_write_yaml, ".yaml"),
}


TOKENS = Peer(tokens, dict.get, dict.get, write_text, ".cluster")


class Times(NamedTuple):
    """Seconds to load and read a group, then to look up its first host."""

    group: float
    host: float


LABELS = {"group": "load, a group", "host": "then first host lookup"}


def rows(options: Options) -> Iterator[Row]:
    contents = plain(HOSTS)
    group = list(contents.groups)[len(contents.groups) // 2]
    host = contents.groups[group][0]
    tasks = {
        name: partial(_time, peer, _write(options, name, peer, contents), group, host)
        for name, peer in {**PEERS, "tokens": TOKENS}.items()
    }
    del contents
    settle()
    rounds = [{name: task() for name, task in tasks.items()} for _ in range(options.rounds)]
    baseline = statistics.median(times["tokens"].group for times in rounds)
    for what, label in LABELS.items():
        for name in PEERS:
            ratio = statistics.median(getattr(times[name], what) for times in rounds) / baseline
            yield Row(f"{label}: {name}", f"{HOSTS:,} hosts", ratio, "tokens")


def _write(options: Options, name: str, peer: Peer, contents: Contents) -> Path:
    path = options.folder / f"{name.replace(' ', '-')}{peer.suffix}"
    path.write_text(peer.write(contents), "utf-8")
    return path


def _time(peer: Peer, path: Path, group: str, host: str) -> Times:
    gc.collect()
    start = perf_counter()
    loaded = peer.load(path)
    hosts = peer.group(loaded, group)
    middle = perf_counter()
    groups = peer.host(loaded, host)
    end = perf_counter()
    del hosts, groups  # kept until here, to not time their disposal
    return Times(middle - start, end - middle)
