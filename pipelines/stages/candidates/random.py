"""Items drawn at random: the floor that every other generator must beat."""

from __future__ import annotations

from typing import Self

import numba
import numpy as np
from pydantic import Field

from pipelines.schema import Candidates, Catalogue, Floats, Interactions, Mask, Queries, sound
from pipelines.stages.contract import CandidateGenerator, StageConfig
from pipelines.stages.kernels import top_k_by_blocks


class RandomConfig(StageConfig):
    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="Random seed; another seed draws other items."
    )


class Random(CandidateGenerator):
    """Items drawn uniformly from the catalogue.

    A score in [0, 1) is a hash of the seed, the row's history and the item, so that a
    history gets the same draw whatever other rows are asked with it. (n, k) int32.
    """

    name = "random"
    title = "Random"
    uses_moment = False
    Config = RandomConfig
    answers_empty = True
    config: RandomConfig
    known_: Mask

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        self.known_ = catalogue.known.copy()
        return self

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        return top_k_by_blocks(self._score, queries, k, self.known_)

    def check(self, n_items: int) -> None:
        sound.shaped("known_", self.known_, np.bool_, n_items)

    def _score(self, queries: Queries) -> Floats:
        scores = np.empty((len(queries), queries.n_items), np.float32)
        _draw(np.uint64(self.config.seed), queries.history.indptr, queries.history.values, scores)
        return scores


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _mix(x):  # type: ignore[no-untyped-def]
    """The finalizer of SplitMix64: every bit of x moves every bit of the answer."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _draw(seed, indptr, values, scores):  # type: ignore[no-untyped-def]
    step = np.uint64(0x9E3779B97F4A7C15)
    for r in range(scores.shape[0]):
        state = _mix(seed + step)
        for p in range(indptr[r], indptr[r + 1]):
            state = _mix(state + step * (np.uint64(values[p]) + np.uint64(1)))
        for j in range(scores.shape[1]):
            state += step
            scores[r, j] = np.float32(_mix(state) >> np.uint64(40)) / np.float32(1 << 24)
