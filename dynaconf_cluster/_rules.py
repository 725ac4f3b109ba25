"""The rules for cluster files: errors, and the warnings of ``dynaconf-cluster check``."""

from __future__ import annotations

ERROR = "error"
"""The library and all commands refuse the file."""
WARNING = "warning"
"""ClusterIt's own tools would read the file differently, or something looks like a mistake."""


class Rule:
    """A rule, with a file that breaks it, ``bad``, and the same file corrected, ``good``."""

    def __init__(self, severity: str, summary: str, bad: str, good: str) -> None:
        self.severity = severity
        self.summary = summary
        self.bad = bad
        self.good = good


RULES: dict[str, Rule] = {}
"""Every rule, by the name that a `Problem` cites; errors come first."""


def _error(name: str, summary: str, bad: str, good: str) -> str:
    RULES[name] = Rule(ERROR, summary, bad, good)
    return name


def _warning(name: str, summary: str, bad: str, good: str) -> str:
    RULES[name] = Rule(WARNING, summary, bad, good)
    return name


CASE_CONFLICT = _error(
    "case-conflict",
    "two hosts, or two groups, differ in case alone",
    "GROUP:web\none\nOne",
    "GROUP:web\none",
)
ENCODING = _error(
    "encoding", "the text is not UTF-8", "GROUP:web\nk\udcf6ln.example", "GROUP:web\nköln.example"
)
HEADER_NAME = _error("header-name", "a header has no name", "GROUP:\none", "GROUP:web\none")
INVALID_NAME = _error(
    "invalid-name",
    "a line is not the name of a host, or of a group",
    "GROUP:web\nweb[1-2]",
    "GROUP:web\nweb1\nweb2",
)
LUMP_LOOP = _error(
    "lump-loop",
    "a lump contains itself",
    "GROUP:web\none\nLUMP:site\nweb\nsite",
    "GROUP:web\none\nLUMP:site\nweb",
)
MISSPELT_HEADER = _error(
    "misspelt-header", "a header is not spelt GROUP: or LUMP:", "group web\none", "GROUP:web\none"
)
NO_HOSTS = _error("no-hosts", "there are no hosts in the file", "GROUP:web", "GROUP:web\none")
OTHER_FORMAT = _error(
    "other-format", "the file looks like another format", "[web]\none\ntwo", "GROUP:web\none\ntwo"
)
RESERVED_NAME = _error(
    "reserved-name", "a header declares __all__ or __orphans__", "GROUP:__orphans__\none", "one"
)
TOO_MANY = _error(
    "too-many-problems",
    "there are more than 1,000 problems, and the rest was not read",
    "one, two\n" * 1001,
    "one\ntwo",
)
UNKNOWN_GROUP = _error(
    "unknown-group",
    "a lump names what is no group",
    "GROUP:web\none\nLUMP:site\nwbe",
    "GROUP:web\none\nLUMP:site\nweb",
)
ABOUT_THE_FILE = {OTHER_FORMAT, NO_HOSTS, TOO_MANY}
"""Errors about the whole file, not a line."""

DUPLICATE_HOST = _warning(
    "duplicate-host", "a host is listed twice in one group", "GROUP:web\none\none", "GROUP:web\none"
)
EMPTY_GROUP = _warning(
    "empty-group", "a group or lump has no hosts", "GROUP:db\nGROUP:web\none", "GROUP:web\none"
)
HEADER_IN_COMMENT = _warning(
    "header-in-comment",
    "an indented comment holds GROUP or LUMP: a header to ClusterIt",
    "  # the GROUP of Ann\none",
    "# the GROUP of Ann\none",
)
HEADER_IN_NAME = _warning(
    "header-in-name",
    "a name holds GROUP or LUMP: ClusterIt takes its line for a header",
    "myGROUP1",
    "mygroup1",
)
HOST_LIKE_GROUP = _warning(
    "host-like-group", "a host is named like a group", "GROUP:web\nweb", "GROUP:web\nweb1"
)
LONG_LINE = _warning(
    "long-line",
    "a line has 1,023 bytes or more: ClusterIt reads it as several",
    f"# {'all the web servers, ' * 49}\none",
    "# all the web servers\none",
)
NESTED_LUMP = _warning(
    "nested-lump",
    "a lump names a lump: ClusterIt's lumps are made of groups",
    "GROUP:web\none\nLUMP:site\nweb\nLUMP:top\nsite",
    "GROUP:web\none\nLUMP:top\nweb",
)
ORPHANS_TOO = _warning(
    "orphans",
    "hosts come before the first header: ClusterIt's -g runs on them too, "
    "or loses them where the file ends in a lump",
    "one\nGROUP:web\ntwo",
    "GROUP:rest\none\nGROUP:web\ntwo",
)
TRAILING_SPACE = _warning(
    "trailing-space",
    "white space or a carriage return after a host: part of its name to ClusterIt",
    "GROUP:web\none ",
    "GROUP:web\none",
)
