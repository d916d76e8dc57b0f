"""What each approach asks of the data, and how much more it would need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.requirements import OURS, Requirement, counted, recent
from pipelines.data.readiness.vendors import vendors_of
from pipelines.statistics import power as experiment

State = Literal["enough", "thin", "not enough", "unknown"]
_WORST: tuple[State, ...] = ("not enough", "unknown", "thin", "enough")

LEARNED = ("item-to-item", "factorization", "sequential", "learned ranker")
"""Approaches that learn from what people do; without one of them it is popularity only."""
LIFT, THIN_LIFT = 0.10, 0.20
"""The relative lift that an A/B test of eight weeks should show (enough, thin)."""
BASE = 0.02
"""The share of visitors that does what is wanted, where the data does not tell it."""


@dataclass(frozen=True)
class Approach:
    """Whether the data is enough for an approach.

    `have` and `need` are those of the requirement that is furthest from being met, counted
    in `unit`; `missing` says all that is missing and by when it may be there, `first` what is
    missing most, or nothing; `source` is the thresholds'; `note` is worth knowing anyway.
    """

    state: State
    have: float
    need: float
    missing: str
    unit: str = "events"
    source: str = OURS
    first: str = ""
    note: str = ""


def approaches_of(facts: Facts) -> dict[str, Approach]:
    """Each approach by name: our own first, then ways of working, then vendors."""
    asked: dict[str, tuple[list[Requirement], str, str]] = {
        "popularity": ([_events(facts, 500)], OURS, ""),
        "item-to-item": ([_events(facts, 5_000), _returning(facts, 100), _shared(facts)], OURS, ""),
        "factorization": ([_events(facts, 10_000), _regular(facts)], OURS, ""),
        "sequential": ([_events(facts, 20_000), _ordered(facts)], OURS, ""),
        "content": ([_described(facts)], OURS, ""),
        "learned ranker": ([_events(facts, 50_000), _regular(facts)], OURS, ""),
        "real time": (_within_visits(facts), OURS, _no_history(facts)),
        "off-policy": (_off_policy(facts), OURS, ""),
        "A/B test": ([_traffic(facts)], OURS, _detectable(facts)),
        **vendors_of(facts),
    }
    return {name: _judge(facts, *needs) for name, needs in asked.items()}


def _judge(facts: Facts, needs: list[Requirement], source: str, note: str) -> Approach:
    unmet = [r for r in needs if not r.met]
    state: State = min((r.state for r in needs), key=_WORST.index)
    told = [r for r in needs if not r.unknown] or needs
    furthest = min(told, key=lambda r: r.have / r.need if r.need else math.inf)
    if not unmet:
        return Approach("enough", furthest.have, furthest.need, "", furthest.unit, source, "", note)
    first = min(unmet, key=lambda r: (_WORST.index(r.state), r.have / r.need if r.need else 1))
    short = [r for r in unmet if not r.unknown]
    parts = ["needs " + " and ".join(r.gap for r in short)] if short else []
    if wait := _when(short, facts):
        parts.append(wait)
    parts += [r.unknown for r in unmet if r.unknown]
    lead = first.unknown or f"needs {first.gap}"
    missing = "; ".join(parts)
    return Approach(state, furthest.have, furthest.need, missing, furthest.unit, source, lead, note)


def _when(short: list[Requirement], facts: Facts) -> str:
    """By when the slowest of the requirements that come by waiting would be met."""
    paced = [(r, r.pace) for r in short if r.pace is not None]
    if not paced:
        return ""
    need, pace = max(paced, key=lambda p: p[1].weeks(p[0].need - p[0].have, facts.timing))
    gap = need.need - need.have
    return pace.when(gap, need.unit, facts.timing, is_sample=facts.is_sample)


def _events(facts: Facts, need: int) -> Requirement:
    return counted(facts, "events", need, "events")


def _returning(facts: Facts, need: int) -> Requirement:
    return counted(facts, "users_two", need, "users with two or more events")


def _regular(facts: Facts) -> Requirement:
    return counted(facts, "users_five", 500, "users with five or more events")


def _shared(facts: Facts) -> Requirement:
    return counted(facts, "items_five", 50, "items that five or more users took up")


def _ordered(facts: Facts) -> Requirement:
    if facts.timing is None:
        return Requirement(0, 1_000, "users with ordered events", "the time of each event")
    unit = "users with events at five or more moments"
    return counted(facts, "ordered_five", 1_000, unit)


def _described(facts: Facts) -> Requirement:
    need = math.ceil(0.8 * facts.metadata.items)
    more = "categories for {} more items"
    return Requirement(facts.metadata.described, need, "items with a category", more)


def _within_visits(facts: Facts) -> list[Requirement]:
    """Events that follow each other within a visit: 1,000 such visits, a tenth of all."""
    if facts.timing is None or facts.timing.whole_days:
        return [Requirement(0, 1, "times of day", "the time of day of each event, not its day")]
    unit = "visits with events at two or more moments"
    share = facts.volume.visits_two / max(facts.volume.visits, 1)
    more = (
        f"events that follow each other within a visit (views, carts): {share:.1%} of the visits "
        "have them, and a tenth should"
    )
    tenth = Requirement(share, 0.1, "visits with two or more moments, share", more, least=0)
    enough = counted(facts, "visits_two", 1_000, unit)
    return [enough, tenth] if enough.met else [enough]


def _no_history(facts: Facts) -> str:
    share = None if facts.timing is None else facts.timing.new_visits
    if share is None:
        return ""
    come = f"{share:.1%} of the visits come from people without a history"
    if share < 0.1:
        return f"{come}, so for most of them lists computed beforehand know as much."
    return f"{come}; only what they do within the visit can tell what they want."


def _off_policy(facts: Facts) -> list[Requirement]:
    seen, given = facts.exposure.impressions, facts.exposure.propensities
    unit = "impressions with a propensity"
    if seen is None:
        again = "what was shown was not kept at import: import the file again"
        return [Requirement(0, 10_000, unit, "", unknown=again)]
    rows = 0 if given is None else given.rows
    needs = [Requirement(rows, 10_000, unit, "{} more " + unit)]
    if given is not None and given.rows:
        drawn = Requirement(
            1 - given.certain,
            0.5,
            "impressions that were drawn by chance",
            "a share of places drawn by chance: logs of a fixed order tell nothing of other items",
        )
        overlap = Requirement(
            given.effective * given.rows,
            max(100.0, 0.01 * given.rows),
            "effective impressions",
            "propensities further from zero: {} more effective impressions",
        )
        needs += [drawn, overlap]
    return needs


def _traffic(facts: Facts) -> Requirement:
    unit = "users in eight weeks"
    need, least = (
        2 * math.ceil(experiment.people_per_arm(base(facts), x)) for x in (LIFT, THIN_LIFT)
    )
    if facts.timing is None:
        why = "without times the traffic cannot be told"
        return Requirement(0, need, unit, "", unknown=why)
    return recent(facts.timing.eight_weeks_users, need, unit, least)


def base(facts: Facts) -> float:
    """The share of visitors that buys, or the assumed one where the data does not tell it."""
    buyers = facts.exposure.buyers
    # A lift of a fifth must leave a share below 1.
    return BASE if buyers is None else min(max(buyers.value, 0.001), 0.8)


def _detectable(facts: Facts) -> str:
    if facts.timing is None:
        return ""
    told = facts.exposure.buyers is not None
    lift = experiment.smallest_lift(base(facts), facts.timing.eight_weeks_users.now / 2)
    shows = (
        "nothing less than a doubling could be shown"
        if lift is None or lift > 1
        else f"the smallest lift that a test of eight weeks shows is {lift:.0%} (relative)"
    )
    whose = "measured here" if told else "assumed, since the data does not tell it"
    return (
        f"With {facts.timing.eight_weeks_users.now:,} different people in eight weeks and "
        f"{base(facts):.1%} of them doing what is wanted ({whose}), {shows}."
    )
