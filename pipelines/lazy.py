"""Names of a package that are imported when they are first used.

A package's `__init__` names what outsiders may use without loading it:

    _HOMES = {"Workspace": "pipelines.workspace.store"}
    __all__ = [*_HOMES]

    if not TYPE_CHECKING:
        __getattr__, __dir__ = lazy.exports(globals(), _HOMES)

Type checkers read the imports under `TYPE_CHECKING` beside it; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def exports(
    package: dict[str, Any], homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package, given its globals: each name is in its module."""

    def attribute(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    def names() -> list[str]:
        return sorted({*package, *homes})

    return attribute, names
