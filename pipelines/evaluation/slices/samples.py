"""Which users are in which slice, and a contender's values there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipelines.errors import AssayError
from pipelines.evaluation.metrics.names import MAIN, label, parse
from pipelines.evaluation.results.fit_values import FitValues
from pipelines.evaluation.slices.cache import cached
from pipelines.evaluation.slices.stored import SEVERAL, Dimension, ordinals
from pipelines.schema import Longs, Ragged, row_pointers

if TYPE_CHECKING:
    from pipelines.evaluation.results.folder import BakeoffFolder

SMALL = 300_000
"""The most samples of a dimension that are cached, about 10 MB."""


@dataclass(frozen=True)
class Samples:
    """Pairs of user and slice (m,), sorted by slice, then by user.

    `truth` (m rows) holds the truths in the slice, or is None where all of a user's truths count.
    """

    user: Longs
    """Rows of the evaluated users."""
    slice: Longs
    truth: Ragged | None = None

    def crossed(self, other: Longs, n_other: int) -> Samples:
        """Each slice divided by `other` (n,), the users' slices in another dimension.

        Slices are numbered `slice * n_other + other`; users in no slice (-1) are left out.
        """
        theirs = other[self.user]
        rows = np.flatnonzero(theirs >= 0)
        number = self.slice[rows] * n_other + theirs[rows]
        order = rows[np.argsort(number, kind="stable")]
        truth = None if self.truth is None else self.truth.take(order)
        return Samples(self.user[order], np.sort(number), truth)


def samples(folder: BakeoffFolder, dimension: Dimension) -> Samples:
    """All users' slices in one dimension."""
    key = ("samples", dimension.name)
    return cached(folder, key, lambda: _samples(folder, dimension), lambda s: len(s.user) <= SMALL)


def _samples(folder: BakeoffFolder, dimension: Dimension) -> Samples:
    if dimension.per_item:
        return _of_truths(folder, dimension)
    place = ordinals(folder.slices[dimension.name], dimension.values)
    order = np.argsort(place, kind="stable")
    order = order[place[order] >= 0]
    return Samples(order, place[order])


def values(folder: BakeoffFolder, contender: str, metric: str, given: Samples) -> FitValues:
    """A contender's value for each sample, and fit, (m, n_fits), NaN where undefined.

    Where the truths are restricted, the metric is computed again on them; an `AssayError`
    unless it is one of the six accuracy metrics.
    """
    stored = folder.fit_values(contender, metric)
    if given.truth is None:
        return replace(stored, values=stored.values[given.user])
    from pipelines.evaluation.metrics.accuracy import per_user

    check_about_truth(metric)
    _, k = parse(metric)
    columns = [
        per_user(folder.lists(contender, fit)[given.user, :k], given.truth, (k,))[metric]
        for fit in stored.fits
    ]
    return replace(stored, values=np.column_stack(columns))


def about_truth(metric: str) -> bool:
    """Whether the metric can be computed on a subset of the truths: the six of accuracy can."""
    return metric.partition("@")[0] in MAIN


def check_about_truth(metric: str) -> None:
    """Raise an `AssayError` where a metric has no slices of held-out items."""
    if not about_truth(metric):
        raise AssayError(
            f"{label(metric)} cannot be computed on slices of held-out items; use a dimension of "
            f"users, or one of the metrics {', '.join(MAIN)}."
        )


def _of_truths(folder: BakeoffFolder, dimension: Dimension) -> Samples:
    truth = folder.requests.truth
    user = np.repeat(np.arange(len(truth)), truth.lengths())
    at = np.flatnonzero(truth.values >= 0)
    column = folder.item_slices[dimension.name]
    indptr, slices = _memberships(column, dimension)
    # Each truth counts once for each slice of its item.
    item = truth.values[at]
    of_item = Ragged(indptr, slices)
    number = slices[of_item.positions(item)].astype(np.int64)
    at = np.repeat(at, of_item.lengths()[item])
    key = number * len(truth) + user[at]
    order = np.argsort(key, kind="stable")
    pairs, starts = np.unique(key[order], return_index=True)
    pointers = np.append(starts, len(order)).astype(np.int64)
    return Samples(
        pairs % len(truth), pairs // len(truth), Ragged(pointers, truth.values[at[order]])
    )


def _memberships(column: pd.Series, dimension: Dimension) -> tuple[Longs, np.ndarray]:
    """The slices of each item: row pointers (n_items + 1,) and slice numbers, int32."""
    if not dimension.several:
        place = ordinals(column, dimension.values)
        there = np.flatnonzero(place >= 0)
        return row_pointers(there, len(column)), place[there].astype(np.int32)
    number = {name: at for at, name in enumerate(dimension.values)}
    of_category = [
        [number[part] for part in str(c).split(SEVERAL) if part in number]
        for c in column.cat.categories
    ]
    parts = Ragged.of([*of_category, []])  # the last row is that of code -1
    codes = column.cat.codes.to_numpy().astype(np.int64)
    mine = parts.take(np.where(codes >= 0, codes, len(of_category)))
    return mine.indptr, mine.values
