"""Confidence intervals of means over users, and the paired t test; formulas in docs/metrics.md.

They are not adjusted for multiple comparisons: for that, pass another `confidence`
(`statistics.multiplicity`). Values with a column per fit, (n_users, n_fits), give intervals
that cover another draw of the users and of the fits (`statistics.fits`).
"""

from __future__ import annotations

from math import ceil, log2

import numpy as np
import numpy.typing as npt

from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of
from pipelines.schema import Doubles, Mask
from pipelines.statistics.fits import DrawOfFits, by_user, columns
from pipelines.statistics.interval import Interval
from pipelines.statistics.proportions import wilson
from pipelines.statistics.student import t_quantile

CONFIDENCE = 0.95

SYMMETRIC_USERS = 35
"""Symmetric users added to n when the skewness is estimated: the third moment of a small
sample is mostly noise, and using it in full overcorrects (benchmarks/intervals.py)."""

ROUNDING = 1e-12
"""Relative tolerance below which differences count as equal: .7 - .6 and .4 - .3 differ in
the last digit, and a spread of 1e-17 would make any difference significant."""

Range = tuple[float, float]


def fewest_equal(confidence: float) -> int:
    """The fewest equal values for which a spread of zero is accepted; 6 at 95%.

    The exact sign-flip test of n equal differences has p = 2 / 2^n; with fewer values it
    cannot reach 1 - `confidence`.
    """
    return 1 + ceil(-log2(1 - confidence) - 1e-9)


FEWEST_EQUAL = fewest_equal(CONFIDENCE)


def mean_interval(
    values: npt.ArrayLike, within: Range | None = None, confidence: float = CONFIDENCE
) -> Interval:
    """The mean of one contender's `values`, (n,) or (n_users, n_fits), with its interval.

    Users with a NaN, which means undefined, are left out. Hall's transformation of Student's t
    (1992, J. R. Statist. Soc. B 54:221-228) corrects for
    skewness, since most per-user values are zero. Without skewness it is the t interval.
    Where all values are at the ends of `within`, the metric's range, the mean is a proportion
    and gets Wilson's interval. Otherwise as `t_interval`.
    """
    v, fits = by_user(_defined(values))
    few = len(v) < fewest_equal(confidence) and standard_error(v) == 0.0
    if within is not None and not few and ((v == within[0]) | (v == within[1])).all():
        return _widened(_proportion(v, within, confidence), fits, within, confidence)
    return _interval(v, fits, within, confidence, _skewness(v))


def t_interval(
    values: npt.ArrayLike, within: Range | None = None, confidence: float = CONFIDENCE
) -> Interval:
    """The mean of `values`, (n,) or (n_users, n_fits), with Student's t interval.

    The values are usually differences.

    Fewer than `fewest_equal` values that are all equal (such as a single value) do not
    determine the spread: the interval is then `within`, the whole range, or an `AssayError`
    is raised without one. More equal values give an interval of zero width. The interval is
    clipped to `within`. Raises `AssayError` where no value is defined.
    """
    return _interval(*by_user(_defined(values)), within, confidence, 0.0)


def paired(
    values: npt.ArrayLike,
    baseline: npt.ArrayLike,
    within: Range | None = None,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The mean of `values` - `baseline` over the same users and fits, with its t interval."""
    return t_interval(differences(values, baseline), within, confidence)


def differences(values: npt.ArrayLike, baseline: npt.ArrayLike) -> Doubles:
    """`values` - `baseline`, (n,) or (n_users, n_fits), without users who have a NaN.

    Differences within `ROUNDING` of 0, or of each other, are made exactly 0, or equal.
    Raises `ValueError` where the lengths differ.
    """
    a, b = np.asarray(values, np.float64), np.asarray(baseline, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} values cannot be paired with {b.shape}")
    d = a - b
    both = _all_defined(d)
    d = d[both]
    if len(d) == 0:
        return d
    noise = ROUNDING * max(np.abs(a[both]).max(), np.abs(b[both]).max())
    d[np.abs(d) <= noise] = 0.0
    return np.full(d.shape, d.mean()) if 0.0 < d.max() - d.min() <= noise else d


def standard_error(defined: Doubles) -> float:
    """The standard error of the mean of (n,) values; 0 where all are equal."""
    if len(defined) < 2 or defined.min() == defined.max():  # no rounding noise where equal
        return 0.0
    return float(defined.std(ddof=1) / np.sqrt(len(defined)))


def p_value(d: Doubles) -> float:
    """Two-sided p of no difference, from differences (n,) or (n_users, n_fits).

    It is below α exactly where `t_interval` at 1 - α excludes zero. From Student's t test;
    for equal differences that are not zero from the sign-flip test, 2 / 2^n.
    """
    from scipy.special import stdtr

    v, fits = by_user(d)
    error = standard_error(v)
    if fits.variance > 0.0:
        return fits.p_value(float(v.mean()), error**2, len(v))
    if error > 0.0:
        return float(2 * stdtr(len(v) - 1, -abs(float(v.mean())) / error))
    return 2.0 ** (1 - len(v)) if v.any() else 1.0


def _interval(
    v: Doubles, fits: DrawOfFits, within: Range | None, confidence: float, skewness: float
) -> Interval:
    """From a value per user (n,), the mean over the fits, and what the fits add."""
    n = len(v)
    if n == 0:
        raise AssayError("There are no values to average; evaluate on more users.")
    mean, error = float(v.mean()), standard_error(v)
    needed = fewest_equal(confidence)
    if error == 0.0 and n < needed:
        if within is None:
            raise AssayError(
                f"No interval can be computed from {number_of(n, 'equal value')}; evaluate on at "
                f"least {needed} users."
            )
        return Interval(value=mean, low=within[0], high=within[1])
    low, high = within or (-np.inf, np.inf)
    t = t_quantile(n - 1, confidence) if error else 0.0
    above, below = (_unskewed(end, skewness / np.sqrt(n)) for end in (t, -t))
    users = Interval(value=mean, low=mean - error * above, high=mean - error * below)
    return _widened(users, fits, (low, high), confidence)


def _widened(users: Interval, fits: DrawOfFits, within: Range, confidence: float) -> Interval:
    """The interval with the draw of the fits in it, clipped to `within`."""
    mean, more = users.value, fits.half_width(confidence)
    return Interval(
        value=mean,
        low=max(within[0], mean - np.hypot(mean - users.low, more)),
        high=min(within[1], mean + np.hypot(users.high - mean, more)),
    )


def _unskewed(t: float, a: float) -> float:
    """The inverse of Hall's transformation at `t`; `a` is skewness / sqrt(n)."""
    if abs(a) < 1e-9:
        return t
    return float(3 / a * (np.cbrt(1 + a * (t - a / 6)) - 1))


def _skewness(v: Doubles) -> float:
    """Third central moment / standard deviation³, shrunk by `SYMMETRIC_USERS` more users."""
    if len(v) < 3 or v.min() == v.max():
        return 0.0
    d = v - v.mean()
    square = d * d
    skewness = float((square * d).mean() / square.mean() ** 1.5)
    return skewness * len(v) / (len(v) + SYMMETRIC_USERS)


def _proportion(v: Doubles, within: Range, confidence: float) -> Interval:
    """Wilson's interval of values (n,) that are all at one end of `within` or the other."""
    least, span = within[0], within[1] - within[0]
    low, high = wilson(int((v == within[1]).sum()), len(v), confidence)
    return Interval(value=float(v.mean()), low=least + span * low, high=least + span * high)


def _defined(values: npt.ArrayLike) -> Doubles:
    v = np.asarray(values, np.float64)
    return v[_all_defined(v)]


def _all_defined(values: Doubles) -> Mask:
    """The users with a value in every fit, (n,)."""
    return np.asarray(~np.isnan(columns(values)).any(axis=1))
