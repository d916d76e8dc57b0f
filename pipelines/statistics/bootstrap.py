"""The Poisson bootstrap over users, for statistics that are not means; see docs/metrics.md.

In a resample each user counts a Poisson(1) number of times (Chamandy et al. 2012), so
users are drawn in blocks and never held in memory all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.schema import Doubles
from pipelines.statistics.fits import fits_covariance
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import CONFIDENCE

BLOCK = 1 << 23
"""Counts drawn at once: 16 MB of random bits, 32 or 64 MB of weights."""


def poisson_bootstrap(
    statistic: Callable[[npt.NDArray[np.uint8]], npt.ArrayLike],
    n: int,
    *,
    replicates: int = 200,
    seed: int = 0,
) -> Doubles:
    """`statistic` of `replicates` resamples of n users, (replicates,) float64.

    It takes blocks of weights (rows, n) uint8, the number of times each user is in a
    resample (Poisson with mean 1, to 1/65,536), and returns (rows,).
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
    `seed`, so differences and ratios of columns are paired. NaN means undefined for a user.
    float32 values are summed in float32, which is faster and accurate to about 1e-6 of a
    column's spread. Memory beside the input does not grow with n.
    """
    n, m = values.shape
    kind = np.dtype(np.float32 if values.dtype == np.float32 else np.float64)
    table, generator = _counts().astype(kind), np.random.SFC64(seed)
    # Summing distances from the smallest value keeps digits where the mean is large, and
    # gives a resample without a hit exactly 0.
    least = np.nan_to_num(np.fmin.reduce(values, axis=0)).astype(kind)
    sums = np.zeros((replicates, m + 1))
    undefined: Doubles | float = 0.0
    block = max(1, BLOCK // replicates)
    here = np.ones((min(n, block), m + 1), kind)
    for start in range(0, n, block):
        rows = min(block, n - start)
        raw = generator.random_raw(-(-replicates * rows // 4)).view(np.uint16)
        weights = table.take(raw[: replicates * rows].reshape(replicates, rows))
        np.subtract(values[start : start + rows], least, out=here[:rows, :m])
        missing = np.isnan(here[:rows, :m])
        if missing.any():
            undefined = undefined + weights @ missing.astype(kind)
            here[:rows, :m][missing] = 0.0
        sums += weights @ here[:rows]
    with np.errstate(invalid="ignore"):  # a resample without users
        means: Doubles = least + sums[:, :m] / (sums[:, m:] - undefined)
    return means


def bootstrap_interval(
    value: float,
    draws: npt.ArrayLike,
    within: tuple[float, float],
    confidence: float = CONFIDENCE,
) -> Interval:
    """`value` plus the percentiles (2.5%, 97.5%) of the draws' deviations from their mean.

    Centered, since a resample has fewer distinct users than the sample: a count of distinct
    items is lower in every resample, which is a bias of the method. The interval always
    contains `value`.
    """
    d = np.asarray(draws, np.float64)
    low, high = np.quantile(d - d.mean(), [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(
        value=value,
        low=max(within[0], value + min(low, 0.0)),
        high=min(within[1], value + max(high, 0.0)),
    )


def with_fits(draws: Doubles, per_fit: Sequence[Doubles], *, seed: int = 0) -> Doubles:
    """`draws` (replicates, m) of m means, moved by what another draw of the fits would change.

    `per_fit` has each column's values, (n_users, n_fits) or (n_users, 1) where it does not
    draw; those that draw have the same fits. The moves have `fits_covariance` and the tails
    of Student's t at fits - 1 degrees of freedom.
    """
    drawn = [at for at, v in enumerate(per_fit) if v.shape[1] > 1]
    if not drawn or len(per_fit[0]) < 2:
        return draws
    covariance = fits_covariance(*(per_fit[at] for at in drawn))
    sizes, directions = np.linalg.eigh(covariance)
    roots = directions * np.sqrt(np.maximum(sizes, 0.0))
    degrees = per_fit[drawn[0]].shape[1] - 1
    generator = np.random.default_rng(seed)
    normal = generator.standard_normal((len(draws), len(drawn))) @ roots.T
    tails = np.sqrt(generator.chisquare(degrees, (len(draws), 1)) / degrees)
    moved = draws.copy()
    moved[:, drawn] += normal / tails
    return moved


def chance_best(draws: Doubles) -> Doubles:
    """The probability that each column has the highest mean, (m,): its share of the resamples.

    `draws` (replicates, m) come from `resampled_means`; ties are split. The probability is
    among these columns, for other users of the same kind. Resamples in which a column has no
    user with a value are left out; NaN where that is all of them.
    """
    draws = draws[~np.isnan(draws).any(axis=1)]
    if len(draws) == 0:
        return np.full(draws.shape[1], np.nan)
    best = draws.max(axis=1, keepdims=True)
    first = draws >= best - 1e-9 * np.abs(best)  # equal up to rounding
    share: Doubles = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return share


@cache
def _counts() -> npt.NDArray[np.uint8]:
    """The Poisson(1) quantile for each uint16, (65,536,) uint8."""
    from scipy.special import pdtr

    middles = (np.arange(1 << 16) + 0.5) / (1 << 16)
    return np.searchsorted(pdtr(np.arange(20), 1.0), middles).astype(np.uint8)
