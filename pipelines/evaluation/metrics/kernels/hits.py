"""Accuracy metrics of all lists in one pass over them."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def accuracy(items, indptr, values, depths, gains, ideal, stamps, out):  # type: ignore[no-untyped-def]
    """Fills `out` (6, n_ks, n): ndcg, recall, precision, map, mrr, hit_rate.

    An item is one of row r's truths while its stamp is r + 1; a hit clears the stamp, so
    that copies of it do not count. Nothing needs to be reset between rows.
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
def best(gains, indptr, discounts, out):  # type: ignore[no-untyped-def]
    """Fills `out` (n,): each row's gains in descending order, times `discounts` (k,)."""
    for r in range(len(out)):
        row = np.sort(gains[indptr[r] : indptr[r + 1]])
        total = 0.0
        for rank in range(min(len(row), len(discounts))):
            total += row[len(row) - 1 - rank] * discounts[rank]
        out[r] = total


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def auc(items, indptr, values, known, k, stamps, out):  # type: ignore[no-untyped-def]
    """Fills `out` (n,): the share of pairs in which a truth ranks above another known item.

    Ties count one half. An item's stamp is 2 (r + 1) while it is a truth of row r not yet
    seen in the list, and one more once it was seen.
    """
    n, width = items.shape
    n_known = known.sum()
    for r in range(n):
        wanted, met = 2 * (r + 1), 2 * (r + 1) + 1
        size = 0
        others = n_known
        for p in range(indptr[r], indptr[r + 1]):
            item = values[p]
            if item < 0:
                size += 1
            elif stamps[item] != wanted:
                stamps[item] = wanted
                size += 1
                others -= known[item]
        hits = passed = 0
        wins = 0.0
        for place in range(min(k, width)):
            item = items[r, place]
            if item < 0 or stamps[item] == met:
                continue
            if stamps[item] == wanted:
                hits += 1
                wins += others - passed
            else:
                passed += known[item]
            stamps[item] = met
        wins += 0.5 * (size - hits) * (others - passed)
        out[r] = wins / (size * others) if size > 0 and others > 0 else np.nan
