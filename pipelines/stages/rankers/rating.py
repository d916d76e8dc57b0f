"""Surprise as a ranker: candidates by the rating that is predicted for them."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from pydantic import Field

from pipelines.schema import Candidates, Features, Floats, Ints, Queries
from pipelines.stages.contract import DataShape, Estimate, Ranker, StageConfig
from pipelines.stages.ratings import RatingFactors, trainset_parts


class RatingConfig(StageConfig):
    factors: int = Field(
        50, ge=1, le=500, description="Number of latent factors per user and item."
    )
    epochs: int = Field(20, ge=1, le=200, description="Number of passes over the ratings.")
    learning_rate: float = Field(0.005, gt=0, le=1, description="Step size of gradient descent.")
    regularization: float = Field(0.02, ge=0, le=10, description="L2 penalty on the factors.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Random seed of the initial factors.")


class Rating(Ranker):
    """Predicted ratings (n, k) float32 from Surprise's SVD, in the unit of the ratings.

    It learns from the histories of the training requests, their weights being ratings; labels
    and features are not looked at. A user who was not among them, or has no number, is scored
    by the items' biases. `AssayError` where all weights are the same.
    https://surpriselib.com.
    """

    name = "rating"
    title = "Predicted rating"
    uses_moment = False
    Config = RatingConfig
    config: RatingConfig
    factors_: RatingFactors

    def fit(
        self, queries: Queries, candidates: Candidates, features: Features, labels: Floats
    ) -> Self:
        from surprise import SVD, Trainset

        settings = self.config
        # A request without a user number rates too; its row gets a number past all users.
        n_users = int(queries.user.max(initial=-1)) + 1
        own = np.arange(n_users, n_users + len(queries))
        user = np.repeat(np.where(queries.user >= 0, queries.user, own), queries.lengths)
        parts = trainset_parts(user.astype(np.int32), queries.history.values, queries.weights)
        model = SVD(
            n_factors=settings.factors,
            n_epochs=settings.epochs,
            lr_all=settings.learning_rate,
            reg_all=settings.regularization,
            random_state=settings.seed,
        ).fit(Trainset(**parts))
        self.factors_ = RatingFactors.of(model, parts, n_users, queries.n_items)
        return self

    def score(self, queries: Queries, candidates: Candidates, features: Features) -> Floats:
        model, items = self.factors_, np.maximum(candidates.items, 0)
        rows: Ints = model.rows(queries.user)
        scores = (model.mean + model.user_bias[rows])[:, None] + model.item_bias[items]
        for f in range(model.items.shape[1]):  # factor by factor: one order of sums in each row
            scores += model.users[rows, f][:, None] * model.items[items, f]
        return np.where(candidates.items >= 0, scores, np.float32(-np.inf)).astype(np.float32)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "factors_": vars(self.factors_)}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore({**state, "factors_": RatingFactors(**state["factors_"])})

    def check(self, n_items: int) -> None:
        self.factors_.check(n_items)

    def estimate(self, shape: DataShape) -> Estimate:
        f, epochs = self.config.factors, self.config.epochs
        seconds = shape.n_events * (epochs * (f * 3e-9 + 1e-7) + 2e-6) + 0.5
        memory = 300 * shape.n_events + 12 * f * (shape.n_users + shape.n_items)
        return Estimate(seconds, memory / 1e6)
