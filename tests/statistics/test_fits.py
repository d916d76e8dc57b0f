"""Means over users and fits: the variance of both draws, and what agrees with it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics.bootstrap import chance_best, resampled_means, with_fits
from pipelines.statistics.fits import by_user, fits_covariance
from pipelines.statistics.intervals import differences, mean_interval, p_value, t_interval
from pipelines.statistics.ratio import relative_difference
from pipelines.statistics.student import t_quantile


def drawn(seed: int, n: int, fits: int, of_fits: float, mean: float = 0.0) -> np.ndarray:
    """Differences (n, fits) with standard deviation 1 between users, `of_fits` between fits."""
    rng = np.random.default_rng(seed)
    users, models = rng.normal(0, 1, (n, 1)), rng.normal(0, of_fits, (1, fits))
    return mean + users + models + rng.normal(0, 0.3, (n, fits))


def test_mean_squares_by_hand() -> None:
    """Two users, two fits: means 2 and 4 of users, 2.5 and 3.5 of fits, no interaction."""
    v = np.array([[1.5, 2.5], [3.5, 4.5]])
    users, fits = by_user(v)
    assert users.tolist() == [2.0, 4.0]
    assert fits.variance == pytest.approx(0.25)  # n (.5² + .5²) / nR, and Me is 0
    found = t_interval(v)
    t = 12.7062047
    assert found.high - found.value == pytest.approx(np.hypot(t * 1.0, t * 0.5), rel=1e-6)


def test_fits_that_differ_by_chance_alone_add_nothing() -> None:
    """Mf below Me: what differs between fits is less than what users explain."""
    v = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    assert by_user(v)[1].variance == 0.0


def test_one_fit_and_equal_fits_are_as_before() -> None:
    v = np.random.default_rng(1).random(50)
    for same in (v[:, None], np.repeat(v[:, None], 3, axis=1)):
        for found, plain in (
            (t_interval(same), t_interval(v)),
            (mean_interval(same, (0, 1)), mean_interval(v, (0, 1))),
        ):
            assert (found.low, found.value, found.high) == pytest.approx(
                (plain.low, plain.value, plain.high)
            )
        assert p_value(same) == pytest.approx(p_value(v))
    hits = (v > 0.5).astype(float)
    wilson = mean_interval(hits, (0, 1))
    assert mean_interval(np.repeat(hits[:, None], 3, axis=1), (0, 1)) == wilson


@given(
    st.integers(0, 2**32), st.integers(2, 40), st.integers(2, 6), st.floats(0, 2), st.floats(0, 2)
)
@settings(max_examples=60, deadline=None)
def test_p_is_below_alpha_exactly_where_the_interval_excludes_zero(
    seed: int, n: int, fits: int, of_fits: float, mean: float
) -> None:
    d = differences(drawn(seed, n, fits, of_fits, mean), np.zeros((n, fits)))
    p = p_value(d)
    for confidence in (0.8, 0.95, 0.99):
        if abs(p - (1 - confidence)) > 1e-9:
            found = t_interval(d, confidence=confidence)
            assert (p < 1 - confidence) == (found.low > 0 or found.high < 0)


def test_a_user_who_is_undefined_in_one_fit_is_left_out() -> None:
    v = drawn(3, 30, 3, 0.5)
    gap = v.copy()
    gap[4, 1] = np.nan
    assert t_interval(gap) == t_interval(np.delete(v, 4, axis=0))
    assert len(differences(gap, np.zeros_like(gap))) == 29


@pytest.mark.parametrize("fits", [2, 3, 5])
@pytest.mark.parametrize("ratio", [0.0, 1.0, 20.0])
def test_coverage_of_the_mean_over_users_and_fits(fits: int, ratio: float) -> None:
    """`ratio`: variance of a fit ÷ variance of the mean over users."""
    n, repeats = 40, 1_000
    rng = np.random.default_rng(100 * fits + int(ratio))
    covered = 0
    for _ in range(repeats):
        users = rng.normal(0, 1, (n, 1))
        models = rng.normal(0, np.sqrt(ratio / n), (1, fits))
        found = t_interval(users + models + rng.normal(0, 0.3, (n, fits)))
        covered += found.low <= 0 <= found.high
    assert covered / repeats >= 0.945 - 2 * np.sqrt(0.95 * 0.05 / repeats)


def test_the_relative_difference_excludes_zero_where_the_difference_does() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        base = np.abs(drawn(seed, 60, 3, 0.2, mean=5.0))
        values = base + drawn(seed + 1_000, 60, 3, 0.3, mean=rng.uniform(0, 1))
        found = relative_difference(values, base)
        plain = t_interval(differences(values, base))
        assert found is not None
        assert (found.low > 0) == (plain.low > 0)
        assert found.value == pytest.approx(values.mean() / base.mean() - 1)


def test_the_covariance_of_fits_keeps_pairs_together() -> None:
    """Two contenders with the same draw move together, so their difference does not."""
    one = drawn(5, 200, 3, 0.5)
    found = fits_covariance(one, one + 0.1)
    assert found[0, 1] == pytest.approx(found[0, 0])
    single = np.repeat(one[:, :1], 3, axis=1)
    assert fits_covariance(one, single)[1].tolist() == [0.0, 0.0]


def test_the_probability_of_being_best_counts_the_draw_of_the_fits() -> None:
    """A lead that is sure for the fits at hand, and far from sure for others."""
    rng = np.random.default_rng(6)
    users = rng.normal(0, 0.01, (300, 1))
    lucky = users + np.array([[0.10, 0.00, 0.05]])
    steady = users + 0.02 + rng.normal(0, 0.01, (300, 1))
    means = np.column_stack([lucky.mean(axis=1), steady[:, 0]])
    draws = resampled_means(means, replicates=2_000)
    assert chance_best(draws)[0] > 0.99
    wider = with_fits(draws, [lucky, steady])
    assert 0.6 < chance_best(wider)[0] < 0.95
    # As often as Student's t with 2 degrees of freedom exceeds the lead.
    error = np.std([0.10, 0.00, 0.05], ddof=1) / np.sqrt(3)
    inside = np.mean(np.abs(wider[:, 0] - draws[:, 0]) < t_quantile(2, 0.8) * error)
    assert inside == pytest.approx(0.8, abs=0.04)
    assert with_fits(draws, [users, steady]) is draws
