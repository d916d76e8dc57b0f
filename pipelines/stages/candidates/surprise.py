"""Surprise's SVD as a generator: for comparison, since it predicts ratings, not choices."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from pydantic import Field

from pipelines.schema import Candidates, Catalogue, Interactions, Mask, Queries, sound
from pipelines.stages.contract import (
    CandidateGenerator,
    DataShape,
    Estimate,
    StageConfig,
    derived,
)
from pipelines.stages.kernels import FactorScan
from pipelines.stages.ratings import RatingFactors, trainset_parts


class SurpriseConfig(StageConfig):
    factors: int = Field(
        50, ge=1, le=500, description="Number of latent factors per user and item."
    )
    epochs: int = Field(20, ge=1, le=200, description="Number of passes over the ratings.")
    learning_rate: float = Field(0.005, gt=0, le=1, description="Step size of gradient descent.")
    regularization: float = Field(0.02, ge=0, le=10, description="L2 penalty on the factors.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Random seed of the initial factors.")


class SurpriseSVD(CandidateGenerator):
    """Predicted ratings from Surprise's SVD, fitted on the events' weights as ratings.

    It cannot fold in a history: a user known at `fit` is scored by their factors, anybody else
    by the items' biases (the same list for all of them). Funk 2006, https://surpriselib.com.
    Scale: memory while fitting about 300 bytes an event. `AssayError` where all weights are
    the same.
    """

    name = "surprise-svd"
    title = "Surprise SVD"
    uses_moment = False
    answers_new = False
    answers_empty = True
    Config = SurpriseConfig
    config: SurpriseConfig
    known_: Mask
    factors_: RatingFactors

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        from surprise import SVD, Trainset

        settings = self.config
        parts = trainset_parts(interactions.user, interactions.item, interactions.weight)
        model = SVD(
            n_factors=settings.factors,
            n_epochs=settings.epochs,
            lr_all=settings.learning_rate,
            reg_all=settings.regularization,
            random_state=settings.seed,
        ).fit(Trainset(**parts))
        self.factors_ = RatingFactors.of(model, parts, interactions.n_users, interactions.n_items)
        self.known_ = catalogue.known.copy()
        return self

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        model = self.factors_
        rows = model.rows(queries.user)
        base = model.mean + model.user_bias[rows]
        return self.scan.top_k(model.users[rows], k, queries.exclude, base)

    @derived
    def scan(self) -> FactorScan:
        """The known items' factors and biases in the order and layout of a search."""
        return FactorScan.of(self.factors_.items, self.known_, self.factors_.item_bias)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "factors_": vars(self.factors_)}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore({**state, "factors_": RatingFactors(**state["factors_"])})

    def check(self, n_items: int) -> None:
        sound.shaped("known_", self.known_, np.bool_, n_items)
        self.factors_.check(n_items)

    def estimate(self, shape: DataShape) -> Estimate:
        f, epochs = self.config.factors, self.config.epochs
        seconds = shape.n_events * (epochs * (f * 3e-9 + 1e-7) + 2e-6) + 0.5
        memory = 300 * shape.n_events + 12 * f * (shape.n_users + shape.n_items)
        return Estimate(seconds, memory / 1e6)
