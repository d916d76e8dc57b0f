"""What a bake-off's document says of events whose order is unknown, since their times tie."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Outcome = Literal["better", "equivalent", "worse", "inconclusive"]


class OrderOutcome(BaseModel):
    """A contender's comparison with the baseline in each order, from first fits alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contender: str
    baseline: str
    metric: str
    differences: list[float]
    """In the order of the data, then in each other order."""
    outcomes: list[Outcome]
    """The same; at the level of the declared comparisons."""

    @property
    def flips(self) -> bool:
        """Whether the outcome depends on the order."""
        return len(set(self.outcomes)) > 1


class Ties(BaseModel):
    """Events that share their user and time with one of another item, and what depends on it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    events: float
    """The share of all events that tie."""
    targets: float
    """The largest share of held-out items that another order changes; 0 under a split in time."""
    orders: int
    """The number of other orders in which the contenders were fitted and compared again."""
    outcomes: list[OrderOutcome] = []
    sentence: str
