"""95 % intervals and tests, over users; formulas in docs/metrics.md.

None of them is adjusted for the number of contenders or metrics looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.errors import AssayError
from pipelines.evaluation.results import Interval
from pipelines.schema import Doubles

CONFIDENCE = 0.95
FEWEST_EQUAL = 6
"""Equal values from which a spread of zero is believed: the exact sign-flip test of five
values cannot reach 5 % (2 / 2^5 = .0625), that of six can."""

EXACT_UP_TO = 20
"""Differences up to which all sign flips are tried (2^20 of them)."""


def mean_interval(values: npt.ArrayLike, within: tuple[float, float] | None = None) -> Interval:
    """The mean of `values` (n,) with its t interval; NaN is "undefined for this user".

    Fewer than `FEWEST_EQUAL` values that are all equal (one value is such a case) say
    nothing of the spread: the interval is then `within`, the metric's whole range, or
    an `AssayError` where there is none. More equal values give an interval of no width.
    Otherwise the interval is cut to `within`.
    """
    defined = _defined(values)
    n = len(defined)
    if n == 0:
        raise AssayError("There are no values to average; evaluate on more users.")
    mean, error = float(defined.mean()), standard_error(defined)
    if error == 0.0 and n < FEWEST_EQUAL:
        if within is None:
            raise AssayError(
                f"{n} equal values give no interval; evaluate on at least {FEWEST_EQUAL} users."
            )
        return Interval(value=mean, low=within[0], high=within[1])
    half = _t_quantile(n - 1) * error
    low, high = within or (-np.inf, np.inf)
    return Interval(value=mean, low=max(low, mean - half), high=min(high, mean + half))


def paired(
    values: npt.ArrayLike, baseline: npt.ArrayLike, within: tuple[float, float] | None = None
) -> Interval:
    """The mean of `values` - `baseline`, (n,) of the same users, with its t interval."""
    return mean_interval(differences(values, baseline), within)


def differences(values: npt.ArrayLike, baseline: npt.ArrayLike) -> Doubles:
    """`values` - `baseline` (n,); pairs with a NaN are left out. `ValueError` on lengths."""
    a, b = np.asarray(values, np.float64), np.asarray(baseline, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} values cannot be paired with {b.shape}")
    return _defined(a - b)


def standard_error(defined: Doubles) -> float:
    """The standard error of the mean of (n,) values; 0 where all are equal."""
    if len(defined) < 2 or defined.min() == defined.max():  # no rounding noise where equal
        return 0.0
    return float(defined.std(ddof=1) / np.sqrt(len(defined)))


def paired_t(values: npt.ArrayLike, baseline: npt.ArrayLike) -> tuple[float, float]:
    """Student's paired t and its two-sided p; (0, 1) where nobody differs.

    An `AssayError` where all differences are equal and not zero: t has no value then.
    """
    from scipy.special import stdtr

    d = differences(values, baseline)
    error = standard_error(d)
    if error == 0.0:
        if len(d) and d.any():
            raise AssayError("All differences are equal, so t has no value; use sign_flip.")
        return 0.0, 1.0
    t = float(d.mean() / error)
    return t, float(2 * stdtr(len(d) - 1, -abs(t)))


def sign_flip(
    values: npt.ArrayLike, baseline: npt.ArrayLike, *, replicates: int = 9_999, seed: int = 0
) -> float:
    """Two-sided p of the paired sign-flip test of the mean difference.

    Exact up to `EXACT_UP_TO` differences that are not zero; above, a seeded Monte Carlo of
    `replicates` flips, the observed one counted among them (Phipson & Smyth 2010,
    doi:10.2202/1544-6115.1585), in blocks of about 30 MB.
    """
    d = differences(values, baseline)
    d = d[d != 0]  # flipping a zero changes nothing, so p is the same without it
    observed = abs(d.sum())
    reached = observed - 1e-12 * np.abs(d).sum()  # equal sums, added in another order
    if len(d) <= EXACT_UP_TO:
        sums = np.zeros(1)
        for value in d:
            sums = np.concatenate([sums - value, sums + value])
        return float((np.abs(sums) >= reached).mean())
    rng = np.random.default_rng(seed)
    block = max(1, 4_000_000 // len(d))
    extreme = 0
    for start in range(0, replicates, block):
        rows = min(block, replicates - start)
        raw = np.frombuffer(rng.bytes(rows * len(d) // 8 + 1), np.uint8)
        kept = np.unpackbits(raw, count=rows * len(d)).reshape(rows, -1)
        sums = 2.0 * (kept.astype(np.float64) @ d) - d.sum()
        extreme += int((np.abs(sums) >= reached).sum())
    return (extreme + 1) / (replicates + 1)


def poisson_bootstrap(
    statistic: Callable[[npt.NDArray[np.uint8]], npt.ArrayLike],
    n: int,
    *,
    replicates: int = 200,
    seed: int = 0,
) -> Doubles:
    """`statistic` of `replicates` resamples of n users, (replicates,) float64.

    It is given blocks of weights (rows, n) uint8, each how often a user is in a resample
    (Poisson with mean 1, to 1/65,536; Chamandy et al. 2012), and answers (rows,).
    """
    table = _poisson_table()
    rng = np.random.default_rng(seed)
    block = max(1, 8_000_000 // max(1, n))
    draws = []
    for start in range(0, replicates, block):
        shape = (min(block, replicates - start), n)
        weights = table[rng.integers(0, 1 << 16, shape, dtype=np.uint16)]
        draws.append(np.asarray(statistic(weights), np.float64))
    return np.concatenate(draws)


def bootstrap_interval(value: float, draws: npt.ArrayLike, within: tuple[float, float]) -> Interval:
    """`value` with the 2.5 % and 97.5 % points of the draws' deviations from their own mean.

    Centered, since a resample has fewer distinct users than the sample: what counts
    distinct things is lower in every resample, which is the method's bias, not the value's.
    """
    d = np.asarray(draws, np.float64)
    low, high = np.quantile(d - d.mean(), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(value=value, low=max(within[0], value + low), high=min(within[1], value + high))


def _defined(values: npt.ArrayLike) -> Doubles:
    v = np.asarray(values, np.float64)
    return v[~np.isnan(v)]


@cache
def _t_quantile(degrees: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))


@cache
def _poisson_table() -> npt.NDArray[np.uint8]:
    """For each uint16 the Poisson(1) count at its middle, (65,536,) uint8."""
    from scipy.special import pdtr

    middles = (np.arange(1 << 16) + 0.5) / (1 << 16)
    return np.searchsorted(pdtr(np.arange(20), 1.0), middles).astype(np.uint8)
