"""Names of a package that are imported when they are first used.

A package's `__init__` names what outsiders may use without loading it:

    _HOMES = {"Workspace": "pipelines.workspace.store"}

    if not TYPE_CHECKING:
        def __getattr__(name: str) -> Any:
            return lazy.attribute(__name__, _HOMES, name)

Type checkers read the imports under `TYPE_CHECKING` beside it; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def attribute(package: str, homes: Mapping[str, str], name: str) -> Any:
    """The attribute `name` of `package`, from its module in `homes`."""
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return getattr(import_module(homes[name]), name)
