"""One value per person: by hand on small numbers, and how often the intervals hold."""

import numpy as np
import pytest

from benchmarks.windows import drawn, truth
from pipelines.statistics.intervals import t_interval
from pipelines.statistics.persons import by_person, change

NAN = np.nan


def test_each_person_counts_once_by_hand() -> None:
    # Person 0 in two windows, 1 in one of them, 2 in both but undefined in one, 3 without a value.
    persons = np.array([0, 1, 2, 3, 0, 2])
    values = np.array([[0.2], [0.8], [NAN], [NAN], [0.6], [0.5]])
    assert by_person(values, persons)[:3].ravel().tolist() == [0.4, 0.8, 0.5]
    assert np.isnan(by_person(values, persons)[3]).all()
    # A request that is undefined in one fit is left out of both.
    two = np.column_stack([values[:, 0], values[:, 0] + 0.1])
    two[0, 1] = NAN
    assert by_person(two, persons)[0] == pytest.approx([0.6, 0.7])


def test_windows_with_fits_have_the_two_way_interval_by_hand() -> None:
    """Three people, two fits of each of two windows: Mp, Mf and Me are those of the people."""
    persons = np.array([0, 1, 0, 2])
    values = np.array([[0.1, 0.3], [0.2, 0.2], [0.3, 0.3], [0.6, 1.0]])
    people = by_person(values, persons)
    assert people == pytest.approx(np.array([[0.2, 0.3], [0.2, 0.2], [0.6, 1.0]]))
    # Means of the people .25, .2, .8, of the fits 1/3 and .5, of all 5/12.
    mp = 2 * sum((m - 5 / 12) ** 2 for m in (0.25, 0.2, 0.8)) / 2
    mf = 3 * 2 * (1 / 12) ** 2 / 1
    rest = [0.2 - 0.25 + 1 / 12, 0.2 - 0.2 + 1 / 12, 0.6 - 0.8 + 1 / 12]
    me = 2 * sum(r**2 for r in rest) / 2
    half = np.sqrt(4.302653**2 * mp / 6 + 12.706205**2 * max(mf - me, 0) / 6)
    found = t_interval(people)
    assert found.value == pytest.approx(5 / 12)
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
        found = t_interval(by_person(values, persons))
        pooled += found.low <= truth()[0] <= found.high
        found = t_interval(values[:, 0])
        naive += found.low <= truth()[1] <= found.high
        found = t_interval(change((values[:n], persons[:n]), (values[-n:], persons[-n:])))
        drift += found.low <= truth()[2] <= found.high
    assert pooled >= 560 and drift >= 560  # 95% ± 1.8%
    assert naive < 540
