"""Where does a contender win? The slices in which it beats another, ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.evaluation.comparison.comparison import toward
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.slices.cells import FEWEST, Cell, Contest
from pipelines.evaluation.slices.stored import dimensions_of
from pipelines.evaluation.slices.table import every
from pipelines.evaluation.slices.wording import among, by, interval

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

LEVEL = 0.05
"""The share of false ones that is borne among the slices called certain."""


@dataclass(frozen=True)
class Finding:
    """A slice in which a contender is better than another."""

    cell: Cell
    certain: bool
    """Whether p, adjusted over all slices that were looked at, is at most `LEVEL`."""
    sentence: str

    def document(self) -> dict[str, Any]:
        """The fields as JSON values, the cell's among them."""
        return self.cell.document() | {"certain": self.certain, "sentence": self.sentence}


def wins(
    kept: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    useful_share: float,
    *,
    crossed: bool = False,
    fewest: int = FEWEST,
) -> list[Finding]:
    """The slices where `contender` is better than `against`, over all dimensions.

    First those that are certain, then the others; each by the end of the interval that is
    nearer to zero, greatest first: what the slice is worth at least. Of equals the one with
    more users; slices of the same users are told once. With `crossed` also pairs of
    dimensions of users, all adjusted together.
    """
    contest = Contest(kept, contender, against, metric, useful_share, fewest)
    return _ranked(contest, every(contest, crossed=crossed), 1)


def losses(
    kept: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    useful_share: float,
    *,
    crossed: bool = False,
    fewest: int = FEWEST,
) -> list[Finding]:
    """The slices where `against` is better, by the same cells as `wins` and ranked alike."""
    contest = Contest(kept, contender, against, metric, useful_share, fewest)
    return _ranked(contest, every(contest, crossed=crossed), -1)


def _ranked(contest: Contest, cells: list[Cell], side: int) -> list[Finding]:
    """The cells in which the contender (`side` 1) or the other (-1) is better, ranked."""
    words = {d.name: d for d in dimensions_of(contest.kept)}
    sign, metric = side * contest.sign, label(contest.metric)
    both = (contest.contender, contest.against)[::side]
    names = [contest.called(name) for name in both]
    ranked, told = [], set()
    for cell in cells:
        figures = (cell.n, cell.mean, cell.against, cell.low, cell.high)
        if cell.outcome != ("better" if side > 0 else "worse") or figures in told:
            continue
        told.add(figures)
        assert cell.p_adjusted is not None
        certain = cell.p_adjusted <= LEVEL
        least = toward(sign, interval(cell)).low
        doubt = f"; chance may do this, since {cell.looked} slices were looked at"
        difference = by(contest.sign * side, interval(cell), metric)
        sentence = (
            f"{among(cell, words)}, {names[0]} beats {names[1]} by {difference}"
            f"{'' if certain else doubt}."
        )
        ranked.append(((not certain, -least, -cell.n), Finding(cell, certain, sentence)))
    return [finding for _, finding in sorted(ranked, key=lambda pair: pair[0])]
