"""The behavioral tests there are, and those that a manifest requires."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.behavior.names import load, made, offered

if TYPE_CHECKING:
    from pipelines.evaluation.behavior.contract import BehaviorTest


@dataclass(frozen=True)
class Requirement:
    """A test that must be passed, with a threshold of one's own or None for the default."""

    name: str
    threshold: float | None = None

    @staticmethod
    def of(text: str) -> Requirement:
        """From `one-item` or `one-item=0.3`; an `AssayError` says what can be required."""
        name, equals, given = text.partition("=")
        test = load(name) if name in registry.names("behavior") else None
        if test is None or test.default is None:
            raise AssayError(
                f"No behavioral test with a threshold is named {name!r}; "
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
            raise AssayError(f"The threshold of {name} is a number, {low:g}{most}, not {given!r}.")
        made(test, threshold)
        return Requirement(name, threshold)

    def __str__(self) -> str:
        return self.name if self.threshold is None else f"{self.name}={self.threshold:g}"


def requirable() -> dict[str, str]:
    """Name and title of each test that can be failed: those without a threshold only tell.

    A person's own that cannot be loaded is left out; to require it says why.
    """
    return {test.name: test.title for test in offered() if test.default is not None}


def requirements(texts: Iterable[str]) -> tuple[Requirement, ...]:
    """What is required, by name; an `AssayError` where a test is named twice."""
    found = sorted((Requirement.of(text) for text in texts), key=lambda one: one.name)
    for one, following in pairwise(found):
        if one.name == following.name:
            raise AssayError(f"The behavioral test {one.name} is required twice; name it once.")
    return tuple(found)


def all_tests(
    required: Iterable[Requirement] = (), of: Iterable[type[BehaviorTest]] | None = None
) -> list[BehaviorTest]:
    """Each test of these classes, or all there are, with the thresholds that are required."""
    thresholds = {r.name: r.threshold for r in required}
    return [made(test, thresholds.get(test.name)) for test in (offered() if of is None else of)]
