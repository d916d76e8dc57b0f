"""Findings on event types and on what was shown to users."""

from __future__ import annotations

from pipelines.data.readiness.checks.findings import at_least, at_most, figure, unknown
from pipelines.data.readiness.checks.quality import IMPORT_AGAIN
from pipelines.data.readiness.event_kinds import count
from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.finding import Finding, FindingState
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns as C

_COLUMNS = {
    C.IMPRESSION: (
        "Without impressions, the log does not show which items users saw and ignored, so the "
        "evaluation favors lists like the old one.",
        "Log an impression for each item that was visible.",
    ),
    C.POSITION: (
        "Items at the top get more clicks. Without positions, this effect looks like preference.",
        "Log the position of each item shown, from 1.",
    ),
    C.PROPENSITY: (
        "The log can evaluate another list only if it has the probability with which each item "
        "was shown.",
        "Fill a small share of the positions at random, and log each item's probability.",
    ),
    C.RECOMMENDATION: (
        "The id links a click to the list that caused it.",
        "Give each list shown an id, and send it with every event that follows from it.",
    ),
}


def check_of(column: str) -> str:
    """The name of the check of an exposure column."""
    return f"{column}, share of events"


def exposure(facts: Facts) -> list[Finding]:
    return [*_types(facts), *_columns(facts), *_open_rate(facts)]


def _types(facts: Facts) -> list[Finding]:
    types = facts.exposure.event_types
    check, balance = "event types", "most frequent event type, share"
    if types is None:
        why = "The event types were not counted at import."
        return [unknown(check, 2, why, IMPORT_AGAIN)]
    total = sum(types.values())
    if total == 0:
        why = "All events have the same type: views and purchases cannot be distinguished."
        todo = "Log views, carts and purchases as event types, and map their column."
        return [at_least(check, 1, 2, why, todo, below="thin")]
    order = sorted(types.items(), key=lambda pair: -pair[1])
    shares = ", ".join(f"{name} {n / total:.1%}" for name, n in order[:5])
    return [
        at_least(
            check, len(types), 2, f"Shares of the rows: {shares}.",
            "Log views, carts and purchases as event types.", below="thin",
        ),
        at_most(
            balance, order[0][1] / total, 0.98,
            "If one type dominates, the rare types (usually purchases) have little weight.",
            "Give rare types a higher weight in the recipe, or leave out the most frequent type.",
        ),
    ]  # fmt: skip


def _columns(facts: Facts) -> list[Finding]:
    found = []
    for column, (why, todo) in _COLUMNS.items():
        shares = facts.exposure.columns
        if shares is None:
            found.append(unknown(check_of(column), 0.1, why, IMPORT_AGAIN))
            continue
        share = shares[column]
        types = facts.exposure.event_types or {}
        if column == C.IMPRESSION and (shown := count(types, "impression")):
            share = max(share, shown / sum(types.values()))
        below: FindingState = "thin" if share > 0 else "not enough"
        found.append(at_least(check_of(column), share, 0.1, why, todo, below=below))
    return found


def _open_rate(facts: Facts) -> list[Finding]:
    rate = facts.exposure.open_rate
    if rate is None:
        return []
    low, high = rate.interval
    why = (
        f"{number_of(rate.hits, 'open')} of {rate.of:,} sent or shown (95% interval {low:.2%} to "
        f"{high:.2%}); better recommendations only reach users who open them."
    )
    return [figure("open rate", rate.value, why)]
