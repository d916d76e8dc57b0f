"""Figures on time: span, pace, gaps, age, visits, users without a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.data.readiness.facts.stream import DAY, FIRST, WEEK, YEAR, Stream
from pipelines.runtime.phrases import number_of

PACE_WEEKS = 8
"""The pace is measured over the last eight weeks, or half the span if that is shorter."""
LEAST_SPAN = 28 * DAY
"""The shortest span from which growth and visits per year are computed."""


@dataclass(frozen=True)
class Recent:
    """A count over the last days, and the same count at the beginning of the pace window.

    `then` is None if the span does not reach that far back.
    """

    now: int
    then: int | None


@dataclass(frozen=True)
class Timing:
    """Figures on time; None if the span is too short."""

    first: int
    newest: int
    """The oldest and the newest moment, seconds UTC."""
    span_days: float
    age_days: float
    """Days from the newest event to now; negative if it is in the future."""
    window_weeks: float
    """The weeks over which the pace was measured."""
    events_per_week: float
    users_per_week: float
    """Active users, mean over the window's weeks."""
    growth: float | None
    """Events in the window ÷ events in the previous window, minus 1."""
    user_growth: float | None
    """The same for active users."""
    empty_days: float
    """The share of the span's days (UTC) without an event."""
    longest_gap: int
    """The most consecutive days without an event."""
    visits_per_year: float | None
    """Visits in the last year per active user (extrapolated if the span is shorter)."""
    new_visits: float | None
    """Of the visits in the last quarter of the span (at most a year), the share that are the
    user's first in the data, which have no history."""
    simultaneous: float
    """The share of events with the same user and second as another event."""
    whole_days: bool
    """Whether 90% of the events have the same time of day, so that times are dates."""
    test_users: int
    cold_users: float
    cold_truths: float
    """Under `time:0.9`: test users; the share of them without a training event; the share of
    held-out interactions whose item has no training event."""
    eight_weeks_users: Recent
    half_year_users: Recent
    """Distinct users in the last 56 and 180 days."""
    month_events: Recent
    """Events of the last 30 days."""

    @property
    def window_label(self) -> str:
        """The window over which the pace was measured: "the last eight weeks"."""
        if self.window_weeks == PACE_WEEKS:
            return "the last eight weeks"
        if self.window_weeks < 1:
            return f"the last {number_of(round(7 * self.window_weeks), 'day')}"
        return f"the last {number_of(round(self.window_weeks), 'week')}"


def timing(stream: Stream, now: float, seen: str) -> Timing | None:
    """The figures on time; None if all events have the same time, or there are none.

    `now` is in seconds UTC; `seen` is the dataset's seen policy ("exclude" or "keep").
    """
    if stream.span == 0:
        return None
    window = min(PACE_WEEKS * WEEK, stream.span / 2)
    newest, enough = stream.newest, stream.span >= LEAST_SPAN
    cut, before = newest - window, newest - 2 * window
    recent, earlier = stream.events_between(cut, newest), stream.events_between(before, cut)
    active, active_before = stream.users_between(cut, newest), stream.users_between(before, cut)
    weeks = window / WEEK
    empty, gap, whole_days = _clock(stream)
    users, without, truths, cold = _cold(stream, seen)
    return Timing(
        first=stream.first,
        newest=newest,
        span_days=stream.span / DAY,
        age_days=(now - newest) / DAY,
        window_weeks=weeks,
        events_per_week=recent / weeks,
        users_per_week=_weekly_users(stream, max(1, int(weeks))),
        growth=recent / earlier - 1 if enough and earlier else None,
        user_growth=active / active_before - 1 if enough and active_before else None,
        empty_days=empty,
        longest_gap=gap,
        visits_per_year=_visits_per_year(stream) if enough else None,
        new_visits=_new_visits(stream) if enough else None,
        simultaneous=_simultaneous(stream),
        whole_days=whole_days,
        test_users=users,
        cold_users=without / max(users, 1),
        cold_truths=cold / max(truths, 1),
        eight_weeks_users=_recent(stream, cut, 56, stream.users_between),
        half_year_users=_recent(stream, cut, 180, stream.users_between),
        month_events=_recent(stream, cut, 30, stream.events_between),
    )


def _recent(
    stream: Stream, cut: float, days: int, counted: Callable[[float, float], int]
) -> Recent:
    reaches = cut - days * DAY >= stream.first
    then = counted(cut - days * DAY, cut) if reaches else None
    return Recent(counted(stream.newest - days * DAY, stream.newest), then)


def _weekly_users(stream: Stream, weeks: int) -> float:
    it = stream.events
    inside = it.time > stream.newest - weeks * WEEK
    user, week = it.user[inside], (stream.newest - it.time[inside]) // WEEK
    # A user's events are sorted by time, so each week of theirs is one run.
    changes = (np.diff(user) != 0) | (np.diff(week) != 0)
    return (int(changes.sum()) + 1) / weeks


def _clock(stream: Stream) -> tuple[float, int, bool]:
    """The share of days without an event, the longest run of them, and whether times are dates."""
    from pipelines.data.readiness.facts.passes import clock_counts

    first, last = stream.first // DAY, stream.newest // DAY
    days, seconds = clock_counts(stream.events.time, first, last - first + 1)
    at = np.flatnonzero(days)
    longest = int(np.diff(at).max()) - 1 if len(at) > 1 else 0
    return 1 - len(at) / len(days), longest, bool(seconds.max() >= 0.9 * len(stream.events))


def _visits_per_year(stream: Stream) -> float:
    it = stream.events
    last = it.time > stream.newest - YEAR
    users = stream.users_between(int(stream.newest - YEAR), stream.newest)
    return float((stream.begins & last).sum()) / users * max(YEAR / stream.span, 1.0)


def _new_visits(stream: Stream) -> float:
    start = stream.newest - min(stream.span / 4, YEAR)
    visits = stream.begins & (stream.events.time > start)
    return float((stream.pause[visits] == FIRST).mean())


def _simultaneous(stream: Stream) -> float:
    same = stream.pause == 0
    either = same.copy()
    either[:-1] |= same[1:]
    return float(either.mean())


def _cold(stream: Stream, seen: str) -> tuple[int, int, int, int]:
    from pipelines.data.readiness.facts.passes import cold_counts

    it = stream.events
    at = int(len(it) * 0.9)
    cutoff = int(np.partition(it.time, at)[at])
    known = np.zeros(max(it.n_items, 1), bool)
    known[it.item[it.time < cutoff]] = True
    found = cold_counts(it.indptr, it.item, it.time, cutoff, known, seen == "keep")
    return tuple(int(n) for n in found)  # type: ignore[return-value]
