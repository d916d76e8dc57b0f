"""A cell: one contender compared with another over the users of a slice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pipelines.evaluation.comparison.comparison import direction, outcome, toward
from pipelines.evaluation.metrics.names import bounds
from pipelines.evaluation.results.document import Outcome
from pipelines.evaluation.results.fit_values import FitValues, paired_fits
from pipelines.evaluation.slices.cache import cached
from pipelines.evaluation.slices.samples import SMALL, Samples, values
from pipelines.schema import Doubles
from pipelines.statistics.intervals import differences, p_value, t_interval
from pipelines.statistics.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

FEWEST = 30
"""The fewest users for which a slice is compared; below, only its count is shown."""


@dataclass(frozen=True)
class Cell:
    """The comparison in a slice, or in two crossed; values are None where users are too few."""

    dimensions: tuple[str, ...]
    values: tuple[str, ...]
    """The slice's name in each dimension."""
    n: int
    """Users with a value of both contenders."""
    outcome: Outcome | Literal["too few"] = "too few"
    mean: float | None = None
    """The contender's, over those users."""
    against: float | None = None
    """The other contender's, over the same users."""
    difference: float | None = None
    """Contender - other, paired; `low` and `high` are its 95% interval, not adjusted."""
    low: float | None = None
    high: float | None = None
    smallest_useful: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    """By Benjamini and Hochberg over the `looked` cells that were tested together."""
    looked: int = 0

    def document(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return asdict(self) | {"dimensions": [*self.dimensions], "values": [*self.values]}


@dataclass(frozen=True)
class Contest:
    """One contender compared with another on a metric, in a finished bake-off."""

    folder: BakeoffFolder
    contender: str
    against: str
    metric: str
    useful_share: float
    """The smallest useful difference, as a share of the other's mean in the slice."""
    fewest: int = FEWEST

    def __post_init__(self) -> None:
        direction(self.metric)  # raises where neither higher nor lower is better

    def cells(
        self, dimensions: tuple[str, ...], names: Sequence[tuple[str, ...]], given: Samples
    ) -> list[Cell]:
        """A cell for each of `names` (slices,), with p not yet adjusted."""
        mine, other = paired_fits(
            values(self.folder, self.contender, self.metric, given),
            self._others(dimensions, given),
        )
        both = ~np.isnan(mine - other).any(axis=1)
        mine, other, place = mine[both], other[both], given.slice[both]
        ends = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(names)))])
        return [
            self._cell(dimensions, name, mine[begin:end], other[begin:end])
            for name, begin, end in zip(names, ends, ends[1:], strict=False)
        ]

    @property
    def span(self) -> tuple[float, float] | None:
        """The range of a difference; None where the metric has no bounds."""
        limits = bounds(self.metric)
        return None if limits is None else (limits[0] - limits[1], limits[1] - limits[0])

    def title(self, name: str) -> str:
        """A contender's title, by name."""
        return self.folder.titles.get(name, name)

    @property
    def sign(self) -> int:
        return direction(self.metric)

    def _others(self, dimensions: tuple[str, ...], given: Samples) -> FitValues:
        """The other's values, cached where they are expensive: many are compared with it."""

        def compute() -> FitValues:
            return values(self.folder, self.against, self.metric, given)

        if given.truth is None or len(dimensions) > 1:
            return compute()
        key = ("values", self.against, self.metric, dimensions)
        return cached(self.folder, key, compute, lambda v: v.values.size <= SMALL)

    def _cell(
        self, dimensions: tuple[str, ...], name: tuple[str, ...], mine: Doubles, other: Doubles
    ) -> Cell:
        """The cell of its users' values, (n_users, n_fits) each."""
        n = len(mine)
        if n < max(2, self.fewest):
            return Cell(dimensions, name, n)
        d = differences(mine, other)
        found = t_interval(d, self.span)
        smallest = self.useful_share * abs(float(other.mean()))
        return Cell(
            dimensions,
            name,
            n,
            outcome(toward(self.sign, found), smallest),
            float(mine.mean()),
            float(other.mean()),
            found.value,
            found.low,
            found.high,
            smallest,
            p_value(d),
        )


def adjusted(cells: Iterable[Cell]) -> list[Cell]:
    """The cells with p adjusted over all tested ones (Benjamini & Hochberg 1995).

    Cells with too few users were not tested and do not count.
    """
    made = list(cells)
    tested = [number for number, cell in enumerate(made) if cell.p is not None]
    corrected = benjamini_hochberg(np.array([made[t].p for t in tested], np.float64))
    for number, p in zip(tested, corrected.tolist(), strict=True):
        made[number] = replace(made[number], p_adjusted=p, looked=len(tested))
    return made
