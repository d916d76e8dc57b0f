"""The events as a stream: pauses between a person's events, visits, days and weeks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipelines.schema import Interactions, Longs, Mask

DAY = 86_400
WEEK = 7 * DAY
YEAR = 365.25 * DAY
VISIT_MINUTES = 30
"""Minutes without an event that end a visit, where the recipe says nothing else."""
FIRST = 2**62
"""The pause before a person's first event."""


@dataclass(frozen=True)
class Stream:
    """Events sorted by (user, time), with what several figures share computed once."""

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
        """Seconds from the oldest to the newest event; 0 where the events have no times."""
        return self.newest - self.first

    @cached_property
    def pause(self) -> Longs:
        """Seconds since the same person's event before, (n,) int64; `FIRST` at the first."""
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

    @cached_property
    def moments(self) -> Mask:
        """Marks the events that do not share their second with the person's event before."""
        return self.pause > 0

    @cached_property
    def second_moments(self) -> Longs:
        """Rows of the second moment of each visit that has one: what a visit can learn from."""
        at = np.flatnonzero(self.moments)
        begins = self.begins[at]
        second = np.zeros(len(at), bool)
        second[1:] = ~begins[1:] & begins[:-1]
        return at[second]

    def active_per_bin(self, width: int, origin: int) -> Longs:
        """How many different people came in each bin of `width` seconds from `origin` on."""
        it = self.events
        place = (it.time - origin) // width
        new = np.ones(len(it), bool)
        new[1:] = (place[1:] != place[:-1]) | (self.pause[1:] == FIRST)
        return np.bincount(place[new])

    def people_between(self, start: int, end: int) -> int:
        """Different people with an event in (start, end], seconds UTC."""
        it = self.events
        inside = (it.time > start) & (it.time <= end)
        users = it.user[inside]  # sorted
        return int((np.diff(users) != 0).sum()) + 1 if len(users) else 0
