"""Where the overall result and its slices disagree (Simpson's paradox): docs/slices.md.

In offline evaluation it is most common in strata by the popularity of held-out items
(Jadidinejad, Macdonald & Ounis 2021, doi:10.1145/3458509).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipelines.evaluation.comparison.comparison import toward
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.slices.aggregates import Aggregate, aggregates
from pipelines.evaluation.slices.cells import FEWEST, Cell, Contest
from pipelines.evaluation.slices.findings import LEVEL
from pipelines.evaluation.slices.sentences import difference, interval, population, slice_phrase
from pipelines.evaluation.slices.stored import Dimension, dimensions_of
from pipelines.evaluation.slices.table import all_cells
from pipelines.statistics.interval import Interval

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

MOSTLY = 0.8
"""The share of a dimension's users that the slices with enough users must cover."""


@dataclass(frozen=True)
class Reversal:
    """A contender is ahead overall, but behind in a slice, in every slice, or by other weights.

    `difference`, `low` and `high` are the overall ones, signed so that `ahead` minus `behind`
    has the sign of an improvement.
    """

    kind: Literal["every slice", "weights", "one slice"]
    ahead: str
    behind: str
    dimension: str
    """Empty for "weights"."""
    counting: str
    """The weighting of the overall difference: see `Aggregate`."""
    difference: float
    low: float
    high: float
    cells: tuple[Cell, ...]
    """The slices in which `behind` is ahead."""
    sentence: str

    def document(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return asdict(self) | {"cells": [cell.document() for cell in self.cells]}


def find(
    folder: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    useful_share: float,
    *,
    fewest: int = FEWEST,
) -> list[Reversal]:
    """All reversals between two contenders: in every slice, by weights, in one slice.

    *Every slice*: the overall difference is certain (its 95% interval excludes zero), and the
    other contender is ahead in each slice of a dimension that has enough users, with certainty
    in at least one. *Weights*: two weightings disagree, both with certainty. *One slice*: the
    other contender is better there with certainty. A slice is certain where its p, adjusted
    over all slices, is at most `LEVEL`.
    """
    contest = Contest(folder, contender, against, metric, useful_share, fewest)
    return of_cells(contest, all_cells(contest))


def of_cells(contest: Contest, cells: list[Cell]) -> list[Reversal]:
    """The reversals among the cells of all dimensions: see `find`."""
    dimensions = {d.name: d for d in dimensions_of(contest.folder)}
    overall = [a for a in aggregates(contest) if a.found.value != 0]
    if not overall:
        return []
    finder = _Finder(contest, dimensions)
    found = []
    for name in dimensions:
        mine = [cell for cell in cells if cell.dimensions == (name,)]
        found += finder.in_every(dimensions[name], mine, overall)
    explained = {cell for one in found if one.counting == overall[0].counting for cell in one.cells}
    found += finder.by_weights(overall)
    singles = [cell for cell in cells if cell not in explained]
    return found + finder.in_one(singles, overall[0])


class _Finder:
    """Finds each kind of reversal; `sign` is 1 where higher is better."""

    def __init__(self, contest: Contest, dimensions: dict[str, Dimension]) -> None:
        self.contest, self.dimensions = contest, dimensions
        self.sign, self.metric = contest.sign, label(contest.metric)

    def in_every(
        self, one: Dimension, cells: list[Cell], overall: list[Aggregate]
    ) -> list[Reversal]:
        tested = [cell for cell in cells if cell.p is not None]
        if len(tested) < 2 or _users(tested) < MOSTLY * _users(cells):
            return []
        for aggregate in overall:
            side = self._side(aggregate.found.value)
            certain = [cell for cell in tested if _certain(cell)]
            if (
                certain
                and _excludes_zero(aggregate.found)
                and all(self._side(cell.difference or 0.0) == -side for cell in tested)
            ):
                return [self._every(one, aggregate, cells, tested, len(certain))]
        return []

    def by_weights(self, overall: list[Aggregate]) -> list[Reversal]:
        first = overall[0]
        found = []
        for other in overall[1:]:
            opposed = self._side(other.found.value) == -self._side(first.found.value)
            if opposed and _excludes_zero(first.found) and _excludes_zero(other.found):
                _, behind = self._titles(first.found)
                sentence = (
                    f"{self._overall(first)}; but {other.counting}, {behind} is ahead by "
                    f"{self._by(other.found)}. {other.reason}"
                )
                found.append(self._reversal("weights", "", first, (), sentence))
        return found

    def in_one(self, cells: list[Cell], first: Aggregate) -> list[Reversal]:
        side = self._side(first.found.value)
        lost = "worse" if side > 0 else "better"
        contrary = [cell for cell in cells if cell.outcome == lost and _certain(cell)]
        contrary.sort(key=lambda cell: toward(-side * self.sign, interval(cell)).low, reverse=True)
        found = []
        for cell in contrary:
            _, behind = self._titles(first.found)
            sentence = (
                f"{self._overall(first)}; but among {population(cell, self.dimensions)}, {behind} "
                f"is ahead by {self._by(interval(cell))}."
            )
            name = cell.dimensions[0]
            found.append(self._reversal("one slice", name, first, (cell,), sentence))
        return found

    def _every(
        self,
        one: Dimension,
        aggregate: Aggregate,
        cells: list[Cell],
        tested: list[Cell],
        certain: int,
    ) -> Reversal:
        _, behind = self._titles(aggregate.found)
        slices = [
            f"{slice_phrase(one, cell.values[0])} by {self._by(interval(cell))}, {cell.n:,} users"
            for cell in tested
        ]
        small = len(cells) - len(tested)
        left_out = (
            f" Not compared: {small} of {len(cells)} slices, with fewer than "
            f"{self.contest.fewest} users each."
        )
        sentence = (
            f"{self._overall(aggregate)}; but {behind} is ahead in every slice of {one.title}, "
            f"with certainty in {certain} of {len(tested)}: {'; '.join(slices)}."
            f"{left_out if small else ''} {aggregate.reason}"
        )
        return self._reversal("every slice", one.name, aggregate, tuple(tested), sentence)

    def _reversal(
        self,
        kind: Literal["every slice", "weights", "one slice"],
        dimension: str,
        overall: Aggregate,
        cells: tuple[Cell, ...],
        sentence: str,
    ) -> Reversal:
        ahead, behind = self._order(overall.found)
        turned = toward(1 if overall.found.value > 0 else -1, overall.found)
        figures = (turned.value, turned.low, turned.high)
        return Reversal(kind, ahead, behind, dimension, overall.counting, *figures, cells, sentence)

    def _overall(self, aggregate: Aggregate) -> str:
        ahead, behind = self._titles(aggregate.found)
        uncertain = "" if _excludes_zero(aggregate.found) else ", which is not certain"
        return (
            f"Overall, {aggregate.counting}, {ahead} is ahead of {behind} by "
            f"{self._by(aggregate.found)}{uncertain}"
        )

    def _by(self, found: Interval) -> str:
        return difference(1 if found.value > 0 else -1, found, self.metric)

    def _order(self, found: Interval) -> tuple[str, str]:
        names = (self.contest.contender, self.contest.against)
        return names if self._side(found.value) > 0 else names[::-1]

    def _titles(self, found: Interval) -> tuple[str, str]:
        ahead, behind = self._order(found)
        return self.contest.title(ahead), self.contest.title(behind)

    def _side(self, difference: float) -> int:
        """1 where the contender is ahead, -1 where the other is, 0 where neither."""
        return self.sign * ((difference > 0) - (difference < 0))


def _certain(cell: Cell) -> bool:
    return cell.p_adjusted is not None and cell.p_adjusted <= LEVEL


def _excludes_zero(found: Interval) -> bool:
    return found.low > 0 or found.high < 0


def _users(cells: list[Cell]) -> int:
    return sum(cell.n for cell in cells)
