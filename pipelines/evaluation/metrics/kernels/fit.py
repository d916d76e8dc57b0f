"""How a list compares with its user's history."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def calibration(items, k, indptr, history, starts, categories, n_categories, alpha, out):  # type: ignore[no-untyped-def]
    """Fills `out` (n,): Kullback-Leibler divergence of a list's categories from the history's.

    An item is divided equally among its categories; NaN where either side has none.
    """
    n, width = items.shape
    had, shown = np.zeros(n_categories), np.zeros(n_categories)
    met = np.empty(n_categories, np.int64)
    for r in range(n):
        n_met = n_had = n_shown = 0
        for p in range(indptr[r], indptr[r + 1]):
            item = history[p]
            many = starts[item + 1] - starts[item]
            n_had += many > 0
            for c in categories[starts[item] : starts[item + 1]]:
                if had[c] == 0.0:
                    met[n_met] = c
                    n_met += 1
                had[c] += 1.0 / many
        for place in range(min(k, width)):
            item = items[r, place]
            if item < 0:
                continue
            many = starts[item + 1] - starts[item]
            n_shown += many > 0
            for c in categories[starts[item] : starts[item + 1]]:
                shown[c] += 1.0 / many
        total = 0.0
        for c in met[:n_met]:
            p = had[c] / max(1, n_had)
            q = (1.0 - alpha) * shown[c] / max(1, n_shown) + alpha * p
            total += p * np.log(p / q)
            had[c] = 0.0
        for place in range(min(k, width)):
            item = items[r, place]
            if item >= 0:
                for c in categories[starts[item] : starts[item + 1]]:
                    shown[c] = 0.0
        # Rounding of equal shares may give a sum just below zero.
        out[r] = max(0.0, total) if n_had > 0 and n_shown > 0 else np.nan


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def repeats(items, k, indptr, history, stamps, out):  # type: ignore[no-untyped-def]
    """Fills `out` (n,): the share of filled places with an item of the history; NaN if none."""
    n, width = items.shape
    for r in range(n):
        for p in range(indptr[r], indptr[r + 1]):
            stamps[history[p]] = r + 1
        filled = again = 0
        for place in range(min(k, width)):
            item = items[r, place]
            if item >= 0:
                filled += 1
                again += stamps[item] == r + 1
        out[r] = again / filled if filled > 0 else np.nan
