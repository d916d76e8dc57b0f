"""The relative difference of two means over the same users, "+12% (8 to 16)"."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.statistics.fits import by_user, columns, fits_covariance
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import CONFIDENCE, differences, fewest_equal
from pipelines.statistics.student import t_quantile


def relative_difference(
    values: npt.ArrayLike,
    baseline: npt.ArrayLike,
    confidence: float = CONFIDENCE,
    *,
    positive: bool = False,
) -> Interval | None:
    """(mean of `values` - mean of `baseline`) / mean of `baseline`, over the same users.

    Both are (n,), or (n_users, n_fits) of the same fits.
    Fieller's interval (1954, J. R. Statist. Soc. B 16:175-185) holds the ratios that the
    paired t test does not reject, so it excludes 0 exactly where the interval of the
    difference does. Users with a NaN are left out. None where the baseline has values below
    0, where its mean is not significantly above 0 (the interval is then unbounded), or where
    there are too few users. `positive` says that both are contributions to means of values that
    are not below 0, though contributions may be (`persons.contributions`).
    """
    a, b = np.asarray(values, np.float64), np.asarray(baseline, np.float64)
    a, b = columns(a), columns(b)
    both = ~(np.isnan(a) | np.isnan(b)).any(axis=1)
    a, b = a[both], b[both]
    n = len(a)
    if n < fewest_equal(confidence) or (b.min() < 0.0 and not positive) or b.max() == 0.0:
        return None
    # From the differences: a ratio minus 1 would lose the digits of a small difference.
    d = differences(a, b)
    top, bottom = float(d.mean()), float(b.mean())
    spread = t_quantile(n - 1, confidence) ** 2 * np.cov(by_user(d)[0], by_user(b)[0]) / n
    if (fits := d.shape[1]) > 1:
        spread += t_quantile(fits - 1, confidence) ** 2 * fits_covariance(d, b)
    of_d, both_ways, of_b = spread[[0, 0, 1], [0, 1, 1]]
    # The shares s of which (top - s bottom)² ≤ t² × variance(top - s bottom).
    square = bottom**2 - of_b
    linear = top * bottom - both_ways
    constant = top**2 - of_d
    if square <= 0.0:
        return None
    inside = linear**2 - square * constant
    half = np.sqrt(inside) if inside > 1e-14 * linear**2 else 0.0  # no rounding noise where 0
    low, high = (float((linear + sign * half) / square) for sign in (-1, 1))
    least = (
        -1.0 if positive or a.min() >= 0.0 else -np.inf
    )  # a mean that is not negative loses at most 100%
    return Interval(value=top / bottom, low=max(low, least), high=high)
