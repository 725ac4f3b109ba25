"""The tuples that are read: names in cluster order that can be looked up.

There are two of these `Namespace` tuples, the groups of a cluster and its
hosts, and each of their names gives a tuple of names of the other kind.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn, SupportsIndex, overload

from . import _guise
from ._asking import TO_GO_ON, is_asked, is_table, is_written_like_its_base
from ._parser import fold

if TYPE_CHECKING:
    from typing import Protocol

    class Values(Protocol):
        """Gives tuples for keys; raises `KeyError` for unknown ones."""

        def __getitem__(self, key: Any, /) -> tuple[str, ...]: ...


@is_written_like_its_base
class Names(tuple[str, ...]):
    """The value of a name, as `Namespace.get` gives it: safe to hand to dynaconf."""

    __class__ = _guise.VALUE
    __slots__ = ()
    __bool__ = _guise.is_true
    __contains__ = _guise.contains
    _fields = _guise.FIELDS

    def get(self, label: str, default: Any = None, bypass_eval: bool = False) -> Any:
        """Give ``default``, as below a whole name there is nothing."""
        return default

    def __deepcopy__(self, memo: object) -> Names:
        return self

    def __reduce__(self) -> tuple[type[Names], tuple[tuple[str, ...]]]:
        return Names, (tuple(self),)


def _find_below(self: Step | Walk, label: str) -> Any:
    """Do what an attribute does for the rest of a name."""
    if label.startswith(("__", "_dynaconf_")):  # Python's and dynaconf's own questions
        raise AttributeError(label)
    names, path = self._dynaconf_way
    return names._by_attribute(f"{path}.{label}")


def _find_get(self: Step | Walk) -> Any:
    """Give the way on, by which dynaconf walks; to others, the label ``get`` if it is one."""
    names, path = self._dynaconf_way
    found = None if is_asked(TO_GO_ON) else names._find(f"{path}.get")
    return partial(_go_on, names, path) if found is None else found


def _go_on(
    names: Namespace, path: str, label: str, default: Any = None, bypass_eval: bool = False
) -> Any:
    return names.get(f"{path}.{label}", default, bypass_eval)


class Step:
    """Part of a name: what dotted look-ups meet on the way to the whole of it."""

    __class__ = _guise.VALUE
    __slots__ = ("_dynaconf_way",)
    __getattr__ = _find_below
    get = property(_find_get)

    def __init__(self, names: Namespace, path: str) -> None:
        self._dynaconf_way = names, path

    def __repr__(self) -> str:
        names, path = self._dynaconf_way
        return f"<part of a name: {names._show_below(path)}>"

    def __reduce__(self) -> tuple[type[Step], tuple[Namespace, str]]:
        return Step, self._dynaconf_way


@is_written_like_its_base
class Walk(tuple[str, ...]):
    """The value of a name that begins longer ones: a tuple, and a step to those."""

    __class__ = _guise.VALUE
    __bool__ = _guise.is_true
    __contains__ = _guise.contains
    __getattr__ = _find_below
    get = property(_find_get)
    _fields = _guise.FIELDS
    _dynaconf_way: tuple[Namespace, str]

    def __new__(cls, value: tuple[str, ...], names: Namespace, path: str) -> Walk:
        self = tuple.__new__(cls, value)
        self.__dict__["_dynaconf_way"] = names, path
        return self

    def __deepcopy__(self, memo: object) -> Walk:
        return self

    def __reduce__(self) -> tuple[type[Walk], tuple[tuple[str, ...], Namespace, str]]:
        return Walk, (tuple(self), *self._dynaconf_way)


class Namespace(tuple[str, ...]):
    """The groups or the hosts of a cluster: a tuple of names, and what each stands for.

    A name gives a tuple of names. It is looked up exactly by key (`KeyError`)
    and regardless of case by attribute (`AttributeError`), by `get` and by
    dynaconf. Names that are methods of a tuple or a mapping, or begin with an
    underscore (but for ``groups.__all__`` and ``groups.__orphans__``), are
    looked up by key or by dynaconf only.
    """

    __class__ = _guise.TABLE
    __bool__ = _guise.is_true
    _fields = _guise.FIELDS
    _what: str
    _keys: Mapping[str, Any]
    _values: Any
    _hidden: tuple[str, ...]
    _separator: str
    _reads_later: bool

    def __new__(
        cls,
        what: str,
        keys: Mapping[str, Any],
        values: Values,
        hidden: tuple[str, ...] = (),
        separator: str = "__",
        reads_later: bool = False,
        listed: tuple[str, ...] | None = None,
    ) -> Namespace:
        """Make a namespace of the names in ``keys``, which give values or keys of ``values``.

        The names that are ``hidden``, which come first, can be looked up but are not listed.
        ``values`` are `_overrides.ReadLater` if some are to be worked out whenever they are read.
        Whoever has the names that are ``listed`` as a tuple saves going through the keys.
        """
        self = tuple.__new__(cls, listed or islice(keys, len(hidden), None))
        self.__dict__.update(
            _what=what, _keys=keys, _values=values, _hidden=hidden, _separator=separator
        )
        self.__dict__["_reads_later"] = reads_later
        return self

    def __reduce__(self) -> tuple[type[Namespace], tuple[Any, ...]]:
        keys, values = self._keys, self._values
        if self._reads_later:
            keys, values = values.read(keys)
        return Namespace, (self._what, keys, values, self._hidden, self._separator)

    def __copy__(self) -> Namespace:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Namespace:
        return self

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str) or name not in self._keys or name in self._hidden:
            return False
        return not _guise.is_mark(name)

    @overload
    def __getitem__(self, key: str) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, key: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[str, ...]: ...
    def __getitem__(self, key: str | SupportsIndex | slice) -> str | tuple[str, ...]:
        try:
            found = self._keys[key]  # type: ignore[index]  # an error for what is no name
        except (KeyError, TypeError):
            if isinstance(key, str):
                raise _import_errors().UnknownKeyError(self, key) from None
            return tuple.__getitem__(self, key)
        return found if type(found) is tuple else self._values[found]

    def __getattr__(self, name: str) -> Any:
        if name[:1] == "_" and name not in self._hidden:
            raise AttributeError(name)
        found = self._by_attribute(name)
        if not self._reads_later:
            self.__dict__[name] = found  # from now on, a plain attribute
        return found

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(self._advise(name))

    def __setitem__(self, key: object, value: object) -> NoReturn:
        raise TypeError(self._advise(key))

    def _advise(self, key: object) -> str:
        from ._cluster import CLUSTER

        setting = f"{CLUSTER}.{self._what}s.{key}"
        return f"cannot assign to a {self._what}; use settings.set({setting!r}, ...)"

    def __dir__(self) -> list[str]:
        names = islice(filter(str.isidentifier, self), _LISTED)
        return [*names, "count", "get", "index", "items", "keys", "values"]

    def get(self, name: str, default: Any = None, bypass_eval: bool = False) -> Any:
        """Give the value of ``name``, in any case, or ``default``.

        Part of a name gives a `Step`. dynaconf walks names of several labels
        this way; with its ``bypass_eval`` a miss is a `KeyError`.
        """
        found = self._find(name)
        if type(found) is tuple:
            few = len(found) < _MANY or self._reads_later
            return Names(found) if few else self._guard(name, found)
        if type(found) is Step and not (self._index.is_above(name) or _guise.goes_on()):
            found = None  # part of `__all__`, as dynaconf splits it
        if found is not None:
            return found
        if bypass_eval:
            raise _import_errors().UnknownKeyError(self, name)
        return default

    def _guard(self, name: str, found: tuple[str, ...]) -> Names:
        """Make `Names` of many only once."""
        guarded: dict[str, Names] = self.__dict__.setdefault("_guarded", {})
        if name not in guarded:
            guarded[name] = Names(found)
        return guarded[name]

    def keys(self) -> KeysView[str]:
        return KeysView(self._mapping)

    def items(self, bypass_eval: bool = False) -> ItemsView[str, tuple[str, ...]]:
        from ._views import Items

        return Items(self._mapping)

    def values(self) -> ValuesView[tuple[str, ...]]:
        from ._views import Values

        return Values(self._mapping)

    def _each_value(self) -> Iterator[tuple[str, ...]]:
        """Give what each name stands for."""
        values = self._values
        for found in islice(self._keys.values(), len(self._hidden), None):
            yield found if type(found) is tuple else values[found]

    @property
    def _mapping(self) -> Any:
        return self  # has all that the views of collections.abc ask of a mapping

    @cached_property
    def _index(self) -> _Index:
        return _Index(self._keys, self._hidden, self._separator)

    @cached_property
    def _by_case(self) -> _Index:
        """Finds names as `_index` does, but by their folded names alone."""
        separator = self._separator
        if not separator or not any(separator in name for name in self):
            return self._index
        return _Index(self._keys, self._hidden, "")

    def _find(self, path: object) -> tuple[str, ...] | Walk | Step | None:
        if not isinstance(path, str):
            return None
        index = self._index
        form = index.form(path)
        name = None
        if path in self._keys:
            name = path
        elif form in index.forms:  # a miss is not worth a call
            name = index.name(form)
        if form in index.hidden_parts or (index.dotted and index.is_part(form)):
            return Step(self, path) if name is None else Walk(self[name], self, path)
        return None if name is None else self[name]

    def _by_attribute(self, path: str) -> Any:
        found = self._find(path)
        if found is not None:
            return found
        if path == "to_dict":  # dynaconf 3.2 calls it on all that answers for its node
            return lambda: dict(self.items())
        raise _import_errors().UnknownAttributeError(self, path)

    def _show_below(self, path: str) -> str:
        below = self._index.below(self._index.form(path))
        more = f", and {len(below) - _SHOWN:,} more" if len(below) > _SHOWN else ""
        return ", ".join(below[:_SHOWN]) + more


_SHOWN = 20
_LISTED = 1000
_MANY = 100


class _Index:
    """Finds names regardless of case, whole or up to a dot.

    The form of a name is what dynaconf makes of it before it walks: it takes
    the separator of nested names (``__``) for a dot. Where all names are
    their own forms, as hosts mostly are, this costs one sorted list.
    """

    def __init__(self, keys: Mapping[str, Any], hidden: tuple[str, ...], separator: str) -> None:
        self._separator = separator
        self._keys = keys
        joined = "\n".join(keys)
        self._names: dict[str, str] | None = None
        if self.form(joined) != joined:
            self._names = {self.form(name): name for name in keys}
            self._names.update((name, name) for name in keys if name in self._names)
        ours = {self.form(name) for name in hidden}
        self.hidden_parts = {form[:i] for form in ours for i in range(len(form)) if form[i] == "."}
        self.forms = self._names or keys
        self.dotted = sorted(form for form in self.forms if "." in form and form not in ours)

    def form(self, path: str) -> str:
        folded = path.lower() if path.isascii() else fold(path)  # which is a call less, mostly
        return folded.replace(self._separator, ".") if self._separator else folded

    def name(self, form: str) -> str | None:
        if self._names is not None:
            return self._names.get(form)
        return form if form in self._keys else None

    def is_above(self, path: str) -> bool:
        """Tell whether ``path`` is part of a name that is listed."""
        return self.is_part(self.form(path))

    def is_part(self, form: str) -> bool:
        names = self.dotted
        first = bisect_left(names, f"{form}.")
        return first < len(names) and names[first].startswith(f"{form}.")

    def below(self, form: str) -> list[str]:
        """Find the names of which ``form`` is a part."""
        after = chr(ord(".") + 1)
        first = bisect_left(self.dotted, f"{form}.")
        last = bisect_left(self.dotted, f"{form}{after}", first)
        return [self._names[name] if self._names else name for name in self.dotted[first:last]]


def _import_errors() -> Any:
    from . import _unknown  # only when somebody asks for what is not there

    return _unknown


def spell(names: Namespace, path: str) -> str | None:
    """Find the name that dynaconf means by ``path``, in any case."""
    return path if path in names._keys else names._index.name(names._index.form(path))


def find_alike(names: Namespace, name: str) -> str | None:
    """Find the name that differs from ``name`` in case alone, if at all."""
    return names._by_case.name(fold(name))


def find_below(names: Namespace, name: str) -> list[str]:
    """Find the names that begin with ``name`` and a dot, in any case."""
    return names._by_case.below(fold(name))


def to_plain(value: Any) -> Any:
    """Make plain dicts and lists of dynaconf's nodes and of namespaces, and of what is in them."""
    if is_table(value) or isinstance(value, Namespace):
        return {key: to_plain(value[key]) for key in value}
    return [*map(to_plain, value)] if isinstance(value, list) else value


def find_machine(hosts: Namespace, hostname: str) -> str | None:
    """Find the host that bears ``hostname``, regardless of case.

    Failing that, a name without a domain is the one host whose first label it
    is, and a name with one may be listed by its first label alone.
    """
    if hostname in hosts:
        return hostname
    name = fold(hostname)
    for wanted in (name, name.partition(".")[0]):
        host = find_alike(hosts, wanted)
        if host is not None:
            return host
    labelled = [host for host in find_below(hosts, name) if fold(host).partition(".")[0] == name]
    return labelled[0] if len(labelled) == 1 else None
