"""A fault: what it is, which check must name it, and how it is planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.evaluation.selftest.bench import Bench
from pipelines.evaluation.selftest.planted import Planted


@dataclass(frozen=True)
class Fault:
    """A planted fault; `plant` makes it in a copy of an honest bake-off."""

    name: str
    what: str
    """In a few words, for a reader."""
    check: str
    """The check that must flag it."""
    plant: Callable[[Bench], Planted]
    contender: bool = False
    """Whether the check must name the contender at fault."""
    split: str = "time:0.9"


def of_copy(change: Callable[[Planted], None]) -> Callable[[Bench], Planted]:
    """A fault that changes a copy of the honest bake-off."""

    def plant(bench: Bench) -> Planted:
        planted = bench.copy()
        change(planted)
        return planted

    return plant
