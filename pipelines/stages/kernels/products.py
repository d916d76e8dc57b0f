"""The k best of histories times item-to-item weights.

A row's sums are added in the order of its history's item codes, whatever rows stand beside
it: a matrix product (BLAS) would round a row by its neighbors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from pipelines.schema import Candidates, Floats, Ints, Mask, Ragged
from pipelines.stages.kernels.heap import drain, offer
from pipelines.stages.kernels.scratch import zeros
from pipelines.stages.kernels.top_k import empty_lists, stack, top_k

if TYPE_CHECKING:
    import scipy.sparse as sp

COLUMNS = 128
"""Columns of a dense matrix worked on at once: with 4,000 rows they fit a cache of 2 MB."""


def top_k_of_product(
    left: sp.csr_matrix, right: sp.csr_matrix, exclude: Ragged, k: int, known: Mask
) -> Candidates:
    """The k best of `left` (n, n_items) times the sparse `right` (n_items, n_items).

    Visits only the items that a row's history reaches; others, and those whose sum is 0, are
    not proposed. Leaves out each row's `exclude` and items that are not `known` (n_items,).
    """
    found = empty_lists(left.shape[0], k)
    n_items = right.shape[1]
    _reach(
        left.indptr,
        left.indices,
        left.data,
        right.indptr,
        right.indices,
        right.data,
        known,
        exclude.indptr,
        exclude.values,
        zeros("sums", n_items, np.float32),
        zeros("excluded", n_items, np.bool_),
        zeros("reached", n_items, np.bool_),
        found.items,
        found.scores,
    )
    return found


def top_k_of_dense_product(
    left: sp.csr_matrix, right: Floats, exclude: Ragged, k: int, known: Mask
) -> Candidates:
    """The k best of `left` (n, n_items) times the dense `right` (n_items, n_items) float32.

    Every item that is `known` (n_items,) can be proposed, less each row's `exclude`. Works on
    blocks of rows of at most 160 MB.
    """
    blocks = []
    n, m = left.shape[0], right.shape[1]
    step = max(1, 40_000_000 // max(1, m))
    for start in range(0, max(1, n), step):
        rows = np.arange(start, min(start + step, n))
        scores = np.zeros((len(rows), m), np.float32)
        indptr = left.indptr[start : start + len(rows) + 1]
        _multiply(indptr, left.indices, left.data, right, scores, COLUMNS)
        part = exclude if len(rows) == n else exclude.take(rows)
        blocks.append(top_k(scores, k, part, known))
    return stack(blocks)


def in_other_codes(rows: sp.csr_matrix, place: Ints, size: int) -> sp.csr_matrix:
    """The matrix with column `place[code]` in place of `code`; what has none (-1) is left out.

    `place` (n_items,) int32 rises with the code, so a row's order stays.
    """
    import scipy.sparse as sp

    columns = place[rows.indices]
    there = columns >= 0
    kept = np.concatenate([[0], np.cumsum(there)]).astype(np.int32)
    parts = (rows.data[there], columns[there], kept[rows.indptr])
    return sp.csr_matrix(parts, shape=(rows.shape[0], size))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _reach(  # type: ignore[no-untyped-def]
    left_ptr,
    left_items,
    left_values,
    right_ptr,
    right_items,
    right_values,
    known,
    indptr,
    values,
    sums,
    marks,
    reached,
    items_out,
    scores_out,
):
    n, k = items_out.shape
    heap_s = np.empty(k, np.float32)
    heap_i = np.empty(k, np.int32)
    touched = np.empty(1024, np.int32)
    for r in range(n):
        found = 0
        for p in range(left_ptr[r], left_ptr[r + 1]):
            weight, item = left_values[p], left_items[p]
            if weight == 0:
                continue
            first, last = right_ptr[item], right_ptr[item + 1]
            if found + last - first > len(touched):
                more = np.empty(2 * (found + last - first), np.int32)
                more[:found] = touched[:found]
                touched = more
            for q in range(first, last):
                j = right_items[q]
                sums[j] += weight * right_values[q]
                if not reached[j]:
                    reached[j] = True
                    touched[found] = j
                    found += 1
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = True
        size = 0
        for t in range(found):
            j = touched[t]
            s = sums[j]
            if s > -np.inf and s != 0 and known[j] and not marks[j]:
                size = offer(heap_s, heap_i, size, s, j)
            sums[j] = 0
            reached[j] = False
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = False
        drain(heap_s, heap_i, size, items_out[r], scores_out[r])


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _multiply(indptr, items, weights, right, out, step):  # type: ignore[no-untyped-def]
    m = right.shape[1]
    if len(out) == 1:
        step = m
    for start in range(0, m, max(1, step)):
        end = min(start + step, m)
        for r in range(len(out)):
            into = out[r, start:end]
            for p in range(indptr[r], indptr[r + 1]):
                row = right[items[p], start:end]
                weight = weights[p]
                for j in range(len(into)):
                    into[j] += weight * row[j]
