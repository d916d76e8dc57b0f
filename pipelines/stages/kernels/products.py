"""The k best of histories times item-to-item weights.

A row's sums are added in the order of its history's item codes, whatever rows stand beside
it: a matrix product (BLAS) would round a row by its neighbors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from pipelines.schema import Candidates, Floats, Mask, Ragged, WeightedRows
from pipelines.stages.kernels.heap import drain, offer
from pipelines.stages.kernels.scratch import zeros
from pipelines.stages.kernels.top_k import empty_lists, stack, top_k

if TYPE_CHECKING:
    import scipy.sparse as sp

COLUMNS = 512
"""Columns of a dense matrix worked on at once, so that requests share what a cache holds."""


def top_k_of_product(
    left: WeightedRows, right: sp.csr_matrix, exclude: Ragged, k: int, known: Mask
) -> Candidates:
    """The k best of `left` (n, n_items) times the sparse `right` (n_items, n_items).

    Visits only the items that a row's history reaches; others, and those whose sum is 0, are
    not proposed. Leaves out each row's `exclude` and items that are not `known` (n_items,).
    """
    found = empty_lists(len(left), k)
    n_items = right.shape[1]
    _reach(
        left.indptr,
        left.items,
        left.weights,
        right.indptr,
        right.indices,
        right.data,
        known,
        exclude.indptr,
        exclude.values,
        zeros("sums", n_items, np.float32),
        zeros("excluded", n_items, np.bool_),
        found.items,
        found.scores,
    )
    return found


def top_k_of_dense_product(
    left: WeightedRows, right: Floats, exclude: Ragged, k: int, known: Mask
) -> Candidates:
    """The k best of `left` (n, n_items) times the dense `right` (n_items, n_items) float32.

    Every item that is `known` (n_items,) can be proposed, less each row's `exclude`. Works on
    blocks of rows of at most 160 MB.
    """
    blocks = []
    n, m = len(left), right.shape[1]
    step = max(1, 40_000_000 // max(1, m))
    for start in range(0, max(1, n), step):
        rows = np.arange(start, min(start + step, n))
        scores = np.zeros((len(rows), m), np.float32)
        indptr = left.indptr[start : start + len(rows) + 1]
        _multiply(indptr, left.items, left.weights, right, scores)
        part = exclude if len(rows) == n else exclude.take(rows)
        blocks.append(top_k(scores, k, part, known))
    return stack(blocks)


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
    items_out,
    scores_out,
):
    n, k = items_out.shape
    m = len(known)
    heap_s = np.empty(k, np.float32)
    heap_i = np.empty(k, np.int32)
    reached = np.empty(0, np.int32)
    for r in range(n):
        work = 0
        for p in range(left_ptr[r], left_ptr[r + 1]):
            work += right_ptr[left_items[p] + 1] - right_ptr[left_items[p]]
        everywhere = work > m // 4  # then looking at every item is quicker than a list of them
        if not everywhere and work > len(reached):
            reached = np.empty(work, np.int32)
        found = 0
        for p in range(left_ptr[r], left_ptr[r + 1]):
            weight, item = left_values[p], left_items[p]
            if weight == 0:
                continue
            for q in range(right_ptr[item], right_ptr[item + 1]):
                j = right_items[q]
                if not everywhere and sums[j] == 0:
                    reached[found] = j
                    found += 1
                sums[j] += weight * right_values[q]
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = True
        size = 0
        least = np.float32(-np.inf)
        for t in range(m if everywhere else found):
            j = t if everywhere else reached[t]
            s = sums[j]
            sums[j] = 0  # listed twice where its sum was 0 in between: not offered again
            if s >= least and s != 0 and s > -np.inf and known[j] and not marks[j]:
                size = offer(heap_s, heap_i, size, s, j)
                if size == k and k > 0:
                    least = heap_s[0]
        for p in range(indptr[r], indptr[r + 1]):
            marks[values[p]] = False
        drain(heap_s, heap_i, size, items_out[r], scores_out[r])


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _multiply(indptr, items, weights, right, out):  # type: ignore[no-untyped-def]
    """Add to the zeros `out` (n, m) the rows of `right` times weights, four rows at once."""
    m = right.shape[1]
    width = m if len(out) == 1 else COLUMNS
    for start in range(0, m, max(1, width)):
        end = min(start + width, m)
        for r in range(len(out)):
            into = out[r, start:end]
            p, last = indptr[r], indptr[r + 1]
            scale = _scale(weights[p:last])
            while p + 4 <= last:
                a, b = right[items[p], start:end], right[items[p + 1], start:end]
                c, d = right[items[p + 2], start:end], right[items[p + 3], start:end]
                of_a, of_b = scale * weights[p], scale * weights[p + 1]
                of_c, of_d = scale * weights[p + 2], scale * weights[p + 3]
                for j in range(end - start):
                    into[j] = (((into[j] + of_a * a[j]) + of_b * b[j]) + of_c * c[j]) + of_d * d[j]
                p += 4
            while p < last:
                a, of_a = right[items[p], start:end], scale * weights[p]
                for j in range(end - start):
                    into[j] += of_a * a[j]
                p += 1
            if scale != 1:
                for j in range(end - start):
                    into[j] /= scale


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _scale(weights):  # type: ignore[no-untyped-def]
    """A power of two that keeps the products of a row's smallest weights out of denormals.

    The oldest events of a long history weigh so little that float32 holds their products with
    fewer digits, at a hundred times the processor's time. Powers of two change no digit of a
    sum. A row of nothing but such weights is left as it is.
    """
    least, most = np.float32(1), np.float32(0)
    for weight in weights:
        if weight > 0:
            least, most = min(least, weight), max(most, weight)
    return np.float32(2.0**64) if least < 2.0**-60 and most > 2.0**-30 else np.float32(1)
