"""Findings in time: span, pace, gaps, freshness, visits, and people without a history."""

from __future__ import annotations

import datetime as dt

from pipelines.data.readiness.checks.judging import at_least, at_most, told, unknown
from pipelines.data.readiness.facts import Facts, Timing
from pipelines.data.readiness.facts.pace import ARCHIVE_DAYS
from pipelines.data.readiness.finding import Finding
from pipelines.data.readiness.requirements import OURS

_SPAN = "span, days"
_VISITS, _NO_HISTORY = "visits per user and year", "visits without a history, share"
_MONTH = "Export at least four weeks of events."


def timing(facts: Facts) -> list[Finding]:
    t = facts.timing
    if t is None:
        return [
            unknown(
                _SPAN, 90, "Without times nothing can be tested as it would have happened.",
                "Map the column that holds the time of each event.",
            )
        ]  # fmt: skip
    return [*_span(t), _freshness(facts, t), *_visits(facts, t), *_cold(facts, t)]


def _span(t: Timing) -> list[Finding]:
    found = [
        at_least(
            _SPAN, t.span_days, 90,
            "A short span shows one season, and leaves little to hold out for a test.",
            f"Wait {max(90 - t.span_days, 0):.0f} more days, or export older events.",
            below="thin",
        ),
        told(
            "events per week", t.events_per_week,
            f"The mean of the last {t.window_weeks:.0f} weeks: the pace by which dates are given.",
        ),
        told(
            "users per week", t.users_per_week,
            "People who came in a week, the mean of the same weeks.",
        ),
    ]  # fmt: skip
    for check, growth in (("growth of events", t.growth), ("growth of users", t.user_growth)):
        why = (
            f"The change from the {t.window_weeks:.0f} weeks before to the last "
            f"{t.window_weeks:.0f} weeks; below 0 there is less."
        )
        if growth is None:
            found.append(unknown(check, -0.2, why, _MONTH))
        else:
            todo = "Find out whether people left or an export, a tag or a consent banner broke."
            found.append(at_least(check, growth, -0.2, why, todo, below="thin"))
    return [
        *found,
        at_most(
            "days without an event, share", t.empty_days, 0.2,
            "Days without any event are closed days, a small shop, or missing exports.",
            "Compare the empty days with the shop's own figures, and export what is missing.",
        ),
        at_most(
            "longest gap without events, days", t.longest_gap, 7,
            "A long gap is mostly a broken export; what happened then looks like new demand later.",
            "Find the gap in the profile's chart, and export the missing days again.",
        ),
        at_most(
            "simultaneous events, share", t.simultaneous, 0.5,
            "Events of one person in one second have no order: orders come so, and so do times "
            "that were cut to the day.",
            "Give times to the second; log views and carts, which have an order of their own.",
        ),
    ]  # fmt: skip


def _freshness(facts: Facts, t: Timing) -> Finding:
    check, ends = "age of the newest event, days", dt.datetime.fromtimestamp(t.newest, dt.UTC)
    if facts.is_sample:
        return told(
            check, round(t.age_days),
            f"A sample is an archive, not stale: it ends on {ends:%Y-%m-%d}; no events follow.",
        )  # fmt: skip
    days = round(t.age_days)
    if t.age_days < -1:
        why = f"The newest event bears the date {ends:%Y-%m-%d}, which is yet to come."
        return Finding(check, days, 30, "thin", why, "Check time zone and time column.", OURS)
    why = "What people want drifts; a test should follow on the newest weeks."
    todo = f"The data ends on {ends:%Y-%m-%d}: import a newer export."
    if t.age_days > ARCHIVE_DAYS:
        todo += " Until then it is read as an archive."
    return at_most(check, max(days, 0), 30, why, todo)


def _visits(facts: Facts, t: Timing) -> list[Finding]:
    why = (
        "Recommendations pay only when people come back to see them. A visit ends after "
        f"{facts.visit_minutes} minutes without an event."
    )
    alone = (
        "Visits of the last quarter of the span that are the person's first in the data: such a "
        "request has no history, and a list learned from histories cannot serve it."
    )
    if t.visits_per_year is None or t.new_visits is None:
        return [unknown(_VISITS, 4, why, _MONTH), unknown(_NO_HISTORY, 0.5, alone, _MONTH)]
    return [
        at_least(
            _VISITS, t.visits_per_year, 4, why,
            "Bring people back first (mail, reminders), or recommend within the one visit.",
            below="thin",
        ),
        at_most(
            _NO_HISTORY, t.new_visits, 0.5, alone,
            "Make the first visit good: popular items, items like the one being looked at, and "
            "lists that follow the visit.", worst=0.9,
        ),
    ]  # fmt: skip


def _cold(facts: Facts, t: Timing) -> list[Finding]:
    if not t.test_users:
        why = "The newest tenth of the events holds nobody to evaluate on."
        todo = "Use more data, or keep items already taken up in the lists."
        return [unknown("cold users in the test window, share", 0.5, why, todo)]
    return [
        at_most(
            "cold users in the test window, share", t.cold_users, 0.5,
            f"Of {t.test_users:,} people in the newest tenth of the events (time:0.9), those "
            "without an earlier event: no model can know them.",
            "Judge lists for people without a history on their own; recognize returning people.",
            worst=0.9,
        ),
        at_most(
            "cold items in the test window, share", t.cold_truths, 0.2,
            "Of what those people took up, the share of items without an earlier event: only "
            "content can find them.",
            "Add titles and categories of new items, and a content stage.", worst=0.6,
        ),
    ]  # fmt: skip
