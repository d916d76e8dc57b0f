"""Which item follows which in a history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field

from pipelines.schema import Candidates, Catalogue, Interactions, Mask, Queries, sound
from pipelines.stages.contract import CandidateGenerator, DataShape, Estimate, StageConfig
from pipelines.stages.kernels import top_k_of_product

if TYPE_CHECKING:
    import scipy.sparse as sp


class TransitionsConfig(StageConfig):
    window: int = Field(
        10,
        ge=1,
        le=200,
        description="Maximum distance in events between an item and one that follows it.",
    )
    last: int = Field(
        20, ge=1, le=1000, description="Number of newest events of a history that are used."
    )
    decay: float = Field(
        0.85, gt=0, le=1, description="Weight of an event relative to the next newer one."
    )
    popularity: float = Field(
        0,
        ge=0,
        le=1,
        description="Exponent of the penalty on popular items: 0 is none, 1 is the full penalty.",
    )


class Transitions(CandidateGenerator):
    """Steps from an item to those that follow it within a window, weighted by 1 / distance.

    The steps (n_items, n_items) are sparse; a row is divided by the square root of its item's
    count, a column by its item's count to the power `popularity`. A request is answered from
    its `last` events. Distances as in Hidasi, Karatzoglou 2018's item-item baselines,
    https://arxiv.org/abs/1706.03847. Scale: at most n_events * window steps.
    """

    name = "transitions"
    title = "Transitions"
    draws = False
    uses_moment = False
    Config = TransitionsConfig
    config: TransitionsConfig
    known_: Mask
    steps_: sp.csr_matrix

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        import scipy.sparse as sp

        user, item = interactions.user, interactions.item
        size = (interactions.n_items, interactions.n_items)
        none = np.zeros(0, np.int32)
        total = sp.csr_matrix((none.astype(np.float32), (none, none)), shape=size)
        for gap in range(1, min(self.config.window, max(1, len(item) - 1)) + 1):
            same = user[:-gap] == user[gap:]
            start, end = item[:-gap][same], item[gap:][same]
            weight = np.full(len(start), 1 / gap, np.float32)
            total = total + sp.csr_matrix((weight, (start, end)), shape=size)
        counts = np.bincount(item, minlength=interactions.n_items).clip(1).astype(np.float64)
        rows = np.repeat(counts**-0.5, np.diff(total.indptr))
        columns = (counts**-self.config.popularity)[total.indices]
        total.data = (total.data * rows * columns).astype(np.float32)
        total.sort_indices()
        self.steps_ = total
        self.known_ = catalogue.known.copy()
        return self

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        back = queries.positions_from_end
        weights = np.where(back < self.config.last, self.config.decay**back, 0).astype(np.float32)
        history = queries.rows(weights)
        return top_k_of_product(history, self.steps_, queries.exclude, k, self.known_)

    def check(self, n_items: int) -> None:
        sound.shaped("known_", self.known_, np.bool_, n_items)
        sound.rows("steps_", self.steps_, n_items, n_items, np.float32)

    def estimate(self, shape: DataShape) -> Estimate:
        steps = min(shape.n_events * self.config.window, shape.n_items**2)
        seconds = shape.n_events * self.config.window / 8e6 + 0.05
        return Estimate(seconds=seconds, megabytes=(steps * 20 + 24 * shape.n_events) / 1e6)
