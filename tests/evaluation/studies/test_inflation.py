"""Ratios of means and their intervals, and orders that turn."""

from __future__ import annotations

import numpy as np

from pipelines.evaluation.studies.inflation import flips, inflations, lifts, resampled

METRIC = "ndcg@10"
TITLES = {"popular": "Popular", "als": "ALS"}


def side(popular: np.ndarray, als: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    return {"popular": {METRIC: popular}, "als": {METRIC: als}}


def found(**sides: dict[str, dict[str, np.ndarray]]):
    return {
        name.replace("_", " "): resampled(values, [METRIC], seed)
        for seed, (name, values) in enumerate(sides.items())
    }


def test_a_lift_is_paired_and_so_its_interval_is_narrower_than_the_values() -> None:
    rng = np.random.default_rng(0)
    popular = rng.uniform(0, 1, 300)
    (lift,) = lifts(found(time=side(popular, popular * 1.5)), TITLES, [METRIC], "popular")
    assert (lift.value, lift.low, lift.high) == (1.5, 1.5, 1.5) or (
        abs(lift.value - 1.5) < 1e-9 and lift.high - lift.low < 1e-9
    )
    apart = popular[::-1].copy() * 1.5  # the same means, other people
    (loose,) = lifts(found(time=side(popular, apart)), TITLES, [METRIC], "popular")
    assert loose.high - loose.low > 0.1
    assert loose.low < 1.5 < loose.high


def test_inflation_divides_by_the_reference_and_covers_the_true_ratio() -> None:
    """Of 200 made-up pairs of samples, 95% of the intervals hold the true ratio of means."""
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(200):
        time = side(rng.exponential(0.1, 120), rng.exponential(0.2, 120))
        random = side(rng.exponential(0.05, 150), rng.exponential(0.3, 150))
        made = inflations(found(time=time, random=random), TITLES, [METRIC], "popular", "time")
        lift = next(one for one in made if one.measure == "lift")
        covered += lift.low <= (0.3 / 0.05) / (0.2 / 0.1) <= lift.high
    assert 0.90 <= covered / 200 <= 0.99


def test_what_inflation_means_for_value_and_lift() -> None:
    ones = np.ones(20)
    made = inflations(
        found(time=side(0.4 * ones, 0.4 * ones), random=side(0.1 * ones, 0.2 * ones)),
        TITLES, [METRIC], "popular", "time",
    )  # fmt: skip
    by = {(one.measure, one.spec): one for one in made}
    assert set(by) == {("lift", "als"), ("value", "popular"), ("value", "als")}
    # Every value is smaller, since the questions are harder; the lift has doubled.
    assert by["value", "popular"].value == 0.25
    assert by["value", "als"].value == 0.5
    assert by["lift", "als"].value == 2.0


def test_nothing_is_said_of_few_users_or_of_a_division_by_zero() -> None:
    few = side(np.ones(5), np.ones(5))
    nobody_hit = side(np.zeros(50), np.ones(50))
    for values in (few, nobody_hit):
        (lift,) = lifts(found(time=values), TITLES, [METRIC], "popular")
        assert (lift.value, lift.low, lift.high) == (None, None, None)


def test_a_denominator_that_may_be_zero_leaves_no_upper_limit() -> None:
    popular = np.zeros(40)
    popular[0] = 1.0  # the one hit is missing in about a third of the resamples
    (lift,) = lifts(found(time=side(popular, np.full(40, 0.5))), TITLES, [METRIC], "popular")
    assert lift.value == 20.0
    assert lift.high is None
    assert 0 < lift.low < 20


def test_a_flip_is_certain_only_where_both_orders_are() -> None:
    rng = np.random.default_rng(2)
    base = rng.uniform(0.2, 0.3, 100)
    clear = rng.uniform(0.05, 0.15, 100)
    noise = rng.normal(0, 0.5, 100)
    ahead, behind = side(base, base + clear), side(base, base - clear)
    (flip,) = flips("random", behind, ahead, TITLES, [METRIC])
    assert (flip.ahead_in_time, flip.ahead_here, flip.certain) == ("ALS", "Popular", True)
    assert flip.in_time.low > 0 > flip.here.high
    unclear = side(base, base - 0.01 - noise + noise.mean())
    (flip,) = flips("random", unclear, ahead, TITLES, [METRIC])
    assert not flip.certain
    assert flips("random", ahead, ahead, TITLES, [METRIC]) == []
    assert flips("random", ahead, side(base, base), TITLES, [METRIC]) == []  # a tie is no order
