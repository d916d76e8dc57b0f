"""A contender's values per user and fit, and how two contenders' fits are paired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.schema import Doubles, Longs
from pipelines.statistics.persons import contributions


@dataclass(frozen=True)
class FitValues:
    """One metric's `values` (n_users, n_fits), NaN where undefined, and the fits' numbers.

    Fits with the same number have the same seed. A single fit stands for all, as it does
    where nothing is drawn.

    Over several windows a row is a request, and `persons` (n_requests,) says whose it is.
    """

    values: Doubles
    fits: tuple[int, ...] = (0,)
    persons: Longs | None = None

    @property
    def single(self) -> bool:
        return len(self.fits) == 1

    @property
    def by_user(self) -> Doubles:
        """The mean over the fits, (n,); NaN where a fit's value is undefined."""
        return self.values[:, 0] if self.single else self.values.mean(axis=1)

    def of_people(self) -> FitValues:
        """A row per person: the person's contribution to the mean over all requests."""
        if self.persons is None:
            return self
        return FitValues(contributions(self.values, self.persons), self.fits)

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


def stacked(windows: Sequence[FitValues], persons: Longs) -> FitValues:
    """One metric's values in several windows, one after another; `persons` are theirs.

    Only fits that every window has are kept. Where a contender draws, a window with a single fit
    leaves that one, since it cannot stand for all of them.
    """
    fits = tuple(sorted(set.intersection(*(set(one.fits) for one in windows))))
    return FitValues(np.concatenate([one.of(fits) for one in windows]), fits, persons)


def paired_fits(one: FitValues, other: FitValues) -> tuple[Doubles, Doubles]:
    """The values of both over their common fits, (n, fits) each.

    Over several windows n is the number of people, and values are contributions to the mean
    over the requests for which both have a value.
    """
    fits = common_fits((one, other))
    ours, theirs = one.of(fits), other.of(fits)
    if one.persons is None:
        return ours, theirs
    gaps = np.where(np.isnan(ours - theirs), np.nan, 0.0)
    return contributions(ours + gaps, one.persons), contributions(theirs + gaps, one.persons)
