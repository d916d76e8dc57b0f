"""How much a mean over users depends on the draw of the models, from fits with several seeds.

Users and fits are both drawn at random and crossed: each user is answered by each fit. With
mean squares Mp of users, Mf of fits and Me of the rest over n users and R fits, the variance
of the mean is estimated by Mp / nR, what other users would change, plus
max(Mf - Me, 0) / nR, what other fits would change and users do not explain. Each part has its
own degrees of freedom. Source: Bouthillier et al. 2021, Accounting for Variance in Machine
Learning Benchmarks (MLSys 3); formulas and simulation in docs/metrics.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from pipelines.schema import Doubles
from pipelines.statistics.student import t_quantile

LEAST_P = 1e-300


@dataclass(frozen=True)
class DrawOfFits:
    """What the draw of `fits` fits adds to the variance of a mean over users."""

    variance: float = 0.0
    """max(Mf - Me, 0) / nR."""
    fits: int = 1
    between: float = 0.0
    """Mf / nR: the variance of the mean over the fits alone, whatever explains it."""
    rest: float = 0.0
    """Me / nR: the part of `between` that fits without differences would show too."""

    def half_width(self, confidence: float) -> float:
        """Of the interval for the draw of the fits alone; 0 where fits do not differ."""
        if self.variance == 0.0:
            return 0.0
        return t_quantile(self.fits - 1, confidence) * sqrt(self.variance)

    def p_value(self, mean: float, users_variance: float, n: int) -> float:
        """Two-sided p of a mean over n users: 1 - the level whose interval just reaches zero.

        The squared half-width is t(n - 1)² `users_variance` + t(fits - 1)² `variance`.
        """
        from scipy.optimize import brentq
        from scipy.special import stdtrit

        def beyond(log_p: float) -> float:
            tail = np.exp(log_p) / 2
            users, fits = stdtrit(n - 1, tail), stdtrit(self.fits - 1, tail)
            with np.errstate(over="ignore"):  # t at a p of 1e-300 is beyond all numbers
                return float(users**2 * users_variance + fits**2 * self.variance - mean**2)

        if mean == 0.0:
            return 1.0
        least = log(LEAST_P)
        if beyond(least) <= 0.0:
            return LEAST_P
        return float(np.exp(brentq(beyond, least, 0.0, xtol=1e-12)))


def columns(values: Doubles) -> Doubles:
    """Values (n,) of one fit as (n, 1); (n_users, n_fits) as they are."""
    return values[:, None] if values.ndim == 1 else values


def by_user(values: Doubles) -> tuple[Doubles, DrawOfFits]:
    """A value per user (n,), the mean over the fits, and the draw of the fits.

    `values` is (n,) from one fit, or (n_users, n_fits) without NaN.
    """
    if values.ndim == 1:
        return values, DrawOfFits()
    if values.shape[1] == 1 or len(values) < 2:
        return values.mean(axis=1), DrawOfFits()
    n, fits = values.shape
    means = values.mean(axis=0) - values.mean()
    rest = values - values.mean(axis=1, keepdims=True) - means
    return values.mean(axis=1), DrawOfFits(
        float(fits_covariance(values)[0, 0]),
        fits,
        float(means @ means) / ((fits - 1) * fits),
        float((rest**2).sum()) / ((n - 1) * (fits - 1)) / (n * fits),
    )


def fits_covariance(*columns: Doubles) -> Doubles:
    """Of the means of m arrays (n_users, n_fits), by the draw of the fits alone, (m, m).

    (Mf - Me) / nR on the diagonal, and 0 where that is negative. Off it the mixed mean squares,
    no larger than the diagonal allows.
    """
    n, fits = columns[0].shape
    means = np.stack([v.mean(axis=0) - v.mean() for v in columns])
    rest = np.stack(
        [v - v.mean(axis=1, keepdims=True) - m for v, m in zip(columns, means, strict=True)]
    )
    between = means @ means.T / (fits - 1) / fits
    within = np.einsum("anf,bnf->ab", rest, rest) / ((n - 1) * (fits - 1)) / (n * fits)
    found: Doubles = between - within
    # Columns that are equal but for rounding do not differ.
    size = np.array([np.abs(v).max(initial=0.0) for v in columns])
    diagonal = np.diag(found).copy()
    diagonal[diagonal <= (1e-12 * size) ** 2] = 0.0
    most = np.sqrt(np.outer(diagonal, diagonal))
    found = np.clip(found, -most, most)
    np.fill_diagonal(found, diagonal)
    return found
