"""The Poisson bootstrap over users, for what is no mean; formulas in docs/metrics.md.

In a resample each user counts a Poisson(1) number of times (Chamandy et al. 2012), so
that users are drawn one by one, in blocks, and never held all at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.schema import Doubles
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import CONFIDENCE

BLOCK = 1 << 23
"""Counts that are drawn at once: 16 MB as random bits, 32 or 64 MB as weights."""


def poisson_bootstrap(
    statistic: Callable[[npt.NDArray[np.uint8]], npt.ArrayLike],
    n: int,
    *,
    replicates: int = 200,
    seed: int = 0,
) -> Doubles:
    """`statistic` of `replicates` resamples of n users, (replicates,) float64.

    It is given blocks of weights (rows, n) uint8, each how often a user is in a resample
    (Poisson with mean 1, to 1/65,536), and answers (rows,).
    """
    rng = np.random.default_rng(seed)
    block = max(1, 8_000_000 // max(1, n))
    draws = []
    for start in range(0, replicates, block):
        shape = (min(block, replicates - start), n)
        weights = _counts()[rng.integers(0, 1 << 16, shape, dtype=np.uint16)]
        draws.append(np.asarray(statistic(weights), np.float64))
    return np.concatenate(draws)


def resampled_means(
    values: npt.NDArray[np.floating], *, replicates: int = 1_000, seed: int = 0
) -> Doubles:
    """The mean of each column of `values` (n, m) in resamples of the n users, (replicates, m).

    All columns share the resamples, as do two calls with the same n, `replicates` and
    `seed`: what is made of several columns is paired. NaN is "undefined for this user".
    float32 values are summed in float32, which is faster and good to about 1e-6 of a
    column's spread. Memory beside the input does not grow with n.
    """
    n, m = values.shape
    kind = np.dtype(np.float32 if values.dtype == np.float32 else np.float64)
    table, generator = _counts().astype(kind), np.random.SFC64(seed)
    # Sums of distances from the least value lose no digits to a large mean, and leave a
    # resample without a hit at exactly 0.
    least = np.nan_to_num(np.fmin.reduce(values, axis=0)).astype(kind)
    sums = np.zeros((replicates, m + 1))
    unheard: Doubles | float = 0.0
    block = max(1, BLOCK // replicates)
    here = np.ones((min(n, block), m + 1), kind)
    for start in range(0, n, block):
        rows = min(block, n - start)
        raw = generator.random_raw(-(-replicates * rows // 4)).view(np.uint16)
        weights = table.take(raw[: replicates * rows].reshape(replicates, rows))
        np.subtract(values[start : start + rows], least, out=here[:rows, :m])
        missing = np.isnan(here[:rows, :m])
        if missing.any():
            unheard = unheard + weights @ missing.astype(kind)
            here[:rows, :m][missing] = 0.0
        sums += weights @ here[:rows]
    with np.errstate(invalid="ignore"):  # a resample without anybody
        means: Doubles = least + sums[:, :m] / (sums[:, m:] - unheard)
    return means


def bootstrap_interval(
    value: float,
    draws: npt.ArrayLike,
    within: tuple[float, float],
    confidence: float = CONFIDENCE,
) -> Interval:
    """`value` with the outer points (2.5 %, 97.5 %) of the draws' deviations from their mean.

    Centered, since a resample has fewer distinct users than the sample: what counts
    distinct things is lower in every resample, which is the method's bias, not the value's.
    The value itself is always within.
    """
    d = np.asarray(draws, np.float64)
    low, high = np.quantile(d - d.mean(), [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(
        value=value,
        low=max(within[0], value + min(low, 0.0)),
        high=min(within[1], value + max(high, 0.0)),
    )


def chance_best(draws: Doubles) -> Doubles:
    """The share of resamples in which each column has the highest mean, (m,); ties are split.

    `draws` (replicates, m) are of `resampled_means`. Not a probability that a contender is
    the best of all there could be: only of these, with other users of the same kind.
    Resamples in which a column has nobody are left out; NaN where that is all of them.
    """
    draws = draws[~np.isnan(draws).any(axis=1)]
    if len(draws) == 0:
        return np.full(draws.shape[1], np.nan)
    best = draws.max(axis=1, keepdims=True)
    first = draws >= best - 1e-9 * np.abs(best)  # equal but for rounding is equal
    share: Doubles = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return share


@cache
def _counts() -> npt.NDArray[np.uint8]:
    """For each uint16 the Poisson(1) count at its middle, (65,536,) uint8."""
    from scipy.special import pdtr

    middles = (np.arange(1 << 16) + 0.5) / (1 << 16)
    return np.searchsorted(pdtr(np.arange(20), 1.0), middles).astype(np.uint8)
