"""What each source of settings wrote, when dynaconf has merged it all already.

That is how our loader finds ``PEAK`` when it is called for the first time: what
has a mark, such as ``@merge``, was applied to what lay below it, and not to
what the cluster file says. So each source is asked once more what it writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from dynaconf.base import LazySettings
from dynaconf.constants import ALL_EXTENSIONS
from dynaconf.loaders import env_loader, settings_loader

from ._guise import is_table
from ._tree import ROOT, find_default, merge_tables, place_of, split_name

Write = tuple[dict[str, Any], dict[str, Any]]
"""What ``update`` of settings is called with: the data, and how to take it."""

_KEYWORDS = "init_kwargs", "default_settings"


def find_writes(settings: Any, env: str | None) -> list[Write]:
    """Find what the sources of settings that are known by now wrote to ``PEAK`` and below it.

    Files and the environment are read again. Of others, such as Python modules,
    the history of the settings has what came out of it.
    """
    writes: list[Write] = []
    default = find_default(settings)
    if default is not None:
        writes.append(({ROOT: default}, {"loader_identifier": _KEYWORDS[0], "validate": False}))
    environment: list[Write] = []
    for source, data in [*settings.loaded_by_loaders.items()]:
        if ROOT not in data or source.identifier in _KEYWORDS:
            continue
        if source.loader.startswith("env_"):
            if not environment:
                writes += (environment := read_environment(settings))
        else:
            value = (
                merge_tables(None, data[ROOT], marks=False) if is_table(data[ROOT]) else data[ROOT]
            )
            options = {"loader_identifier": source, "merge": False, "validate": False}
            writes += _read_file(settings, source, env) or [({ROOT: value}, options)]
    return [
        (
            {name: data[name] for name in data if split_name(settings, name)[0].upper() == ROOT},
            options,
        )
        for data, options in writes
    ]


def read_environment(settings: Any) -> list[Write]:
    """Read what the environment loader writes, for each prefix."""
    return _record(settings, env_loader.load) if env_loader in settings.loaders else []


def _read_file(settings: Any, source: Any, env: str | None) -> list[Write]:
    """Read what a settings file writes for one environment, unless it is a Python file."""
    path = str(source.identifier)
    if not path.endswith(ALL_EXTENSIONS):
        return []
    identifier = source if source.loader.startswith("load_file") else source.loader

    def load(recorder: Any) -> None:
        settings_loader(recorder, filename=path, env=env, identifier=identifier)

    written_by = source._replace(merged=False)
    return [
        (data, options)
        for data, options in _record(settings, load)
        if options["loader_identifier"] == written_by
    ]


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


@contextmanager
def unnoticed(settings: Any) -> Iterator[None]:
    """Read and write without a trace in the history of settings."""
    history, loaded = settings.loaded_by_loaders, getattr(*place_of(settings, "loaded_files"))
    before, count = {source: copy(data) for source, data in history.items()}, len(loaded)
    try:
        yield
    finally:
        del loaded[count:]
        history.clear()
        history.update(before)
