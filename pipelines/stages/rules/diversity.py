"""Rules that keep items of one category from filling the slate."""

from __future__ import annotations

from typing import Literal, Self

import numba
import numpy as np
from pydantic import Field

from pipelines.schema import NO_ITEM, Catalogue, Change, Interactions, Ints, Queries, Slate, sound
from pipelines.stages.contract import Rule, StageConfig

Action = Literal["moved", "removed"]


class CategoryCapConfig(StageConfig):
    cap: int = Field(
        3, ge=1, le=100, description="Maximum number of items of one category on the list."
    )


class CategoryCap(Rule):
    """At most `cap` items of one category in the first k places; otherwise in the same order.

    Goes down the slate and passes over items whose category (any of theirs) is full; they
    come after the k chosen ones ("moved"). Where the slate runs out before k are chosen they
    are taken out ("removed"), so the cap always holds. Items without category are not capped.
    """

    name = "category-cap"
    title = "Cap per category"
    draws = False
    uses_moment = False
    Config = CategoryCapConfig
    config: CategoryCapConfig
    pointers_: Ints
    """(n_items + 1,): item i has the categories `categories_[pointers_[i]:pointers_[i + 1]]`."""
    categories_: Ints
    names_: tuple[str, ...]

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        membership = catalogue.categories.sorted_indices()
        self.pointers_ = membership.indptr.astype(np.int32)
        self.categories_ = membership.indices.astype(np.int32)
        self.names_ = catalogue.category_names
        return self

    def check(self, n_items: int) -> None:
        sound.codes("categories_", self.categories_, len(self.names_))
        sound.pointers("pointers_", self.pointers_, n_items, len(self.categories_))

    def apply(self, queries: Queries, slate: Slate, k: int) -> Slate:
        order = np.full(slate.items.shape, -1, np.int32)
        full = np.full(slate.items.shape, -1, np.int32)
        complete = np.zeros(len(slate), np.bool_)
        parts = (self.pointers_, self.categories_, len(self.names_))
        _cap(slate.items, *parts, self.config.cap, k, order, full, complete)
        at = np.maximum(order, 0)
        items = np.where(order < 0, NO_ITEM, np.take_along_axis(slate.items, at, axis=1))
        scores = np.where(order < 0, -np.inf, np.take_along_axis(slate.scores, at, axis=1))
        changes = self._changes(slate, full, complete, k)
        return Slate(items.astype(np.int32), scores.astype(np.float32), slate.changes + changes)

    def _changes(
        self, slate: Slate, full: Ints, complete: np.ndarray, k: int
    ) -> tuple[Change, ...]:
        changes = []
        for category in np.unique(full[full >= 0]).tolist():
            name = self.names_[category]
            reason = f"more than {self.config.cap} of {name} in the first {k}"
            rows, columns = np.nonzero(full == category)
            for moved in (True, False):
                chosen = complete[rows] == moved
                if chosen.any():
                    items = slate.items[rows[chosen], columns[chosen]]
                    action: Action = "moved" if moved else "removed"
                    changes.append(Change(self.name, action, reason, rows[chosen], items))
        return tuple(changes)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _cap(  # type: ignore[no-untyped-def]
    slate, pointers, categories, n_categories, cap, k, order, full, complete
):
    """For each row the columns in their new `order`, and per column the category that was
    `full` when it was passed over; `complete` rows found k items."""
    n, width = slate.shape
    counts = np.zeros(n_categories, np.int64)
    for r in range(n):
        counts[:] = 0
        place = 0
        end = width
        for c in range(width):
            if place == k:
                end = c
                break
            item = slate[r, c]
            if item < 0:
                continue
            for p in range(pointers[item], pointers[item + 1]):
                if counts[categories[p]] >= cap:
                    full[r, c] = categories[p]
                    break
            if full[r, c] >= 0:
                continue
            for p in range(pointers[item], pointers[item + 1]):
                counts[categories[p]] += 1
            order[r, place] = c
            place += 1
        complete[r] = place == k
        if not complete[r]:
            continue
        for c in range(end):
            if full[r, c] >= 0:
                order[r, place] = c
                place += 1
        for c in range(end, width):
            if slate[r, c] >= 0:
                order[r, place] = c
                place += 1
