"""Findings on the volume of the data and its distribution over items and users."""

from __future__ import annotations

import math

from pipelines.data.readiness.checks.findings import at_least, at_most, expected_sentence, figure
from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.finding import Finding
from pipelines.data.readiness.requirements import Requirement, counted
from pipelines.data.readiness.unit import EVENTS, USERS, USERS_TWO
from pipelines.data.readiness.vendors import AMAZON


def volume(facts: Facts) -> list[Finding]:
    v = facts.volume
    two = max(25, math.ceil(0.01 * v.users))
    events = counted(facts, "events", 1_000, EVENTS)
    returning = counted(facts, "users_two", two, USERS_TWO)
    many = counted(facts, "events", 50_000, EVENTS)
    users = counted(facts, "users", 1_000, USERS)

    def expected(need: Requirement) -> str:
        sentence = expected_sentence(facts, need)
        return f" {sentence}" if sentence else ""

    return [
        at_least(
            "events", v.events, events.need,
            "With fewer events a vendor refuses to train, and our own lists are random.",
            f"Collect {events.gap}.{expected(events)}", AMAZON,
        ),
        at_least(
            "users with two or more events", v.users_two, two,
            "Only users with two or more events show which items go together.",
            "Recognize returning users by a sign-in or a permanent visitor id: this needs "
            f"{returning.gap}.{expected(returning)}", AMAZON,
        ),
        at_least(
            "events, for good quality", v.events, many.need,
            "With fewer events, personalized lists rarely beat popular items clearly.",
            f"Collect {many.gap}, or add other event types.{expected(many)}",
            AMAZON, "thin",
        ),
        at_least(
            "users, for good quality", v.users, users.need,
            "With fewer users, intervals are wide and small gains cannot be detected.",
            f"Wait for {users.gap} before trusting small differences.{expected(users)}",
            AMAZON, "thin",
        ),
        at_least(
            "density, share of pairs", v.density, 0.0005,
            "In sparse data, few users have items in common.",
            "Group rare items (variants of one product), or leave them out.", below="thin",
        ),
        at_most(
            "concentration of items, Gini", v.gini, 0.9,
            "Near 1, a few items have nearly all events, and the others cannot be learned.",
            "Compare with popularity first; show rare items somewhere, so that they get events.",
        ),
        at_most(
            "events on the top 1% of items, share", v.top_share, 0.5,
            "If few items have most of the events, popularity is hard to beat.",
            "Compare with popularity first; check whether a bag, gift card or fee is an item.",
        ),
    ]  # fmt: skip


def histories(facts: Facts) -> list[Finding]:
    v = facts.volume
    keeps, repeats = facts.seen == "keep", facts.volume.repeat_share
    again = (
        "The lists may contain seen items, which suits goods that are bought repeatedly."
        if keeps
        else "Users rarely interact with an item again, so leaving out seen items costs little."
    )
    return [
        at_least(
            "events per user, median", v.median_events, 5,
            "Half of the users have this many events or fewer.",
            "Log more event types (views, carts), and keep longer histories.", below="thin",
        ),
        at_most(
            "users with one event, share", v.once_share, 0.5,
            "These users get popular items, or items similar to their only one.",
            "Recognize returning users; ask new users for two or three favorites.", worst=0.9,
        ),
        figure(
            "users with two to four events, share", v.few_share,
            "These users can get similar items, but their history is short.",
        ),
        at_least(
            "users with five or more events, share", v.users_five / max(v.users, 1), 0.1,
            "These are the users whose preferences a personalized model can learn.",
            "Until more users have five events, focus on the first visit.",
            below="thin",
        ),
        figure("repeated events, share", repeats, again) if keeps else at_most(
            "repeated events, share", repeats, 0.2,
            again if repeats <= 0.2 else
            "Users often interact with an item again, so leaving out seen items hides items "
            "that they want.",
            "Keep seen items in the lists (--seen keep).",
        ),
    ]  # fmt: skip
