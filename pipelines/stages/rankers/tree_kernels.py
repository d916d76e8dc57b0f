"""Rows through gradient-boosted trees, compiled."""

from __future__ import annotations

import numba
import numpy as np

MOST_BITS = 64
"""Leaves up to which the leaves still possible are the bits of one whole number."""
DE_BRUIJN = 0x03F79D71B4CB0A89
"""Times a power of two, its upper 6 bits differ for each of the 64."""
LOWEST_BIT = np.zeros(64, np.int32)
for _bit in range(64):
    LOWEST_BIT[((DE_BRUIJN << _bit) % 2**64) >> 58] = _bit


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def arrange(left, right):  # type: ignore[no-untyped-def]
    """Each leaf's place from left to right, and the bits of those not left of each split.

    Children stand behind their parents, as LightGBM writes them.
    """
    m = len(left)
    on_left = np.ones(m, np.int64)  # leaves below the left side
    total = np.ones(m, np.int64)
    for at in range(m - 1, -1, -1):
        if left[at] >= 0:
            on_left[at] = total[left[at]]
        total[at] = on_left[at] + (total[right[at]] if right[at] >= 0 else 1)
    start = np.zeros(m, np.int64)
    place = np.zeros(m + 1, np.int64)
    others = np.zeros(m, np.uint64)
    for at in range(m):
        end = start[at] + on_left[at]
        bits = np.uint64(0)
        for leaf in range(start[at], min(end, MOST_BITS)):
            bits |= np.uint64(1) << np.uint64(leaf)
        others[at] = ~bits
        for child, first in ((left[at], start[at]), (right[at], end)):
            if child >= 0:
                start[child] = first
            else:
                place[-1 - child] = first
    return place, others


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def strike_out(  # type: ignore[no-untyped-def]
    columns,
    feature,
    threshold,
    nan_left,
    roots,
    first_leaf,
    leaves,
    goes_right,
    lowest_bit,
    out,
):
    """Rows side by side: each split strikes out the leaves that it rules out.

    The first leaf that remains is the row's (Lucchese et al. 2015, QuickScorer). No step
    depends on where a row went, so a processor does many rows at once.
    """
    n, width = columns.shape[1], 256
    remain = np.empty(width, goes_right.dtype)
    for begin in range(0, n, width):
        size = min(width, n - begin)
        at = 0
        for t in range(len(roots)):
            end = first_leaf[t + 1] if t + 1 < len(roots) else len(leaves)
            splits = end - first_leaf[t] - 1
            remain[:] = ~goes_right.dtype.type(0)
            for s in range(at, at + splits):
                column = columns[feature[s], begin : begin + size]
                limit, kept = threshold[s], goes_right[s]
                every = ~(kept & ~kept)
                if nan_left[s]:
                    for i in range(size):
                        remain[i] &= kept if column[i] > limit else every
                else:
                    for i in range(size):
                        remain[i] &= every if column[i] <= limit else kept
            at += splits
            for i in range(size):
                bits = np.uint64(remain[i])
                lowest = bits & (~bits + np.uint64(1))
                leaf = lowest_bit[(lowest * np.uint64(DE_BRUIJN)) >> np.uint64(58)]
                out[begin + i] += leaves[first_leaf[t] + leaf]


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def walk(rows, feature, threshold, nan_left, left, right, roots, leaves, out):  # type: ignore[no-untyped-def]
    """From each root to a leaf: for trees with more leaves than a number has bits."""
    for t in range(len(roots)):
        for r in range(len(rows)):
            at = roots[t]
            while at >= 0:
                value = rows[r, feature[at]]
                if nan_left[at]:
                    at = right[at] if value > threshold[at] else left[at]
                else:
                    at = left[at] if value <= threshold[at] else right[at]
            out[r] += leaves[-1 - at]
