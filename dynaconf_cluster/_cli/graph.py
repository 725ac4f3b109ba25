"""``graph``: a picture of groups, lumps and hosts, for Mermaid or Graphviz."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .._syntax import ALL, ORPHANS, RESERVED
from .process import Answer, count, lines
from .source import Parts, View, find_view


class Node(NamedTuple):
    name: str
    """What stands for it in the picture's text."""

    kind: str
    """``group``, ``lump``, ``host``, or ``special`` for a group that is always there."""
    label: str
    note: str


class Picture(NamedTuple):
    nodes: list[Node]
    edges: list[tuple[str, str]]


def graph(arguments: argparse.Namespace) -> Answer:
    """Draw the cluster as text that other programs make a picture of."""
    picture = draw(find_view(arguments), arguments.hosts)
    return Answer(lines(FORMATS[arguments.format](picture)))


def draw(view: View, with_hosts: bool) -> Picture:
    """Lay out nodes and edges; an edge leads from a group to what it is made of."""
    parts = {group: view.parts_of(group) for group in view.groups}
    named = {name for part in parts.values() for name in part.groups}
    if view.orphans or ORPHANS in named:
        parts[ORPHANS] = view.parts_of(ORPHANS)
    if ALL in named:
        parts[ALL] = view.parts_of(ALL)._replace(hosts=())
    ids = {group: f"g{number}" for number, group in enumerate(parts, 1)}
    nodes = [
        Node(ids[group], _kind(group, parts[group]), group, count(len(view.groups[group]), "host"))
        for group in parts
    ]
    edges = [(ids[group], ids[name]) for group in parts for name in parts[group].groups]
    if with_hosts:
        listed = dict.fromkeys(host for part in parts.values() for host in part.hosts)
        hosts = {host: f"h{number}" for number, host in enumerate(listed, 1)}
        nodes += [Node(hosts[host], "host", host, "") for host in hosts]
        edges += [(ids[group], hosts[host]) for group in parts for host in parts[group].hosts]
    return Picture(nodes, edges)


def _kind(group: str, parts: Parts) -> str:
    if group in RESERVED:
        return "special"
    return "lump" if parts.groups else "group"


_MERMAID = {
    "group": '["{}"]',
    "lump": '{{{{"{}"}}}}',
    "special": '[/"{}"/]',
    "host": '(["{}"])',
}


def write_mermaid(picture: Picture) -> Iterator[str]:
    yield "flowchart LR"
    for name, kind, label, note in picture.nodes:
        text = _entities(label) + (f"<br/>{note}" if note else "")
        yield f"  {name}{_MERMAID[kind].format(text)}"
    for start, end in picture.edges:
        yield f"  {start} --> {end}"


def _entities(label: str) -> str:
    """Write a label so that Mermaid finds neither its own syntax nor Markdown in it."""
    return "".join(char if char.isalnum() or char in ".-" else f"#{ord(char)};" for char in label)


_DOT = {"group": "box", "lump": "hexagon", "special": "parallelogram", "host": "ellipse"}


def write_dot(picture: Picture) -> Iterator[str]:
    yield "digraph cluster {"
    yield "  rankdir=LR"
    for name, kind, label, note in picture.nodes:
        text = label + (f"\\n{note}" if note else "")
        yield f'  {name} [shape={_DOT[kind]}, label="{text}"]'
    for start, end in picture.edges:
        yield f"  {start} -> {end}"
    yield "}"


FORMATS: dict[str, Callable[[Picture], Iterator[str]]] = {
    "mermaid": write_mermaid,
    "dot": write_dot,
}
