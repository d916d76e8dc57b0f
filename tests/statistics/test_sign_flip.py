import itertools

import numpy as np
import pytest
from scipy.stats import permutation_test

from pipelines.schema import Doubles
from pipelines.statistics.intervals import differences, p_value
from pipelines.statistics.sign_flip import sign_flips

A = [0.1, 0.3, 0.5, 0.2, 0.4, 0.6, 0.3, 0.7]
B = [0.2, 0.3, 0.6, 0.4, 0.3, 0.8, 0.5, 0.7]


def sign_flip(d: Doubles, **options: int) -> float:
    return float(sign_flips(d[:, None], **options)[0])


def test_published_fixture() -> None:
    assert sign_flip(differences(B, A)) == 0.125


def test_exact_sign_flip_is_the_enumeration() -> None:
    rng = np.random.default_rng(4)
    for n in (1, 2, 5, 9):
        d = rng.integers(-3, 4, n) / 10
        observed = abs(d.sum())
        flips = [abs(np.dot(s, d)) for s in itertools.product((-1, 1), repeat=n)]
        expected = np.mean([f >= observed - 1e-12 for f in flips])
        assert sign_flip(d) == pytest.approx(expected)


def test_exact_is_scipys() -> None:
    d = np.random.default_rng(5).normal(0.2, 0.5, 11)
    peer = permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip(d) == pytest.approx(peer.pvalue)


def test_monte_carlo_is_near_the_t_test_and_seeded() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(0.02, 0.5, 300), rng.normal(0, 0.5, 300)
    p = sign_flip(a - b, seed=1)
    assert p == sign_flip(a - b, seed=1)
    assert p == pytest.approx(p_value(a - b), abs=0.02)
    assert 0.001 < p < 0.2
    assert sign_flip(a + 5 - b, replicates=99) == 1 / 100


def test_many_contrasts_are_each_as_if_alone() -> None:
    """Drawn over more than one block; a column of few differences is exact beside them."""
    rng = np.random.default_rng(7)
    d = rng.normal([0.0, 0.004, 0.02, -0.02], 0.5, (9_000, 4)) * (rng.random((9_000, 1)) < 0.4)
    d[100:, 0] = 0.0
    d[:90, 0] = np.nan
    found = sign_flips(d, replicates=1_999)
    few = d[90:100, 0]
    assert found[0] == sign_flip(few)
    t = [p_value(d[:, c]) for c in (1, 2, 3)]
    assert found[1:] == pytest.approx(t, abs=0.03)
    alone = [sign_flip(d[:, c], replicates=1_999) for c in (1, 2, 3)]
    assert found[1:] == pytest.approx(alone)


def test_sums_that_are_equal_but_for_rounding_count_as_reached() -> None:
    """61 differences of .1, one way or the other: p is that of a sign test, ties included."""
    from scipy.stats import binomtest

    d = np.repeat([0.1, -0.1], [40, 21])
    exact = binomtest(40, 61).pvalue
    assert sign_flip(d) == pytest.approx(exact, abs=0.004)
    hits = np.repeat([1.0, -1.0], [40, 21])
    assert sign_flip(d) == sign_flip(hits)
