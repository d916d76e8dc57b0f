"""The k best of dense rows of scores."""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np

from pipelines.schema import NO_ITEM, Candidates, Floats, Mask, Queries, Ragged
from pipelines.stages.kernels.heap import drain, offer
from pipelines.stages.kernels.scratch import zeros


def empty_lists(n: int, k: int) -> Candidates:
    """Lists (n, k) that hold nothing yet."""
    return Candidates(np.full((n, k), NO_ITEM, np.int32), np.full((n, k), -np.inf, np.float32))


def top_k(scores: Floats, k: int, exclude: Ragged, known: Mask) -> Candidates:
    """The k best items of each row of `scores` (n, n_items), by (-score, item code).

    Leaves out each row's `exclude`, items that are not `known`, NaN and -inf.
    """
    scores = np.ascontiguousarray(scores, np.float32)
    found = empty_lists(len(scores), k)
    marks = zeros("excluded", scores.shape[1], np.bool_)
    _top_k(scores, known, exclude.indptr, exclude.values, marks, found.items, found.scores)
    return found


def top_k_by_blocks(
    score: Callable[[Queries], Floats], queries: Queries, k: int, known: Mask
) -> Candidates:
    """The k best items of each request by `score`, called on blocks of at most 160 MB.

    `score` gives (rows, n_items) float32 and must treat each row by itself.
    """
    step = max(1, 40_000_000 // max(1, queries.n_items))
    blocks = []
    for start in range(0, max(1, len(queries)), step):
        part = queries.take(np.arange(start, min(start + step, len(queries))))
        blocks.append(top_k(score(part), k, part.exclude, known))
    return stack(blocks)


def stack(blocks: list[Candidates]) -> Candidates:
    """Rows of several plain candidate lists, one below the other."""
    if len(blocks) == 1:
        return blocks[0]
    items = np.concatenate([b.items for b in blocks])
    return Candidates(items, np.concatenate([b.scores for b in blocks]))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _top_k(scores, known, indptr, values, marks, items_out, scores_out):  # type: ignore[no-untyped-def]
    n, m = scores.shape
    k = items_out.shape[1]
    heap_s = np.empty(k, np.float32)
    heap_i = np.empty(k, np.int32)
    if k == 0:
        return
    for r in range(n):
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = True
        size = 0
        least = np.float32(-np.inf)  # what a later item must exceed: its code loses a tie
        for j in range(m):
            s = scores[r, j]
            if s > least and known[j] and not marks[j]:
                size = offer(heap_s, heap_i, size, s, j)
                if size == k:
                    least = heap_s[0]
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = False
        drain(heap_s, heap_i, size, items_out[r], scores_out[r])
