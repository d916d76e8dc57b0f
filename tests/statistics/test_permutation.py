"""Monte Carlo p values: valid, and small enough to be below their level."""

import numpy as np

from pipelines.statistics.permutation import rarity


def normal(rng, n):
    return rng.normal(size=n)


def test_a_common_value_stops_early_and_a_rare_one_is_below_the_level():
    asked = []

    def draw(rng, n):
        asked.append(n)
        return rng.normal(size=n)

    assert 0.3 < rarity(draw, 0.0, 1e-4) < 0.7 and sum(asked) == 100
    assert rarity(normal, 10.0, 1e-4) < 1e-4


def test_without_an_effect_p_is_below_a_level_no_more_often_than_it_says():
    rng = np.random.default_rng(0)
    below = sum(rarity(normal, rng.normal(), 0.05, seed) < 0.05 for seed in range(1_000))
    assert below <= 65


def test_an_equal_draw_counts():
    assert rarity(lambda rng, n: np.ones(n), 1.0, 1e-4) == 1.0
