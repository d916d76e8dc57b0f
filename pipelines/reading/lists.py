"""Lists of many users, and the ground truth they are evaluated against."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipelines.schema import Doubles, Ints, Longs, Mask, Ragged

if TYPE_CHECKING:
    import scipy.sparse as sp

Need = Literal[
    "catalogue", "popularity", "history", "categories", "gains", "values", "margins", "propensity"
]


NEED_LABELS: dict[Need, str] = {
    "catalogue": "items with a training event",
    "popularity": "training events",
    "history": "histories of the users",
    "categories": "categories of items",
    "gains": "events of different weights",
    "values": "values of events or prices of items",
    "margins": "margins of items",
    "propensity": "logged propensities",
}
"""The label of each part of a ground truth."""


@dataclass(frozen=True)
class GroundTruth:
    """What lists are evaluated against, the same for all contenders; None if unknown.

    `truth` holds the distinct item codes of each user's held-out interactions (n rows; -1 is an
    unknown item).
    """

    truth: Ragged
    catalogue: Mask | None = None
    """Items that may be recommended, (n_items,) bool."""
    popularity: Doubles | None = None
    """Share of training users who interacted with each item, (n_items,) float64."""
    history: Ragged | None = None
    """The items that each user interacted with before, newest last (n rows)."""
    categories: sp.csr_matrix | None = None
    """Item × category membership, (n_items, n_categories) float32 of ones."""
    gains: Doubles | None = None
    """The weight of each held-out interaction's event, (truths,) float64, above 0."""
    values: Doubles | None = None
    """The revenue of each held-out interaction, (truths,) float64."""
    margins: Doubles | None = None
    """The margin of each held-out interaction, (truths,) float64."""
    propensity: Doubles | None = None
    """The logged probability with which each held-out item was shown, (truths,), in (0, 1]; NaN
    if it was not logged."""

    def __post_init__(self) -> None:
        of_items = (self.catalogue, self.popularity, self.categories)
        sizes = {part.shape[0] for part in of_items if part is not None}
        codes = [self.truth, *([] if self.history is None else [self.history])]
        highest = max(int(part.values.max(initial=-1)) for part in codes)
        if len(sizes) > 1 or highest >= min(sizes, default=highest + 1):
            raise ValueError(f"codes up to {highest} do not fit what is known of {sizes} items")

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def n_items(self) -> int | None:
        """The number of items with known properties; None if no property is known."""
        of_items = (self.catalogue, self.popularity, self.categories)
        return next((part.shape[0] for part in of_items if part is not None), None)

    def has(self, need: Need) -> bool:
        """Whether that part is known."""
        return getattr(self, need) is not None


@dataclass(frozen=True)
class Lists:
    """Each user's list, best first, with the ground truth of the same users.

    `items` (n, width) int32; -1 is an empty position, which keeps its rank.
    """

    items: Ints
    ground_truth: GroundTruth
    memo: dict[int, dict[str, Doubles]] = field(default_factory=dict, repr=False)
    """Metrics that are computed together in one pass, by list length and name."""

    def __post_init__(self) -> None:
        if self.items.ndim != 2 or len(self.items) != len(self.ground_truth):
            n = len(self.ground_truth)
            raise ValueError(f"lists of shape {self.items.shape} do not match {n} truths")
        known = self.ground_truth.n_items
        if known is not None and self.items.max(initial=-1) >= known:
            raise ValueError(f"a list holds an item code beyond the {known} items there are")

    def __len__(self) -> int:
        return len(self.items)

    def first(self, k: int) -> Ints:
        """The first k positions, (n, min(k, width))."""
        return self.items[:, :k]

    @cached_property
    def found(self) -> Longs:
        """For each position the index in `truth.values` of the held-out item it hits, else -1.

        (n, width) int64; a repeated item is not a second hit.
        """
        from pipelines.reading.hits import truth_of_places

        truth = self.ground_truth.truth
        highest = max(self.items.max(initial=-1), truth.values.max(initial=-1))
        stamps, where = np.zeros((2, highest + 1), np.int64)
        out: Longs = truth_of_places(self.items, truth.indptr, truth.values, stamps, where)
        return out

    def reached(self, of_truths: Doubles, place_weights: Doubles) -> Doubles:
        """Each user's sum over hits of `of_truths` (truths,) × `place_weights` (k,), (n,)."""
        from pipelines.reading import hits

        out = np.empty(len(self))
        hits.reached(self.found, of_truths, place_weights, out)
        return out


def filled_mean(shown: Ints, of_item: Doubles) -> Doubles:
    """The mean of `of_item` over each row's filled positions, (n,); NaN if it has none."""
    filled = shown >= 0
    total = np.where(filled, of_item[np.maximum(shown, 0)], 0.0).sum(axis=1)
    places = filled.sum(axis=1)
    return np.where(places > 0, total / np.maximum(places, 1), np.nan)
