"""Intervals of means over users, and the paired t test; formulas in docs/metrics.md.

None of them is adjusted for the number of contenders or metrics looked at; that is done
by asking for another `confidence` (`statistics.multiplicity`).
"""

from __future__ import annotations

from functools import cache
from math import ceil, log2

import numpy as np
import numpy.typing as npt

from pipelines.errors import AssayError
from pipelines.schema import Doubles
from pipelines.statistics.interval import Interval

CONFIDENCE = 0.95

SYMMETRIC_USERS = 35
"""Users without skew that are added to the n when the skewness is estimated: a third moment
of few users is mostly noise, and taken whole it overcorrects (benchmarks/intervals.py)."""

ROUNDING = 1e-12
"""Differences that vary by less, as a share of the largest value, are equal: .7 - .6 is not
.4 - .3 to the last digit, and a spread of 1e-17 would make any difference certain."""

Range = tuple[float, float]


def fewest_equal(confidence: float) -> int:
    """Equal values from which a spread of zero is believed; 6 at 95 %.

    The exact sign-flip test of n equal differences has p = 2 / 2^n, and fewer than these
    cannot reach 1 - `confidence`.
    """
    return 1 + ceil(-log2(1 - confidence) - 1e-9)


FEWEST_EQUAL = fewest_equal(CONFIDENCE)


def mean_interval(
    values: npt.ArrayLike, within: Range | None = None, confidence: float = CONFIDENCE
) -> Interval:
    """The mean of one contender's `values` (n,) with its interval; NaN is "undefined".

    Hall's transformation of Student's t (1992, J. R. Statist. Soc. B 54:221-228), which takes
    the skewness out: per-user values are mostly zeros. Without skew it is the t interval.
    Values that lie only at the ends of `within`, the metric's range, are a share: Wilson's
    interval (1927, doi:10.1080/01621459.1927.10502953). All else as `t_interval`.
    """
    v = _defined(values)
    few = len(v) < fewest_equal(confidence) and standard_error(v) == 0.0
    if within is not None and not few and ((v == within[0]) | (v == within[1])).all():
        return _share(v, within, confidence)
    return _interval(v, within, confidence, _skewness(v))


def t_interval(
    values: npt.ArrayLike, within: Range | None = None, confidence: float = CONFIDENCE
) -> Interval:
    """The mean of `values` (n,), differences as a rule, with Student's t interval.

    Fewer than `fewest_equal` values that are all equal (one value is such a case) say
    nothing of the spread: the interval is then `within`, the whole range, or an
    `AssayError` where there is none. More equal values give an interval of no width.
    Otherwise the interval is cut to `within`. `AssayError` where no value is defined.
    """
    return _interval(_defined(values), within, confidence, 0.0)


def paired(
    values: npt.ArrayLike,
    baseline: npt.ArrayLike,
    within: Range | None = None,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The mean of `values` - `baseline`, (n,) of the same users, with its t interval."""
    return t_interval(differences(values, baseline), within, confidence)


def differences(values: npt.ArrayLike, baseline: npt.ArrayLike) -> Doubles:
    """`values` - `baseline` (n,); pairs with a NaN are left out. `ValueError` on lengths.

    What is 0, or the same for all, but for `ROUNDING` is given as exactly that.
    """
    a, b = np.asarray(values, np.float64), np.asarray(baseline, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} values cannot be paired with {b.shape}")
    d = a - b
    both = ~np.isnan(d)
    d = d[both]
    if len(d) == 0:
        return d
    noise = ROUNDING * max(np.abs(a[both]).max(), np.abs(b[both]).max())
    d[np.abs(d) <= noise] = 0.0
    return np.full(len(d), d.mean()) if 0.0 < d.max() - d.min() <= noise else d


def standard_error(defined: Doubles) -> float:
    """The standard error of the mean of (n,) values; 0 where all are equal."""
    if len(defined) < 2 or defined.min() == defined.max():  # no rounding noise where equal
        return 0.0
    return float(defined.std(ddof=1) / np.sqrt(len(defined)))


def p_value(d: Doubles) -> float:
    """Two-sided p of no difference, from (n,) differences: below α where `t_interval` at
    1 - α leaves zero out, and only there.

    Student's; of equal differences that are not zero the sign-flip test's, 2 / 2^n.
    """
    from scipy.special import stdtr

    error = standard_error(d)
    if error > 0.0:
        return float(2 * stdtr(len(d) - 1, -abs(float(d.mean())) / error))
    return 2.0 ** (1 - len(d)) if d.any() else 1.0


def _interval(v: Doubles, within: Range | None, confidence: float, skewness: float) -> Interval:
    n = len(v)
    if n == 0:
        raise AssayError("There are no values to average; evaluate on more users.")
    mean, error = float(v.mean()), standard_error(v)
    needed = fewest_equal(confidence)
    if error == 0.0 and n < needed:
        if within is None:
            raise AssayError(
                f"{n} equal values give no interval; evaluate on at least {needed} users."
            )
        return Interval(value=mean, low=within[0], high=within[1])
    low, high = within or (-np.inf, np.inf)
    t = t_quantile(n - 1, confidence) if error else 0.0
    above, below = (_unskewed(end, skewness / np.sqrt(n)) for end in (t, -t))
    return Interval(
        value=mean, low=max(low, mean - error * above), high=min(high, mean - error * below)
    )


def _unskewed(t: float, a: float) -> float:
    """Where Hall's transformation takes the value `t`; `a` is skewness / sqrt(n)."""
    if abs(a) < 1e-9:
        return t
    return float(3 / a * (np.cbrt(1 + a * (t - a / 6)) - 1))


def _skewness(v: Doubles) -> float:
    """Third central moment / standard deviation³, as if `SYMMETRIC_USERS` more had been asked."""
    if len(v) < 3 or v.min() == v.max():
        return 0.0
    d = v - v.mean()
    square = d * d
    skewness = float((square * d).mean() / square.mean() ** 1.5)
    return skewness * len(v) / (len(v) + SYMMETRIC_USERS)


def _share(v: Doubles, within: Range, confidence: float) -> Interval:
    least, span = within[0], within[1] - within[0]
    n, share = len(v), float((v == within[1]).mean())
    q = _z_quantile(confidence) ** 2 / n
    middle = (share + q / 2) / (1 + q)
    half = np.sqrt(q * share * (1 - share) + q * q / 4) / (1 + q)
    low = 0.0 if share == 0.0 else float(middle - half)  # no rounding noise at the ends
    high = 1.0 if share == 1.0 else float(middle + half)
    return Interval(value=float(v.mean()), low=least + span * low, high=least + span * high)


def _defined(values: npt.ArrayLike) -> Doubles:
    v = np.asarray(values, np.float64)
    return v[~np.isnan(v)]


@cache
def t_quantile(degrees: int, confidence: float) -> float:
    """Student's t beyond which, on both sides, 1 - `confidence` lies."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + confidence) / 2))


@cache
def _z_quantile(confidence: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + confidence) / 2)
