"""The cluster of a settings object, ``-i package.module.settings``.

Only this module of the command imports dynaconf, and only when it is used.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .._errors import ClusterFileError, ClusterFileWarning
from .._location import SETTING, Location, find_typo, list_places
from .process import FAILED, Failure
from .source import NO_LOCATION, NoFileNamedError, View, unreadable

if TYPE_CHECKING:
    from .._settings import ClusterState


def view_settings(path: str) -> View:
    """Return the cluster of the settings object at a dotted path, including its overrides.

    Raise `ClusterFileError` if the file is refused, and `Failure` if it is missing
    or cannot be read, or if there are no such settings.
    """
    with _reading(path):
        source = _load(path).source
        view = View(source.cluster, source.hostname, source.location or NO_LOCATION)
        if source.location is None:
            slip = find_typo(source.siblings)
            message = f"{path} names no cluster file ({list_places()}); set {SETTING}{slip}"
            raise NoFileNamedError(message, view, f"not set{slip}")
        return view


def find_file_of_settings(path: str) -> Location:
    """Return the location of a settings object's cluster file, even if the file is refused."""
    try:
        return view_settings(path).location
    except ClusterFileError as error:
        return Location(error.path, path)


@contextlib.contextmanager
def _reading(path: str) -> Iterator[None]:
    """Turn errors in loading settings, and warnings about the file, into failures.

    Output printed by the application on import goes to standard error, as it is
    not part of the result.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("error", ClusterFileWarning)
            yield
    except (ClusterFileError, Failure):
        raise
    except (ClusterFileWarning, OSError) as cause:
        error: Any = getattr(cause, "error", cause)
        what = f"the cluster file of {path}" + (f", {error.filename!r}" if error.filename else "")
        raise unreadable(what, error) from cause
    except Exception as error:
        raise Failure(f"cannot use {path}: {type(error).__name__}: {error}", FAILED) from error


def _load(path: str) -> ClusterState:
    from dynaconf.base import LazySettings, Settings

    from .._settings import state_of, unwrap

    settings = _import(path)
    if not isinstance(settings, (LazySettings, Settings)):
        raise Failure(f"{path} is {type(settings)}; expected dynaconf settings", FAILED)
    state = state_of(unwrap(settings))
    if state is None:
        advice = "add 'dynaconf_cluster.loader' to its loaders"
        raise Failure(f"the settings {path} have no cluster; {advice}", FAILED)
    state.read("hosts")  # evaluates lazy inputs, too
    return state


def _import(path: str) -> Any:
    """Import an object with the working directory on the path, as dynaconf's command does."""
    module, _, name = path.rpartition(".")
    if not module:
        raise Failure(f"{path!r} names no settings; expected package.module.settings", FAILED)
    sys.path.insert(0, os.getcwd())
    return getattr(importlib.import_module(module), name)
