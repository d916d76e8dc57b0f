"""A second ranker: gradient-boosted trees on all features, trained for NDCG."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from pydantic import Field

from pipelines.errors import AssayError
from pipelines.schema import Candidates, Doubles, Features, Floats, Mask, Queries
from pipelines.stages.contract import DataShape, Estimate, Ranker, StageConfig, derived
from pipelines.stages.rankers.bags import left_out
from pipelines.stages.rankers.stacking import arrival, last_useful, weigh
from pipelines.stages.rankers.trees import Trees

FEW, FEW_BINS, BINS = 1_000, 31, 255
"""Requests up to which features have few bins, so that where a tree splits hangs on many rows."""
FEWEST, ENOUGH = 3, 10_000
"""Bags where requests are many, and the requests of all bags from which they become fewer: luck is
small then, and trees that follow one another learn more than trees of as many bags."""
FASTEST = 0.3
"""The largest learning rate that fewer trees per bag lead to."""
STEPS = 4
"""Numbers of trees that are compared with each other."""


class LambdaRankConfig(StageConfig):
    trees: int = Field(
        120,
        ge=1,
        le=2000,
        description="Maximum number of trees of all bags together; each one adds to the latency.",
    )
    bags: int = Field(
        10,
        ge=1,
        le=100,
        description="Maximum number of fits whose average is the score; each has its share of the "
        "trees. Above 1,000 requests with labels there are fewer.",
    )
    leaves: int = Field(15, ge=2, le=255, description="Maximum number of leaves per tree.")
    learning_rate: float = Field(
        0.05,
        gt=0,
        le=1,
        description="Shrinkage of each tree's contribution if one bag had all trees; times the "
        "number of bags, up to 0.3, if there are several.",
    )
    min_rows: int = Field(50, ge=1, description="Minimum number of rows per leaf.")
    l2: float = Field(5.0, ge=0, description="L2 penalty on leaf values.")
    column_share: float = Field(
        0.7, gt=0, le=1, description="Share of the features that each tree uses."
    )
    row_share: float = Field(
        0.9,
        gt=0,
        le=1,
        description="Share of the requests that each bag uses; at least one is out.",
    )
    truncation: int = Field(20, ge=1, description="Number of top ranks that training optimizes.")
    doubt: float = Field(
        3.0,
        ge=0,
        description="Pull toward the order in which candidates arrive; it counts where few "
        "requests have labels.",
    )
    seed: int = Field(0, ge=0, description="Random seed for the bags and each tree's features.")


class LambdaRank(Ranker):
    """An average of LightGBM's LambdaRank over (n, k, f) features, beside the order of arrival.

    Each bag leaves some requests out. On these the number of trees is chosen, and their weight
    beside -log of the place in which a candidate arrives, which is the opinion of the ranker
    before. Scoring costs trees × candidates.
    Source: Burges 2010, From RankNet to LambdaRank to LambdaMART. Measured: 1 M rows ×
    30 features, 200 trees × 31 leaves, fit in 19 s on 2 cores.
    """

    name = "lambdarank"
    title = "LambdaRank"
    uses_moment = True  # through the features of recency
    Config = LambdaRankConfig
    config: LambdaRankConfig
    arrival_: float
    trees_: float
    """The weights."""
    model_: str
    """The trees as LightGBM writes them."""

    def fit(
        self, queries: Queries, candidates: Candidates, features: Features, labels: Floats
    ) -> Self:
        rows = np.flatnonzero((labels > 0).any(axis=1))
        if len(rows) == 0:
            raise AssayError(
                "LambdaRank has nothing to learn from: no user of its training window interacted "
                "with one of the candidates; raise the candidates' k, or leave the ranker out."
            )
        there, values, labels = candidates.items[rows] >= 0, features.values[rows], labels[rows]
        self.arrival_, self.trees_, self.model_ = 1.0, 0.0, ""
        if len(rows) == 1:  # it cannot be left out
            return self
        rng = np.random.default_rng(self.config.seed)
        bags = min(self.config.bags, self.config.trees, max(FEWEST, ENOUGH // len(rows)))
        out = left_out(len(rows), bags, self.config.row_share, rng)
        texts, unseen = self._bagged(values, labels, there, features.names, out, rng)
        asked = out.any(axis=0)
        judged = labels[asked], there[asked], self.config.doubt
        steps = [weigh(scores[asked], *judged) for scores in unseen]
        kept = last_useful(steps)
        self.arrival_ = steps[kept].arrival
        self.trees_ = steps[kept].trees / bags
        if self.trees_ > 0:
            self.model_ = "".join(part for parts in texts for part in parts[: kept + 1])
        return self

    def _bagged(
        self,
        values: Floats,
        labels: Floats,
        there: Mask,
        names: tuple[str, ...],
        out: Mask,
        rng: np.random.Generator,
    ) -> tuple[list[list[str]], list[Doubles]]:
        """Each bag's trees as texts, a text per step; and after each step the scores (n, k).

        A request's scores are the mean of the bags that leave it `out` (bags, n).
        """
        import lightgbm as lgb

        request = np.repeat(np.arange(len(there)), there.sum(axis=1))
        each = self.config.trees // len(out)
        settings = self._settings(*out.shape)
        data = lgb.Dataset(
            values[there],
            label=labels[there],
            group=there.sum(axis=1),
            feature_name=[_plain(name) for name in names],
            params=settings,
            free_raw_data=False,
        ).construct()
        stops = np.unique(np.linspace(0, each, STEPS + 1).astype(int))
        texts, totals = [], [np.zeros(there.shape) for _ in stops[1:]]
        for left in out:
            seed = {"seed": int(rng.integers(2**31))}
            part = data.subset(np.flatnonzero(~left[request]).tolist())
            booster = lgb.train({**settings, **seed}, part, num_boost_round=each)
            mine = there & left[:, None]
            so_far, parts = np.zeros(int(mine.sum())), []
            for total, first, stop in zip(totals, stops[:-1], stops[1:], strict=True):
                parts.append(booster.model_to_string(int(stop - first), int(first)))
                so_far = so_far + Trees.of(parts[-1]).score(values[mine])
                total[mine] += so_far
            texts.append(parts)
        times = np.maximum(out.sum(axis=0), 1)[:, None]
        return texts, [total / times for total in totals]

    def _settings(self, bags: int, requests: int) -> dict[str, Any]:
        c = self.config
        bins = FEW_BINS if requests <= FEW else BINS
        rate = max(c.learning_rate, min(FASTEST, c.learning_rate * bags))
        return {
            "objective": "lambdarank",
            "lambdarank_truncation_level": c.truncation,
            "learning_rate": rate,
            "num_leaves": c.leaves,
            "min_data_in_leaf": c.min_rows,
            "lambda_l2": c.l2,
            "feature_fraction": c.column_share,
            "feature_pre_filter": False,
            "deterministic": True,
            "force_row_wise": True,
            "max_bin": bins,
            "num_threads": 2,
            "verbosity": -1,
        }

    def score(self, queries: Queries, candidates: Candidates, features: Features) -> Floats:
        if self.trees.n_features > features.values.shape[2]:
            raise AssayError("LambdaRank was fitted on other features; fit it again.")
        there = candidates.items >= 0
        out = np.full(candidates.items.shape, -np.inf, np.float32)
        if there.any():
            light = np.broadcast_to(self.arrival_ * arrival(there.shape[1]), there.shape)
            out[there] = light[there] + self.trees_ * self.trees.score(features.values[there])
        return out

    def check(self, n_items: int) -> None:
        float(self.arrival_), float(self.trees_)
        _ = self.trees  # which looks at each split

    @derived
    def trees(self) -> Trees:
        """The model, read from its text."""
        return Trees.of(self.model_)

    def estimate(self, shape: DataShape) -> Estimate:
        lists, per_list = min(shape.n_users, 20_000), 100
        rows = lists * per_list
        work = rows / 1e6 * self.config.trees / 200 * self.config.leaves / 31
        return Estimate(seconds=3 + 19 * work, megabytes=300 + rows * 30 * 5 / 1e6)


def _plain(name: str) -> str:
    """LightGBM refuses JSON's special characters in a feature's name."""
    return "".join(c if c.isalnum() or c in "_-." else "_" for c in name)
