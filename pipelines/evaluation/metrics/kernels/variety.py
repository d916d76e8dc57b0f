"""How recommendations are distributed over items, and how items of a list differ."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def items_drawn(weights, users, starts):  # type: ignore[no-untyped-def]
    """Number of items on any drawn user's list, (rows,); item i's users begin at starts[i]."""
    found = np.zeros(len(weights), np.int64)
    for row in range(len(weights)):
        for i in range(len(starts) - 1):
            for p in range(starts[i], starts[i + 1]):
                if weights[row, users[p]] > 0:  # usually true for the first or second user
                    found[row] += 1
                    break
    return found


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def times_shown(drawn, users, starts, out):  # type: ignore[no-untyped-def]
    """Fills `out` (rows, items): how often each item is shown when user u counts drawn[u, row].

    A user's rows are contiguous in memory, so the additions are vectorized.
    """
    sums = np.empty(drawn.shape[1], np.int32)
    for i in range(len(starts) - 1):
        sums[:] = 0
        for p in range(starts[i], starts[i + 1]):
            of_user = drawn[users[p]]
            for row in range(len(sums)):
                sums[row] += of_user[row]
        out[:, i] = sums


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def gini(counts, n_known, out):  # type: ignore[no-untyped-def]
    """Fills `out` (rows,): the Gini index of `counts` (rows, items); NaN where all are 0.

    Of the `n_known` items, those not in `counts` count as 0. Counts are small whole numbers,
    so they are tallied instead of sorted.
    """
    for row in range(len(counts)):
        tally = np.zeros(counts[row].max() + 1, np.int64)
        total = 0
        for count in counts[row]:
            tally[count] += 1
            total += count
        before = n_known - counts.shape[1] + tally[0]
        spread = 0.0
        for count in range(1, len(tally)):
            alike = tally[count]
            spread += float(count) * alike * (2 * before + alike - n_known)
            before += alike
        out[row] = spread / (float(n_known) * total) if total > 0 else np.nan


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def diversity(items, starts, categories, n_categories, k, out):  # type: ignore[no-untyped-def]
    """Fills `out` (n,): the mean Jaccard distance of pairs of places; NaN without a pair.

    Item i has the categories `categories[starts[i]:starts[i + 1]]`; items without a category
    are skipped.
    """
    n, width = items.shape
    kept = np.empty(min(k, width), np.int64)
    mine = np.zeros(n_categories, np.bool_)
    for r in range(n):
        size = 0
        total = 0.0
        for place in range(min(k, width)):
            item = items[r, place]
            if item < 0 or starts[item] == starts[item + 1]:
                continue
            own = categories[starts[item] : starts[item + 1]]
            for c in own:
                mine[c] = True
            for other in kept[:size]:
                both = 0
                for p in range(starts[other], starts[other + 1]):
                    both += mine[categories[p]]
                total += 1.0 - both / (len(own) + starts[other + 1] - starts[other] - both)
            for c in own:
                mine[c] = False
            kept[size] = item
            size += 1
        out[r] = total / (size * (size - 1) / 2) if size > 1 else np.nan
