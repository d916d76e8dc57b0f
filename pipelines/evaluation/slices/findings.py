"""Where a contender wins: the slices in which it beats another, ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.evaluation.comparison.comparison import toward
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.slices.cells import FEWEST, Cell, Contest
from pipelines.evaluation.slices.sentences import difference, interval, population
from pipelines.evaluation.slices.stored import dimensions_of
from pipelines.evaluation.slices.table import all_cells
from pipelines.runtime.phrases import number_of

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

LEVEL = 0.05
"""The false discovery rate among the slices called certain."""


@dataclass(frozen=True)
class Finding:
    """A slice in which a contender is better than another."""

    cell: Cell
    certain: bool
    """Whether p, adjusted over all tested slices, is at most `LEVEL`."""
    sentence: str

    def document(self) -> dict[str, Any]:
        """The fields as JSON values, including those of the cell."""
        return self.cell.document() | {"certain": self.certain, "sentence": self.sentence}


def wins(
    folder: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    useful_share: float,
    *,
    crossed: bool = False,
    fewest: int = FEWEST,
) -> list[Finding]:
    """The slices where `contender` is better than `against`, over all dimensions.

    Certain ones first, then by the end of the interval nearer to zero (the least that the
    slice may be worth), largest first; ties by the number of users. Slices with identical
    users are listed once. With `crossed`, pairs of user dimensions are included, and all cells
    are adjusted together.
    """
    contest = Contest(folder, contender, against, metric, useful_share, fewest)
    return _ranked(contest, all_cells(contest, crossed=crossed), 1)


def losses(
    folder: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    useful_share: float,
    *,
    crossed: bool = False,
    fewest: int = FEWEST,
) -> list[Finding]:
    """The slices where `against` is better, from the same cells as `wins`, ranked likewise."""
    contest = Contest(folder, contender, against, metric, useful_share, fewest)
    return _ranked(contest, all_cells(contest, crossed=crossed), -1)


def _ranked(contest: Contest, cells: list[Cell], side: int) -> list[Finding]:
    """The cells in which the contender (`side` 1) or the other (-1) is better, ranked."""
    dimensions = {d.name: d for d in dimensions_of(contest.folder)}
    sign, metric = side * contest.sign, label(contest.metric)
    both = (contest.contender, contest.against)[::side]
    titles = [contest.title(name) for name in both]
    ranked, listed = [], set()
    for cell in cells:
        figures = (cell.n, cell.mean, cell.against, cell.low, cell.high)
        if cell.outcome != ("better" if side > 0 else "worse") or figures in listed:
            continue
        listed.add(figures)
        assert cell.p_adjusted is not None
        certain = cell.p_adjusted <= LEVEL
        least = toward(sign, interval(cell)).low
        doubt = f"; this may be chance, given comparisons in {number_of(cell.looked, 'slice')}"
        sentence = (
            f"Among {population(cell, dimensions)}, {titles[0]} beats {titles[1]} by "
            f"{difference(sign, interval(cell), metric)}{'' if certain else doubt}."
        )
        ranked.append(((not certain, -least, -cell.n), Finding(cell, certain, sentence)))
    return [finding for _, finding in sorted(ranked, key=lambda pair: pair[0])]
