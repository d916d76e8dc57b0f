"""One order of items for everybody, less what each request leaves out."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from pipelines.schema import Candidates, Floats, Ints, Mask, Ragged
from pipelines.stages.kernels.scratch import zeros
from pipelines.stages.kernels.top_k import empty_lists


@dataclass(frozen=True)
class Ranking:
    """Items by (-score, item code): `items` (m,) int32 and `scores` (m,) float32, best first.

    Sorted once, so that a request walks no further than its k items and those it leaves out.
    """

    items: Ints
    scores: Floats
    n_items: int

    @staticmethod
    def of(scores: Floats, allowed: Mask) -> Ranking:
        """The ranking of the `allowed` items (n_items,) by their `scores` (n_items,)."""
        order = np.argsort(-scores, kind="stable").astype(np.int32)
        order = order[allowed[order]]
        return Ranking(order, scores[order], len(scores))

    def first(self, k: int, exclude: Ragged) -> Candidates:
        """The k best (n, k) of each row, less the row's `exclude`."""
        found = empty_lists(len(exclude), k)
        marks = zeros("excluded", self.n_items, np.bool_)
        skipped = (exclude.indptr, exclude.values)
        _walk(self.items, self.scores, *skipped, marks, found.items, found.scores)
        return found


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _walk(ranked, scores, indptr, values, marks, items_out, scores_out):  # type: ignore[no-untyped-def]
    n, k = items_out.shape
    for r in range(n):
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = True
        place = 0
        for at in range(len(ranked)):
            if place == k:
                break
            if not marks[ranked[at]]:
                items_out[r, place] = ranked[at]
                scores_out[r, place] = scores[at]
                place += 1
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = False
