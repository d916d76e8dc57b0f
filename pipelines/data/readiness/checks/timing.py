"""Findings on time: span, pace, gaps, age, visits, and users without a history."""

from __future__ import annotations

import datetime as dt

from pipelines.data.readiness.checks.findings import at_least, at_most, figure, unknown
from pipelines.data.readiness.facts import Facts, Timing
from pipelines.data.readiness.facts.pace import ARCHIVE_DAYS
from pipelines.data.readiness.finding import Finding
from pipelines.data.readiness.requirements import OURS
from pipelines.runtime.phrases import number_of

_SPAN = "span, days"
_VISITS, _NO_HISTORY = "visits per user and year", "visits without a history, share"
_MONTH = "Export at least four weeks of events."


def timing(facts: Facts) -> list[Finding]:
    t = facts.timing
    if t is None:
        return [
            unknown(
                _SPAN, 90, "Without times, no test can train on the past and evaluate on the "
                "future.",
                "Map the column that holds the time of each event.",
            )
        ]  # fmt: skip
    return [*_span(t), _freshness(facts, t), *_visits(facts, t), *_cold(facts, t)]


def _span(t: Timing) -> list[Finding]:
    found = [
        at_least(
            _SPAN, t.span_days, 90,
            "A short span covers only one season, and leaves little data to hold out for a test.",
            f"Wait {number_of(round(max(90 - t.span_days, 0)), 'more day')}, or export older "
            "events.",
            below="thin",
        ),
        figure(
            "events per week", t.events_per_week,
            f"The mean of {t.window_label}; expected dates are based on it.",
        ),
        figure(
            "users per week", t.users_per_week,
            "Active users per week, the mean of the same weeks.",
        ),
    ]  # fmt: skip
    for check, growth in (("growth of events", t.growth), ("growth of users", t.user_growth)):
        why = (
            f"The relative change from the same period before to {t.window_label}; negative means "
            "a decline."
        )
        if growth is None:
            found.append(unknown(check, -0.2, why, _MONTH))
        else:
            todo = "Find out whether users left, or an export, a tag or a consent banner broke."
            found.append(at_least(check, growth, -0.2, why, todo, below="thin"))
    return [
        *found,
        at_most(
            "days without an event, share", t.empty_days, 0.2,
            "Days without events may be closed days, low traffic, or missing exports.",
            "Compare the empty days with your sales figures, and export what is missing.",
        ),
        at_most(
            "longest gap without events, days", t.longest_gap, 7,
            "A long gap usually means a broken export. After it, returning users look like new "
            "users.",
            "Find the gap in the activity chart of the profile, and export those days again.",
        ),
        at_most(
            "simultaneous events, share", t.simultaneous, 0.5,
            "Events of one user in the same second have no order. This happens for the lines of "
            "an order, and for times without a time of day.",
            "Export times to the second; log views and carts, which happen one after another.",
        ),
    ]  # fmt: skip


def _freshness(facts: Facts, t: Timing) -> Finding:
    check, ends = "age of the newest event, days", dt.datetime.fromtimestamp(t.newest, dt.UTC)
    if facts.is_sample:
        return figure(
            check, round(t.age_days),
            f"A sample is an archive: it ends on {ends:%Y-%m-%d}, and no events follow.",
        )  # fmt: skip
    days = round(t.age_days)
    if t.age_days < -1:
        why = f"The newest event has the date {ends:%Y-%m-%d}, which is in the future."
        return Finding(check, days, 30, "thin", why, "Check time zone and time column.", OURS)
    why = "User preferences change over time; a test should use the most recent weeks."
    archive = " Data this old counts as an archive." if t.age_days > ARCHIVE_DAYS else ""
    todo = f"The data ends on {ends:%Y-%m-%d}: import a newer export.{archive}"
    return at_most(check, max(days, 0), 30, why, todo)


def _visits(facts: Facts, t: Timing) -> list[Finding]:
    why = (
        "Personalization pays only if users return. A visit ends after "
        f"{number_of(facts.visit_minutes, 'minute')} without an event."
    )
    why_no_history = (
        "The share of visits in the last quarter of the span that are the user's first in the "
        "data. They have no history to personalize with."
    )
    if t.visits_per_year is None or t.new_visits is None:
        return [
            unknown(_VISITS, 4, why, _MONTH),
            unknown(_NO_HISTORY, 0.5, why_no_history, _MONTH),
        ]
    return [
        at_least(
            _VISITS, t.visits_per_year, 4, why,
            "Bring users back first (email, reminders), or recommend within the single visit.",
            below="thin",
        ),
        at_most(
            _NO_HISTORY, t.new_visits, 0.5, why_no_history,
            "Focus on the first visit: popular items, items similar to the one viewed, and lists "
            "that react to the visit.", worst=0.9,
        ),
    ]  # fmt: skip


def _cold(facts: Facts, t: Timing) -> list[Finding]:
    if not t.test_users:
        why = "The newest tenth of the events has no users to evaluate."
        todo = "Use more data, or keep seen items in the lists (--seen keep)."
        return [unknown("cold users in the test window, share", 0.5, why, todo)]
    return [
        at_most(
            "cold users in the test window, share", t.cold_users, 0.5,
            "The share of users without an earlier event, of "
            f"{number_of(t.test_users, 'user')} in the newest tenth of the events (time:0.9). No "
            "model is trained on them.",
            "Evaluate lists for users without a history separately; recognize returning users.",
            worst=0.9,
        ),
        at_most(
            "cold items in the test window, share", t.cold_truths, 0.2,
            "The share of those users' interactions with items without an earlier event. Only a "
            "content-based stage can recommend these items.",
            "Provide titles and categories of new items, and add a content stage.", worst=0.6,
        ),
    ]  # fmt: skip
