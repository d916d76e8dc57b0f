"""Row-independent array work that stages share.

Everything here gives a row the same answer, to the bit, whether it is asked alone or
among thousands: that is what lets batch evaluation, the app and a service agree.
"""

from __future__ import annotations

from collections.abc import Callable
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
    left: sp.csr_matrix, right: Floats | sp.csr_matrix, exclude: Ragged, k: int, known: Mask
) -> Candidates:
    """The k best of `left` (n, n_items) times `right` (n_items, n_items), in blocks of rows.

    Leaves out each row's `exclude` and items that are not `known` (n_items,).
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
        blocks.append(top_k(part, k, exclude.take(rows), known))
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


def best_columns(scores: Floats, items: Ints, keep: int) -> Ints:
    """Columns (n, keep) int32 of each row's best; equals stay in the order given; -1 where none.

    A ranker that cannot tell two candidates apart leaves them as the step before had them.
    """
    valid = items >= 0
    first = np.argsort(~valid, axis=1, kind="stable")
    shown = np.take_along_axis(np.where(valid, scores, -np.inf), first, axis=1)
    columns = np.take_along_axis(first, np.argsort(-shown, axis=1, kind="stable"), axis=1)
    there = np.take_along_axis(valid, columns, axis=1)
    return np.where(there, columns, -1)[:, :keep].astype(np.int32)


def drop_from_slate(slate: Slate, barred: Mask, *, rule: str, reason: str) -> Slate:
    """The slate without `barred` items (n_items,), the others moved up in their order."""
    gone = (slate.items >= 0) & barred[np.maximum(slate.items, 0)]
    if not gone.any():
        return slate
    empty = gone | (slate.items < 0)
    order = np.argsort(empty, axis=1, kind="stable")
    items = np.where(
        np.take_along_axis(empty, order, 1), NO_ITEM, np.take_along_axis(slate.items, order, 1)
    )
    scores = np.where(items < 0, np.float32(-np.inf), np.take_along_axis(slate.scores, order, 1))
    rows, columns = np.nonzero(gone)
    change = Change(rule, "removed", reason, rows, slate.items[rows, columns])
    return Slate(items, scores, (*slate.changes, change))


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


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _walk(ranking, scores, indptr, values, items_out, scores_out):  # type: ignore[no-untyped-def]
    n, k = items_out.shape
    out = np.zeros(len(scores), np.bool_)
    for r in range(n):
        for p in range(indptr[r], indptr[r + 1]):
            out[values[p]] = True
        place = 0
        for j in ranking:
            if place == k:
                break
            if not out[j]:
                items_out[r, place] = j
                scores_out[r, place] = scores[j]
                place += 1
        for p in range(indptr[r], indptr[r + 1]):
            out[values[p]] = False


def top_k_of_one(scores: Floats, k: int, exclude: Ragged, known: Mask) -> Candidates:
    """The k best of one row of scores (n_items,) for everyone, less each row's `exclude`."""
    order = np.argsort(-scores, kind="stable").astype(np.int32)
    items = np.full((len(exclude), k), NO_ITEM, np.int32)
    best = np.full((len(exclude), k), -np.inf, np.float32)
    _walk(order[known[order]], scores, exclude.indptr, exclude.values, items, best)
    return Candidates(items, best)


def recency_weights(queries: Queries, half_life: float | None) -> Floats:
    """A weight per event of the histories, (events,) float32: 1 for the newest.

    It halves every `half_life` positions back from the end; None weighs all alike.
    """
    if half_life is None:
        return np.ones(len(queries.history.values), np.float32)
    return np.exp2(-queries.positions_from_end / half_life).astype(np.float32)


def answer_only(rows: Mask, candidates: Candidates) -> Candidates:
    """Plain candidates with "none" in every place of the rows that are not marked (n,)."""
    items = np.where(rows[:, None], candidates.items, NO_ITEM).astype(np.int32)
    scores = np.where(rows[:, None], candidates.scores, np.float32(-np.inf))
    return Candidates(items, scores.astype(np.float32))


def knows_history(queries: Queries, learned: Mask) -> Mask:
    """Marks requests (n,) whose history holds an item that was `learned` (n_items,)."""
    hits = np.concatenate([[0], np.cumsum(learned[queries.history.values])])
    return hits[queries.history.indptr[1:]] > hits[queries.history.indptr[:-1]]
