"""What each source of settings wrote, when dynaconf has merged it all already.

That is how our loader finds ``PEAK`` when it is called for the first time: what
has a mark, such as ``@merge``, was applied to what lay below it, and not to
what the cluster file says. So files and the environment are asked once more
what they write. Other loaders are not: of these the history of the settings has
what came out of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynaconf import constants
from dynaconf.base import LazySettings
from dynaconf.loaders import (
    env_loader,
    ini_loader,
    json_loader,
    py_loader,
    toml_loader,
    yaml_loader,
)

from ._asking import is_table
from ._cluster import ROOT
from ._facts import option
from ._merging import find_default, merge_tables
from ._tree import forget_cached, place_of, split_name

if TYPE_CHECKING:
    from ._facts import Facts
    from ._keeper import Keeper

Write = tuple[dict[str, Any], dict[str, Any]]
"""What ``update`` of settings is called with: the data, and how to take it."""

_LOADERS = [
    (constants.TOML_EXTENSIONS, toml_loader),
    (constants.YAML_EXTENSIONS, yaml_loader),
    (constants.JSON_EXTENSIONS, json_loader),
    (constants.INI_EXTENSIONS, ini_loader),
]
_KEYWORDS = "init_kwargs", "default_settings"


def trace(keeper: Keeper, facts: Facts, env: str | None) -> None:
    """Find what was set to single names before the keeper was there, with its marks.

    Of what comes out when all is written once more, no more than that is kept.
    """
    settings, tree = keeper.settings, dict.get(keeper.settings.store, ROOT)
    with _unnoticed(settings), keeper.under_load():
        writes = _find_writes(settings, env)
        dict.pop(settings.store, ROOT)
        keeper.facts = None
        try:
            for data, options in writes:
                settings.update(data, **options)
            facts.layers = keeper.facts.layers if keeper.facts else facts.layers
        finally:
            keeper.facts = facts
            dict.__setitem__(settings.store, ROOT, tree)
            forget_cached(settings)


def _find_writes(settings: Any, env: str | None) -> list[Write]:
    """Find what the sources of settings that are known by now wrote to ``PEAK`` and below it."""
    writes: list[Write] = []
    default = find_default(settings)
    if default is not None:
        writes.append(_as_write(_KEYWORDS[0], default))
    done = set()
    for source, data in [*settings.loaded_by_loaders.items()]:
        is_environment = source.loader.startswith("env_")
        written_by = "environment" if is_environment else source._replace(merged=False)
        if ROOT not in data or source.identifier in _KEYWORDS or written_by in done:
            continue
        done.add(written_by)
        if is_environment:
            writes += read_environment(settings)
        else:
            again = _read_file(settings, written_by, env, was_merged=source.merged)
            writes += again or [_as_write(source, data[ROOT])]
    return [(_select(settings, data), options) for data, options in writes]


def _as_write(source: Any, value: Any) -> Write:
    copied = merge_tables(None, value, marks=False) if is_table(value) else value
    return {ROOT: copied}, {"loader_identifier": source, "merge": False, "validate": False}


def _select(settings: Any, data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in data if split_name(settings, name)[0].upper() == ROOT}


def read_environment(settings: Any) -> list[Write]:
    """Read what the environment loader writes, for each prefix."""
    return _record(settings, env_loader.load) if env_loader in settings.loaders else []


def _read_file(settings: Any, source: Any, env: str | None, *, was_merged: bool) -> list[Write]:
    """Read what a file writes for one environment, if the source is a file.

    A Python file is run for that if it ``was_merged`` or sets nested names alone;
    a module that was imported has what it had, unless that was merged.
    """
    name = str(source.identifier)
    script = _find_script(settings, name)
    nested = f"{ROOT}{option(settings, 'NESTED_SEPARATOR_FOR_DYNACONF')}"
    runs = script is not None and (was_merged or nested in script.read_text("utf-8", "replace"))
    module = str(script) if runs else name if name in sys.modules and not was_merged else None
    loader = next((loader for endings, loader in _LOADERS if name.endswith(endings)), None)
    identifier = source if source.loader.startswith("load_file") else source.loader

    def load(recorder: Any) -> None:
        if module is not None:
            py_loader.load(recorder, module, identifier)
        elif loader is not None:
            loader.load(recorder, filename=name, env=env, identifier=identifier)

    writes = _record(settings, load)
    return [write for write in writes if write[1].get("loader_identifier") == source]


def _find_script(settings: Any, name: str) -> Path | None:
    """Find a Python file, which dynaconf calls by its path without some letters at the end."""
    for path in getattr(*place_of(settings, "loaded_files")):
        if path.endswith(".py") and path.rstrip(".py") == name:
            return Path(path)
    return None


def _record(settings: Any, load: Callable[[Any], None]) -> list[Write]:
    recorder = _Recorder(settings)
    load(recorder)
    writes: list[Write] = recorder.__dict__["writes"]
    return writes


class _Recorder(LazySettings):  # type: ignore[misc]  # dynaconf is not typed
    """Settings for dynaconf's loaders to write to, without a trace in the real ones."""

    def __init__(self, settings: Any) -> None:
        super().__init__(wrapped=settings)
        self.__dict__["writes"] = []

    def update(self, data: dict[str, Any], **options: Any) -> None:
        self.__dict__["writes"].append((data, options))

    def set(self, key: str, value: Any, **options: Any) -> None:
        self.update({key: value}, **options)


@contextmanager
def _unnoticed(settings: Any) -> Iterator[None]:
    """Read and write without a trace in the history of settings."""
    history = settings.loaded_by_loaders
    before = {source: copy(data) for source, data in history.items()}
    names = "loaded_files", "loaded_py_modules", "post_hooks"
    lists = [getattr(*place_of(settings, name)) for name in names]
    counts = [*map(len, lists)]
    try:
        yield
    finally:
        for values, count in zip(lists, counts, strict=True):
            del values[count:]
        history.clear()
        history.update(before)
