"""EASE's item weights: the exact dense inverse, and a sparse approximation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from pipelines.errors import AssayError
from pipelines.schema import Floats
from pipelines.stages.linalg import solve_in_place

if TYPE_CHECKING:
    import scipy.sparse as sp


def dense_weights(matrix: sp.csr_matrix, l2: float) -> Floats:
    """EASE's weights (n_items, n_items) float32 of a binary CSR (n_users, n_items).

    The inverse P of (X'X + l2 I) gives B = I - P / diag(P), its diagonal 0. One buffer of
    n_items squared is filled, factored and inverted in place.
    """
    from scipy.linalg.lapack import spotrf, spotri
    from threadpoolctl import threadpool_limits

    n = matrix.shape[1]
    if n == 0:
        return np.zeros((0, 0), np.float32)
    # Only the lower triangle is filled: in Fortran's order that is LAPACK's.
    gram = np.zeros((n, n), np.float32, order="F")
    _count_pairs(matrix.indptr, matrix.indices, gram.T)
    gram[np.diag_indices(n)] += np.float32(l2)
    with threadpool_limits(2, "blas"):
        inverse, failed = spotrf(gram, lower=1, overwrite_a=1, clean=0)
        if not failed:
            inverse, failed = spotri(inverse, lower=1, overwrite_c=1)
    if failed:
        raise AssayError(f"EASE cannot be solved with l2 = {l2:g} on this data; use a larger l2.")
    weights = inverse.T  # the same memory, its upper triangle filled, rows together
    _finish(weights, np.diag(inverse).copy())
    return weights


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _count_pairs(indptr, items, out):  # type: ignore[no-untyped-def]
    """Add 1 to out[i, j], i <= j, for each two items of a row (their codes sorted)."""
    for r in range(len(indptr) - 1):
        end = indptr[r + 1]
        for p in range(indptr[r], end):
            into = out[items[p]]
            for q in range(p, end):
                into[items[q]] += np.float32(1)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _finish(p, diagonal):  # type: ignore[no-untyped-def]
    """From the upper triangle of P to B, in tiles, so that the mirror stays in the cache."""
    n, tile = len(diagonal), 64
    for i0 in range(0, n, tile):
        for j0 in range(i0, n, tile):
            for i in range(i0, min(i0 + tile, n)):
                for j in range(max(i + 1, j0), min(j0 + tile, n)):
                    value = p[i, j]
                    p[i, j] = -value / diagonal[j]
                    p[j, i] = -value / diagonal[i]
    for i in range(n):
        p[i, i] = 0


def sparse_weights(matrix: sp.csr_matrix, l2: float, neighbours: int) -> sp.csr_matrix:
    """Weights (n_items, n_items) float32 CSR, each column over its item's nearest by cosine.

    Column j solves (G + l2 I) w = g, with G the co-counts of j's neighbors among each
    other and g theirs with j. Time: the sum of squared row lengths, plus n_items times
    (neighbours^3 / 3 + neighbours^2 / 2 times the neighbors' mean count).
    """
    import scipy.sparse as sp

    n_items = matrix.shape[1]
    near = np.full((n_items, neighbours), -1, np.int32)
    weights = np.zeros((n_items, neighbours), np.float32)
    by_item = matrix.tocsc()
    rows = (matrix.indptr, matrix.indices)
    _regress(*rows, by_item.indptr, by_item.indices, matrix.shape[0], l2, near, weights)
    there = near >= 0
    columns = np.repeat(np.arange(n_items), there.sum(axis=1))
    return sp.csr_matrix((weights[there], (near[there], columns)), shape=(n_items, n_items))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _regress(  # type: ignore[no-untyped-def]
    user_ptr, user_items, item_ptr, item_users, n_users, l2, near, weights
):
    n_items, keep = near.shape
    together = np.zeros(n_items)
    touched = np.empty(n_items, np.int32)
    mark = np.full(n_users, -1, np.int64)
    stamp = 0
    for j in range(n_items):
        found = 0
        for p in range(item_ptr[j], item_ptr[j + 1]):
            u = item_users[p]
            for q in range(user_ptr[u], user_ptr[u + 1]):
                i = user_items[q]
                if i != j:
                    if together[i] == 0:
                        touched[found] = i
                        found += 1
                    together[i] += 1
        items = np.sort(touched[:found])
        likeness = np.empty(found)
        for t in range(found):
            i = items[t]
            likeness[t] = -(together[i] / np.sqrt(item_ptr[i + 1] - item_ptr[i]))
        chosen = items[np.argsort(likeness, kind="mergesort")[:keep]]
        m = len(chosen)
        gram = np.zeros((m, m))
        answer = np.empty(m)
        for a in range(m):
            answer[a] = together[chosen[a]]
            for p in range(item_ptr[chosen[a]], item_ptr[chosen[a] + 1]):
                mark[item_users[p]] = stamp
            for b in range(a, m):
                for p in range(item_ptr[chosen[b]], item_ptr[chosen[b] + 1]):
                    gram[a, b] += mark[item_users[p]] == stamp
            gram[a, a] += l2
            stamp += 1
        solve_in_place(gram, answer)
        for a in range(m):
            near[j, a] = chosen[a]
            weights[j, a] = answer[a]
        for t in range(found):
            together[items[t]] = 0
