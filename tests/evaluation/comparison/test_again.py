"""Whether fits with other seeds would give the same outcome: told, and found."""

import numpy as np
import pytest
from scipy import stats

from pipelines.evaluation.comparison.again import FIRM, same_again
from pipelines.evaluation.comparison.comparison import Contrast, declared, outcome
from pipelines.statistics.intervals import t_interval

USERS = 80


def users(mean: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, 1]).normal(mean, 1, (USERS, 1))


def of_fits(seed: int, fits: int, ratio: float) -> np.ndarray:
    """What fits add: their variance is `ratio` times that of the mean over users."""
    rng = np.random.default_rng([seed, 2])
    models = rng.normal(0, np.sqrt(ratio / USERS), (1, fits))
    return models + rng.normal(0, 0.3, (USERS, fits))


def test_one_fit_says_nothing_and_equal_fits_say_the_same() -> None:
    d = users(0.3)
    assert same_again(d[:, 0], 0.0, 0.95) is None
    assert same_again(d, 0.0, 0.95) is None
    assert same_again(np.repeat(d, 3, axis=1), 0.0, 0.95) == 1.0


def test_lower_may_be_better() -> None:
    d = users(0.35) + of_fits(3, 3, 2.0)
    assert same_again(-d, 0.05, 0.95, -1) == same_again(d, 0.05, 0.95)


@pytest.mark.parametrize("fits", [3, 5])
def test_the_probability_is_that_of_a_plain_simulation(fits: int) -> None:
    """Mf and Me from their definitions, other draws, and `outcome` on each interval."""
    d, smallest = users(0.3) + of_fits(4, fits, 1.0), 0.05
    n, cells = USERS, USERS * fits
    by_fit = n * d.mean(axis=0).var(ddof=1)
    rest = d - d.mean(axis=0) - d.mean(axis=1, keepdims=True) + d.mean()
    rest = (rest**2).sum() / ((n - 1) * (fits - 1))
    by_user = fits * d.mean(axis=1).var(ddof=1)
    rng = np.random.default_rng(99)

    def found(mean: float, mf: float) -> str:
        t_users, t_fits = stats.t.ppf(0.975, [n - 1, fits - 1])
        half = np.sqrt((t_users**2 * by_user + t_fits**2 * max(mf - rest, 0)) / cells)
        one = t_interval(d).model_copy(update={"low": mean - half, "high": mean + half})
        return outcome(one, smallest)

    now, same = found(d.mean(), by_fit), 0
    assert now == outcome(t_interval(d), smallest)
    for _ in range(4_000):
        true = by_fit * (fits - 1) / rng.chisquare(fits - 1)
        mean = rng.normal(d.mean(), np.sqrt(2 * true / cells))
        same += found(mean, true * rng.chisquare(fits - 1) / (fits - 1)) == now
    assert same_again(d, smallest, 0.95) == pytest.approx(same / 4_000, abs=0.03)


def test_outcomes_told_as_firm_come_again() -> None:
    """Five fits, over true differences from none to six standard errors of the users."""
    firm, other = [], []
    for seed, mean in enumerate(np.linspace(0, 6, 400) / np.sqrt(USERS)):
        u = users(mean, seed)
        first, second = u + of_fits(2 * seed, 5, 1.0), u + of_fits(2 * seed + 1, 5, 1.0)
        same = outcome(t_interval(first), 0.0) == outcome(t_interval(second), 0.0)
        (firm if same_again(first, 0.0, 0.95) >= FIRM else other).append(same)
    assert len(firm) > 150 and np.mean(firm) > 0.95
    assert np.mean(other) < 0.85


def test_an_outcome_that_other_seeds_may_turn_is_borderline_and_says_so() -> None:
    base = np.zeros((USERS, 3))
    values = users(0.35) + np.array([[-0.25, 0.0, 0.25]])
    (found,) = declared([Contrast("a", "b", "ndcg@10", values, base)], 0.0)
    assert found.same_again is not None and found.same_again < FIRM
    assert found.borderline
    other = round(100 * (1 - found.same_again))
    assert f"would give another outcome with a probability of about {other}%." in found.sentence
