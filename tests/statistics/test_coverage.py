"""Intervals of real per-user values hold the mean as often as they say.

A small, seeded version of `python -m benchmarks intervals`, whose figures are in
docs/performance.md: 2,000 draws put a true 95% between 93.5 and 96.5% nearly always.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.coverage import World, coverage, differences, world
from pipelines.data.samples import materialize
from pipelines.statistics.intervals import mean_interval, t_interval


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> World:
    """671 people of the sample, a list each of Popular and of an item-based model."""
    folder = tmp_path_factory.mktemp("sample") / "movielens-small"
    materialize("movielens-small", folder)
    knn = {"schema": 1, "name": "item-knn", "candidates": [{"stage": "item-knn", "k": 50}]}
    return world(folder, "last-n:10", ("popular", knn))


@pytest.mark.parametrize("n", [100, 671])
def test_intervals_of_a_contenders_mean(real: World, n: int) -> None:
    found = coverage(mean_interval, real, (0.0, 1.0), n, draws=2_000)
    assert {key: share for key, share in found.items() if not 0.93 <= share <= 0.97} == {}
    assert np.mean(list(found.values())) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("n", [100, 671])
def test_intervals_of_a_difference(real: World, n: int) -> None:
    found = coverage(t_interval, differences(real), (-1.0, 1.0), n, draws=2_000)
    assert {key: share for key, share in found.items() if not 0.935 <= share <= 0.965} == {}


def test_a_mean_of_skewed_values_needs_more_than_the_t_interval(real: World) -> None:
    """Popular's MRR, three quarters zeros: this is what the correction is for."""
    popular = {key: values for key, values in real.items() if key == ("popular", "mrr@10")}
    (plain,) = coverage(t_interval, popular, (0.0, 1.0), 100, draws=2_000).values()
    (found,) = coverage(mean_interval, popular, (0.0, 1.0), 100, draws=2_000).values()
    assert plain < 0.945 < found
