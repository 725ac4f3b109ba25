"""What settings give to those who read the names of a cluster, which many programs never do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynaconf.vendor.ruamel import yaml

from ._guise import is_table
from ._names import Names, Namespace, Walk
from ._source import option

if TYPE_CHECKING:
    from ._facts import Facts

# dynaconf's command writes values with its own YAML writer, which takes other tuples for text
for _class in (Names, Walk):
    yaml.SafeDumper.add_representer(_class, yaml.SafeDumper.represent_list)


def read(facts: Facts, what: str, names: Namespace) -> Namespace:
    """Give the groups or the hosts, with what was set to single ones."""
    separator = option(facts.keeper.settings, "NESTED_SEPARATOR_FOR_DYNACONF") or ""
    if not facts.layers[what] and separator == names._separator:
        return names
    from ._overrides import override

    return override(facts, what, names, separator)


def guard(value: tuple[str, ...]) -> Names:
    """Make a value safe to be written back, which plain tuples would not survive."""
    return Names(value)


def to_plain(value: Any) -> Any:
    """Make plain dicts and lists of nodes and namespaces, and of what is in them."""
    if is_table(value) or isinstance(value, Namespace):
        return {key: to_plain(value[key]) for key in value}
    return [*map(to_plain, value)] if isinstance(value, list) else value
