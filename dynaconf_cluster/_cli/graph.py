"""``graph``: drawing groups, lumps and hosts for Mermaid or Graphviz."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NamedTuple

from .._syntax import ALL, ORPHANS, RESERVED
from .process import Result, count, lines
from .source import View, find_view


class Format(NamedTuple):
    """The syntax of a graph format; ``nodes`` has a template for each kind of node."""

    start: str
    nodes: dict[str, str]
    line_break: str
    edge: str
    end: str = ""


FORMATS = {
    "mermaid": Format(
        "flowchart LR\n",
        {
            "group": '  {}["{}"]',
            "lump": '  {}{{{{"{}"}}}}',
            "special": '  {}[/"{}"/]',
            "host": '  {}(["{}"])',
        },
        "<br/>",
        "  {} --> {}",
    ),
    "dot": Format(
        "digraph cluster {\n  rankdir=LR\n",
        {
            "group": '  {} [shape=box, label="{}"]',
            "lump": '  {} [shape=hexagon, label="{}"]',
            "special": '  {} [shape=parallelogram, label="{}"]',
            "host": '  {} [shape=ellipse, label="{}"]',
        },
        "\\n",
        "  {} -> {}",
        "}\n",
    ),
}


def graph(arguments: argparse.Namespace) -> Result:
    """Draw a picture of groups and lumps.

    An arrow leads from a lump to each group that it is made of, and with --hosts
    from a group to each of its hosts.

    examples:
      dynaconf-cluster graph racks.cluster
      dynaconf-cluster graph --format dot | dot -Tsvg > a.svg
    """
    form = FORMATS[arguments.format]
    drawn = lines(_draw(find_view(arguments), form, arguments.hosts))
    return Result(f"{form.start}{drawn}{form.end}")


def _draw(view: View, form: Format, with_hosts: bool) -> Iterator[str]:
    parts = {group: view.cluster.parts_of(group) for group in view.groups}
    named = {name for groups, _ in parts.values() for name in groups}
    if view.groups[ORPHANS] or ORPHANS in named:
        parts[ORPHANS] = (), view.groups[ORPHANS]
    if ALL in named:
        parts[ALL] = (), ()
    ids = {group: f"g{number}" for number, group in enumerate(parts, 1)}
    for group, (groups, _) in parts.items():
        kind = "special" if group in RESERVED else "lump" if groups else "group"
        size = count(len(view.groups[group]), "host")
        label = _escape(group, form) + form.line_break + size
        yield form.nodes[kind].format(ids[group], label)
    listed = dict.fromkeys(host for _, hosts in parts.values() for host in hosts)
    host_ids = {host: f"h{number}" for number, host in enumerate(listed, 1) if with_hosts}
    for host, name in host_ids.items():
        yield form.nodes["host"].format(name, _escape(host, form))
    for group, (groups, _) in parts.items():
        yield from (form.edge.format(ids[group], ids[name]) for name in groups)
    for group, (_, hosts) in parts.items() if with_hosts else ():
        yield from (form.edge.format(ids[group], host_ids[host]) for host in hosts)


def _escape(label: str, form: Format) -> str:
    """Escape a label, in which Mermaid would interpret its own syntax and Markdown."""
    if form is not FORMATS["mermaid"]:
        return label
    return "".join(char if char.isalnum() or char in ".-" else f"#{ord(char)};" for char in label)
