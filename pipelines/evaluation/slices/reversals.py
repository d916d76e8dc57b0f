"""Where the whole says one thing and its parts another (Simpson's paradox): docs/slices.md.

Strata by the popularity of what was taken up are where offline evaluation shows it most
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
from pipelines.evaluation.slices.stored import Dimension, dimensions_of
from pipelines.evaluation.slices.table import every
from pipelines.evaluation.slices.wording import among, by, interval, slice_of
from pipelines.statistics.interval import Interval

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

MOSTLY = 0.8
"""The share of a dimension's users that large enough slices must hold to stand for all."""


@dataclass(frozen=True)
class Reversal:
    """Somebody is ahead on the whole, and behind in a slice, in every slice, or by another count.

    `difference`, `low` and `high` are the whole's, turned so that `ahead` is ahead.
    """

    kind: Literal["every slice", "weights", "one slice"]
    ahead: str
    behind: str
    dimension: str
    """Empty for "weights"."""
    counting: str
    """What counts once in the whole: see `Aggregate`."""
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
    kept: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    useful_share: float,
    *,
    fewest: int = FEWEST,
) -> list[Reversal]:
    """All reversals between two contenders: of every slice, of weights, of one slice.

    *Every slice*: the whole is certain (its 95 % interval), and in each large enough slice of
    a dimension the other is ahead, in at least one for certain. *Weights*: two ways of
    counting disagree, each certain. *One slice*: the other is better there for certain.
    Certain of a slice: p, adjusted over all slices, is at most `LEVEL`.
    """
    contest = Contest(kept, contender, against, metric, useful_share, fewest)
    return of_cells(contest, every(contest))


def of_cells(contest: Contest, cells: list[Cell]) -> list[Reversal]:
    """The reversals among the cells of all dimensions: see `find`."""
    words = {d.name: d for d in dimensions_of(contest.kept)}
    whole = [a for a in aggregates(contest) if a.found.value != 0]
    if not whole:
        return []
    reversed_ = _Reversed(contest, words)
    found = []
    for name in words:
        mine = [cell for cell in cells if cell.dimensions == (name,)]
        found += reversed_.in_every(words[name], mine, whole)
    explained = {cell for one in found if one.counting == whole[0].counting for cell in one.cells}
    found += reversed_.by_weights(whole)
    singles = [cell for cell in cells if cell not in explained]
    return found + reversed_.in_one(singles, whole[0])


class _Reversed:
    """Looks for each kind; `sign` is 1 where more is better."""

    def __init__(self, contest: Contest, words: dict[str, Dimension]) -> None:
        self.contest, self.words = contest, words
        self.sign, self.metric = contest.sign, label(contest.metric)

    def in_every(self, one: Dimension, cells: list[Cell], whole: list[Aggregate]) -> list[Reversal]:
        tested = [cell for cell in cells if cell.p is not None]
        if len(tested) < 2 or _users(tested) < MOSTLY * _users(cells):
            return []
        for aggregate in whole:
            side = self._side(aggregate.found.value)
            certain = [cell for cell in tested if _certain(cell)]
            if (
                certain
                and _excludes_zero(aggregate.found)
                and all(self._side(cell.difference or 0.0) == -side for cell in tested)
            ):
                return [self._every(one, aggregate, cells, tested, len(certain))]
        return []

    def by_weights(self, whole: list[Aggregate]) -> list[Reversal]:
        first = whole[0]
        found = []
        for other in whole[1:]:
            opposed = self._side(other.found.value) == -self._side(first.found.value)
            if opposed and _excludes_zero(first.found) and _excludes_zero(other.found):
                _, behind = self._called(first.found)
                sentence = (
                    f"{self._whole(first)}; but {other.counting}, {behind} is ahead by "
                    f"{self._by(other.found)}. {other.because}"
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
            _, behind = self._called(first.found)
            who = among(cell, self.words)
            sentence = (
                f"{self._whole(first)}; but {who[0].lower()}{who[1:]} {behind} is ahead by "
                f"{self._by(interval(cell))}."
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
        _, behind = self._called(aggregate.found)
        said = [
            f"{slice_of(one, cell.values[0])} by {self._by(interval(cell))}, {cell.n:,} users"
            for cell in tested
        ]
        small = len(cells) - len(tested)
        left_out = (
            f" Too small to say: {small} of {len(cells)} slices, with fewer than "
            f"{self.contest.fewest} users each."
        )
        sentence = (
            f"{self._whole(aggregate)}; but {behind} is ahead in every slice of {one.title}, in "
            f"{certain} of {len(tested)} for certain: {'; '.join(said)}."
            f"{left_out if small else ''} {aggregate.because}".rstrip()
        )
        return self._reversal("every slice", one.name, aggregate, tuple(tested), sentence)

    def _reversal(
        self,
        kind: Literal["every slice", "weights", "one slice"],
        dimension: str,
        whole: Aggregate,
        cells: tuple[Cell, ...],
        sentence: str,
    ) -> Reversal:
        ahead, behind = self._order(whole.found)
        turned = toward(1 if whole.found.value > 0 else -1, whole.found)
        figures = (turned.value, turned.low, turned.high)
        return Reversal(kind, ahead, behind, dimension, whole.counting, *figures, cells, sentence)

    def _whole(self, aggregate: Aggregate) -> str:
        ahead, behind = self._called(aggregate.found)
        sure = "is" if _excludes_zero(aggregate.found) else "seems, not for certain,"
        return (
            f"On the whole, {aggregate.counting}, {ahead} {sure} ahead of {behind} by "
            f"{self._by(aggregate.found)}"
        )

    def _by(self, found: Interval) -> str:
        return by(1 if found.value > 0 else -1, found, self.metric)

    def _order(self, found: Interval) -> tuple[str, str]:
        names = (self.contest.contender, self.contest.against)
        return names if self._side(found.value) > 0 else names[::-1]

    def _called(self, found: Interval) -> tuple[str, str]:
        ahead, behind = self._order(found)
        return self.contest.called(ahead), self.contest.called(behind)

    def _side(self, difference: float) -> int:
        """1 where the contender is ahead, -1 where the other is, 0 where neither."""
        return self.sign * ((difference > 0) - (difference < 0))


def _certain(cell: Cell) -> bool:
    return cell.p_adjusted is not None and cell.p_adjusted <= LEVEL


def _excludes_zero(found: Interval) -> bool:
    return found.low > 0 or found.high < 0


def _users(cells: list[Cell]) -> int:
    return sum(cell.n for cell in cells)
