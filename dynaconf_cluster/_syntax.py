"""Which names are valid, and which are the same but for their case."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import AddressValueError, IPv6Address

ALL = "__all__"
ORPHANS = "__orphans__"
RESERVED = (ALL, ORPHANS)
WORDS = ("GROUP", "LUMP")
"""What a header begins with, in front of a colon."""

NAME = r"\w[\w-]*(?:\.[\w-]+)*"
_ADDRESS = r"[0-9A-Fa-f:.]+"
_HOST = (
    rf"(?:{NAME}|\[(?P<inside>{_ADDRESS})(?:%{NAME})?\])(?::(?P<port>[0-9]{{1,5}}))?"
    rf"|(?P<bare>{_ADDRESS})(?:%{NAME})?"
)
_HIGHEST_PORT = 65_535


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed, which for most programs is never."""
    return re.compile(text, re.DOTALL)


def fold(name: str) -> str:
    """Drop what host names and dynaconf disregard: the case.

    dynaconf looks keys up in upper case (``upperfy``), which is not always
    undone by ``lower``.
    """
    return name.lower() if name.isascii() else name.upper().casefold()


def is_group_name(name: str) -> bool:
    """Tell whether a group may have this name."""
    return pattern(NAME).fullmatch(name) is not None


def is_host_name(name: str) -> bool:
    """Tell whether this is a host: a name or an address, with a user and a port if need be."""
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
    """Return a name up to its first dot; an address has none."""
    is_address = ":" in name or name.replace(".", "").isdigit()
    return name if is_address else name.partition(".")[0]
