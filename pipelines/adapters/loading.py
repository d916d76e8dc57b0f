"""Adapters by name: those that ship, and user-defined ones, which are checked first."""

from __future__ import annotations

from inspect import isabstract
from typing import get_args

from pipelines import registry
from pipelines.adapters.contract import Adapter, AdapterKind, Capabilities
from pipelines.errors import AssayError

FIELDS = ("name", "title")
"""What an adapter must say of itself."""


def load(name: str) -> type[Adapter]:
    """The class of an adapter; an `AssayError` says why a user-defined one cannot be used."""
    found: type[Adapter] = registry.load_class("adapters", name, Adapter, FIELDS)
    if name in registry.BUILT_IN["adapters"]:
        return found
    called = registry.called("adapters", name)
    if isabstract(found):
        lacking = ", ".join(sorted(found.__abstractmethods__))
        raise AssayError(f"{called} does not define {lacking}.")
    if not isinstance(getattr(found, "capabilities", None), Capabilities):
        raise AssayError(f"{called} does not state its capabilities.")
    if found.kind not in get_args(AdapterKind):
        kinds = " or ".join(get_args(AdapterKind))
        raise AssayError(f"{called} has the kind {found.kind!r}; it is {kinds}.")
    return found
