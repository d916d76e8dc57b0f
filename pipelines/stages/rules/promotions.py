"""Rules that give promoted items a place."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field

from pipelines.errors import AssayError
from pipelines.schema import (
    NO_ITEM,
    Catalogue,
    Change,
    Columns,
    Floats,
    Interactions,
    Ints,
    Longs,
    Mask,
    Queries,
    Slate,
    sound,
)
from pipelines.stages.contract import Rule, StageConfig, derived
from pipelines.stages.kernels import Ranking
from pipelines.stages.rules.filters import flags


class SponsoredSlotConfig(StageConfig):
    items: tuple[str, ...] = Field(
        (), description="Ids of sponsored items, in addition to those that the catalogue marks."
    )
    slot: int = Field(3, ge=1, le=100, description="Rank of the sponsored item; 1 is the first.")
    insert: bool = Field(
        False, description="Insert the most popular sponsored item if the slate has none."
    )


class SponsoredSlot(Rule):
    """Moves the highest-ranked sponsored item of a slate to rank `slot`, up or down.

    Sponsored are the config's `items` and those whose catalogue column `sponsored` is yes.
    With `insert`, a slate without any gets the most popular sponsored item that is known,
    available and not excluded from that request; it gets the score of the place it is given,
    and the slate grows by a place. Shorter slates get it at their end. `AssayError` where
    one of `items` is not in the catalogue.
    """

    name = "sponsored-slot"
    title = "Sponsored slot"
    draws = False
    uses_moment = False
    Config = SponsoredSlotConfig
    config: SponsoredSlotConfig
    sponsored_: Mask
    insertable_: Mask
    popularity_: Floats

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        listed = catalogue.items.encode(self.config.items)
        if (listed < 0).any():
            unknown = self.config.items[int(np.argmin(listed))]
            raise AssayError(
                f"The sponsored item {unknown!r} is not in the catalogue; "
                "give ids as they stand in the data."
            )
        self.sponsored_ = flags(catalogue, Columns.SPONSORED, missing=False)
        self.sponsored_[listed] = True
        available = flags(catalogue, Columns.AVAILABLE, missing=True)
        self.insertable_ = self.sponsored_ & catalogue.known & available
        counts = np.bincount(interactions.item, minlength=catalogue.n_items)
        self.popularity_ = counts.astype(np.float32)
        return self

    def check(self, n_items: int) -> None:
        sound.shaped("sponsored_", self.sponsored_, np.bool_, n_items)
        sound.shaped("insertable_", self.insertable_, np.bool_, n_items)
        sound.shaped("popularity_", self.popularity_, np.float32, n_items)

    @derived
    def ranking(self) -> Ranking:
        """The sponsored items that may be inserted, the most popular first."""
        return Ranking.of(self.popularity_, self.insertable_)

    def apply(self, queries: Queries, slate: Slate, k: int) -> Slate:
        if slate.items.shape[1] == 0:
            empty = np.full((len(slate), 1), NO_ITEM, np.int32)
            slate = Slate(empty, np.full((len(slate), 1), -np.inf, np.float32), slate.changes)
        there = slate.items >= 0
        sponsored = there & self.sponsored_[np.maximum(slate.items, 0)]
        old = np.where(sponsored.any(axis=1), sponsored.argmax(axis=1), -1)
        items, scores = slate.items, slate.scores
        new = np.full(len(slate), NO_ITEM, np.int32)
        if self.config.insert and self.insertable_.any():
            items = np.pad(items, ((0, 0), (0, 1)), constant_values=NO_ITEM)
            scores = np.pad(scores, ((0, 0), (0, 1)), constant_values=-np.inf)
            best = self.ranking.first(1, queries.exclude)
            new = np.where(old < 0, best.items[:, 0], NO_ITEM)
        # The last place that is filled once the item is in.
        last = there.sum(axis=1) - (old >= 0)
        target = np.minimum(self.config.slot - 1, last)
        moved = np.flatnonzero((old >= 0) & (old != target))
        entered = np.flatnonzero(new >= 0)
        items, scores = _shift(items, scores, moved, old[moved], target[moved])
        items, scores = _enter(items, scores, entered, target[entered], new[entered])
        changes = []
        if len(moved):
            taken = slate.items[moved, old[moved]]
            changes.append(Change(self.name, "moved", "sponsored", moved, taken))
        if len(entered):
            changes.append(Change(self.name, "inserted", "sponsored", entered, new[entered]))
        return Slate(items, scores, (*slate.changes, *changes))


def _shift(
    items: Ints, scores: Floats, rows: Longs, old: Longs, target: Longs
) -> tuple[Ints, Floats]:
    """Move the item at column `old` of each of `rows` to column `target`."""
    columns = np.broadcast_to(np.arange(items.shape[1]), (len(rows), items.shape[1])).astype(float)
    # Half a place before or behind the target's present holder, then read off the order.
    step = np.where(target < old, -0.5, 0.5)
    columns[np.arange(len(rows)), old] = target + step
    order = np.argsort(columns, axis=1, kind="stable")
    items, scores = items.copy(), scores.copy()
    items[rows] = np.take_along_axis(items[rows], order, axis=1)
    scores[rows] = np.take_along_axis(scores[rows], order, axis=1)
    return items, scores


def _enter(
    items: Ints, scores: Floats, rows: Longs, target: Longs, new: Ints
) -> tuple[Ints, Floats]:
    """Put `new` (m,) at column `target` of each of `rows`, what follows moving on by one.

    The last column of these rows must be free.
    """
    items, scores = items.copy(), scores.copy()
    taken = scores[rows, target]
    before = scores[rows, np.maximum(target - 1, 0)]
    given = np.where(np.isfinite(taken), taken, np.where(np.isfinite(before), before, 0))
    items[rows, -1], scores[rows, -1] = new, given
    width = np.full(len(rows), items.shape[1] - 1)
    return _shift(items, scores, rows, width, target)
