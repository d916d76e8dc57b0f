"""Findings on how much there is, and how it is spread over items and people."""

from __future__ import annotations

import math

from pipelines.data.readiness.checks.judging import at_least, at_most, told, wait
from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.finding import Finding
from pipelines.data.readiness.requirements import counted
from pipelines.data.readiness.vendors import AMAZON


def volume(facts: Facts) -> list[Finding]:
    v = facts.volume
    two = max(25, math.ceil(0.01 * v.users))
    events = counted(facts, "events", 1_000, "events")
    returning = counted(facts, "users_two", two, "users with two or more events")
    many = counted(facts, "events", 50_000, "events")
    people = counted(facts, "users", 1_000, "users")
    return [
        at_least(
            "events", v.events, events.need,
            "Below this a vendor refuses to train, and lists of our own are chance.",
            f"Collect {events.gap}.{wait(facts, events)}", AMAZON,
        ),
        at_least(
            "users with two or more events", v.users_two, two,
            "Only a second event of the same person tells which items go together.",
            "Recognize returning people, by a sign-in or a lasting visitor number: this needs "
            f"{returning.gap}.{wait(facts, returning)}", AMAZON,
        ),
        at_least(
            "events, for good quality", v.events, many.need,
            "With fewer, personal lists seldom beat the popular ones clearly.",
            f"Collect {many.gap}, or add other kinds of event.{wait(facts, many)}",
            AMAZON, "thin",
        ),
        at_least(
            "users, for good quality", v.users, people.need,
            "With fewer people, intervals stay wide and small gains cannot be seen.",
            f"Wait for {people.gap} before trusting small differences.{wait(facts, people)}",
            AMAZON, "thin",
        ),
        at_least(
            "density, share of pairs", v.density, 0.0005,
            "The fewer of all user and item pairs occur, the less two people have in common.",
            "Group rare items (variants of one product), or leave them out.", below="thin",
        ),
        at_most(
            "concentration of items, Gini", v.gini, 0.9,
            "Near 1, a few items take nearly all events and the others cannot be learned.",
            "Compare with popularity first; show rare items somewhere, so that they get a chance.",
        ),
        at_most(
            "events on the top 1 % of items, share", v.top_share, 0.5,
            "Where few items take most events, a popularity rule is hard to beat.",
            "Compare with popularity first; look whether a bag, a gift card or a fee is an item.",
        ),
    ]  # fmt: skip


def histories(facts: Facts) -> list[Finding]:
    v = facts.volume
    keeps, repeats = facts.seen == "keep", facts.volume.repeat_share
    again = (
        "The lists may hold items already taken up, as suits goods that are bought again."
        if keeps
        else "People seldom take up the same item again, so leaving out seen items costs little."
    )
    return [
        at_least(
            "events per user, median", v.median_events, 5,
            "Half of the people have this many events to go by, or fewer.",
            "Log more kinds of event (views, carts), and keep histories longer.", below="thin",
        ),
        at_most(
            "users with one event, share", v.once_share, 0.5,
            "For them there is no history: they get popular items or those near the one item.",
            "Recognize returning people; ask new ones for two or three favorites.", worst=0.9,
        ),
        told(
            "users with two to four events, share", v.few_share,
            "They can get items near their few ones; a profile of their taste is thin.",
        ),
        at_least(
            "users with five or more events, share", v.users_five / max(v.users, 1), 0.1,
            "They are the people whose taste a personal model can learn.",
            "Until more people have five events, put the effort into the first visit.",
            below="thin",
        ),
        told("repeated events, share", repeats, again) if keeps else at_most(
            "repeated events, share", repeats, 0.2,
            again if repeats <= 0.2 else
            "Where people take up the same item again, leaving out seen items hides what they "
            "want.",
            "Keep items already taken up in the lists.",
        ),
    ]  # fmt: skip
