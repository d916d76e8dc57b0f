import numpy as np
import pytest
from scipy.stats import binomtest, skew, ttest_1samp, ttest_rel, wilcoxon

from pipelines.errors import AssayError
from pipelines.statistics.intervals import (
    differences,
    fewest_equal,
    mean_interval,
    p_value,
    paired,
    standard_error,
    t_interval,
)
from pipelines.statistics.sign_flip import sign_flips

A = [0.1, 0.3, 0.5, 0.2, 0.4, 0.6, 0.3, 0.7]
B = [0.2, 0.3, 0.6, 0.4, 0.3, 0.8, 0.5, 0.7]


def test_published_fixture() -> None:
    d = differences(B, A)
    t, p = d.mean() / standard_error(d), p_value(d)
    assert round(t, 6) == 2.197950
    assert round(p, 7) == 0.0639241
    peer = ttest_rel(B, A)
    assert (t, p) == pytest.approx((peer.statistic, peer.pvalue), rel=1e-12)
    low, high = peer.confidence_interval(0.9)
    found = paired(B, A, confidence=0.9)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


def test_why_wilcoxon_is_not_offered() -> None:
    """It ranks sizes: whether .2 - .1 equals .4 - .3 in floating point decides its p."""
    assert wilcoxon(B, A).pvalue == pytest.approx(0.15625)
    assert wilcoxon(np.subtract(B, A).round(9)).pvalue == pytest.approx(0.125)
    assert p_value(np.subtract(B, A).round(9)) == pytest.approx(p_value(differences(B, A)))


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
        interval, p = paired(a, b), p_value(differences(a, b))
        outside = interval.low > 0 or interval.high < 0
        assert outside == (p < 0.05)
        seen.add(outside)
    assert seen == {True, False}


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.975, 0.99])
def test_interval_excludes_zero_exactly_where_p_is_below_its_level(confidence: float) -> None:
    rng = np.random.default_rng(1)
    seen = set()
    for shift in np.linspace(0, 0.6, 40):
        d = rng.normal(shift, 0.7, 30)
        interval = t_interval(d, confidence=confidence)
        outside = interval.low > 0 or interval.high < 0
        assert outside == (p_value(d) < 1 - confidence)
        seen.add(outside)
    assert seen == {True, False}


def test_equal_differences_have_no_width_from_where_the_sign_flip_test_reaches_the_level() -> None:
    assert [fewest_equal(c) for c in (0.5, 0.9, 0.9375, 0.95, 0.975, 0.99)] == [2, 5, 5, 6, 7, 8]
    for confidence in (0.95, 0.975, 1 - 0.05 / 3):
        for n in range(1, 12):
            d = np.full(n, 0.2)
            found = t_interval(d, (-1, 1), confidence)
            assert (found.low > 0) == (p_value(d) <= 1 - confidence), (confidence, n)
            assert p_value(d) == sign_flips(d[:, None])[0] == 2 / 2**n
    assert p_value(np.zeros(40)) == p_value(np.zeros(0)) == 1.0
    assert p_value(-np.full(2000, 0.25)) == 0.0  # below the least float


def test_skewed_means_by_hand() -> None:
    """Hall 1992: of g(T) = T + a T² / 3 + a² T³ / 27 + a / 6, a = skewness / sqrt(n), the ends
    are where g is the t quantile; the skewness is that of 25 more, symmetric, users."""
    values = np.random.default_rng(3).exponential(1.0, 40)
    found = mean_interval(values)
    a = skew(values) * 40 / 75 / np.sqrt(40)
    error = values.std(ddof=1) / np.sqrt(40)
    t = 2.022690920
    for end, quantile in ((found.low, t), (found.high, -t)):
        moved = (values.mean() - end) / error
        g = moved + a * moved**2 / 3 + a**2 * moved**3 / 27 + a / 6
        assert g == pytest.approx(quantile, rel=1e-8)
    plain = t_interval(values)
    assert plain.low < found.low and plain.high < found.high  # reaches further to the long side
    mirrored = mean_interval(-values)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))


def test_without_skew_it_is_the_t_interval() -> None:
    values = np.random.default_rng(4).normal(0, 1, 15)
    values = np.concatenate([values, -values]) + 0.4
    found, peer = mean_interval(values), ttest_1samp(values, 0).confidence_interval()
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high))


@pytest.mark.parametrize("hits", [0, 1, 37, 99, 100])
@pytest.mark.parametrize("confidence", [0.95, 0.975])
def test_shares_have_wilsons_interval(hits: int, confidence: float) -> None:
    values = np.repeat([1.0, 0.0], [hits, 100 - hits])
    found = mean_interval(values, (0, 1), confidence)
    peer = binomtest(hits, 100).proportion_ci(confidence, method="wilson")
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high), abs=1e-12)
    assert found.value == hits / 100
    scaled = mean_interval(4 * values - 1, (-1, 3), confidence)
    assert (scaled.low, scaled.high) == pytest.approx((4 * peer.low - 1, 4 * peer.high - 1))


def test_one_value_or_a_few_equal_ones_leave_the_whole_range() -> None:
    assert mean_interval([0.5], within=(0, 1)).model_dump() == {"value": 0.5, "low": 0, "high": 1}
    few = paired([1.0] * 5, [0.8] * 5, within=(-1, 1))
    assert (few.low, few.high) == (-1, 1)
    six = paired([1.0] * 6, [0.8] * 6, within=(-1, 1), confidence=0.975)
    assert (six.low, six.high) == (-1, 1)  # 2 / 2^6 does not reach .025
    for values in ([0.5], [3.0, 3.0]):
        with pytest.raises(AssayError, match="at least 6 users"):
            mean_interval(values)
    with pytest.raises(AssayError, match="no values"):
        mean_interval([np.nan])


def test_six_equal_values_have_an_interval_without_width() -> None:
    found = mean_interval([0.1] * 6, within=(0, 1))
    assert found.low == found.high == pytest.approx(0.1)
    assert p_value(differences([0.2] * 9, [0.2] * 9)) == 1.0
    assert p_value(differences([1.0] * 9, [0.5] * 9)) == 2 / 2**9


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ([0.7, 0.4], [0.6, 0.3]),
        ([1 / 2, 1 / 3, 1.0], [1 / 3, 1 / 6, 5 / 6]),
        ([0.1 + 0.2, 0.4], [0.3, 0.4]),
    ],
)
def test_what_is_equal_but_for_rounding_is_equal(here: list[float], there: list[float]) -> None:
    d = differences(here, there)
    assert d.min() == d.max()
    found = paired(here, there, within=(-1, 1))
    assert (found.low, found.high) == (-1, 1)
    assert p_value(d) >= 2 / 2 ** len(d)


def test_undefined_users_are_left_out_pair_by_pair() -> None:
    assert mean_interval([1, np.nan, 2, 3]) == mean_interval([1, 2, 3])
    nan = np.nan
    assert paired([1, nan, 5, 2], [0, 1, nan, 0.5]) == paired([1, 2], [0, 0.5])


def test_intervals_stay_within_the_range() -> None:
    assert t_interval([0, 0, 0, 0, 0, 0, 0.5], within=(0, 1)).low == 0.0
    assert mean_interval([1, 1, 1, 1, 1, 1, 0.5], within=(0, 1)).high == 1.0


def test_nobody_found_anything_is_no_certainty() -> None:
    """100 users without a hit: up to 3.7 of 100 may still have one (Wilson)."""
    found = mean_interval(np.zeros(100), within=(0, 1))
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(0.036994, abs=1e-5)


def test_differences_of_other_lengths_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        differences(A, B[:-1])
