"""What would settle an inconclusive comparison: more users, or more fits."""

from __future__ import annotations

from math import ceil, hypot, sqrt
from statistics import NormalDist

from pipelines.schema import Doubles
from pipelines.statistics.fits import DrawOfFits, by_user
from pipelines.statistics.intervals import CONFIDENCE, fewest_equal, standard_error

POWER = 0.8
"""The probability of a conclusive outcome that `users_to_settle` plans for."""
ENOUGH_USERS = 1e6
"""Times the present spread of the users, in the precision that counts as no spread at all."""


def users_to_settle(
    d: Doubles, smallest_useful: float, confidence: float = CONFIDENCE
) -> int | None:
    """How many more users than the n of `d` would give a conclusive outcome with `POWER`.

    `d` is (n,) or (n_users, n_fits). Assumes that difference, spread, the number of fits and
    the interval's level stay as they are. Conclusive means better, worse or equivalent. None
    where no number of users suffices.
    """
    values, fits = by_user(d)
    n, mean = len(values), abs(float(values.mean()))
    error = standard_error(values)
    if error == fits.variance == 0.0:
        return max(1, fewest_equal(confidence) - n)
    if mean == smallest_useful == 0.0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)

    def conclusive(precision: float) -> float:
        return _conclusive(mean, smallest_useful, 1 / precision, z, fits, confidence)

    # Bounds on the precision, 1 / standard error. At the second one the interval is short
    # enough to be conclusive wherever its middle is, unless the fits keep it wide.
    ends = [(z + NormalDist().inv_cdf(POWER)) / mean] if mean > 0.0 else []
    if smallest_useful > 0.0:
        ends.append(2 * z / smallest_useful)
    low, high = 0.0, min(ends)
    if fits.variance > 0.0:
        high = max(high, ENOUGH_USERS / max(error, 1e-300))
        if conclusive(high) < POWER:
            return None
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        if conclusive(middle) < POWER:
            low = middle
        else:
            high = middle
    needed = (high * error * n**0.5) ** 2
    return max(1, ceil(needed) - n)


def fits_limit(d: Doubles, smallest_useful: float, confidence: float = CONFIDENCE) -> bool:
    """Whether more fits are needed: with those of `d`, no number of users would settle it."""
    drawn = by_user(d)[1].variance > 0.0
    return drawn and users_to_settle(d, smallest_useful, confidence) is None


def _conclusive(
    mean: float,
    smallest_useful: float,
    error: float,
    z: float,
    fits: DrawOfFits,
    confidence: float,
) -> float:
    """The probability that an interval around a normal draw with this mean is conclusive.

    `error` is the users' standard error. An interval of ± half is inconclusive where its
    middle is at most half and more than `smallest_useful` - half away from 0.
    """
    half = hypot(z * error, fits.half_width(confidence))
    spread = hypot(error, sqrt(fits.variance))
    cdf = NormalDist(mean, spread).cdf
    inside = max(0.0, smallest_useful - half)
    if inside >= half:
        return 1.0
    return 1.0 - (cdf(half) - cdf(inside)) - (cdf(-inside) - cdf(-half))
