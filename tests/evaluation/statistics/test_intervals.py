import itertools

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.statistics.intervals import (
    bootstrap_interval,
    mean_interval,
    paired,
    paired_t,
    poisson_bootstrap,
    sign_flip,
)

A = [0.1, 0.3, 0.5, 0.2, 0.4, 0.6, 0.3, 0.7]
B = [0.2, 0.3, 0.6, 0.4, 0.3, 0.8, 0.5, 0.7]


def test_published_fixture() -> None:
    t, p = paired_t(B, A)
    assert round(t, 6) == 2.197950
    assert round(p, 7) == 0.0639241
    assert sign_flip(B, A) == 0.125


def test_t_interval_by_hand() -> None:
    """Mean 3, standard error sqrt(2.5 / 5), t(4) = 2.776445."""
    found = mean_interval([1, 2, 3, 4, 5])
    assert found.value == 3.0
    assert found.high - 3 == pytest.approx(2.776445105 * np.sqrt(0.5), rel=1e-9)
    assert 3 - found.low == pytest.approx(found.high - 3)


def test_paired_is_the_first_minus_the_second_and_mirrors() -> None:
    one, other = paired(B, A), paired(A, B)
    assert one.value == pytest.approx(0.0875)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert one.low < 0 < one.high  # p > .05 and an interval over zero are the same thing
    with pytest.raises(ValueError, match="cannot be paired"):
        paired(A, B[:-1])


def test_interval_excludes_zero_exactly_where_p_is_below_5_percent() -> None:
    rng = np.random.default_rng(1)
    seen = set()
    for shift in np.linspace(0, 0.6, 40):
        a, b = rng.normal(shift, 0.5, 30), rng.normal(0, 0.5, 30)
        interval, (_, p) = paired(a, b), paired_t(a, b)
        outside = interval.low > 0 or interval.high < 0
        assert outside == (p < 0.05)
        seen.add(outside)
    assert seen == {True, False}


def test_intervals_hold_the_mean_95_times_in_100() -> None:
    rng = np.random.default_rng(2)
    draws = rng.binomial(4, 0.25, (4_000, 120)) / 4
    held = [i.low <= 0.25 <= i.high for i in map(mean_interval, draws)]
    assert 0.94 <= np.mean(held) <= 0.96


def test_one_value_or_a_few_equal_ones_leave_the_whole_range() -> None:
    assert mean_interval([0.5], within=(0, 1)).model_dump() == {"value": 0.5, "low": 0, "high": 1}
    few = paired([1.0] * 5, [0.8] * 5, within=(-1, 1))
    assert (few.low, few.high) == (-1, 1)
    for values in ([0.5], [3.0, 3.0]):
        with pytest.raises(AssayError, match="at least 6 users"):
            mean_interval(values)
    with pytest.raises(AssayError, match="no values"):
        mean_interval([np.nan])


def test_six_equal_values_have_an_interval_without_width() -> None:
    found = mean_interval([0.1] * 6, within=(0, 1))
    assert found.low == found.high == pytest.approx(0.1)
    assert paired_t([0.2] * 9, [0.2] * 9) == (0.0, 1.0)
    assert sign_flip([0.2] * 9, [0.2] * 9) == 1.0
    with pytest.raises(AssayError, match="t has no value"):
        paired_t([1.0] * 9, [0.5] * 9)
    assert sign_flip([1.0] * 6, [0.5] * 6) == 2 / 2**6


def test_undefined_users_are_left_out_pair_by_pair() -> None:
    assert mean_interval([1, np.nan, 2, 3]) == mean_interval([1, 2, 3])
    nan = np.nan
    assert paired([1, nan, 5, 2], [0, 1, nan, 0.5]) == paired([1, 2], [0, 0.5])


def test_intervals_stay_within_the_range() -> None:
    found = mean_interval([0, 0, 0, 0, 0, 0, 1], within=(0, 1))
    assert found.low == 0.0


def test_exact_sign_flip_is_the_enumeration() -> None:
    rng = np.random.default_rng(4)
    for n in (1, 2, 5, 9):
        d = rng.integers(-3, 4, n) / 10
        observed = abs(d.sum())
        flips = [abs(np.dot(s, d)) for s in itertools.product((-1, 1), repeat=n)]
        expected = np.mean([f >= observed - 1e-12 for f in flips])
        assert sign_flip(d, np.zeros(n)) == pytest.approx(expected)


def test_monte_carlo_sign_flip_is_near_the_t_test_and_seeded() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(0.09, 0.5, 300), rng.normal(0, 0.5, 300)
    p = sign_flip(a, b, seed=1)
    assert p == sign_flip(a, b, seed=1)
    assert p == pytest.approx(paired_t(a, b)[1], abs=0.02)
    assert 0.001 < p < 0.2
    assert sign_flip(a + 5, b, replicates=99) == 1 / 100


def test_poisson_bootstrap_finds_the_spread_of_a_mean() -> None:
    values = np.random.default_rng(7).normal(0, 1, 4_000)

    def mean(weights: np.ndarray) -> np.ndarray:
        return weights @ values / weights.sum(axis=1)

    draws = poisson_bootstrap(mean, len(values), replicates=2_100, seed=3)
    assert draws.shape == (2_100,)
    assert draws.std() == pytest.approx(values.std() / np.sqrt(len(values)), rel=0.06)
    assert (draws == poisson_bootstrap(mean, len(values), replicates=2_100, seed=3)).all()


def test_bootstrap_weights_are_poisson_with_mean_1() -> None:
    seen: list[np.ndarray] = []
    poisson_bootstrap(lambda w: seen.append(w) or np.zeros(len(w)), 1_000, replicates=500)
    counts = np.bincount(np.concatenate(seen).ravel(), minlength=5)[:5] / 500_000
    expected = np.exp(-1) / np.array([1, 1, 2, 6, 24])
    np.testing.assert_allclose(counts, expected, atol=0.003)


def test_bootstrap_interval_takes_the_resamples_bias_out() -> None:
    draws = np.linspace(0.3, 0.5, 1_001)
    found = bootstrap_interval(0.6, draws, within=(0, 1))
    assert (found.low, found.high) == pytest.approx((0.505, 0.695))
    assert bootstrap_interval(0.95, draws, within=(0, 1)).high == 1.0
