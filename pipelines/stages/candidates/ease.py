"""EASE, a linear autoencoder in closed form; recent events of the history weigh more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field

from pipelines.schema import (
    NO_ITEM,
    Candidates,
    Catalogue,
    Floats,
    Interactions,
    Ints,
    Longs,
    Mask,
    Queries,
    sound,
)
from pipelines.stages.candidates.ease_weights import dense_weights, sparse_weights
from pipelines.stages.contract import (
    CandidateGenerator,
    DataShape,
    Estimate,
    StageConfig,
    derived,
)
from pipelines.stages.kernels import (
    answer_only,
    knows_history,
    recency_weights,
    top_k_of_dense_product,
    top_k_of_product,
)

if TYPE_CHECKING:
    import scipy.sparse as sp

DENSE_LIMIT = 20_000
"""Items up to which the dense inverse fits a 24 GB machine (20,000: 41 s, 1.6 GB)."""


class EaseConfig(StageConfig):
    l2: float = Field(
        1000,
        gt=0,
        le=1e6,
        description="L2 penalty: a larger value trusts frequent pairs only. Larger datasets need "
        "larger values.",
    )
    half_life: float | None = Field(
        5,
        gt=0,
        le=100_000,
        description="Number of newer events after which an event has half the weight. Empty: "
        "equal weights.",
    )
    dense_up_to: int = Field(
        DENSE_LIMIT,
        ge=0,
        le=100_000,
        description="Maximum number of items for the exact dense solution; above it, a sparse "
        "approximation.",
    )
    min_events: int = Field(
        3,
        ge=1,
        le=1000,
        description="Minimum number of events of an item; rarer items are not modeled.",
    )
    neighbours: int = Field(
        50,
        ge=1,
        le=500,
        description="Sparse approximation: number of items from which each item is predicted.",
    )


class Ease(CandidateGenerator):
    """The history (n, n_items), halved every `half_life` events back, times item weights.

    Up to `dense_up_to` items the weights are EASE's (n_items, n_items) float32: Steck 2019,
    https://arxiv.org/abs/1905.03375. Above, an **approximation**: each item is explained by
    its nearest `neighbours` alone, each by a small ridge regression (in the manner of Steck's
    sparse Markov random fields, https://arxiv.org/abs/1910.09645). Each pair of user and item
    counts once; the weights of events are not used. Items with fewer than `min_events` events
    are neither learned from nor proposed: they say little, and in a long tail they are most of
    the cost. Scale, in modeled items: dense memory grows with their square, time with their
    cube.
    """

    name = "ease"
    title = "EASE"
    draws = False
    uses_moment = False
    Config = EaseConfig
    config: EaseConfig
    known_: Mask
    modeled_: Longs
    """Codes of the m modeled items, ascending."""
    weights_: Floats | sp.csr_matrix
    """(m, m): row = item of the history, column = item proposed."""

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        from pipelines.errors import Refused

        counts = np.bincount(interactions.item, minlength=interactions.n_items)
        self.modeled_ = np.flatnonzero(counts >= self.config.min_events)
        n_items = len(self.modeled_)
        if self._dense(n_items) and (refusal := self._refusal(n_items)):
            raise Refused(refusal)
        matrix = interactions.matrix()[:, self.modeled_]
        matrix.data[:] = 1
        if self._dense(n_items):
            self.weights_ = dense_weights(matrix, self.config.l2)
        else:
            self.weights_ = sparse_weights(matrix, self.config.l2, self.config.neighbours)
        self.known_ = catalogue.known.copy()
        return self

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        history = queries.rows(recency_weights(queries, self.config.half_life))
        rows = history.in_other_codes(self.place, len(self.modeled_))
        exclude = queries.exclude.mapped(self.place)
        if isinstance(self.weights_, np.ndarray):
            found = top_k_of_dense_product(rows, self.weights_, exclude, k, self.proposable)
        else:
            found = top_k_of_product(rows, self.weights_, exclude, k, self.proposable)
        answered = Candidates(self.codes[found.items], found.scores)
        return answer_only(knows_history(queries, self.is_modeled), answered)

    def check(self, n_items: int) -> None:
        sound.shaped("known_", self.known_, np.bool_, n_items)
        sound.codes("modeled_", self.modeled_, n_items)
        m = len(self.modeled_)
        if isinstance(self.weights_, np.ndarray):
            sound.shaped("weights_", self.weights_, np.float32, m, m)
        else:
            sound.rows("weights_", self.weights_, m, m, np.float32)

    @derived
    def place(self) -> Ints:
        """Where each item stands among the modeled ones, (n_items,); -1 if it is not."""
        place = np.full(len(self.known_), NO_ITEM, np.int32)
        place[self.modeled_] = np.arange(len(self.modeled_))
        return place

    @derived
    def codes(self) -> Ints:
        """The modeled items' codes, and -1 at the end, where place -1 finds it."""
        return np.append(self.modeled_, NO_ITEM).astype(np.int32)

    @derived
    def proposable(self) -> Mask:
        """Which of the modeled items may be proposed, (m,)."""
        return self.known_[self.modeled_]

    @derived
    def is_modeled(self) -> Mask:
        """Which items are modeled, (n_items,)."""
        return self.place >= 0

    def estimate(self, shape: DataShape) -> Estimate:
        pairs = shape.n_events**2 / max(1, shape.n_users) * 2  # histories are uneven
        if not self._dense(shape.n_items):
            near = self.config.neighbours
            per_item = near**3 / 3e9 + near**2 / 2 * shape.n_events / max(1, shape.n_items) / 5e8
            memory = 36 * shape.n_events + 12 * near * shape.n_items
            return Estimate(pairs / 3e8 + shape.n_items * per_item + 0.1, memory / 1e6)
        # Measured with 2 cores in float32: 4,678 items .6 s, 20,000 items 41 s. One buffer of
        # n_items squared is filled and inverted in place.
        seconds = pairs / 5e8 + 5.2e-12 * shape.n_items**3 + 0.1
        megabytes = (4 * shape.n_items**2 + 24 * shape.n_events) / 1e6
        return Estimate(seconds, megabytes, self._refusal(shape.n_items))

    def _dense(self, n_items: int) -> bool:
        return n_items <= self.config.dense_up_to

    def _refusal(self, n_items: int) -> str | None:
        if not self._dense(n_items) or n_items <= DENSE_LIMIT:
            return None
        return (
            f"Dense EASE on {n_items:,} items needs {4 * n_items**2 / 1e9:,.3g} GB; "
            f"set dense_up_to to {DENSE_LIMIT:,} or less for the sparse form, or use item-knn."
        )
