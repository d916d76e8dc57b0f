"""Machines and catch-all accounts are flagged, people are not."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.data.outliers import CATCH_ALL, FAR_BEYOND, MACHINE_PACE, Flags, flagged
from pipelines.data.samples import SAMPLES
from pipelines.schema import Interactions
from tests.data.samples import EACH_SAMPLE

DAY = 86_400
START = 1_700_000_000 // DAY * DAY
PEOPLE = 2_000


def people(*planted: list[int]) -> Interactions:
    """2,000 people with ten events a day on three days, and the planted ones' times after them."""
    rng = np.random.default_rng(0)
    user = np.repeat(np.arange(PEOPLE), 30)
    time = (
        START + np.tile(np.repeat([0, 7, 20], 10), PEOPLE) * DAY + rng.integers(0, DAY, 30 * PEOPLE)
    )
    users, times = [user], [time]
    for at, own in enumerate(planted):
        users.append(np.full(len(own), PEOPLE + at))
        times.append(np.array(own))
    u, t = np.concatenate(users), np.concatenate(times)
    item = rng.integers(0, 50, len(u))
    return Interactions.build(u, item, None, t, n_users=PEOPLE + len(planted), n_items=50)


def reasons(flags: Flags) -> dict[int, str]:
    return dict(zip(flags.users.tolist(), flags.reasons, strict=True))


def test_ordinary_people_are_not_flagged() -> None:
    assert len(flagged(people())) == 0


def test_a_machines_pace_is_flagged_from_501_moments_on() -> None:
    bot = [START + n for n in range(501)]
    almost = [START + n for n in range(500)]
    calm = [START + 3 * n for n in range(600)]
    assert reasons(flagged(people(bot, almost, calm))) == {PEOPLE: MACHINE_PACE}


def test_over_half_of_the_pauses_must_be_short() -> None:
    half = np.cumsum([1, 40] * 400).tolist()
    more = np.cumsum([1, 1, 40] * 300).tolist()
    planted = [[START + t for t in half], [START + t for t in more]]
    assert reasons(flagged(people(*planted))) == {PEOPLE + 1: MACHINE_PACE}


def test_the_lines_of_large_orders_are_no_machine() -> None:
    orders = [START + 3600 * order for order in range(9) for _ in range(70)]
    assert len(flagged(people(orders))) == 0


def test_events_far_beyond_all_others_are_flagged() -> None:
    # Ten times the usual ten a day is 100: 1,000 events on nine days are beyond, on ten not.
    beyond = [START + d * DAY + n * 700 for d in range(9) for n in range(112)]
    within = [START + d * DAY + n * 800 for d in range(10) for n in range(100)]
    assert reasons(flagged(people(beyond, within))) == {PEOPLE: FAR_BEYOND}


def test_a_catch_all_account_is_flagged_without_times_too() -> None:
    user = np.concatenate([np.repeat(np.arange(5_000), 10), np.full(10_001, 5_000)])
    it = Interactions.build(user, user % 9, n_users=5_001, n_items=9)
    assert reasons(flagged(it)) == {5_000: CATCH_ALL}
    assert flagged(it).users.dtype == np.int32
    fewer = it.select(np.arange(len(it) - 1))
    assert len(flagged(fewer)) == 0


def test_no_events_no_flags() -> None:
    nothing = Interactions.build([], [], n_users=0, n_items=0)
    assert len(flagged(nothing)) == 0


@pytest.mark.parametrize("name", EACH_SAMPLE)
def test_nobody_in_the_samples_is_flagged(name: str) -> None:
    sample = SAMPLES[name]
    assert len(flagged(sample.build(sample)[0].interactions)) == 0
