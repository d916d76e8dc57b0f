"""Which positions of a list hit a held-out interaction, and weighted sums over the hits."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def truth_of_places(items, indptr, values, stamps, where):  # type: ignore[no-untyped-def]
    """For each position the index in `values` of the held-out interaction it hits, else -1.

    Returns (n, width). A repeated item is not a second hit: a hit removes the item's stamp.
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
    """Fills `out` (n,): the sum over each row's hits of `of_truths` × `place_weights`.

    Summed in order of position: with a dense product, the rounding of a row would depend on
    the other rows.
    """
    n, width = found.shape
    for r in range(n):
        total = 0.0
        for place in range(min(width, len(place_weights))):
            if found[r, place] >= 0:
                total += of_truths[found[r, place]] * place_weights[place]
        out[r] = total
