"""People with several requests: by hand on small numbers, and how often the intervals hold."""

import numpy as np
import pytest

from benchmarks.windows import drawn, truth
from pipelines.statistics.intervals import t_interval
from pipelines.statistics.persons import change, contributions

NAN = np.nan


def test_every_request_counts_the_same_by_hand() -> None:
    # Person 0 in two windows, 1 in one of them, 2 in both but undefined in one, 3 without a value.
    persons = np.array([0, 1, 2, 3, 0, 2])
    values = np.array([[0.2], [0.8], [NAN], [NAN], [0.6], [0.4]])
    found = contributions(values, persons)
    # The mean of four requests of three people is .5; a request's deviation counts 3/4.
    assert found[:3].ravel() == pytest.approx([0.5 + 0.75 * -0.2, 0.5 + 0.75 * 0.3, 0.425])
    assert found[:3].mean() == pytest.approx(0.5) and np.isnan(found[3]).all()
    # The cluster-robust variance: N / (N - 1) × the sum of squared totals ÷ M².
    robust = 3 / 2 * (0.2**2 + 0.3**2 + 0.1**2) / 4**2
    assert found[:3].var(ddof=1) / 3 == pytest.approx(robust)
    # A request that is undefined in one fit is left out of both.
    two = np.column_stack([values[:, 0], values[:, 0] + 0.1])
    two[0, 1] = NAN
    assert np.nanmean(contributions(two, persons), axis=0) == pytest.approx([0.6, 0.7])


def test_with_one_request_each_the_contribution_is_the_value() -> None:
    values = np.random.default_rng(0).random((20, 3))
    assert contributions(values, np.arange(20)) == pytest.approx(values)


def test_windows_with_fits_have_the_two_way_interval_by_hand() -> None:
    """Two fits of each of two windows: Mp, Mf and Me are those of the people's contributions."""
    persons = np.array([0, 1, 0, 2])
    values = np.array([[0.1, 0.3], [0.2, 0.2], [0.3, 0.3], [0.6, 1.0]])
    people = contributions(values, persons)
    # Each fit's mean over the four requests, .3 and .45, and 3/4 of the deviations from it.
    by_hand = [[0.3 - 0.15, 0.45 - 0.225], [0.3 - 0.075, 0.45 - 0.1875], [0.525, 0.8625]]
    assert people == pytest.approx(np.array(by_hand))
    means = [(a + b) / 2 for a, b in by_hand]
    mp = 2 * sum((m - 0.375) ** 2 for m in means) / 2
    mf = 3 * 2 * 0.075**2 / 1
    me = 2 * sum((a - m + 0.075) ** 2 for (a, _), m in zip(by_hand, means, strict=True)) / 2
    assert mf > me
    half = np.sqrt(4.302653**2 * mp / 6 + 12.706205**2 * (mf - me) / 6)
    found = t_interval(people)
    assert found.value == pytest.approx(0.375)
    assert found.high - found.value == pytest.approx(half, rel=1e-5)


def test_the_change_is_a_difference_of_two_means_by_hand() -> None:
    first = (np.array([[0.1], [0.5], [NAN]]), np.array([0, 1, 2]))
    last = (np.array([[0.4], [1.0]]), np.array([0, 3]))
    d = change(first, last)
    assert d.shape == (3, 1)  # person 2 has no value
    assert d.mean() == pytest.approx(0.7 - 0.3)
    # Of the people 0, 1 and 3: n × (deviation in the last ÷ 2 - deviation in the first ÷ 2).
    assert d.ravel() - 0.4 == pytest.approx([3 * (-0.15 + 0.1), 3 * -0.1, 3 * 0.15])


def test_a_change_within_people_is_as_certain_as_their_paired_differences() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(size=(30, 1))
    other = one + rng.normal(0.1, 0.05, (30, 1))
    everyone = np.arange(30)
    assert change((one, everyone), (other, everyone)) == pytest.approx(other - one)


@pytest.mark.parametrize("fit_share", [0.0, 2.0])
def test_pooled_intervals_hold(fit_share: float) -> None:
    """95% of 600 draws, up to chance; taking requests for people holds far less often."""
    pooled, naive, drift = 0, 0, 0
    for seed in range(600):
        values, persons, n = drawn(np.random.default_rng([1, seed]), 3, fit_share)
        found = t_interval(contributions(values, persons))
        pooled += found.low <= truth()[0] <= found.high
        found = t_interval(values[:, 0])
        naive += found.low <= truth()[1] <= found.high
        found = t_interval(change((values[:n], persons[:n]), (values[-n:], persons[-n:])))
        drift += found.low <= truth()[2] <= found.high
    assert pooled >= 560 and drift >= 560  # 95% ± 1.8%
    assert naive < 540
