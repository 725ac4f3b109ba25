"""Valid names of hosts and groups, and comparing names without case."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import AddressValueError, IPv6Address

ALL = "__all__"
ORPHANS = "__orphans__"
RESERVED = (ALL, ORPHANS)
WORDS = ("GROUP", "LUMP")
"""The words that start a header, before the colon."""

NAME = r"\w[\w-]*(?:\.[\w-]+)*"
_ADDRESS = r"[0-9A-Fa-f:.]+"
_HOST = (
    rf"(?:{NAME}|\[(?P<inside>{_ADDRESS})(?:%{NAME})?\])(?::(?P<port>[0-9]{{1,5}}))?"
    rf"|(?P<bare>{_ADDRESS})(?:%{NAME})?"
)
_HIGHEST_PORT = 65_535


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern on first use; most programs never need it."""
    return re.compile(text, re.DOTALL)


def fold(name: str) -> str:
    """Fold the case of a name, which host names and dynaconf ignore.

    dynaconf looks keys up in upper case (``upperfy``), which ``lower`` does not
    always undo.
    """
    return name.lower() if name.isascii() else name.upper().casefold()


def is_group_name(name: str) -> bool:
    """Check whether a name is valid for a group."""
    return pattern(NAME).fullmatch(name) is not None


def is_host_name(name: str) -> bool:
    """Check whether a name is a valid host: a name or address, optionally with user and port."""
    user, at, host = name.rpartition("@")
    match = pattern(_HOST).fullmatch(host)
    if match is None or (at and not is_group_name(user)):
        return False
    address, port = match["bare"] or match["inside"], match["port"]
    if port and not 0 < int(port) <= _HIGHEST_PORT:
        return False
    try:
        return address is None or bool(IPv6Address(address))
    except AddressValueError:
        return False


def bare_name(host: str) -> str:
    """Return the name or address of a host, without user, port and brackets."""
    host = host.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def first_label(name: str) -> str:
    """Return a name up to its first dot, or the whole of an address."""
    is_address = ":" in name or name.replace(".", "").isdigit()
    return name if is_address else name.partition(".")[0]
