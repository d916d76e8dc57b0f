import numpy as np
import pytest

from pipelines.statistics.bootstrap import resampled_means
from pipelines.statistics.intervals import differences, p_value, paired
from pipelines.statistics.ratio import relative_difference

RNG = np.random.default_rng(1)
BASE = np.where(RNG.random(400) < 0.3, RNG.random(400), 0.0)
MINE = np.where(RNG.random(400) < 0.8, BASE, RNG.random(400) * 0.6)


def test_the_ends_are_the_ratios_that_a_paired_t_test_just_rejects() -> None:
    found = relative_difference(MINE, BASE)
    assert found is not None
    assert found.value == pytest.approx(MINE.mean() / BASE.mean() - 1)
    for end in (found.low, found.high):
        assert p_value(differences(MINE, (1 + end) * BASE)) == pytest.approx(0.05)


@pytest.mark.parametrize("confidence", [0.95, 0.975])
def test_it_leaves_zero_out_where_the_difference_does(confidence: float) -> None:
    seen = set()
    for shift in np.linspace(-0.04, 0.08, 25):
        here = BASE + shift + RNG.normal(0, 0.2, 400)
        ratio, difference = (
            relative_difference(here, BASE, confidence),
            paired(here, BASE, confidence=confidence),
        )
        assert ratio is not None
        assert (ratio.low > 0, ratio.high < 0) == (difference.low > 0, difference.high < 0)
        seen.add((ratio.low > 0, ratio.high < 0))
    assert len(seen) == 3


def test_it_is_near_the_bootstrap_of_the_ratio() -> None:
    means = resampled_means(np.column_stack([MINE, BASE]), replicates=4_000)
    low, high = np.quantile(means[:, 0] / means[:, 1] - 1, [0.025, 0.975])
    found = relative_difference(MINE, BASE)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.12 * (high - low))


def test_a_tiny_share_keeps_its_interval() -> None:
    """A million users, .1 more for three of them: the difference is not told from 0 (p .083)."""
    base = np.full(1_000_000, 0.5)
    base[:100] = 0.4
    here = base.copy()
    here[:3] += 0.1
    found, difference = relative_difference(here, base), paired(here, base)
    assert found is not None
    assert found.low < 0 < found.high and difference.low < 0 < difference.high
    assert (found.low, found.high) == pytest.approx((2 * difference.low, 2 * difference.high), 1e-3)


def test_proportional_values_have_no_width() -> None:
    found = relative_difference(1.5 * BASE, BASE)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5), abs=1e-9)
    same = relative_difference(BASE, BASE)
    assert same is not None and (same.low, same.high) == pytest.approx((0, 0), abs=1e-9)


def test_no_share_is_told_of_a_mean_that_may_be_zero_of_few_users_or_of_signs() -> None:
    rare = np.zeros(100)
    rare[0] = 1.0
    assert relative_difference(np.ones(100), rare) is None
    assert relative_difference(np.ones(100), np.zeros(100)) is None
    assert relative_difference([1, 2, 3, 4, 5], [1, 1, 2, 2, 3]) is None
    assert relative_difference(np.ones(100), RNG.normal(0.5, 1, 100)) is None


def test_users_without_both_values_are_left_out() -> None:
    gone = MINE.copy()
    gone[:100] = np.nan
    assert relative_difference(gone, BASE) == relative_difference(MINE[100:], BASE[100:])


def test_what_cannot_be_negative_is_not_more_than_wholly_below() -> None:
    rare = np.where(np.arange(400) == np.flatnonzero(BASE)[0], BASE, 0.0)
    found = relative_difference(rare, BASE)
    assert found is not None
    assert found.low == -1.0 < found.value < found.high < 0
