"""Items that the same users interacted with as those of the history."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import Field

from pipelines.schema import Candidates, Catalogue, Interactions, Mask, Queries, sound
from pipelines.stages.contract import CandidateGenerator, DataShape, Estimate, StageConfig
from pipelines.stages.kernels import recency_weights, top_k_of_product

if TYPE_CHECKING:
    import scipy.sparse as sp


class NeighboursConfig(StageConfig):
    measure: Literal["cosine", "tfidf", "bm25"] = Field(
        "tfidf", description="Similarity measure between two items."
    )
    neighbours: int = Field(
        100, ge=1, le=2000, description="Number of most similar items stored per item."
    )
    half_life: float | None = Field(
        10,
        gt=0,
        le=100_000,
        description="Number of newer events after which an event has half the weight. Empty: "
        "equal weights.",
    )


class ItemNeighbours(CandidateGenerator):
    """Item-item nearest neighbors: the history (n, n_items) times the items' similarities.

    The similarities (n_items, n_items) are sparse, from `implicit`'s item-item models. An item
    is its own nearest neighbor, which matters where items of the history may be shown again.
    Deshpande, Karypis 2004, https://doi.org/10.1145/963770.963776. Scale: fit grows with
    the sum of squared history lengths.
    """

    name = "item-knn"
    title = "Item neighbors"
    draws = False
    uses_moment = False
    Config = NeighboursConfig
    config: NeighboursConfig
    known_: Mask
    similarity_: sp.csr_matrix
    """(n_items, n_items) float32: row = item of the history, column = item proposed."""

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        from implicit.nearest_neighbours import (
            BM25Recommender,
            CosineRecommender,
            TFIDFRecommender,
        )

        classes = {"cosine": CosineRecommender, "tfidf": TFIDFRecommender, "bm25": BM25Recommender}
        matrix = interactions.matrix()
        matrix.data[:] = 1
        model = classes[self.config.measure](K=self.config.neighbours + 1)  # itself is one
        with warnings.catch_warnings(), np.errstate(invalid="ignore"):
            # Its own intermediate form makes `implicit` warn of a conversion of milliseconds.
            warnings.filterwarnings("ignore", message="Method expects CSR input")
            model.fit(matrix, show_progress=False)
        # A row holds an item's nearest, so the model's matrix stands as history row → item.
        self.similarity_ = model.similarity.astype(np.float32)
        # TF-IDF gives an item that all users but one have the weight 0: its similarity is NaN.
        self.similarity_.data = np.nan_to_num(self.similarity_.data)
        self.similarity_.eliminate_zeros()
        self.similarity_.sort_indices()
        self.known_ = catalogue.known.copy()
        return self

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        history = queries.rows(recency_weights(queries, self.config.half_life))
        return top_k_of_product(history, self.similarity_, queries.exclude, k, self.known_)

    def check(self, n_items: int) -> None:
        sound.shaped("known_", self.known_, np.bool_, n_items)
        sound.rows("similarity_", self.similarity_, n_items, n_items, np.float32)

    def estimate(self, shape: DataShape) -> Estimate:
        pairs = shape.n_events**2 / max(1, shape.n_users) * 2  # histories are uneven
        memory = shape.n_items * (self.config.neighbours + 1) * 12 + 24 * shape.n_events
        return Estimate(seconds=pairs / 2e8 + 0.1, megabytes=memory / 1e6)
