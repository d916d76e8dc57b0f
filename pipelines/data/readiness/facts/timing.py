"""When things happen: span, pace, gaps, freshness, visits, people without a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.data.readiness.facts.stream import DAY, FIRST, WEEK, YEAR, Stream

PACE_WEEKS = 8
"""The pace is that of the last eight weeks, or of half the span where that is shorter."""
LEAST_SPAN = 28 * DAY
"""A few days do not tell what a year brings."""


@dataclass(frozen=True)
class Recent:
    """A count over the last days, and the same as it stood at the beginning of the window over
    which the pace is taken; None where the span does not reach so far back."""

    now: int
    then: int | None


@dataclass(frozen=True)
class Timing:
    """Figures in time of events that have times; None where the span is too short to tell."""

    first: int
    newest: int
    """The oldest and the newest moment, seconds UTC."""
    span_days: float
    age_days: float
    """Days from the newest event to now; negative where it lies in the future."""
    window_weeks: float
    """The weeks over which the pace was taken."""
    events_per_week: float
    users_per_week: float
    """People who came, mean over the window's weeks."""
    growth: float | None
    """Events in the window ÷ events in the one before it, minus 1."""
    user_growth: float | None
    """The same of the people who came."""
    empty_days: float
    """The share of the span's days (UTC) without an event."""
    longest_gap: int
    """Days in a row without an event, at most."""
    visits_per_year: float | None
    """Visits in the last year per user who came in it (a shorter span is drawn out to a year)."""
    new_visits: float | None
    """The share of the visits in the last quarter of the span (at most a year) that are the
    person's first in the data: requests that would have no history."""
    simultaneous: float
    """The share of events that share person and second with another."""
    whole_days: bool
    """Whether nine in ten events bear one time of day: the times are days."""
    test_users: int
    cold_users: float
    cold_truths: float
    """Under `time:0.9`: people asked about; their share without a training event; the share of
    truths whose item has no training event."""
    eight_weeks_users: Recent
    half_year_users: Recent
    """Different people in the last 56 and 180 days."""
    month_events: Recent
    """Events of the last 30 days."""


def timing(stream: Stream, now: float, seen: str) -> Timing | None:
    """The figures in time; None where all events bear the same time, or there are none.

    `now` in seconds UTC; `seen` is the dataset's policy ("exclude" or "keep").
    """
    if stream.span == 0:
        return None
    window = min(PACE_WEEKS * WEEK, stream.span / 2)
    newest, enough = stream.newest, stream.span >= LEAST_SPAN
    cut, before = newest - window, newest - 2 * window
    lately, earlier = stream.events_between(cut, newest), stream.events_between(before, cut)
    came, came_before = stream.people_between(cut, newest), stream.people_between(before, cut)
    weeks = window / WEEK
    empty, gap, whole_days = _clock(stream)
    users, without, truths, cold = _cold(stream, seen)
    return Timing(
        first=stream.first,
        newest=newest,
        span_days=stream.span / DAY,
        age_days=(now - newest) / DAY,
        window_weeks=weeks,
        events_per_week=lately / weeks,
        users_per_week=_weekly_people(stream, max(1, int(weeks))),
        growth=lately / earlier - 1 if enough and earlier else None,
        user_growth=came / came_before - 1 if enough and came_before else None,
        empty_days=empty,
        longest_gap=gap,
        visits_per_year=_visits_per_year(stream) if enough else None,
        new_visits=_new_visits(stream) if enough else None,
        simultaneous=_simultaneous(stream),
        whole_days=whole_days,
        test_users=users,
        cold_users=without / max(users, 1),
        cold_truths=cold / max(truths, 1),
        eight_weeks_users=_recent(stream, cut, 56, stream.people_between),
        half_year_users=_recent(stream, cut, 180, stream.people_between),
        month_events=_recent(stream, cut, 30, stream.events_between),
    )


def _recent(
    stream: Stream, cut: float, days: int, counted: Callable[[float, float], int]
) -> Recent:
    reaches = cut - days * DAY >= stream.first
    then = counted(cut - days * DAY, cut) if reaches else None
    return Recent(counted(stream.newest - days * DAY, stream.newest), then)


def _weekly_people(stream: Stream, weeks: int) -> float:
    it = stream.events
    inside = it.time > stream.newest - weeks * WEEK
    user, week = it.user[inside], (stream.newest - it.time[inside]) // WEEK
    # A person's events stand in the order of time, so each week of theirs is one run.
    changes = (np.diff(user) != 0) | (np.diff(week) != 0)
    return (int(changes.sum()) + 1) / weeks


def _clock(stream: Stream) -> tuple[float, int, bool]:
    """The share of days without an event, the longest run of them, and whether times are days."""
    from pipelines.data.readiness.facts.passes import clock_counts

    first, last = stream.first // DAY, stream.newest // DAY
    days, seconds = clock_counts(stream.events.time, first, last - first + 1)
    at = np.flatnonzero(days)
    longest = int(np.diff(at).max()) - 1 if len(at) > 1 else 0
    return 1 - len(at) / len(days), longest, bool(seconds.max() >= 0.9 * len(stream.events))


def _visits_per_year(stream: Stream) -> float:
    it = stream.events
    last = it.time > stream.newest - YEAR
    people = stream.people_between(int(stream.newest - YEAR), stream.newest)
    return float((stream.begins & last).sum()) / people * max(YEAR / stream.span, 1.0)


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
