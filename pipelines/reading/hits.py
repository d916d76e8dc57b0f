"""Which places hit a truth, and what the hits are worth."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def truth_of_places(items, indptr, values, stamps, where):  # type: ignore[no-untyped-def]
    """For each place the position in `values` of the truth that it hits, (n, width); else -1.

    A later copy of an item is no hit: a hit takes the item's stamp away.
    """
    n, width = items.shape
    out = np.full((n, width), -1, np.int64)
    for r in range(n):
        for p in range(indptr[r], indptr[r + 1]):
            item = values[p]
            if item >= 0 and stamps[item] != r + 1:
                stamps[item] = r + 1
                where[item] = p
        for place in range(width):
            item = items[r, place]
            if item >= 0 and stamps[item] == r + 1:
                stamps[item] = 0
                out[r, place] = where[item]
    return out


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def reached(found, of_truths, place_weights, out):  # type: ignore[no-untyped-def]
    """Fills `out` (n,): over each row's hits, what the truth is worth times its place's weight.

    One place after the other: a dense product would round a row otherwise in other company.
    """
    n, width = found.shape
    for r in range(n):
        total = 0.0
        for place in range(min(width, len(place_weights))):
            if found[r, place] >= 0:
                total += of_truths[found[r, place]] * place_weights[place]
        out[r] = total
