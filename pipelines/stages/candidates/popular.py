"""The items with most events: the baseline of every comparison, and what new users get."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field

from pipelines.schema import Candidates, Catalogue, Floats, Interactions, Mask, Queries, sound
from pipelines.stages.contract import (
    CandidateGenerator,
    DataShape,
    Estimate,
    StageConfig,
    derived,
)
from pipelines.stages.kernels import Ranking

DAY = 86_400


class PopularConfig(StageConfig):
    window_days: float | None = Field(
        None,
        gt=0,
        le=36_500,
        description="Count only events of the last N days of the training data. Empty: all events.",
    )


class Popular(CandidateGenerator):
    """Items by their number of events, over all time or in a recent window.

    Everybody gets the same list, less what a request leaves out. Items with equal counts in
    the window are ordered by their share of all events (a fraction below 1).
    """

    name = "popular"
    title = "Popular"
    draws = False
    uses_moment = False
    answers_new = False
    answers_empty = True
    Config = PopularConfig
    config: PopularConfig
    known_: Mask
    scores_: Floats

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        self.known_ = catalogue.known.copy()
        all_time = np.bincount(interactions.item, minlength=interactions.n_items)
        counts = all_time.astype(np.float64)
        if self.config.window_days is not None and len(interactions):
            start = interactions.time.max() - self.config.window_days * DAY
            recent = interactions.item[interactions.time > start]
            in_window = np.bincount(recent, minlength=interactions.n_items)
            counts = in_window + all_time / (len(interactions) + 1)
        self.scores_ = counts.astype(np.float32)
        return self

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        return self.ranking.first(k, queries.exclude)

    def check(self, n_items: int) -> None:
        sound.shaped("known_", self.known_, np.bool_, n_items)
        sound.shaped("scores_", self.scores_, np.float32, n_items)

    @derived
    def ranking(self) -> Ranking:
        """The known items in order."""
        return Ranking.of(self.scores_, self.known_)

    def estimate(self, shape: DataShape) -> Estimate:
        return Estimate(shape.n_events / 1e8 + 0.01, (shape.n_events + 12 * shape.n_items) / 1e6)
