"""Overlap of two lists of each user."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def gather(row, stamps, stamp, out):  # type: ignore[no-untyped-def]
    """Writes the distinct items of `row` to the front of `out`, and returns their number.

    Afterwards `stamps[item]` is `stamp` for exactly these items.
    """
    size = 0
    for item in row:
        if item >= 0 and stamps[item] != stamp:
            stamps[item] = stamp
            out[size] = item
            size += 1
    return size


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def rbo(a, b, p, in_a, in_b, out):  # type: ignore[no-untyped-def]
    """Fills `out` (n,) with RBO_ext, equation 32 of Webber et al. 2010.

    An item's stamp is 2 r + 1 while it is further down row r's list, and one more once the
    loop over both lists has passed it.
    """
    of_a, of_b = np.empty(a.shape[1], np.int64), np.empty(b.shape[1], np.int64)
    for r in range(len(a)):
        passed = 2 * r + 2
        n_a = gather(a[r], in_a, passed - 1, of_a)
        n_b = gather(b[r], in_b, passed - 1, of_b)
        if n_a >= n_b:
            long, short, in_long, in_short, most, least = of_a, of_b, in_a, in_b, n_a, n_b
        else:
            long, short, in_long, in_short, most, least = of_b, of_a, in_b, in_a, n_b, n_a
        if least == 0:
            out[r] = np.nan if most == 0 else 0.0
            continue
        shared = shared_at_least = 0
        total, power = 0.0, 1.0
        for d in range(1, most + 1):
            x = long[d - 1]
            power *= p
            if d <= least and short[d - 1] == x:
                shared += 1
            else:
                shared += in_short[x] == passed
                if d <= least:
                    shared += in_long[short[d - 1]] == passed
            in_long[x] = passed
            if d <= least:
                in_short[short[d - 1]] = passed
                shared_at_least = shared
                total += power * shared / d
            else:
                total += power * (shared + shared_at_least * (d - least) / least) / d
        rest = (shared - shared_at_least) / most + shared_at_least / least
        out[r] = (1 - p) / p * total + rest * power


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def jaccard(a, b, in_a, in_b, out):  # type: ignore[no-untyped-def]
    """Fills `out` (n,): items on both lists / items on either; NaN where both are empty."""
    of_a, of_b = np.empty(a.shape[1], np.int64), np.empty(b.shape[1], np.int64)
    for r in range(len(a)):
        n_a = gather(a[r], in_a, r + 1, of_a)
        n_b = gather(b[r], in_b, r + 1, of_b)
        both = 0
        for item in of_a[:n_a]:
            both += in_b[item] == r + 1
        either = n_a + n_b - both
        out[r] = both / either if either > 0 else np.nan
