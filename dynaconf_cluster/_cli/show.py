"""``show``: the cluster as a tree, drawn with rich, or as JSON."""

from __future__ import annotations

import argparse
import math
import shutil
from itertools import chain

from .._location import MAIN, THE_SETTING, places
from .._syntax import ORPHANS
from .process import JSON_VERSION, Result, import_drawing, is_terminal, lines, to_json
from .source import NoFileNamedError, View, find_view


def show(arguments: argparse.Namespace) -> Result:
    """Draw the cluster as a tree.

    Each group has a line: its size and its hosts. Below a lump come its members;
    those drawn before have only their name. A * marks this machine and its groups.
    On a terminal, lines are cut to its width. If no file is named, it says where
    one was looked for, and draws this machine alone.

    examples:
      dynaconf-cluster show racks.cluster
      dynaconf-cluster show --group web --group db --all
      dynaconf-cluster -i shop.conf.settings show --json
    """
    explanation = ""
    try:
        view = find_view(arguments)
    except NoFileNamedError as error:
        view, explanation = error.view, _explain(error)
    chosen = dict.fromkeys(map(view.find_group, arguments.group))
    groups = [*chosen] or list_groups(view)
    if arguments.json:
        return Result(to_json(describe(view, groups)))
    width = shutil.get_terminal_size().columns if is_terminal() and not arguments.all else None
    drawing = import_drawing()
    depth = arguments.depth or math.inf
    return Result(drawing.draw_cluster(view, explanation, groups, depth, width))


def _explain(error: NoFileNamedError) -> str:
    """Explain what each place that can name a cluster file holds, and the consequence."""
    details = {
        THE_SETTING: error.setting,
        MAIN: "not seen from here, as the application's program sets it",
    }
    found = [
        f"  {origin}: {details.get(origin) or ('not set' if value is None else 'empty')}"
        for value, origin in places(None)
    ]
    effect = "so an application takes this machine alone for its cluster, and other commands stop"
    return lines(["no cluster file is named:", *found, effect])


def list_groups(view: View) -> list[str]:
    """Return all declared groups, and the orphans if there are any."""
    return [*view.groups, *([ORPHANS] if view.groups[ORPHANS] else [])]


def describe(view: View, groups: list[str]) -> dict[str, object]:
    """Return the ``--json`` output for groups and their hosts."""
    inside = {*chain.from_iterable(view.groups[group] for group in groups)}
    return {
        **JSON_VERSION,
        "file": view.location.path or None,
        "named_by": view.location.origin if view.location.path else None,
        "hostname": view.hostname,
        "machine": view.machine,
        "groups": {
            group: {"hosts": view.groups[group], "members": view.cluster.parts_of(group)[0]}
            for group in groups
        },
        "hosts": {host: names for host, names in view.hosts.items() if host in inside},
    }
