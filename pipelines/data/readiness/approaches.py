"""What each approach requires of the data, and how much is missing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.requirements import OURS, Requirement, counted, recent
from pipelines.data.readiness.unit import EVENTS, USERS_FIVE, USERS_TWO, Unit
from pipelines.data.readiness.vendors import vendors_of
from pipelines.runtime.phrases import number_of
from pipelines.statistics import power as experiment

State = Literal["enough", "thin", "not enough", "unknown"]
_WORST: tuple[State, ...] = ("not enough", "unknown", "thin", "enough")

LEARNED = ("item-to-item", "factorization", "sequential", "learned ranker")
"""Approaches that learn from behavior; if none has enough data, the verdict is popularity only."""
LIFT, THIN_LIFT = 0.10, 0.20
"""The relative lift that an A/B test of eight weeks should detect (enough, thin)."""
BASE = 0.02
"""The conversion rate that is assumed if the data does not hold it."""


@dataclass(frozen=True)
class Approach:
    """Whether the data is enough for an approach.

    `have` and `need` are those of the requirement that is furthest from being met, counted
    in `unit`. `missing` says all that is missing and when it may be there, `first` only the
    most important of it; both are empty if nothing is missing. `source` is the source of the
    thresholds, `note` further information.
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
    """Each approach by name: recommenders first, then real time and tests, then vendors."""
    needs: dict[str, tuple[list[Requirement], str, str]] = {
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
    return {name: _judge(facts, *of) for name, of in needs.items()}


def _judge(facts: Facts, needs: list[Requirement], source: str, note: str) -> Approach:
    unmet = [r for r in needs if not r.met]
    state: State = min((r.state for r in needs), key=_WORST.index)
    known = [r for r in needs if not r.unknown] or needs
    furthest = min(known, key=lambda r: r.have / r.need if r.need else math.inf)
    have, need, unit = furthest.have, furthest.need, str(furthest.unit)
    if not unmet:
        return Approach("enough", have, need, "", unit, source, "", note)
    first = min(unmet, key=lambda r: (_WORST.index(r.state), r.have / r.need if r.need else 1))
    short = [r for r in unmet if not r.unknown]
    parts = [f"needs {_listed([r.gap for r in short])}"] if short else []
    if wait := _when(short, facts):
        parts.append(wait)
    parts += [r.unknown for r in unmet if r.unknown]
    lead = first.unknown or f"needs {first.gap}"
    return Approach(state, have, need, "; ".join(parts), unit, source, lead, note)


def _listed(texts: list[str]) -> str:
    return " and ".join([*([", ".join(texts[:-1])] if len(texts) > 1 else []), texts[-1]])


def _when(short: list[Requirement], facts: Facts) -> str:
    """When the last of the requirements that grow with time will be met, as a clause."""
    paced = [(r, r.pace) for r in short if r.pace is not None]
    if not paced:
        return ""
    need, pace = max(paced, key=lambda p: p[1].weeks(p[0].need - p[0].have, facts.timing))
    gap = need.need - need.have
    return pace.when(gap, need.unit, facts.timing, is_sample=facts.is_sample)


def _events(facts: Facts, need: int) -> Requirement:
    return counted(facts, "events", need, EVENTS)


def _returning(facts: Facts, need: int) -> Requirement:
    return counted(facts, "users_two", need, USERS_TWO)


def _regular(facts: Facts) -> Requirement:
    return counted(facts, "users_five", 500, USERS_FIVE)


def _shared(facts: Facts) -> Requirement:
    return counted(facts, "items_five", 50, Unit("item", "with events of five or more users"))


def _ordered(facts: Facts) -> Requirement:
    unit = Unit("user", "with events at five or more different times")
    if facts.timing is None:
        return Requirement(0, 1_000, unit, advice="the time of each event")
    return counted(facts, "ordered_five", 1_000, unit)


def _described(facts: Facts) -> Requirement:
    need = math.ceil(0.8 * facts.metadata.items)
    return Requirement(facts.metadata.described, need, Unit("item", "with a category"))


def _within_visits(facts: Facts) -> list[Requirement]:
    """At least 1,000 visits with several events, and a tenth of all visits."""
    unit = Unit("visit", "with events at two or more different times")
    if facts.timing is None or facts.timing.whole_days:
        advice = "the time of day of each event, not only its date"
        return [Requirement(0, 1, Unit("time", "of day"), advice=advice)]
    share = facts.volume.visits_two / max(facts.volume.visits, 1)
    advice = (
        "more visits with two or more events, such as views and carts "
        f"(the share is {share:.1%}, and 10% is needed)"
    )
    shares = Unit("visit", f"{unit.qualifier}, share")
    tenth = Requirement(share, 0.1, shares, least=0, advice=advice)
    enough = counted(facts, "visits_two", 1_000, unit)
    return [enough, tenth] if enough.met else [enough]


def _no_history(facts: Facts) -> str:
    share = None if facts.timing is None else facts.timing.new_visits
    if share is None:
        return ""
    visits = f"{share:.1%} of the visits are by users without a history"
    if share < 0.1:
        return f"{visits}; for most other visits, lists computed in advance are as good."
    return f"{visits}; for these, only events within the visit show what the user wants."


def _off_policy(facts: Facts) -> list[Requirement]:
    seen, given = facts.exposure.impressions, facts.exposure.propensities
    unit = Unit("impression", "with a propensity")
    if seen is None:
        again = "exposure columns were not kept at import: import the file again"
        return [Requirement(0, 10_000, unit, unknown=again)]
    rows = 0 if given is None else given.rows
    needs = [Requirement(rows, 10_000, unit)]
    if given is not None and given.rows:
        drawn = Requirement(
            1 - given.certain,
            0.5,
            Unit("impression", "drawn at random"),
            advice="some positions filled at random (a log of a fixed order says nothing about "
            "other items)",
        )
        effective, least = given.effective * given.rows, max(100.0, 0.01 * given.rows)
        overlap = Requirement(
            effective,
            least,
            Unit("effective impression"),
            advice="propensities further from zero "
            f"({number_of(math.ceil(least - effective), 'more effective impression')})",
        )
        needs += [drawn, overlap]
    return needs


def _traffic(facts: Facts) -> Requirement:
    unit = Unit("user", "in eight weeks")
    need, least = (
        2 * math.ceil(experiment.people_per_arm(base(facts), x)) for x in (LIFT, THIN_LIFT)
    )
    if facts.timing is None:
        why = "without times the traffic is unknown"
        return Requirement(0, need, unit, unknown=why)
    return recent(facts.timing.eight_weeks_users, need, unit, least)


def base(facts: Facts) -> float:
    """The conversion rate: the share of users who buy, or an assumed one if it is unknown."""
    buyers = facts.exposure.buyers
    # A lift of 20% must leave the rate below 1.
    return BASE if buyers is None else min(max(buyers.value, 0.001), 0.8)


def _detectable(facts: Facts) -> str:
    if facts.timing is None:
        return ""
    known = facts.exposure.buyers is not None
    lift = experiment.smallest_lift(base(facts), facts.timing.eight_weeks_users.now / 2)
    detects = (
        "a test of eight weeks detects no lift below 100%"
        if lift is None or lift > 1
        else f"the smallest lift that a test of eight weeks detects is {lift:.0%} (relative)"
    )
    source = "measured in the data" if known else "assumed, because the data does not hold it"
    return (
        f"With {number_of(facts.timing.eight_weeks_users.now, 'user')} in eight weeks and a "
        f"conversion rate of {base(facts):.1%} ({source}), {detects}."
    )
