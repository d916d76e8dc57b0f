"""The test of a sum whose terms are dependent within two kinds of clusters, such as users and
items."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from pipelines.schema import Doubles, Longs


@dataclass(frozen=True)
class Clustered:
    """A sum with its standard error, and the number of the rarer clusters that it rests on."""

    total: float
    error: float
    clusters: int

    @property
    def p_below(self) -> float:
        """One-sided p of a sum this low, if its mean is zero."""
        return self._p(self.total)

    @property
    def p_above(self) -> float:
        """One-sided p of a sum this high, if its mean is zero."""
        return self._p(-self.total)

    def sees(self, expected: float, times: float, level: float, probability: float) -> bool:
        """Whether `times` the count `expected` by chance would be significant, so probably.

        `self` is of counts less those by chance; the variance grows with the count.
        """
        normal = NormalDist()
        by_chance = normal.inv_cdf(1 - level) * self.error
        then = normal.inv_cdf(probability) * self.error * sqrt(times)
        return (times - 1) * expected > by_chance + then

    def _p(self, total: float) -> float:
        from scipy.special import stdtr

        if self.clusters < 2 or self.error == 0.0:
            return 0.5
        return float(stdtr(self.clusters - 1, total / self.error))


def two_way(values: Doubles, one: Longs, other: Longs) -> Clustered:
    """The sum of `values` (n,), clustered by `one` and `other` (n,), codes from 0.

    The variance is the larger of Cameron, Gelbach and Miller's (2011,
    doi:10.1198/jbes.2010.07136), the sum of both ways less that of single terms, and the ways'
    own; the degrees of freedom are the rarer clusters' with a term, less one.
    """
    values = np.asarray(values, np.float64)
    sums = [np.bincount(by, values) for by in (one, other)]
    squares = [float((s**2).sum()) for s in sums]
    variance = max(*squares, sum(squares) - float((values**2).sum()))
    clusters = min(int((np.bincount(by, values != 0) > 0).sum()) for by in (one, other))
    return Clustered(float(values.sum()), sqrt(variance), clusters)
