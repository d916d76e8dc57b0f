"""The behavioral tests that a manifest requires, and their thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.behavior.names import available, instantiate, load

if TYPE_CHECKING:
    from pipelines.evaluation.behavior.contract import BehaviorTest


@dataclass(frozen=True)
class Requirement:
    """A test that must pass, with a threshold, or None for the default."""

    name: str
    threshold: float | None = None

    @staticmethod
    def of(text: str) -> Requirement:
        """From `one-item` or `one-item=0.3`; an `AssayError` lists what can be required."""
        name, equals, given = text.partition("=")
        test = load(name) if name in registry.names("behavior") else None
        if test is None or test.default is None:
            raise AssayError(
                f"There is no behavioral test {name!r} with a threshold; "
                f"require one of {', '.join(requirable())}."
            )
        if not equals:
            return Requirement(name)
        low, high = test.limits
        try:
            threshold = float(given)
        except ValueError:
            threshold = float("nan")
        if not (low <= threshold <= high and abs(threshold) < float("inf")):
            most = f" to {high:g}" if high < float("inf") else " or more"
            raise AssayError(
                f"The threshold of {name} must be a number, {low:g}{most}, not {given!r}."
            )
        instantiate(test, threshold)
        return Requirement(name, threshold)

    def __str__(self) -> str:
        return self.name if self.threshold is None else f"{self.name}={self.threshold:g}"


def requirable() -> dict[str, str]:
    """Name and title of each test with a threshold.

    A user-defined test that cannot be loaded is left out; requiring it raises the reason.
    """
    return {test.name: test.title for test in available() if test.default is not None}


def requirements(texts: Iterable[str]) -> tuple[Requirement, ...]:
    """The requirements, sorted by name; an `AssayError` where a test is named twice."""
    found = sorted((Requirement.of(text) for text in texts), key=lambda one: one.name)
    for one, following in pairwise(found):
        if one.name == following.name:
            raise AssayError(f"The behavioral test {one.name} is required twice; name it once.")
    return tuple(found)


def all_tests(
    required: Iterable[Requirement] = (), of: Iterable[type[BehaviorTest]] | None = None
) -> list[BehaviorTest]:
    """An instance of each of these classes, or of all tests, with the required thresholds."""
    thresholds = {r.name: r.threshold for r in required}
    return [
        instantiate(test, thresholds.get(test.name)) for test in (available() if of is None else of)
    ]
