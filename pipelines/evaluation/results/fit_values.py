"""A contender's values per user and fit, and how two contenders' fits are paired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.schema import Doubles


@dataclass(frozen=True)
class FitValues:
    """One metric's `values` (n_users, n_fits), NaN where undefined, and the fits' numbers.

    Fits with the same number have the same seed. A single fit stands for all, as it does
    where nothing is drawn.
    """

    values: Doubles
    fits: tuple[int, ...] = (0,)

    @property
    def single(self) -> bool:
        return len(self.fits) == 1

    @property
    def by_user(self) -> Doubles:
        """The mean over the fits, (n,); NaN where a fit's value is undefined."""
        return self.values[:, 0] if self.single else self.values.mean(axis=1)

    def of(self, fits: Sequence[int]) -> Doubles:
        """The values in these fits, (n, fits); the same in each where there is a single one."""
        if self.single:
            return np.broadcast_to(self.values[:, :1], (len(self.values), len(fits)))
        return self.values[:, [self.fits.index(fit) for fit in fits]]


def common_fits(contenders: Sequence[FitValues]) -> tuple[int, ...]:
    """The fits that all have, but for those with a single one; the first is in each."""
    several = [set(one.fits) for one in contenders if not one.single]
    return tuple(sorted(set.intersection(*several))) if several else (0,)


def joined(fits: Sequence[tuple[int, FitValues]]) -> FitValues:
    """One metric's values of several fits, each given with its number and a single column."""
    numbers = tuple(number for number, _ in fits)
    return FitValues(np.column_stack([one.values for _, one in fits]), numbers)


def paired_fits(one: FitValues, other: FitValues) -> tuple[Doubles, Doubles]:
    """The values of both over their common fits, (n, fits) each."""
    fits = common_fits((one, other))
    return one.of(fits), other.of(fits)
