import numpy as np
import pytest

from pipelines.statistics import bootstrap
from pipelines.statistics.bootstrap import (
    bootstrap_interval,
    chance_best,
    poisson_bootstrap,
    resampled_means,
)
from pipelines.statistics.intervals import mean_interval


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
    narrow = bootstrap_interval(0.6, draws, within=(0, 1), confidence=0.5)
    assert (narrow.low, narrow.high) == pytest.approx((0.55, 0.65))


def values(n: int = 3_000) -> np.ndarray:
    """Columns as metrics have them: mostly zeros, far from zero, and both signs."""
    rng = np.random.default_rng(8)
    hits = (rng.random(n) < 0.3).astype(float)
    return np.column_stack([hits, 10 + 0.1 * rng.normal(size=n), rng.normal(size=n) + hits])


def test_means_have_the_spread_and_the_correlation_of_means() -> None:
    given = values()
    draws = resampled_means(given, replicates=4_000)
    assert draws.shape == (4_000, 3)
    expected = np.cov(given.T) / len(given)
    assert draws.mean(axis=0) == pytest.approx(given.mean(axis=0), abs=0.001)
    assert np.cov(draws.T) == pytest.approx(expected, abs=0.06 * expected.max())
    assert draws.std(axis=0) == pytest.approx(np.sqrt(np.diag(expected)), rel=0.05)


def test_intervals_of_means_are_near_those_of_theory() -> None:
    given = values()
    draws = resampled_means(given, replicates=4_000)
    for column, own in zip(draws.T, given.T, strict=True):
        found = bootstrap_interval(own.mean(), column, within=(-np.inf, np.inf))
        theory = mean_interval(own)
        width = theory.high - theory.low
        assert (found.low, found.high) == pytest.approx((theory.low, theory.high), abs=0.06 * width)


def test_single_precision_is_good_to_a_part_in_a_million_of_the_spread() -> None:
    given = values().astype(np.float32)
    single, double = (resampled_means(v) for v in (given, given.astype(np.float64)))
    assert (np.abs(single - double) < 2e-6 * given.std(axis=0)).all()


def test_the_same_seed_gives_the_same_resamples_to_other_columns() -> None:
    given = values()
    apart = np.column_stack([resampled_means(given[:, [c]], seed=4) for c in range(3)])
    assert apart == pytest.approx(resampled_means(given, seed=4), rel=1e-12)
    assert not np.isclose(apart, resampled_means(given, seed=5)).all(axis=1).any()


def test_blocks_are_independent_of_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "BLOCK", 700_000)  # 700 users at once, not all of them
    given = values()
    draws = resampled_means(given)
    assert draws.std(axis=0) == pytest.approx(given.std(axis=0) / np.sqrt(3_000), rel=0.1)


def test_undefined_users_are_left_out_column_by_column() -> None:
    given = values(500)
    holes = given.copy()
    holes[::3, 1] = np.nan
    holes[:, 2] = np.nan
    draws = resampled_means(holes)
    assert (draws[:, 0] == resampled_means(given)[:, 0]).all()
    own = holes[~np.isnan(holes[:, 1]), 1]
    assert draws[:, 1].mean() == pytest.approx(own.mean(), abs=0.002)
    assert draws[:, 1].std() == pytest.approx(own.std() / np.sqrt(len(own)), rel=0.1)
    assert np.isnan(draws[:, 2]).all()


def test_a_resample_without_a_hit_is_exactly_zero() -> None:
    rare = np.zeros((40, 1), np.float32)
    rare[0] = 1.0  # absent from a resample with probability 1 / e
    draws = resampled_means(rare)
    assert (draws == 0.0).mean() == pytest.approx(np.exp(-1), abs=0.05)


def test_the_chance_to_lead_is_shared_by_equals_and_follows_the_difference() -> None:
    rng = np.random.default_rng(9)
    one = rng.random(300)
    other = one + rng.normal(0.01, 0.2, 300)
    low = np.zeros(300)
    found = chance_best(resampled_means(np.column_stack([one, one, other, low])))
    assert found.sum() == pytest.approx(1.0)
    assert found[0] == found[1] and found[3] == 0.0
    d = other - one
    z = d.mean() / (d.std(ddof=1) / np.sqrt(300))
    from statistics import NormalDist

    assert found[2] == pytest.approx(NormalDist().cdf(z), abs=0.04)
