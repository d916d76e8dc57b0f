"""Sums with two-way clusters: by hand, and how often they mislead."""

import numpy as np
import pytest

from pipelines.statistics.clusters import two_way


def test_by_hand():
    # Sums by user 3 and 0, by item 2 and 1: 9 + 5 - (1 + 4 + 1) = 8, and by users alone 9.
    found = two_way([1.0, 2.0, 1.0, -1.0], np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert (found.total, found.error, found.clusters) == (3.0, 3.0, 2)
    assert found.p_below == pytest.approx(0.75)  # t = 1 with one degree of freedom
    assert found.p_below + found.p_above == pytest.approx(1)


def test_one_cluster_says_nothing():
    assert two_way([1.0, 1.0], np.array([0, 0]), np.array([0, 1])).p_above == 0.5


@pytest.mark.parametrize("shared", [0.0, 3.0])
def test_without_an_effect_it_is_significant_no_more_often_than_it_says(shared):
    """Also where what is random is the items, the same for all users."""
    rng = np.random.default_rng(0)
    users, items = (a.ravel() for a in np.meshgrid(np.arange(40), np.arange(30)))
    below = 0
    for _ in range(1_000):
        values = rng.normal(size=len(users)) + shared * rng.normal(size=30)[items]
        below += two_way(values, users, items).p_below < 0.05
    assert below <= 65  # 50 expected; three standard deviations are 21


def test_what_would_be_seen():
    found = two_way(np.full(100, 0.01), np.arange(100), np.arange(100))
    assert not found.sees(0.1, 3, 0.01, 0.99)
    assert found.sees(10, 3, 0.01, 0.99)
