"""Sample sizes of an A/B test with two equal arms that compares two proportions.

α is two-sided .05, power .8. The variance is unpooled: p (1 - p) + p' (1 - p') (Fleiss, Levin
and Paik 2003, section 4.2, without the continuity correction).
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

ALPHA, POWER = 0.05, 0.8


def people_per_arm(base: float, lift: float) -> float:
    """People per arm to detect that the proportion `base` became `base` × (1 + `lift`).

    .02 and a lift of .05 give 315,203. Raises `ValueError` where a proportion is outside (0, 1).
    """
    after = base * (1 + lift)
    if not (0 < base < 1 and 0 < after < 1 and lift):
        raise ValueError(f"No test from {base} to {after}.")
    return _z_squared() * (base * (1 - base) + after * (1 - after)) / (after - base) ** 2


def smallest_change(base: float, per_arm: float) -> float | None:
    """The smallest absolute increase of the proportion `base` that `per_arm` people detect.

    The positive root d of n d² = z² [p (1 - p) + (p + d) (1 - p - d)]: 100,000 people and .02
    give .001792. None where no proportion below 1 can be detected.
    """
    if not 0 < base < 1:
        return None
    z_squared = _z_squared()
    a = per_arm + z_squared
    b = -z_squared * (1 - 2 * base)
    c = -2 * z_squared * base * (1 - base)
    change = (-b + sqrt(b * b - 4 * a * c)) / (2 * a)
    return change if base + change < 1 else None


def smallest_lift(base: float, per_arm: float) -> float | None:
    """`smallest_change` relative to `base`: 100,000 people and .02 give .0896."""
    change = smallest_change(base, per_arm)
    return None if change is None else change / base


def picks_for_win_rate(rate: float) -> float:
    """Picks that show, by a sign test, that one of two interleaved lists wins more than half.

    `rate` is the share of picks that it wins: .55 gives 782.5. Raises `ValueError` outside
    (.5, 1).
    """
    if not 0.5 < rate < 1:
        raise ValueError(f"No win rate: {rate}.")
    normal = NormalDist()
    spread = normal.inv_cdf(1 - ALPHA / 2) * 0.5
    spread += normal.inv_cdf(POWER) * sqrt(rate * (1 - rate))
    return (spread / (rate - 0.5)) ** 2


def _z_squared() -> float:
    normal = NormalDist()
    return (normal.inv_cdf(1 - ALPHA / 2) + normal.inv_cdf(POWER)) ** 2
