"""Compiled loops over places and truths."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def accuracy(items, indptr, values, depths, gains, ideal, stamps, out):  # type: ignore[no-untyped-def]
    """Fills `out` (6, n_ks, n): ndcg, recall, precision, map, mrr, hit_rate.

    An item is one of row r's truths while its stamp is r + 1; a hit takes the stamp away,
    so that copies of it count nothing. Nothing needs clearing between rows.
    """
    n, width = items.shape
    for r in range(n):
        size = 0
        for p in range(indptr[r], indptr[r + 1]):
            item = values[p]
            if item < 0:
                size += 1
            elif stamps[item] != r + 1:
                stamps[item] = r + 1
                size += 1
        hits = 0
        first = dcg = precisions = 0.0
        d = 0
        for place in range(depths[-1]):
            if place < width:
                item = items[r, place]
                if item >= 0 and stamps[item] == r + 1:
                    stamps[item] = 0
                    hits += 1
                    dcg += gains[place]
                    precisions += hits / (place + 1)
                    if hits == 1:
                        first = 1.0 / (place + 1)
            if place + 1 == depths[d]:
                k = depths[d]
                out[0, d, r] = dcg / ideal[min(k, size)]
                out[1, d, r] = hits / size
                out[2, d, r] = hits / k
                out[3, d, r] = precisions / size
                out[4, d, r] = first
                out[5, d, r] = 1.0 if hits > 0 else 0.0
                d += 1


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def truth_of_places(items, indptr, values):  # type: ignore[no-untyped-def]
    """For each place the position in `values` of the truth that it hits, (n, width); else -1.

    A later copy of an item is no hit.
    """
    n, width = items.shape
    out = np.full((n, width), -1, np.int64)
    for r in range(n):
        for place in range(width):
            item = items[r, place]
            if item < 0:
                continue
            for p in range(indptr[r], indptr[r + 1]):
                if values[p] == item:
                    copy = False
                    for earlier in range(place):
                        copy = copy or items[r, earlier] == item
                    if not copy:
                        out[r, place] = p
                    break
    return out


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def items_drawn(weights, users, starts):  # type: ignore[no-untyped-def]
    """How many items a drawn user's list holds, (rows,); item i's users begin at starts[i]."""
    found = np.zeros(len(weights), np.int64)
    for row in range(len(weights)):
        for i in range(len(starts) - 1):
            for p in range(starts[i], starts[i + 1]):
                if weights[row, users[p]] > 0:  # most items are met at the first or second
                    found[row] += 1
                    break
    return found
