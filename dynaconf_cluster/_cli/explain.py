"""``explain``: describing rules, with examples."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterator

from .._rules import ERROR, RULES, WARNING
from .process import Result, is_terminal, lines

_LONGEST = 60
_MOST = 6
_ANY_WIDTH = 10_000
_KINDS = {
    ERROR: "errors, for which the file is refused:",
    WARNING: "warnings: ClusterIt reads the file differently, or something looks like a mistake:",
}


def explain(arguments: argparse.Namespace) -> Result:
    """Explain a rule, with a bad and a good example, or list the rules.

    examples:
      dynaconf-cluster explain
      dynaconf-cluster explain lump-loop
    """
    return Result(lines(_list() if arguments.rule is None else _explain(arguments.rule)))


def _list() -> Iterator[str]:
    width = max(map(len, RULES))
    for kind, about in _KINDS.items():
        yield about
        for name, rule in RULES.items():
            if rule.severity == kind:
                yield _fill(f"  {name:{width}}  {rule.summary}", width + 4)


def _explain(name: str) -> Iterator[str]:
    rule = RULES[name]
    yield _fill(f"{name} ({rule.severity}): {rule.summary}", 0)
    for what, example in (("wrong", rule.bad), ("right", rule.good)):
        yield f"\n{what}:"
        entries = example.split("\n")
        yield from (f"  {_show(entry)}" for entry in entries[:_MOST])
        if len(entries) > _MOST:
            yield "  ..."


def _fill(text: str, indent: int) -> str:
    width = shutil.get_terminal_size().columns if is_terminal() else _ANY_WIDTH
    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_on_hyphens=False)


def _show(entry: str) -> str:
    """Make trailing white space, and bytes that are not UTF-8, visible in a line."""
    text = entry.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    visible = text.rstrip() + "\N{OPEN BOX}" * (len(text) - len(text.rstrip()))
    return visible if len(visible) <= _LONGEST else f"{visible[:_LONGEST]}..."
