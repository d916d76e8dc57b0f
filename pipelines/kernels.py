"""Row-independent array work that stages share.

Everything here gives a row the same answer, to the bit, whether it is asked alone or
among thousands: that is what lets batch evaluation, the app and a service agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from pipelines.schema import NO_ITEM, Candidates, Change, Floats, Ints, Mask, Queries, Ragged, Slate

if TYPE_CHECKING:
    import scipy.sparse as sp


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _worse(score_a: float, item_a: int, score_b: float, item_b: int) -> bool:
    return score_a < score_b or (score_a == score_b and item_a > item_b)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _top_k(scores, barred, indptr, values, k, items_out, scores_out):  # type: ignore[no-untyped-def]
    """A bounded heap a row, its root the worst item kept; ties go to the lower code."""
    n, m = scores.shape
    out = np.zeros(m, np.bool_)
    heap_s = np.empty(k, np.float32)
    heap_i = np.empty(k, np.int32)
    for r in range(n):
        for p in range(indptr[r], indptr[r + 1]):
            out[values[p]] = True
        size = 0
        for j in range(m):
            s = scores[r, j]
            if barred[j] or out[j] or not s > -np.inf:
                continue
            if size < k:
                c = size
                size += 1
                while c > 0:  # sift up
                    parent = (c - 1) // 2
                    if not _worse(s, j, heap_s[parent], heap_i[parent]):
                        break
                    heap_s[c] = heap_s[parent]
                    heap_i[c] = heap_i[parent]
                    c = parent
                heap_s[c] = s
                heap_i[c] = j
            elif k > 0 and _worse(heap_s[0], heap_i[0], s, j):
                _sift_down(heap_s, heap_i, size, s, j)
        for p in range(indptr[r], indptr[r + 1]):
            out[values[p]] = False
        for place in range(size - 1, -1, -1):  # the root is the worst: fill from the end
            items_out[r, place] = heap_i[0]
            scores_out[r, place] = heap_s[0]
            last_s, last_i = heap_s[place], heap_i[place]
            if place > 0:
                _sift_down(heap_s, heap_i, place, last_s, last_i)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _sift_down(heap_s, heap_i, size, s, j):  # type: ignore[no-untyped-def]
    c = 0
    while True:
        child = 2 * c + 1
        if child >= size:
            break
        if child + 1 < size and _worse(
            heap_s[child + 1], heap_i[child + 1], heap_s[child], heap_i[child]
        ):
            child += 1
        if not _worse(heap_s[child], heap_i[child], s, j):
            break
        heap_s[c] = heap_s[child]
        heap_i[c] = heap_i[child]
        c = child
    heap_s[c] = s
    heap_i[c] = j


def top_k(scores: Floats, k: int, exclude: Ragged, known: Mask) -> Candidates:
    """The k best items of each row of `scores` (n, n_items), by (-score, item code).

    Leaves out each row's `exclude`, items that are not `known`, NaN and -inf.
    """
    scores = np.ascontiguousarray(scores, np.float32)
    items = np.full((len(scores), k), NO_ITEM, np.int32)
    best = np.full((len(scores), k), -np.inf, np.float32)
    _top_k(scores, ~known, exclude.indptr, exclude.values, k, items, best)
    return Candidates(items, best)


def top_k_of_product(
    left: sp.csr_matrix, right: Floats | sp.csr_matrix, queries: Queries, k: int, known: Mask
) -> Candidates:
    """The k best of `left` (n, n_items) times `right` (n_items, n_items), in blocks of rows.

    A sparse row times a matrix adds up in the row's own order, so rows stay independent.
    With a sparse `right`, items that no product reaches are not proposed.
    """
    import scipy.sparse as sp

    blocks = []
    step = max(1, 40_000_000 // max(1, left.shape[1]))
    for start in range(0, max(1, left.shape[0]), step):
        part = left[start : start + step] @ right
        if sp.issparse(part):
            part = part.toarray()
            part[part == 0] = -np.inf
        rows = np.arange(start, min(start + step, left.shape[0]))
        blocks.append(top_k(part, k, queries.exclude.take(rows), known))
    return stack(blocks)


def stack(blocks: list[Candidates]) -> Candidates:
    """Rows of several plain candidate lists, one below the other."""
    items = np.concatenate([b.items for b in blocks])
    return Candidates(items, np.concatenate([b.scores for b in blocks]))


def order_within(scores: Floats, items: Ints, keep: int) -> Ints:
    """Columns (n, keep) int32 of each row's best by (-score, item code); -1 where none."""
    valid = items >= 0
    shown = np.where(valid, scores, -np.inf)
    by_item = np.argsort(np.where(valid, items, np.iinfo(np.int32).max), axis=1, kind="stable")
    by_score = np.argsort(-np.take_along_axis(shown, by_item, axis=1), axis=1, kind="stable")
    columns = np.take_along_axis(by_item, by_score, axis=1)[:, :keep]
    there = np.take_along_axis(valid, columns, axis=1)
    return np.where(there, columns, -1).astype(np.int32)


def drop_from_slate(slate: Slate, barred: Mask, *, rule: str, reason: str) -> Slate:
    """The slate without `barred` items (n_items,), the others moved up in their order."""
    gone = (slate.items >= 0) & barred[np.maximum(slate.items, 0)]
    if not gone.any():
        return slate
    empty = gone | (slate.items < 0)
    order = np.argsort(empty, axis=1, kind="stable")
    items = np.where(np.take_along_axis(empty, order, 1), NO_ITEM,
                     np.take_along_axis(slate.items, order, 1))
    scores = np.where(items < 0, np.float32(-np.inf), np.take_along_axis(slate.scores, order, 1))
    rows, columns = np.nonzero(gone)
    change = Change(rule, "removed", reason, rows, slate.items[rows, columns])
    return Slate(items, scores, (*slate.changes, change))
