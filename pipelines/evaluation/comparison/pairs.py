"""Two contenders user by user: who gains most, who loses most, and how many are tied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.schema import Doubles, Longs

MOST = 20
BINS = 40


@dataclass(frozen=True)
class Pairs:
    """Paired differences over the same users, in the order of a bake-off's rows."""

    difference: Doubles
    """(n,) one contender's values minus the other's; NaN where either is undefined."""

    @staticmethod
    def of(values: npt.ArrayLike, others: npt.ArrayLike) -> Pairs:
        """From the values of both, (n,) each."""
        return Pairs(np.asarray(values, np.float64) - np.asarray(others, np.float64))

    @property
    def defined(self) -> int:
        """Number of users for whom both have a value."""
        return int((~np.isnan(self.difference)).sum())

    def shares(self) -> tuple[float, float, float]:
        """Shares of the users for whom the first has a higher, an equal, a lower value.

        They add up to 1; all are 0 where no user has both values.
        """
        n = max(1, self.defined)
        d = self.difference
        more, less = float((d > 0).sum()) / n, float((d < 0).sum()) / n
        return more, float((d == 0).sum()) / n, less

    def wins(self, most: int = MOST) -> Longs:
        """Rows with the largest differences above 0, largest first; ties in row order."""
        return self._first(-self.difference, most)

    def losses(self, most: int = MOST) -> Longs:
        """Rows with the largest differences below 0, largest first; ties in row order."""
        return self._first(self.difference, most)

    def _first(self, down: Doubles, most: int) -> Longs:
        rows = np.flatnonzero(down < 0)
        order = np.argsort(down[rows], kind="stable")
        found: Longs = rows[order[:most]]
        return found

    def histogram(self, bins: int = BINS) -> tuple[Doubles, Longs]:
        """Bin edges (b + 1,) symmetric about 0, and the number of users per bin, (b,).

        Users without a difference are left out; `bins` is even, so that 0 is an edge.
        """
        d = self.difference[~np.isnan(self.difference) & (self.difference != 0)]
        reach = float(np.abs(d).max()) if len(d) else 1.0
        half = np.linspace(0.0, reach, bins // 2 + 1)
        edges = np.concatenate([-half[:0:-1], half])
        return edges, np.histogram(d, edges)[0].astype(np.int64)
