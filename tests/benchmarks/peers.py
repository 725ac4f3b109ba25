"""Rows: what others take for the same facts."""

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

from .files import Facts, plain, settle, write_text
from .measure import Options, Row, make_settings, tokens

HOSTS = 100_000

# not typed
_node_set: Any = import_module("ClusterShell.NodeSet")
_node_utils: Any = import_module("ClusterShell.NodeUtils")
_manager: Any = import_module("ansible.inventory.manager")
_data: Any = import_module("ansible.parsing.dataloader")
_yaml: Any = import_module("yaml")


class Peer(NamedTuple):
    load: Callable[[Path], Any]
    """Reads a file; gives what the others are handed."""
    group: Callable[[Any, str], object]
    """Gives the hosts of a group."""
    host: Callable[[Any, str], object]
    """Gives the groups of a host."""
    write: Callable[[Facts], str]
    suffix: str


class _Plain(NamedTuple):
    groups: dict[str, list[str]]
    hosts: dict[str, list[str]]


def _resolve(facts: Facts) -> _Plain:
    """Follow the lumps, and turn groups around."""
    groups = {name: list(hosts) for name, hosts in facts.groups.items()}
    for lump, names in facts.lumps.items():
        groups[lump] = list(dict.fromkeys(host for name in names for host in groups[name]))
    hosts: dict[str, list[str]] = {}
    for group, members in groups.items():
        for host in members:
            hosts.setdefault(host, []).append(group)
    return _Plain(groups, hosts)


# dynaconf alone


def _as_tree(facts: Facts) -> dict[str, Any]:
    return {"peak": {"running": {"cluster": _resolve(facts)._asdict()}}}


def _write_json(facts: Facts) -> str:
    return json.dumps(_as_tree(facts))


def _write_yaml(facts: Facts) -> str:
    return str(_yaml.dump(_as_tree(facts), Dumper=_yaml.CSafeDumper))


def _write_toml(facts: Facts) -> str:
    lines: list[str] = []
    for what, tables in _resolve(facts)._asdict().items():
        lines.append(f"[peak.running.cluster.{what}]")
        lines += [f'"{name}" = {json.dumps(names)}' for name, names in tables.items()]
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


def _write_clustershell(facts: Facts) -> str:
    groups = {name: ",".join(hosts) for name, hosts in facts.groups.items()}
    groups |= {lump: ",".join(f"@{name}" for name in names) for lump, names in facts.lumps.items()}
    return json.dumps({"file": groups}, indent=0)  # which is YAML, too


def _load_clustershell(path: Path) -> Any:
    return _node_utils.GroupResolver(next(iter(_node_utils.YAMLGroupLoader(str(path)))))


def _read_clustershell_group(resolver: Any, group: str) -> object:
    return _node_set.NodeSet(f"@{group}", resolver=resolver)


def _read_clustershell_host(resolver: Any, host: str) -> object:
    return _node_set.NodeSet(host, resolver=resolver).groups()


# Ansible


def _write_ansible(facts: Facts) -> str:
    lines: list[str] = []
    for suffix, sections in (("", facts.groups), (":children", facts.lumps)):
        for name, entries in sections.items():
            lines += [f"[{name}{suffix}]", *entries]
    return "\n".join(lines)


def _load_ansible(path: Path) -> Any:
    return _manager.InventoryManager(loader=_data.DataLoader(), sources=[str(path)])


def _read_ansible_group(inventory: Any, group: str) -> object:
    return inventory.groups[group].get_hosts()


def _read_ansible_host(inventory: Any, host: str) -> object:
    return inventory.get_host(host).get_groups()


def _dynaconf(write: Callable[[Facts], str], suffix: str) -> Peer:
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
    "dynaconf alone, JSON": _dynaconf(_write_json, ".json"),
    "dynaconf alone, TOML": _dynaconf(_write_toml, ".toml"),
    "dynaconf alone, YAML": _dynaconf(_write_yaml, ".yaml"),
}


class Taken(NamedTuple):
    """Seconds from the file to a group's hosts, and then to the first host's groups."""

    group: float
    host: float


NAMES = {"group": "load, a group", "host": "then the first look-up of a host"}


def rows(options: Options) -> Iterator[Row]:
    facts = plain(HOSTS)
    group = list(facts.groups)[len(facts.groups) // 2]
    host = facts.groups[group][0]
    tasks = {
        name: partial(_take, peer, _write(options, name, peer, facts), group, host)
        for name, peer in PEERS.items()
    }
    tasks["tokens"] = partial(_take_tokens, options.folder / "dynaconf-cluster.cluster")
    del facts
    settle()
    rounds = [{name: task() for name, task in tasks.items()} for _ in range(options.rounds)]
    floor = statistics.median(took.pop("tokens").group for took in rounds)
    for what in Taken._fields:
        for name in PEERS:
            ratio = statistics.median(getattr(took[name], what) for took in rounds) / floor
            yield Row(f"{NAMES[what]}: {name}", f"{HOSTS:,} hosts", ratio, "tokens")


def _write(options: Options, name: str, peer: Peer, facts: Facts) -> Path:
    path = options.folder / f"{name.replace(' ', '-')}{peer.suffix}"
    path.write_text(peer.write(facts), "utf-8")
    return path


def _take(peer: Peer, path: Path, group: str, host: str) -> Taken:
    gc.collect()
    start = perf_counter()
    loaded = peer.load(path)
    hosts = peer.group(loaded, group)
    middle = perf_counter()
    groups = peer.host(loaded, host)
    end = perf_counter()
    del hosts, groups
    return Taken(middle - start, end - middle)


def _take_tokens(path: Path) -> Taken:
    gc.collect()
    start = perf_counter()
    names = tokens(path)
    end = perf_counter()
    del names
    return Taken(end - start, 0)
