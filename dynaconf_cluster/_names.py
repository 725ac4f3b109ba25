"""`Namespace`, a tuple of names that can also be looked up.

A cluster has two, its groups and its hosts. Each name in one maps to a tuple of
names from the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from functools import cached_property
from itertools import islice
from typing import Any, NoReturn, SupportsIndex, overload

from ._errors import UnknownAttributeError, UnknownKeyError
from ._syntax import fold

SEPARATOR = "__"
"""The default stand-in for a dot in setting names."""
_SHOWN = 20
_LISTED = 1000


class Namespace(tuple[str, ...]):
    """The groups or the hosts of a cluster: a tuple of names that is also a mapping.

    Each name maps to a tuple of names. Key look-ups are exact (`KeyError`).
    Attribute look-ups (`AttributeError`) and `get` try the name as written,
    then ignoring case and with ``__`` for a dot. Names that are methods of a
    tuple or a mapping, or that begin with an underscore (except
    ``groups.__all__`` and ``groups.__orphans__``), need a key or `get`.
    """

    _what: str
    _keys: Mapping[str, Any]
    _values: Mapping[Any, tuple[str, ...]]
    _hidden: tuple[str, ...]
    _note: Callable[[], str]
    _separator: str

    def __new__(
        cls,
        what: str,
        keys: Mapping[str, Any],
        values: Mapping[Any, tuple[str, ...]],
        hidden: tuple[str, ...] = (),
        listed: tuple[str, ...] | None = None,
        note: Callable[[], str] = str,
        separator: str = SEPARATOR,
    ) -> Namespace:
        """Create a namespace of the names in ``keys``, which maps them to keys of ``values``.

        The ``hidden`` names, which come first in ``keys``, can be looked up but are not
        listed. ``note()`` is appended to the message of a failed look-up. Passing the
        ``listed`` names, if they exist as a tuple, avoids building it.
        """
        self = tuple.__new__(cls, islice(keys, len(hidden), None) if listed is None else listed)
        self.__dict__.update(_what=what, _keys=keys, _values=values, _hidden=hidden)
        self.__dict__.update(_note=note, _separator=separator)
        return self

    def with_separator(self, separator: str) -> Namespace:
        """Return the same names with another nested separator."""
        rest = self._values, self._hidden, tuple(self), self._note, separator
        return Namespace(self._what, self._keys, *rest)

    def __reduce__(self) -> tuple[Callable[..., Namespace], tuple[Any, ...]]:
        keys = {name: name for name in self._keys}
        values = {name: self[name] for name in keys}
        rest = self._hidden, None, self._note, self._separator
        return Namespace, (self._what, keys, values, *rest)

    def __copy__(self) -> Namespace:
        return self

    def __deepcopy__(self, memo: object) -> Namespace:
        return self

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._keys and name not in self._hidden

    @overload
    def __getitem__(self, key: str) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, key: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[str, ...]: ...
    def __getitem__(self, key: str | SupportsIndex | slice) -> str | tuple[str, ...]:
        try:
            return self._values[self._keys[key]]  # type: ignore[index]  # raises `KeyError`
        except (KeyError, TypeError):
            if isinstance(key, str):
                raise UnknownKeyError(self._what, key, self._keys, self._note) from None
            return tuple.__getitem__(self, key)

    def __getattr__(self, name: str) -> Any:
        if name[:1] == "_" and name not in self._hidden:
            raise AttributeError(name)
        return self._read(name)

    def _read(self, path: str) -> Any:
        """Look up a name or the first labels of a dotted name, for attribute access."""
        found = self.get(path)
        if found is not None:
            return found
        if self._below(path, 1):
            return PartialName(self, path)
        raise UnknownAttributeError(self._what, path, self._keys, self._note)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        setting = f"peak.running.cluster.{self._what}s.{name}"
        raise AttributeError(f"cannot assign to {name!r}; use settings.set({setting!r}, ...)")

    def __dir__(self) -> list[str]:
        names = islice(filter(str.isidentifier, self), _LISTED)
        return [*names, "count", "get", "index", "items", "keys", "values"]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of ``name``, ignoring case, or ``default``."""
        key = self.spell(name) if isinstance(name, str) else None
        return default if key is None else self[key]

    def spell(self, name: str) -> str | None:
        """Return the file's spelling of a name, or `None`: as given, else by its `_form`."""
        if name in self._keys:
            return name
        form = self._form(name)
        return form if form in self._keys else self._by_form.get(form)

    def keys(self) -> KeysView[str]:
        return KeysView(self)

    def items(self) -> ItemsView[str, tuple[str, ...]]:
        return _Items(self)

    def values(self) -> ValuesView[tuple[str, ...]]:
        return _Values(self)

    def _iter_values(self) -> Iterator[tuple[str, ...]]:
        keys = islice(self._keys.values(), len(self._hidden), None)
        return map(self._values.__getitem__, keys)

    def _form(self, name: str) -> str:
        folded = fold(name)
        return folded.replace(self._separator, ".") if self._separator else folded

    @cached_property
    def _by_form(self) -> dict[str, str]:
        """The names that differ from their forms, by form; usually empty for hosts."""
        joined = "\n".join(self)
        differing = () if self._form(joined) == joined else self
        return {self._form(name): name for name in (*differing, *self._hidden)}

    @cached_property
    def _dotted(self) -> list[str]:
        """The forms of the names that contain dots, sorted."""
        return sorted(form for form in map(self._form, self) if "." in form)

    def _below(self, path: str, limit: int) -> list[str]:
        """Return up to ``limit`` names that start with ``path`` and a dot."""
        start = f"{self._form(path)}."
        first = bisect_left(self._dotted, start)
        return [form for form in self._dotted[first : first + limit] if form.startswith(start)]


def find_below(value: object, name: str, default: object) -> object:
    """Resolve a dotted name below a value; it may end in an index into a tuple."""
    names: Any = value if isinstance(value, Namespace) else {}
    found: object = names.get(name)
    if found is not None:
        return found
    above, _, index = name.rpartition(".")
    listed = names.get(above) if above else value
    if isinstance(listed, tuple) and index.isdecimal() and int(index) < len(listed):
        return listed[int(index)]
    return default


class PartialName:
    """The first labels of a dotted name: ``hosts.one`` of ``one.baz.com``."""

    __slots__ = ("__names", "__path")

    def __init__(self, names: Namespace, path: str) -> None:
        self.__names = names
        self.__path = path

    def __getattr__(self, label: str) -> Any:
        if label.startswith("_"):
            raise AttributeError(label)
        return self.__names._read(f"{self.__path}.{label}")

    def __repr__(self) -> str:
        below = self.__names._below(self.__path, _SHOWN + 1)
        shown = ", ".join(below[:_SHOWN]) + ", ..." * (len(below) > _SHOWN)
        return f"<part of a {self.__names._what}'s name: {shown}>"

    def __reduce__(self) -> tuple[type[PartialName], tuple[Namespace, str]]:
        return PartialName, (self.__names, self.__path)


class _Items(ItemsView[str, tuple[str, ...]]):
    """Items view that iterates without a look-up per item."""

    _mapping: Namespace

    def __contains__(self, item: Any) -> bool:
        name, value = item  # raises what a dict raises
        return name in self._mapping and self._mapping[name] == value

    def __iter__(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        return zip(self._mapping, self._mapping._iter_values(), strict=True)


class _Values(ValuesView[tuple[str, ...]]):
    """Values view that iterates without a look-up per value."""

    _mapping: Namespace

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return self._mapping._iter_values()
