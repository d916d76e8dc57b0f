"""What each vendor requires of the data, from its documentation where that states it."""

from __future__ import annotations

import math

from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.facts.pace import Pace
from pipelines.data.readiness.requirements import OURS, Requirement, counted, recent
from pipelines.data.readiness.unit import EVENTS, USERS, USERS_TWO, Unit

AMAZON = "Amazon Personalize documentation"
GOOGLE = "Google Retail API documentation (guidance)"
ALGOLIA = "Algolia Recommend documentation"
NONE_KNOWN = "none known"

VendorNeeds = tuple[list[Requirement], str, str]


def vendors_of(facts: Facts) -> dict[str, VendorNeeds]:
    """For each vendor its requirements, their source and a note."""
    return {
        "Amazon Personalize": _amazon(facts),
        "Recombee": _recombee(),
        "Google Recommendations": _google(facts),
        "Algolia Recommend": _algolia(facts),
        "Gorse": _gorse(facts),
    }


def _amazon(facts: Facts) -> VendorNeeds:
    """Below the minimum it does not train; between minimum and guidance the data is thin."""
    two = max(25, math.ceil(0.01 * facts.volume.users))
    needs = [
        counted(facts, "events", 50_000, EVENTS, least=1_000),
        counted(facts, "users", 1_000, USERS, least=0),
        counted(facts, "users_two", two, USERS_TWO),
    ]
    note = "It trains with 1,000 events or more; it recommends 50,000 events and 1,000 users."
    return needs, AMAZON, note


def _recombee() -> VendorNeeds:
    why = (
        "Recombee's minimum is not known: ask the vendor, and compare its lists with popularity "
        "on this data"
    )
    return [Requirement(0, 1, EVENTS, unknown=why)], NONE_KNOWN, ""


def _google(facts: Facts) -> VendorNeeds:
    """100 users per event type in the last 180 days; here all types are counted together."""
    t = facts.timing
    note = "It trains on the last 180 days; older times must be shifted."
    unit = Unit("user", "in 180 days")
    if t is None:
        why = "without times the last 180 days are unknown"
        return [Requirement(0, 100, unit, unknown=why)], GOOGLE, note
    days = Pace(t.span_days - 7 * t.window_weeks, t.span_days)
    needs = [
        recent(t.half_year_users, 100, unit),
        Requirement(t.span_days, 90, Unit("day", "of history"), days, least=30),
    ]
    return needs, GOOGLE, note


def _algolia(facts: Facts) -> VendorNeeds:
    unit = Unit("event", "in 30 days")
    if facts.timing is None:
        why = "without times the last 30 days are unknown"
        return [Requirement(0, 10_000, unit, unknown=why)], ALGOLIA, ""
    needs = [recent(facts.timing.month_events, 10_000, unit)]
    bought = facts.exposure.purchase_visits
    count = "unknown: no event type is a purchase" if bought is None else f"here {bought:,}"
    note = (
        "Related products need 10,000 events in 30 days; bought together needs 1,000 purchases of "
        f"two or more products ({count}). It recommends for an item, not for a user."
    )
    return needs, ALGOLIA, note


def _gorse(facts: Facts) -> VendorNeeds:
    needs = [
        counted(facts, "events", 5_000, EVENTS),
        counted(facts, "users_two", 100, USERS_TWO),
    ]
    return needs, OURS, "It states no minimum; these are the requirements of item-to-item."
