"""Matrix factorization of implicit feedback; a request is folded in from its history."""

from __future__ import annotations

from typing import Self

import numba
import numpy as np
from pydantic import Field

from pipelines.schema import (
    Candidates,
    Catalogue,
    Doubles,
    Floats,
    Interactions,
    Mask,
    Queries,
    sound,
)
from pipelines.stages.candidates.singular import leading_factors
from pipelines.stages.contract import (
    CandidateGenerator,
    DataShape,
    Estimate,
    StageConfig,
    derived,
)
from pipelines.stages.kernels import FactorScan, answer_only, knows_history
from pipelines.stages.linalg import solve_in_place


class FactorsConfig(StageConfig):
    factors: int = Field(64, ge=1, le=512, description="Number of latent factors per item.")
    iterations: int = Field(15, ge=1, le=200, description="Number of passes over users and items.")
    regularization: float = Field(
        10,
        gt=0,
        le=1000,
        description="L2 penalty: a larger value shrinks the factors of rare items most.",
    )
    alpha: float = Field(
        2.0, gt=0, le=1000, description="Confidence in an observed event; without an event it is 1."
    )
    use_weights: bool = Field(
        False, description="Multiply the confidence by the events' weights (counts, not ratings)."
    )
    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="Random seed of the search for the initial factors."
    )


class AlternatingLeastSquares(CandidateGenerator):
    """Implicit ALS; a request's factors are computed from its history, also for new users.

    Item factors (n_items, f) float32 come from `implicit`; user factors are not kept.
    Hu, Koren, Volinsky 2008, https://doi.org/10.1109/ICDM.2008.22. Scale: n_users and
    n_items into the millions (memory 4 bytes times their sum times f while fitting).
    """

    name = "als"
    title = "ALS"
    uses_moment = False
    Config = FactorsConfig
    config: FactorsConfig
    known_: Mask
    learned_: Mask
    items_: Floats
    """(n_items, f)"""
    gram_: Doubles
    """(f, f): products of the item factors with each other, plus the regularization."""

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        from implicit.cpu.als import AlternatingLeastSquares as Implicit
        from threadpoolctl import threadpool_limits

        settings = self.config
        matrix = interactions.matrix()
        if not settings.use_weights:
            matrix.data[:] = 1
        with threadpool_limits(1, "blas"):
            model = Implicit(
                factors=settings.factors,
                iterations=settings.iterations,
                regularization=settings.regularization,
                alpha=settings.alpha,
                random_state=settings.seed,
            )
            # From small random numbers, 15 passes end where the seed decides: of two seeds' ten
            # first items one or two differ. From here, hardly any do.
            rng = np.random.default_rng(settings.seed)
            model.user_factors, model.item_factors = leading_factors(matrix, settings.factors, rng)
            model.fit(matrix, show_progress=False)
        self.learned_ = np.bincount(interactions.item, minlength=interactions.n_items) > 0
        self.known_ = catalogue.known.copy()
        self.items_ = np.where(self.learned_[:, None], model.item_factors, np.float32(0))
        wide = self.items_.astype(np.float64)
        self.gram_ = wide.T @ wide + settings.regularization * np.eye(settings.factors)
        return self

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        found = self.scan.top_k(self._folded(queries), k, queries.exclude)
        return answer_only(knows_history(queries, self.learned_), found)

    def check(self, n_items: int) -> None:
        f = self.config.factors
        sound.shaped("known_", self.known_, np.bool_, n_items)
        sound.shaped("learned_", self.learned_, np.bool_, n_items)
        sound.shaped("items_", self.items_, np.float32, n_items, f)
        sound.shaped("gram_", self.gram_, np.float64, f, f)

    @derived
    def scan(self) -> FactorScan:
        """The known items' factors in the order and layout of a search."""
        return FactorScan.of(self.items_, self.known_)

    def _folded(self, queries: Queries) -> Floats:
        """The requests' factors (n, f)."""
        rows = queries.rows()
        weights = rows.weights if self.config.use_weights else np.ones_like(rows.weights)
        folded = np.zeros((len(queries), self.config.factors), np.float32)
        data = (rows.indptr, rows.items, weights)
        _fold_in(*data, self.config.alpha, self.items_, self.gram_, folded)
        return folded

    def estimate(self, shape: DataShape) -> Estimate:
        f, passes = self.config.factors, self.config.iterations
        # Conjugate gradient: three steps an iteration, each touching every event and row.
        work = 2 * passes * (shape.n_events * f * 12 + (shape.n_users + shape.n_items) * f * f * 8)
        memory = 4 * f * (shape.n_users + 2 * shape.n_items) + 28 * shape.n_events
        return Estimate(seconds=work / 4e9 + 0.2, megabytes=memory / 1e6)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fold_in(indptr, items, weights, alpha, y, gram, out):  # type: ignore[no-untyped-def]
    """Each row's normal equations: (Y'Y + reg + sum (c-1) y y') x = sum c y, c = alpha w.

    Four events are added at once, in their order: a quarter of the passes over the matrix.
    """
    f = y.shape[1]
    a, b = np.empty((f, f)), np.empty(f)
    four, extra = np.empty((4, f)), np.empty(4)
    for r in range(len(indptr) - 1):
        if indptr[r] == indptr[r + 1]:
            continue
        a[:] = gram
        b[:] = 0
        for first in range(indptr[r], indptr[r + 1], 4):
            size = min(4, indptr[r + 1] - first)
            for e in range(size):
                confidence = alpha * weights[first + e]
                extra[e] = confidence - 1.0
                for c in range(f):
                    four[e, c] = y[items[first + e], c]
                    b[c] += confidence * four[e, c]
            if size == 4:
                p, q, s, t = four[0], four[1], four[2], four[3]
                for c in range(f):
                    row = a[c]
                    in_p, in_q = extra[0] * p[c], extra[1] * q[c]
                    in_s, in_t = extra[2] * s[c], extra[3] * t[c]
                    for d in range(c, f):
                        row[d] = (((row[d] + in_p * p[d]) + in_q * q[d]) + in_s * s[d]) + in_t * t[
                            d
                        ]
            else:
                for e in range(size):
                    p = four[e]
                    for c in range(f):
                        row = a[c]
                        in_p = extra[e] * p[c]
                        for d in range(c, f):
                            row[d] += in_p * p[d]
        solve_in_place(a, b)
        for c in range(f):
            out[r, c] = b[c]
