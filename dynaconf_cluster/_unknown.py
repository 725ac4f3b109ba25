"""What is raised for a name that is not there: which names are near, when it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._nearest import hint

if TYPE_CHECKING:
    from ._names import Namespace


class _UnknownNameError(LookupError):
    """Says which names are near, when and if somebody reads it."""

    def __init__(self, names: Namespace | None, name: str, told: str = "") -> None:
        super().__init__(name)
        self._names = names
        self._name = name
        self._told = told

    def __str__(self) -> str:
        if self._names is not None:
            self._told = (
                f"no {self._names._what} {self._name!r}{hint(self._name, self._names._keys)}"
            )
            self._names = None
        return self._told

    def __reduce__(self) -> tuple[type[_UnknownNameError], tuple[None, str, str]]:
        return type(self), (None, self._name, str(self))


class UnknownKeyError(_UnknownNameError, KeyError):
    """There is no such host or group."""

    __module__ = "dynaconf_cluster"


class UnknownAttributeError(_UnknownNameError, AttributeError):
    """There is no such host or group."""

    __module__ = "dynaconf_cluster"
