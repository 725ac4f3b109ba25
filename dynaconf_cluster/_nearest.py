"""The names near a mistyped one, at a cost that does not grow with their number."""

from __future__ import annotations

from collections.abc import Collection, Iterator

_FEW = 300
_LONG = 64
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-._"


def nearest(name: str, names: Collection[str]) -> list[str]:
    """Find up to three of ``names`` that ``name`` may have been meant for.

    Few names are compared one by one; among many, where that would take too
    long, only those one edit away (a letter missing, added, changed or swapped
    with the next) or spelt in lower case are found.
    """
    if len(name) > _LONG:
        return []
    if len(names) <= _FEW:
        from difflib import get_close_matches  # only when there is an error to tell

        folded = {known.lower(): known for known in names if len(known) <= _LONG}
        lower = name.lower()
        same = [lower] if lower in folded else []
        longer = [known for known in folded if known.startswith(f"{lower}.")]
        close = get_close_matches(lower, folded)
        return [folded[near] for near in dict.fromkeys(same + longer + close)][:3]
    return [near for near in edits(name) if near in names][:3]


def edits(name: str) -> dict[str, None]:
    """Return all names that are one slip away from ``name``, and itself in lower case."""
    return dict.fromkeys(_edit(name))


def _edit(name: str) -> Iterator[str]:
    yield name.lower()
    for i in range(len(name) + 1):
        head, tail = name[:i], name[i:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in _ALPHABET:
            yield head + letter + tail
            yield head + letter + tail[1:]


def hint(name: str, names: Collection[str], other_than: str = "") -> str:
    """Say which of ``names`` are near ``name``, or nothing."""
    found = [repr(near) for near in nearest(name, names) if near != other_than]
    return f"; did you mean {' or '.join(found)}?" if found else ""
