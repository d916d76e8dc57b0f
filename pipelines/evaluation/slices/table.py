"""Tables of slices: one dimension, two crossed, or all there are."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pipelines.errors import AssayError
from pipelines.evaluation.slices.cells import FEWEST, Cell, Contest, adjusted
from pipelines.evaluation.slices.memo import remembered
from pipelines.evaluation.slices.samples import about_truth, check_about_truth, samples
from pipelines.evaluation.slices.stored import Dimension, dimensions_of, find, ordinals

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder


def by_dimension(
    kept: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    dimension: str,
    useful_share: float,
    *,
    fewest: int = FEWEST,
) -> list[Cell]:
    """A cell per slice of one dimension, in its order.

    p is adjusted over the cells of all dimensions, so that it is the same in every table.
    """
    one = find(kept, dimension)
    if one.per_item:
        check_about_truth(metric)
    cells = every(Contest(kept, contender, against, metric, useful_share, fewest))
    return [cell for cell in cells if cell.dimensions == (one.name,)]


def by_two(
    kept: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    first: str,
    second: str,
    useful_share: float,
    *,
    fewest: int = FEWEST,
) -> list[Cell]:
    """A cell per pair of slices, empty pairs too; p is adjusted over these cells.

    Two dimensions of users, or one of them with one of items, which then comes first.
    """
    pair = (find(kept, first), find(kept, second))
    if pair[0] == pair[1] or all(one.per_item for one in pair):
        raise AssayError(
            f"{first} and {second} cannot be crossed: the two must differ, and one of them must "
            "divide the users."
        )
    return adjusted(_crossed(Contest(kept, contender, against, metric, useful_share, fewest), pair))


def every(contest: Contest, *, crossed: bool = False) -> list[Cell]:
    """The cells of all dimensions, with `crossed` also of each two dimensions of users.

    p is adjusted over all of them. Left out are dimensions of items where the metric is not
    about what was taken up. The answer is remembered with the bake-off.
    """
    asked = (contest.contender, contest.against, contest.metric)
    key = ("cells", *asked, contest.useful_share, contest.fewest, crossed)
    return list(remembered(contest.kept, key, lambda: tuple(_every(contest, crossed))))


def _every(contest: Contest, crossed: bool) -> list[Cell]:
    found = [
        d for d in dimensions_of(contest.kept) if about_truth(contest.metric) or not d.per_item
    ]
    made: list[Cell] = []
    for one in found:
        names = [(value,) for value in one.values]
        made += contest.cells((one.name,), names, samples(contest.kept, one))
    if crossed:
        for pair in combinations([d for d in found if not d.per_item], 2):
            made += _crossed(contest, pair)
    return adjusted(made)


def _crossed(contest: Contest, pair: tuple[Dimension, Dimension]) -> list[Cell]:
    # What divides the truths comes first: samples are parted by what divides the users.
    outer, inner = sorted(pair, key=lambda d: not d.per_item)
    theirs = ordinals(contest.kept.slices[inner.name], inner.values)
    given = samples(contest.kept, outer).crossed(theirs, len(inner.values))
    names = [(a, b) for a in outer.values for b in inner.values]
    return contest.cells((outer.name, inner.name), names, given)
