"""What each approach asks of the data, and how much more it would need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pipelines.data.facts import Facts

OURS = "ours"
AMAZON = "Amazon Personalize documentation"


@dataclass(frozen=True)
class Approach:
    """Whether the data is enough for an approach.

    `have` and `need` are those of the requirement that is furthest from being met, counted
    in `unit`; `missing` says all that is missing, `first` what is missing most, or nothing;
    `source` is the thresholds'.
    """

    state: Literal["enough", "not enough"]
    have: float
    need: float
    missing: str
    unit: str = "events"
    source: str = OURS
    first: str = ""


@dataclass(frozen=True)
class Requirement:
    """At least `need` of something; `more` puts the gap in words ("{} more events")."""

    have: float
    need: float
    unit: str
    more: str

    @property
    def met(self) -> bool:
        return self.have >= self.need

    @property
    def gap(self) -> str:
        return self.more.format(f"{math.ceil(self.need - self.have):,}")


def approaches_of(facts: Facts) -> dict[str, Approach]:
    """Each approach by name; the thresholds are ours, but for Amazon's own."""
    f = facts
    repeated = Requirement(
        f.users_two, 100, "users with two or more events", "{} more users with two or more events"
    )
    shared = Requirement(
        f.items_five,
        50,
        "items that five or more users took up",
        "{} more items that five or more users took up",
    )
    regular = Requirement(
        f.users_five,
        500,
        "users with five or more events",
        "{} more users with five or more events",
    )
    if f.ordered_five is None:
        in_order = Requirement(0, 1_000, "users with ordered events", "the time of each event")
    else:
        in_order = Requirement(
            f.ordered_five,
            1_000,
            "users with events at five or more moments",
            "{} more users with events at five or more moments",
        )
    described = Requirement(
        f.described,
        math.ceil(0.8 * f.items),
        "items with a category",
        "categories for {} more items",
    )
    two = Requirement(
        f.users_two,
        max(25, math.ceil(0.01 * f.users)),
        "users with two or more events",
        "{} more users with two or more events",
    )
    asked: dict[str, tuple[list[Requirement], str]] = {
        "popularity": ([_events(f, 500)], OURS),
        "item-to-item": ([_events(f, 5_000), repeated, shared], OURS),
        "factorization": ([_events(f, 10_000), regular], OURS),
        "sequential": ([_events(f, 20_000), in_order], OURS),
        "content": ([described], OURS),
        "learned ranker": ([_events(f, 50_000), regular], OURS),
        "Amazon Personalize": ([_events(f, 1_000), two], AMAZON),
    }
    return {name: _judge(needs, source) for name, (needs, source) in asked.items()}


def _events(facts: Facts, need: int) -> Requirement:
    return Requirement(facts.events, need, "events", "{} more events")


def _judge(needs: list[Requirement], source: str) -> Approach:
    unmet = [r for r in needs if not r.met]
    furthest = min(needs, key=lambda r: r.have / r.need if r.need else math.inf)
    missing = "needs " + " and ".join(r.gap for r in unmet) if unmet else ""
    state: Literal["enough", "not enough"] = "not enough" if unmet else "enough"
    first = f"needs {furthest.gap}" if unmet else ""
    return Approach(state, furthest.have, furthest.need, missing, furthest.unit, source, first)
