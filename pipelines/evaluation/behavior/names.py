"""Load the behavioral tests, built in and user-defined, through the registry."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.registry import error_text, load_class, two_numbers

if TYPE_CHECKING:
    from pipelines.evaluation.behavior.contract import BehaviorTest


def load(name: str) -> type[BehaviorTest]:
    """The class of a test; an `AssayError` says why a user-defined one is invalid."""
    from pipelines.evaluation.behavior.contract import FIELDS, BehaviorTest

    found: type[BehaviorTest] = load_class("behavior", name, BehaviorTest, FIELDS)
    if name in registry.BUILT_IN["behavior"]:
        return found
    wrong = unsound(found)
    if wrong:
        raise AssayError(f"The behavioral test {name} is not valid: {wrong}.")
    instantiate(found)
    return found


def unsound(test: type[BehaviorTest]) -> str:
    """What is wrong with a test's threshold, in words; empty where nothing is."""
    default = test.default
    if not (default is None or (isinstance(default, int | float) and isfinite(default))):
        return f"`default` must be None or a number, not {default!r}"
    if not two_numbers(test.limits):
        return f"`limits` must be two numbers, the lower first, not {test.limits!r}"
    return ""


def instantiate(test: type[BehaviorTest], threshold: float | None = None) -> BehaviorTest:
    """The test with its default threshold or another; an `AssayError` where this fails."""
    try:
        found = test(threshold)
        found.condition()  # part of every result, even if the test is not run
    except Exception as error:
        raise AssayError(
            f"The behavioral test {test.name} cannot be created: {error_text(error)}."
        ) from error
    return found


def available(notes: list[str] | None = None) -> list[type[BehaviorTest]]:
    """All tests, in the registry's order.

    A user-defined test that cannot be loaded is left out, and `notes` gets a sentence about it.
    """
    found = []
    for name in registry.names("behavior"):
        try:
            found.append(load(name))
        except AssayError as error:
            if notes is not None:
                notes.append(f"{error} It is left out.")
    return found
