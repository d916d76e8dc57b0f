"""Dimensions that divide held-out items: popularity, category, age, any column.

They are slices of the held-out items, not of the users, so they are unknown at the request.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.metrics.novelty import popularity
from pipelines.evaluation.slices import moments
from pipelines.evaluation.slices.columns import OTHER, UNKNOWN, categorical, coded, sliced, top
from pipelines.evaluation.slices.stored import (
    OF_ITEMS,
    SEVERAL,
    Dimension,
    DimensionBuilder,
    Labels,
    clause_of_column,
)
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns, Longs

TAIL = ((0.01, "most popular 1%"), (0.1, "next 9%"), (0.5, "next 40%"), (1.0, "last 50%"))
"""The cumulative share of the known items, by popularity, at which each slice ends."""
NEVER = "never seen"
NOT_YET = "not yet created"
_NOT_SLICED = (Columns.ITEM, Columns.TITLE, Columns.IMAGE, Columns.CATEGORIES)
"""Columns that are not sliced by their values."""


def item_slices(cut: Split, dataset: Dataset) -> pd.DataFrame:
    """The held-out items' slices: a row per item code (n_items), a categorical column each.

    Items that are not among the held-out ones are in no slice. `attrs` as in `user_slices`.
    """
    counts = np.bincount(cut.truth.values, minlength=dataset.catalogue.n_items)
    found = _Items(counts)
    found.add(
        "popularity",
        "popularity",
        _by_popularity(cut),
        "Items with a training event by their number of training users; ties go to the lower item "
        f"code, sizes are rounded up. “{NEVER}”: items without a training event.",
    )
    _categories(dataset, found)
    frame = dataset.catalogue.frame
    for column in (str(c) for c in frame.columns if c not in _NOT_SLICED):
        values = frame[column]
        if column == Columns.CREATED and pd.api.types.is_datetime64_any_dtype(values.dtype):
            note = (
                "Time from creation to the cut-off, or to the newest training event if there is no "
                "cut-off."
            )
            found.add("age", "age at the cut-off", _ages(values, cut), note)
            continue
        labels, note = sliced(column, values, counts)
        title = found.title_of(column)
        if labels is None:
            found.skipped[title] = note
        else:
            found.add(f"{OF_ITEMS}{column}", title, labels, note)
    return found.frame(dataset.catalogue.n_items)


class _Items(DimensionBuilder):
    """Collects dimensions of items; `counts` (n_items,) are their held-out interactions."""

    def __init__(self, counts: Longs) -> None:
        super().__init__()
        self.counts = counts

    def add(  # type: ignore[override]
        self, name: str, title: str, labels: Labels, note: str, **more: Any
    ) -> None:
        codes = np.where(self.counts > 0, labels.codes, -1)
        mine = pd.Categorical.from_codes(codes, dtype=labels.dtype)
        clause = clause_of_column(title)
        dimension = Dimension(name, title, "target", note, clause, per_item=True, **more)
        super().add(dimension, mine)


def _by_popularity(cut: Split) -> Labels:
    share = popularity(cut.train)
    codes = np.flatnonzero(cut.known)
    best = codes[np.argsort(-share[codes], kind="stable")]
    upto = [int(np.ceil(part * len(best))) for part, _ in TAIL]
    at = np.full(len(share), len(TAIL))
    at[best] = np.searchsorted(np.array(upto), np.arange(len(best)), side="right")
    names = [name for _, name in TAIL]
    return coded(at, [*names, NEVER])


def _categories(dataset: Dataset, found: _Items) -> None:
    names = np.array(dataset.catalogue.category_names, dtype=object)
    if len(names) == 0:
        found.skipped["category"] = "the items have no categories"
        return
    membership = dataset.catalogue.categories
    kept = top(names, membership.T @ found.counts)
    place = {name: at for at, name in enumerate(kept)}
    labels = np.full(membership.shape[0], None, dtype=object)
    for row in np.flatnonzero(found.counts):
        mine = {
            str(names[j]) if names[j] in place else OTHER
            for j in membership.indices[membership.indptr[row] : membership.indptr[row + 1]]
        }
        labels[row] = SEVERAL.join(sorted(mine)) or UNKNOWN
    note = (
        "An item with several categories counts in each. The slices are the "
        f"{number_of(len(kept), 'most frequent category', 'most frequent categories')} of held-out "
        "items; the rest is “other”."
    )
    if (np.diff(membership.indptr) <= 1).all():
        found.add("category", "category", categorical(labels, kept), note)
        return
    combined = pd.Categorical(labels)
    present = {part for label in combined.categories for part in label.split(SEVERAL)}
    values = tuple(v for v in dict.fromkeys([*kept, OTHER, UNKNOWN]) if v in present)
    found.add("category", "category", combined, note, values=values, several=True)


def _ages(created: pd.Series, cut: Split) -> Labels:
    there = created.notna().to_numpy()
    when = pd.to_datetime(created, utc=True).dt.tz_localize(None)
    seconds = when.to_numpy("datetime64[s]").astype(np.int64)
    at = cut.cutoff if cut.cutoff is not None else int(cut.train.time.max())
    ages = moments.age(at - seconds, there)
    labels = np.where(there & (seconds > at), NOT_YET, np.asarray(ages, dtype=object))
    labels = np.where(there, labels, UNKNOWN)
    return categorical(labels, [*moments.AGE_LABELS, NOT_YET])
