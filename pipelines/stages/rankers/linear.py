"""A cheap first ranker: a weighted sum of the generators' scores and ranks, learned listwise."""

from __future__ import annotations

from typing import ClassVar, Self

import numba
import numpy as np
from pydantic import Field

from pipelines.errors import AssayError
from pipelines.schema import Candidates, Doubles, Features, Floats, Queries, sound
from pipelines.stages.contract import Ranker, StageConfig


class LinearConfig(StageConfig):
    l2: float = Field(1e-3, ge=0, description="L2 penalty on the weights.")
    lists: int = Field(2000, ge=10, description="Maximum number of requests to train on.")
    max_steps: int = Field(60, ge=1, le=1000, description="Maximum number of optimizer steps.")


class Linear(Ranker):
    """Softmax regression over the candidates of a request (ListNet's top-one form).

    Reads only the generators' scores and ranks, (n, k, 2 * sources), so it costs
    microseconds. Source: Cao et al. 2007, Learning to Rank: From Pairwise to Listwise.
    """

    name = "linear"
    title = "Linear"
    draws = False
    uses_moment = False
    Config = LinearConfig
    config: LinearConfig
    sources_only: ClassVar[bool] = True

    def fit(
        self, queries: Queries, candidates: Candidates, features: Features, labels: Floats
    ) -> Self:
        from scipy.optimize import minimize

        rows = np.flatnonzero((labels > 0).any(axis=1))
        if len(rows) > self.config.lists:
            # Evenly spaced rather than drawn: the same rows every time.
            rows = rows[np.linspace(0, len(rows) - 1, self.config.lists).astype(int)]
        x = features.values[rows].astype(np.float64)
        there = candidates.items[rows] >= 0
        seen = x[there]
        self.center_ = np.nan_to_num(np.nanmean(_or_zero(seen), axis=0))
        spread = np.nan_to_num(np.nanstd(_or_zero(seen), axis=0))
        self.scale_ = np.where(spread > 1e-9, spread, 1.0)
        self.weights_ = np.zeros(x.shape[2])
        if len(rows) == 0:
            return self
        x = np.nan_to_num((x - self.center_) / self.scale_)
        target = labels[rows] / labels[rows].sum(axis=1, keepdims=True)
        flat = x.reshape(-1, x.shape[2])

        def loss(weights: Doubles) -> tuple[float, Doubles]:
            logits = np.where(there, (flat @ weights).reshape(there.shape), -np.inf)
            logits -= logits.max(axis=1, keepdims=True)
            odds = np.exp(logits)
            share = odds / odds.sum(axis=1, keepdims=True)
            with np.errstate(divide="ignore"):
                logs = np.where(target > 0, np.log(np.maximum(share, 1e-300)), 0)
            value = -(target * logs).sum() / len(rows) + self.config.l2 * (weights**2).sum()
            slope = flat.T @ (share - target).ravel() / len(rows) + 2 * self.config.l2 * weights
            return float(value), slope

        found = minimize(
            loss,
            self.weights_,
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": self.config.max_steps},
        )
        self.weights_ = np.asarray(found.x)
        return self

    def check(self, n_items: int) -> None:
        for name in ("center_", "scale_", "weights_"):
            sound.shaped(name, getattr(self, name), np.float64, len(self.weights_))

    def score(self, queries: Queries, candidates: Candidates, features: Features) -> Floats:
        if features.values.shape[2] != len(self.weights_):
            raise AssayError("The linear ranker was fitted on other features; fit it again.")
        scores = np.empty(candidates.items.shape, np.float32)
        _weigh(features.values, self.center_, self.scale_, self.weights_, scores)
        return scores


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _weigh(values, center, scale, weights, out):  # type: ignore[no-untyped-def]
    """Added up feature by feature: a matrix product would round a row by those beside it."""
    n, k, f = values.shape
    most = np.finfo(np.float64).max
    for r in range(n):
        for c in range(k):
            total = 0.0
            for j in range(f):
                value = (values[r, c, j] - center[j]) / scale[j]
                if np.isnan(value):
                    value = 0.0
                total += weights[j] * min(max(value, -most), most)
            out[r, c] = total


def _or_zero(rows: Doubles) -> Doubles:
    """One row of zeros where there is none, so that means exist."""
    return rows if len(rows) else np.zeros((1, rows.shape[1]))
