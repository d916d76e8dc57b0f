"""Findings on types of events and on what was shown to whom."""

from __future__ import annotations

from pipelines.data.readiness.checks.judging import at_least, at_most, told, unknown
from pipelines.data.readiness.checks.quality import AGAIN
from pipelines.data.readiness.event_kinds import count
from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.finding import Finding, FindingState
from pipelines.schema import Columns as C

_COLUMNS = {
    C.IMPRESSION: (
        "What was shown and not taken up is the other half of the truth; without it a list is "
        "judged by what the old one showed.",
        "Log an impression for each item that came into view.",
    ),
    C.POSITION: (
        "The first place gets the clicks: without the place, its effect is taken for taste.",
        "Log the place of each item shown, from 1.",
    ),
    C.PROPENSITY: (
        "Only with the chance at which an item was shown can the log judge another list.",
        "Draw a small share of the places at random, and log each item's chance.",
    ),
    C.RECOMMENDATION: (
        "It ties a click to the list that caused it; without it no list can be credited.",
        "Give each list shown an id, and send it with every event that follows from it.",
    ),
}


def check_of(column: str) -> str:
    """The name of the check on an exposure column."""
    return f"{column}, share of events"


def exposure(facts: Facts) -> list[Finding]:
    return [*_types(facts), *_columns(facts), *_open_rate(facts)]


def _types(facts: Facts) -> list[Finding]:
    types = facts.exposure.event_types
    balance = "commonest type of event, share"
    if types is None:
        why = "Whether the file told types of event apart was not kept."
        return [unknown("types of event", 2, why, AGAIN)]
    total = sum(types.values())
    if total == 0:
        why = "All events are of one kind: nothing tells a look from a purchase."
        todo = "Log views, carts and purchases as types of event, and map their column."
        return [at_least("types of event", 1, 2, why, todo, below="thin")]
    order = sorted(types.items(), key=lambda pair: -pair[1])
    shares = ", ".join(f"{name} {n / total:.1%}" for name, n in order[:5])
    return [
        at_least(
            "types of event", len(types), 2, f"The rows are: {shares}.",
            "Log views, carts and purchases as types of event.", below="thin",
        ),
        at_most(
            balance, order[0][1] / total, 0.98,
            "Where one type drowns the others, the rare ones (mostly the purchases) hardly count.",
            "Weigh the rare types up in the recipe, or leave the commonest out.",
        ),
    ]  # fmt: skip


def _columns(facts: Facts) -> list[Finding]:
    found = []
    for column, (why, todo) in _COLUMNS.items():
        shares = facts.exposure.columns
        if shares is None:
            found.append(unknown(check_of(column), 0.1, why, AGAIN))
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
        f"{rate.hits:,} opens of {rate.of:,} sent or shown (95 % interval {low:.2%} to "
        f"{high:.2%}); what nobody opens, no list can improve."
    )
    return [told("open rate", rate.value, why)]
