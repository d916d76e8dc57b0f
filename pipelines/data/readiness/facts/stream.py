"""The events as a stream: pauses between a user's events, visits, days and weeks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipelines.schema import Interactions, Longs, Mask

DAY = 86_400
WEEK = 7 * DAY
YEAR = 365.25 * DAY
VISIT_MINUTES = 30
"""Minutes without an event that end a visit, unless the recipe sets them."""
FIRST = 2**62
"""The pause before a user's first event."""


@dataclass(frozen=True)
class Stream:
    """Events sorted by (user, time), with values shared by several figures computed once."""

    events: Interactions
    visit_seconds: int = VISIT_MINUTES * 60

    @cached_property
    def first(self) -> int:
        """The oldest moment, seconds UTC; 0 without events."""
        return int(self.events.time.min()) if len(self.events) else 0

    @cached_property
    def newest(self) -> int:
        return int(self.events.time.max()) if len(self.events) else 0

    @property
    def span(self) -> int:
        """Seconds from the oldest to the newest event; 0 if the events have no times."""
        return self.newest - self.first

    @cached_property
    def pause(self) -> Longs:
        """Seconds since the user's previous event, (n,) int64; `FIRST` for the first event."""
        it = self.events
        pause = np.full(len(it), FIRST, np.int64)
        np.subtract(it.time[1:], it.time[:-1], out=pause[1:])
        starts = it.indptr[:-1]
        pause[starts[starts < it.indptr[1:]]] = FIRST
        return pause

    @cached_property
    def begins(self) -> Mask:
        """Marks the first event of each visit."""
        return self.pause > self.visit_seconds

    def events_between(self, start: float, end: float) -> int:
        """Events in (start, end], seconds UTC."""
        return int(np.count_nonzero(self._inside(start, end)))

    def _inside(self, start: float, end: float) -> Mask:
        # Compared as integers: with a float, NumPy would convert every time to float.
        inside = self.events.time > int(start)
        return inside if end >= self.newest else inside & (self.events.time <= int(end))

    def users_between(self, start: float, end: float) -> int:
        """Distinct users with an event in (start, end], seconds UTC."""
        it, inside = self.events, self._inside(start, end)
        users = it.user[inside]  # sorted
        return int((np.diff(users) != 0).sum()) + 1 if len(users) else 0
