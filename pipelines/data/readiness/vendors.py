"""What each vendor asks of the data, from its documentation; ours where it names nothing."""

from __future__ import annotations

import math

from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.facts.pace import Pace
from pipelines.data.readiness.requirements import OURS, Requirement, counted, recent

AMAZON = "Amazon Personalize documentation"
GOOGLE = "Google Retail API documentation (guidance)"
ALGOLIA = "Algolia Recommend documentation"
NONE_KNOWN = "none known"

VendorNeeds = tuple[list[Requirement], str, str]


def vendors_of(facts: Facts) -> dict[str, VendorNeeds]:
    """Requirements, their source, and a note, by vendor."""
    return {
        "Amazon Personalize": _amazon(facts),
        "Recombee": _recombee(),
        "Google Recommendations": _google(facts),
        "Algolia Recommend": _algolia(facts),
        "Gorse": _gorse(facts),
    }


def _amazon(facts: Facts) -> VendorNeeds:
    """The minimum is what training asks; between it and the guidance the data is thin."""
    two = max(25, math.ceil(0.01 * facts.volume.users))
    needs = [
        counted(facts, "events", 50_000, "events", least=1_000),
        counted(facts, "users", 1_000, "users", least=0),
        counted(facts, "users_two", two, "users with two or more events"),
    ]
    note = "It trains from 1,000 events on; 50,000 events and 1,000 users are its guidance."
    return needs, AMAZON, note


def _recombee() -> VendorNeeds:
    why = (
        "Recombee names no minimum that is known here: ask it, and compare its lists with "
        "popularity on these people"
    )
    return [Requirement(0, 1, "minimum", "", unknown=why)], NONE_KNOWN, ""


def _google(facts: Facts) -> VendorNeeds:
    """100 visitors per type of event in what it trains on (of types, all together count here)."""
    t = facts.timing
    note = "Its training looks at the last 180 days; older times must be shifted."
    if t is None:
        why = "without times the last 180 days are unknown"
        return [Requirement(0, 100, "users in 180 days", "", unknown=why)], GOOGLE, note
    unit = "users in 180 days"
    days = Pace(t.span_days - 7 * t.window_weeks, t.span_days)
    needs = [
        recent(t.half_year_users, 100, unit),
        Requirement(t.span_days, 90, "days", "{} more days of history", days, least=30),
    ]
    return needs, GOOGLE, note


def _algolia(facts: Facts) -> VendorNeeds:
    if facts.timing is None:
        why = "without times the last 30 days are unknown"
        return [Requirement(0, 10_000, "events", "", unknown=why)], ALGOLIA, ""
    unit = "events in 30 days"
    needs = [recent(facts.timing.month_events, 10_000, unit)]
    bought = facts.exposure.purchase_visits
    told = "which events are purchases is not told" if bought is None else f"here {bought:,}"
    note = (
        "Related products need 10,000 events in 30 days; bought together 1,000 purchases of two "
        f"or more products ({told}). It answers for an item, not for a person."
    )
    return needs, ALGOLIA, note


def _gorse(facts: Facts) -> VendorNeeds:
    needs = [
        counted(facts, "events", 5_000, "events"),
        counted(facts, "users_two", 100, "users with two or more events"),
    ]
    return needs, OURS, "It names no minimum; asked for is what item-to-item needs here."
