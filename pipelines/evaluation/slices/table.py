"""Tables of slices: by one dimension, by two crossed, or by all."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pipelines.errors import AssayError
from pipelines.evaluation.slices.cache import cached
from pipelines.evaluation.slices.cells import FEWEST, Cell, Contest, adjusted
from pipelines.evaluation.slices.samples import about_truth, check_about_truth, samples
from pipelines.evaluation.slices.stored import Dimension, dimensions_of, find, ordinals

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder


def by_dimension(
    folder: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    dimension: str,
    useful_share: float,
    *,
    fewest: int = FEWEST,
) -> list[Cell]:
    """A cell per slice of one dimension, in order.

    p is adjusted over the cells of all dimensions, so it is the same in every table.
    """
    one = find(folder, dimension)
    if one.per_item:
        check_about_truth(metric)
    cells = all_cells(Contest(folder, contender, against, metric, useful_share, fewest))
    return [cell for cell in cells if cell.dimensions == (one.name,)]


def by_two(
    folder: BakeoffFolder,
    contender: str,
    against: str,
    metric: str,
    first: str,
    second: str,
    useful_share: float,
    *,
    fewest: int = FEWEST,
) -> list[Cell]:
    """A cell per pair of slices, including empty pairs; p is adjusted over these cells.

    Takes two dimensions of users, or one of users and one of items, which then comes first.
    """
    pair = (find(folder, first), find(folder, second))
    if pair[0] == pair[1] or all(one.per_item for one in pair):
        raise AssayError(
            f"{first} and {second} cannot be crossed: they must differ, and one of them must be a "
            "dimension of users."
        )
    return adjusted(
        _crossed(Contest(folder, contender, against, metric, useful_share, fewest), pair)
    )


def all_cells(contest: Contest, *, crossed: bool = False) -> list[Cell]:
    """The cells of all dimensions, with `crossed` also of all pairs of user dimensions.

    p is adjusted over all of them. Dimensions of items are left out where the metric cannot be
    computed on a subset of the held-out items. The result is cached with the bake-off's folder.
    """
    asked = (contest.contender, contest.against, contest.metric)
    key = ("cells", *asked, contest.useful_share, contest.fewest, crossed)
    return list(cached(contest.folder, key, lambda: tuple(_all_cells(contest, crossed))))


def _all_cells(contest: Contest, crossed: bool) -> list[Cell]:
    found = [
        d for d in dimensions_of(contest.folder) if about_truth(contest.metric) or not d.per_item
    ]
    made: list[Cell] = []
    for one in found:
        names = [(value,) for value in one.values]
        made += contest.cells((one.name,), names, samples(contest.folder, one))
    if crossed:
        for pair in combinations([d for d in found if not d.per_item], 2):
            made += _crossed(contest, pair)
    return adjusted(made)


def _crossed(contest: Contest, pair: tuple[Dimension, Dimension]) -> list[Cell]:
    # The dimension of items comes first: its samples are then divided by the users' slices.
    outer, inner = sorted(pair, key=lambda d: not d.per_item)
    theirs = ordinals(contest.folder.slices[inner.name], inner.values)
    given = samples(contest.folder, outer).crossed(theirs, len(inner.values))
    names = [(a, b) for a in outer.values for b in inner.values]
    return contest.cells((outer.name, inner.name), names, given)
