"""The volume of the data: events, users, items, and their distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.data.readiness.facts.stream import Stream
from pipelines.schema import Longs


@dataclass(frozen=True)
class Volume:
    """Counts of the events up to a point in time."""

    events: int
    users: int
    items: int
    """Items with an event."""
    pairs: int
    """Distinct (user, item) pairs."""
    users_once: int
    users_two: int
    users_five: int
    """Users with one event, with two or more, with five or more."""
    ordered_five: int
    """Users with events at five or more different times."""
    items_five: int
    """Items with events of five or more users."""
    visits: int
    visits_two: int
    """Visits with events at two or more different times."""
    median_events: float
    gini: float
    """Gini coefficient of the events over the items with an event, 0 (equal) to 1."""
    top_share: float
    """Share of the events on the most frequent 1% of those items (at least one item)."""

    @property
    def density(self) -> float:
        """The share of all (user, item) pairs that occur."""
        return self.pairs / max(self.users * self.items, 1)

    @property
    def repeat_share(self) -> float:
        """The share of events that repeat a (user, item) pair."""
        return 1 - self.pairs / max(self.events, 1)

    @property
    def once_share(self) -> float:
        return self.users_once / max(self.users, 1)

    @property
    def few_share(self) -> float:
        """The share of users with two to four events."""
        return (self.users_two - self.users_five) / max(self.users, 1)


def volume(stream: Stream, until: int | None = None) -> Volume:
    """The counts of the events up to `until` (seconds UTC, inclusive; default: all)."""
    from pipelines.data.readiness.facts.passes import counts_until

    it = stream.events
    end = np.iinfo(np.int64).max if until is None else until
    per_user, moments, per_item, shared, visits, visits_two = counts_until(
        it.indptr, it.item, it.time, end, stream.visit_seconds, it.n_items
    )
    per_item = np.sort(per_item[per_item > 0])
    active = per_user[per_user > 0]
    return Volume(
        events=int(per_user.sum()),
        users=len(active),
        items=len(per_item),
        pairs=int(shared.sum()),
        users_once=int((active == 1).sum()),
        users_two=int((active >= 2).sum()),
        users_five=int((active >= 5).sum()),
        ordered_five=int((moments >= 5).sum()),
        items_five=int((shared >= 5).sum()),
        visits=int(visits),
        visits_two=int(visits_two),
        median_events=float(np.median(active)) if len(active) else 0.0,
        gini=gini(per_item),
        top_share=top_share(per_item, 0.01),
    )


def gini(ascending: Longs) -> float:
    """Gini coefficient of positive counts (n,) in ascending order; 0 if there are none.

    Σ (2 i - n - 1) x_i / (n Σ x), i from 1.
    """
    n, total = len(ascending), float(ascending.sum())
    if n == 0 or total == 0:
        return 0.0
    ranks = 2 * np.arange(1, n + 1) - n - 1
    return float((ranks * ascending).sum() / (n * total))


def top_share(ascending: Longs, share: float) -> float:
    """The share of the sum held by the largest `share` of the counts (at least one count)."""
    if len(ascending) == 0:
        return 0.0
    n = max(1, round(share * len(ascending)))
    return float(ascending[-n:].sum() / ascending.sum())
