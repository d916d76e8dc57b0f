"""Whether other fits, with other seeds, would lead to the same outcome."""

from __future__ import annotations

from functools import cache

import numpy as np

from pipelines.schema import Doubles
from pipelines.statistics.fits import by_user
from pipelines.statistics.intervals import standard_error
from pipelines.statistics.student import t_quantile

DRAWS = 4_000
"""Draws of other fits; the standard error of the probability is below .01."""
FIRM = 0.9
"""The probability of the same outcome below which it is borderline."""


def same_again(
    d: Doubles, smallest_useful: float, confidence: float, sign: int = 1
) -> float | None:
    """The probability that as many other fits give the outcome of the differences `d`.

    `d` is (n_users, n_fits); with `sign` -1, below zero is better. The users stay. The true
    variance between fits is unknown: it is drawn as Mf × ν / χ²(ν) with the ν = R - 1 degrees
    of freedom of its estimate, then the other fits' mean and their own estimate are drawn given
    it. None for a single fit; 1 where fits do not differ. Simulation: docs/metrics.md.
    """
    values, fits = by_user(d)
    if fits.fits < 2 or len(values) < 2:
        return None
    if fits.between == 0.0:
        return 1.0
    free = fits.fits - 1
    inverse, normal, ratio = _drawn(free)
    true = fits.between * inverse
    mean = sign * float(values.mean())
    means = mean + normal * np.sqrt(2 * true)
    found = np.maximum(true * ratio - fits.rest, 0.0)
    users = t_quantile(len(values) - 1, confidence) * standard_error(values)
    of_fits = t_quantile(free, confidence)
    now = _codes(np.array([mean]), np.hypot(users, fits.half_width(confidence)), smallest_useful)
    again = _codes(means, np.hypot(users, of_fits * np.sqrt(found)), smallest_useful)
    return float((again == now).mean())


@cache
def _drawn(free: int) -> tuple[Doubles, Doubles, Doubles]:
    """ν / χ²(ν), a standard normal, and χ²(ν) / ν, each (DRAWS,); the same in every call."""
    rng = np.random.default_rng(0)
    return (
        free / rng.chisquare(free, DRAWS),
        rng.standard_normal(DRAWS),
        rng.chisquare(free, DRAWS) / free,
    )


def _codes(means: Doubles, halves: Doubles | float, smallest_useful: float) -> Doubles:
    """A number per interval's outcome, decided as `comparison.outcome` does."""
    low, high = means - halves, means + halves
    equal = (low >= -smallest_useful) & (high <= smallest_useful)
    return np.select([equal, low > 0, high < 0], [3.0, 2.0, 1.0], 0.0)
