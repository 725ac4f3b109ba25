"""What settings have set single groups and hosts to, laid over what the cluster file says."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, cast

from dynaconf.utils import handle_metavalues
from dynaconf.utils.parse_conf import parse_conf_data

from ._asking import is_table
from ._cluster import CLUSTER
from ._errors import misfit
from ._facts import is_lazy
from ._guise import MARKS
from ._merging import extend_list
from ._names import Namespace, Step, spell
from ._parser import fold

if TYPE_CHECKING:
    from ._facts import Facts, Layer
    from ._keeper import Keeper
    from ._names import Values


def override(facts: Facts, what: str, names: Namespace, separator: str) -> Namespace:
    """Lay what was set over ``names``; give the same again while both stay the same."""
    keeper, layers = facts.keeper, facts.layers[what]
    values = find_overrides(names, what, layers, keeper)
    if any(type(value) is Later for value in values.values()):
        facts.layers[what] = _drop_replaced(layers)
    else:
        facts.layers[what] = [(values, "")] if values else []
    before, *same, replaced = keeper.replaced.get(what, (None, None))
    if before is not names or same != [values, separator]:
        replaced = replace(names, values, separator)
        keeper.replaced[what] = names, values, separator, replaced
    return cast("Namespace", replaced)


def _drop_replaced(layers: list[Layer]) -> list[Layer]:
    """Drop from layers what later ones replace, so that they do not pile up."""
    kept: list[Layer] = []
    replaced: set[str] = set()
    for table, how in reversed(layers):
        leaves = _leaves(CLUSTER, "", table) if is_table(table) else ()
        single = {path: value for path, value in leaves if path not in replaced}
        if single:
            kept.insert(0, (single, how))
        if not how:
            replaced.update(path for path, value in single.items() if not _has_marks(value))
    return kept


class Later:
    """What a name is set to, worked out whenever it is read, as dynaconf does with lazy values.

    ``set_name`` gives what the name has for the value and what is below it, which
    a value gets that reads the very name. ``working_out`` is what this thread is at.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        value: object,
        set_name: partial[tuple[str, ...]],
        below: tuple[str, ...] | Later,
        working_out: Callable[[], list[object]],
    ) -> None:
        self.value = value
        self._set_name = set_name
        self._below = below
        self._working_out = working_out

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same that is set to the same."""
        return type(other) is Later and self._written() == other._written()

    def _written(self) -> list[object]:
        return [(id(each.value), each._set_name.args, each._bottom) for each in self._chain()]

    @property
    def _bottom(self) -> tuple[str, ...]:
        return () if isinstance(self._below, Later) else self._below

    def _chain(self) -> list[Later]:
        """Find all that is to be worked out, the last first."""
        chain = [self]
        while isinstance(below := chain[-1]._below, Later):
            chain.append(below)
        return chain

    def read(self) -> tuple[str, ...]:
        *above, last = self._chain()
        names = last._work_out(last._bottom)
        for later in reversed(above):
            names = later._work_out(names)
        return names

    def _work_out(self, below: tuple[str, ...]) -> tuple[str, ...]:
        working_out = self._working_out()
        if self in working_out:
            return below
        working_out.append(self)
        try:
            return self._set_name(self.value, below)
        finally:
            working_out.pop()


class ReadLater:
    """The values of a namespace in which some are `Later`."""

    def __init__(self, values: Values) -> None:
        self._others = values

    def __getitem__(self, key: Any) -> tuple[str, ...]:
        return key.read() if type(key) is Later else self._others[key]

    def read(self, keys: Mapping[str, Any]) -> tuple[dict[str, Any], Values]:
        """Return keys that stand for what they give now, and the values of the others."""
        now = {name: key.read() if type(key) is Later else key for name, key in keys.items()}
        return now, self._others


_DROPPED = object()
"""What a name has that is to have its own value again."""

Value = tuple[str, ...] | Later


def find_overrides(
    names: Namespace, what: str, layers: Iterable[Layer], keeper: Keeper
) -> dict[str, Value]:
    """Find what single names were set to, where it differs from what they have.

    What is lazy is worked out `Later`. Of several layers the last wins. Raise
    `TypeError` for what is not a list or tuple of strings.
    """
    values: dict[str, Value] = {}
    for table, how in layers:
        for path, value in _flatten(f"{CLUSTER}.{what}", table, names, values):
            name = spell(names, path)
            original = None if name is None else names[name]
            name = name or next((known for known in values if fold(known) == fold(path)), path)
            current = values.get(name, original or ())
            combine = patch_list if how == "patch" else None
            if how == "extend" and name in values:
                combine = extend_list
            if isinstance(current, Later) and not isinstance(current.value, list):
                combine = None  # dynaconf merges lists over lists alone
            set_name = partial(_set_name, keeper, f"{CLUSTER}.{what}.{name}", combine)
            later = isinstance(current, Later) and (combine or _has_marks(value))
            if later or is_lazy(value):
                values[name] = Later(value, set_name, current, keeper.working_out)
                continue
            new = set_name(value, () if isinstance(current, Later) else current)
            if new is _DROPPED:  # with what dynaconf keeps in a table of that name
                for known in [*values]:
                    if f"{fold(known)}.".startswith(f"{fold(path)}."):
                        del values[known]
            elif new == original:
                values.pop(name, None)
            else:
                values[name] = new
    return values


Combine = Callable[[object, Any], Any]


def _set_name(
    keeper: Keeper,
    setting: str,
    combine: Combine | None,
    value: object,
    current: tuple[str, ...],
) -> Any:
    """Give what a name has when something is set to it, or `_DROPPED`."""
    if combine is not None:
        value = combine(current, value)
    value = _apply_marks(keeper, value, current)
    if value == current:
        return current
    return value if value is _DROPPED else _as_names(setting, value)


def patch_list(before: object, value: Any) -> Any:
    """Put a list in place of one that was there before, which shows through where it is empty."""
    if not isinstance(value, list) or not isinstance(before, (list, tuple)):
        return value
    return [new or old for new, old in zip_longest(value, before)]


def _flatten(
    setting: str, table: object, names: Namespace, values: Collection[str]
) -> Iterator[tuple[str, object]]:
    """Give the names that a table sets, however deep dynaconf nested their labels."""
    if is_table(table):
        yield from _leaves(setting, "", table)
    elif not (isinstance(table, (list, tuple)) and _same_names(table, names, values)):
        raise misfit(f"the setting {setting}", table, f"set single names, as in {setting}.name")


def _same_names(written: Collection[object], names: Namespace, values: Collection[str]) -> bool:
    added = {name for name in values if spell(names, name) is None}
    known = all(name in names or name in added for name in written)
    return known and len(set(written)) == len(names) + len(added)


def _leaves(setting: str, path: str, table: dict[Any, object]) -> Iterator[tuple[str, object]]:
    for label, value in dict.items(table):
        name = f"{path}{label}"
        if not is_table(value):
            if not (isinstance(value, Step) or (label in MARKS and isinstance(value, bool))):
                yield name, value
        elif value:
            yield from _leaves(setting, f"{name}.", value)
        else:
            _as_names(f"{setting}.{name}", value)


def _has_marks(value: Any) -> bool:
    """Tell whether a value applies to what is below it."""
    if isinstance(value, list):
        return any(mark in value for mark in MARKS)
    return bool(getattr(value, "_meta_value", False))


def _as_names(setting: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value):
        return tuple(map(str, value))
    raise misfit(f"the setting {setting}", value, 'expected a list of names, as in ["one"]')


def _apply_marks(keeper: Keeper, value: object, current: tuple[str, ...]) -> object:
    """Apply dynaconf's marks (``@merge``, ``@del``, ``dynaconf_merge``) to ``current``."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, str):  # in a table with a mark, which dynaconf parses one write later
        value = parse_conf_data(value, box_settings=keeper.settings)
    value = keeper.evaluate(value)
    if getattr(value, "_dynaconf_del", False):
        return _DROPPED
    if getattr(value, "_meta_value", False):
        mark: Any = copy.copy(value)
        mark.value = keeper.evaluate(parse_conf_data(mark.value, box_settings=keeper.settings))
        value = mark
    new = {"names": value}
    handle_metavalues({"names": [*current]}, new)
    return new["names"]


def replace(names: Namespace, values: Mapping[str, Value], separator: str) -> Namespace:
    """Return ``names`` with other values for some; new names come last."""
    if not values and separator == names._separator:
        return names
    late = any(type(value) is Later for value in values.values())
    keys = {
        name: value if isinstance(value, Later) else tuple(value) for name, value in values.items()
    }
    below = ReadLater(names._values) if late else names._values
    return Namespace(
        names._what, {**names._keys, **keys}, below, names._hidden, separator, reads_later=late
    )
