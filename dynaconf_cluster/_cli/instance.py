"""The cluster of a settings object, ``-i package.module.settings``.

Nothing else of the command touches dynaconf, and this only if it is asked to.
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
from .source import NOWHERE, NothingNamedError, View, unreadable

if TYPE_CHECKING:
    from .._settings import ClusterState


def view_settings(path: str) -> View:
    """Return the cluster of the settings object at a dotted path, what it overrides included.

    Raise `ClusterFileError` for a file that is refused, and `Failure` for
    one that cannot be read or is not there, or if there are no such settings.
    """
    with _reading(path):
        source = _load(path).source
        view = View(source.cluster, source.hostname, source.location or NOWHERE)
        if source.location is None:
            slip = find_typo(source.siblings)
            said = f"{path} names no cluster file ({list_places()}); set {SETTING}{slip}"
            raise NothingNamedError(said, view, f"not set{slip}")
        return view


def find_file_of_settings(path: str) -> Location:
    """Find the cluster file of a settings object, even if it is refused."""
    try:
        return view_settings(path).location
    except ClusterFileError as error:
        return Location(error.path, path)


@contextlib.contextmanager
def _reading(path: str) -> Iterator[None]:
    """Turn what may go wrong with settings into failures.

    Applications print when they are imported: that is not our result. A file
    that is named and not there is no more than a warning to them.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("error", ClusterFileWarning)
            yield
    except (ClusterFileError, Failure):
        raise
    except (ClusterFileWarning, OSError) as told:
        error: Any = getattr(told, "error", told)
        what = f"the cluster file of {path}" + (f", {error.filename!r}" if error.filename else "")
        raise unreadable(what, error) from told
    except Exception as error:
        raise Failure(f"cannot use {path}: {type(error).__name__}: {error}", FAILED) from error


def _load(path: str) -> ClusterState:
    from .._settings import state_of, unwrap  # which brings dynaconf

    settings = _import(path)
    if not hasattr(settings, "store"):
        raise Failure(f"{path} is {type(settings).__name__}; expected dynaconf settings", FAILED)
    state = state_of(unwrap(settings))
    if state is None:
        advice = "add 'dynaconf_cluster.loader' to its loaders"
        raise Failure(f"the settings {path} have no cluster; {advice}", FAILED)
    state.read("hosts")  # whatever is lazy, too
    return state


def _import(path: str) -> Any:
    """Import an object as dynaconf's own command does, with the working directory on the path."""
    module, _, name = path.rpartition(".")
    if not module:
        raise Failure(f"{path!r} names no settings; expected package.module.settings", FAILED)
    sys.path.insert(0, os.getcwd())
    return getattr(importlib.import_module(module), name)
