"""Readiness: what the data can and cannot support, with a number beside each threshold."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from pipelines.data.approaches import AMAZON, OURS, Approach, approaches_of
from pipelines.data.dataset import Dataset
from pipelines.data.facts import Facts, measure
from pipelines.schema import Finding, FindingState

_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def findings(dataset: Dataset) -> list[Finding]:
    """What was found about the data, in the order of the report; shares are from 0 to 1."""
    facts = measure(dataset)
    return [*_volume(facts), *_histories(facts, dataset), *_time(facts), *_quality(facts)]


def approaches(dataset: Dataset) -> dict[str, Approach]:
    """Whether the data is enough for each approach, and how much more it would need."""
    return approaches_of(measure(dataset))


def document(dataset: Dataset) -> dict[str, Any]:
    """The whole report, JSON-able: findings, and state and missing per approach."""
    return {
        "findings": [asdict(finding) for finding in findings(dataset)],
        "approaches": {
            name: {"state": a.state, "missing": a.missing}
            for name, a in approaches(dataset).items()
        },
    }


def sentence(dataset: Dataset) -> str:
    """The report in one sentence."""
    found = approaches(dataset)
    short = [f"{name} {a.first}" for name, a in found.items() if a.state != "enough"]
    enough = len(found) - len(short)
    if not short:
        return f"Enough for all {_word(len(found))} approaches."
    start = "Not enough for any approach yet" if enough == 0 else (
        f"Enough for {_word(enough)} of {_word(len(found))} approaches"
    )  # fmt: skip
    rest = f", and {_word(len(short) - 2)} more fall short" if len(short) > 2 else ""
    return f"{start}; {', '.join(short[:2])}{rest}."


def _word(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def _level(
    check: str,
    value: float,
    threshold: float,
    why: str,
    todo: str,
    source: str,
    below: FindingState = "not enough",
) -> Finding:
    """A finding of a value that should reach its threshold; no advice where it does."""
    met = value >= threshold
    return Finding(
        check, value, threshold, "enough" if met else below, why, "" if met else todo, source
    )


def _most(
    check: str, value: float, threshold: float, why: str, todo: str, worst: float = 2.0
) -> Finding:
    """A finding of a value that should stay at or below its threshold, ours."""
    state: FindingState = "enough" if value <= threshold else "thin"
    if value > worst:
        state = "not enough"
    return Finding(check, value, threshold, state, why, "" if state == "enough" else todo, OURS)


def _volume(facts: Facts) -> list[Finding]:
    two = max(25, math.ceil(0.01 * facts.users))
    return [
        _level(
            "events", facts.events, 1_000,
            "Below this a vendor refuses to train, and lists of our own are chance.",
            f"Collect {1_000 - facts.events:,} more events.", AMAZON,
        ),
        _level(
            "users with two or more events", facts.users_two, two,
            "Only a second event of the same person tells which items go together.",
            "Recognize returning people, by a sign-in or a lasting visitor number.", AMAZON,
        ),
        _level(
            "events, for good quality", facts.events, 50_000,
            "With fewer, personal lists seldom beat the popular ones clearly.",
            f"Collect {50_000 - facts.events:,} more events, or add other kinds of event.",
            AMAZON, "thin",
        ),
        _level(
            "users, for good quality", facts.users, 1_000,
            "With fewer people, intervals stay wide and small gains cannot be seen.",
            f"Wait for {1_000 - facts.users:,} more users before trusting small differences.",
            AMAZON, "thin",
        ),
        _level(
            "density, share of pairs", facts.density, 0.0005,
            "The fewer of all user and item pairs occur, the less two people have in common.",
            "Group rare items (variants of one product), or leave them out.", OURS, "thin",
        ),
    ]  # fmt: skip


def _histories(facts: Facts, dataset: Dataset) -> list[Finding]:
    keeps = dataset.about.seen == "keep"
    repeats = facts.repeat_share
    return [
        _level(
            "events per user, median", facts.median_events, 5,
            "Half of the people have less than this to go by.",
            "Log more kinds of event (views, carts), and keep histories longer.", OURS, "thin",
        ),
        _most(
            "users with one event, share", facts.once_share, 0.5,
            "For them there is no history: they get popular items or those near the one item.",
            "Recognize returning people; ask new ones for two or three favorites.", worst=0.9,
        ),
        Finding(
            "repeated events, share", repeats, None if keeps else 0.2,
            "enough" if keeps or repeats <= 0.2 else "thin",
            "Where people take up the same item again, leaving out seen items hides what they "
            "want." if repeats > 0.2 or keeps else "People seldom take up the same item again.",
            "" if keeps or repeats <= 0.2 else "Keep items already taken up in the lists.", OURS,
        ),
    ]  # fmt: skip


def _time(facts: Facts) -> list[Finding]:
    if facts.span_days is None:
        return [
            Finding(
                "span, days", None, 90, "unknown",
                "Without times nothing can be tested as it would have happened.",
                "Map the column that holds the time of each event.", OURS,
            )
        ]  # fmt: skip
    span = _level(
        "span, days", facts.span_days, 90,
        "A short span shows one season, and leaves little to hold out for a test.",
        f"Wait {max(90 - facts.span_days, 0):.0f} more days, or export older events.",
        OURS, "thin",
    )  # fmt: skip
    why = "Recommendations pay only when people come back to see them."
    check = "visits per user and year"
    if facts.visits_per_year is None:
        todo = "Export at least four weeks of events."
        return [span, Finding(check, None, 4, "unknown", why, todo, OURS)]
    advice = "Bring people back first (mail, reminders), or recommend within the one visit."
    return [span, _level(check, facts.visits_per_year, 4, why, advice, OURS, "thin")]


def _quality(facts: Facts) -> list[Finding]:
    return [
        _most(
            "items without metadata, share", 1 - facts.titled / max(facts.items, 1), 0.2,
            "An item without title or category cannot be shown, ruled on, or found while new.",
            "Give a table of the items with titles and categories.", worst=0.8,
        ),
        _most(
            "rows in quarantine, share", facts.quarantined_share, 0.01,
            "Rows that cannot be read are seldom missing at random.",
            "Look at the quarantine file and mend the export.", worst=0.2,
        ),
    ]  # fmt: skip
