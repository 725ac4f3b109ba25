"""One mistake in a cluster file; only programs that meet one need this."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One mistake in a cluster file; ``line`` and ``column`` count from 1."""

    line: int
    column: int
    message: str
    rule: str
    """The name of the broken rule, as ``dynaconf-cluster check`` prints it."""
