"""Compiled loops from the rows of a table to one list per user; negative codes are not ids."""

from __future__ import annotations

import numba
import numpy as np

SHORT = 32
"""List length up to which insertion sort is fastest."""
DUPLICATES, UNKNOWN, SEEN, MISSING, SHORT_LISTS, EMPTY = range(6)
"""Indices of the counts in `fill_lists`."""


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def bounds(values):  # type: ignore[no-untyped-def]
    """The minimum and the maximum of the values, which must not be empty."""
    low = high = values[0]
    for value in values:
        low, high = min(low, value), max(high, value)
    return low, high


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def less(values, low):  # type: ignore[no-untyped-def]
    """`values` - `low`, (n,) int32."""
    out = np.empty(len(values), np.int32)
    for p in range(len(values)):
        out[p] = values[p] - low
    return out


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def shared(codes, others, size):  # type: ignore[no-untyped-def]
    """Whether the two arrays share a code; all are below `size`."""
    there = np.zeros(size, np.bool_)
    for code in others:
        if code >= 0:
            there[code] = True
    found, p = False, 0
    while not found and p < len(codes):
        found = codes[p] >= 0 and there[codes[p]]
        p += 1
    return found


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def mark_users(users, items, there):  # type: ignore[no-untyped-def]
    """Marks in `there` (codes,) the users with a row that has both ids."""
    for p in range(len(users)):
        if users[p] >= 0 and items[p] >= 0:
            there[users[p]] = True


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def segments(users, items, row_of, n):  # type: ignore[no-untyped-def]
    """The rows of each list, in their order: indptr (n + 1,) and positions.

    `row_of` (codes,) is each user's list, -1 for none. The third value counts the rows
    without an id.
    """
    indptr = np.zeros(n + 1, np.int64)
    without = 0
    for p in range(len(users)):
        if users[p] < 0 or items[p] < 0:
            without += 1
        elif row_of[users[p]] >= 0:
            indptr[row_of[users[p]] + 1] += 1
    for r in range(n):
        indptr[r + 1] += indptr[r]
    free = indptr[:-1].copy()
    positions = np.empty(indptr[n], np.int32)
    for p in range(len(users)):
        if users[p] >= 0 and items[p] >= 0:
            r = row_of[users[p]]
            if r >= 0:
                positions[free[r]] = p
                free[r] += 1
    return indptr, positions, without


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def place_by_rank(users, items, ranks, row_of, low, width, cells):  # type: ignore[no-untyped-def]
    """Writes each item into the cell `rank - low` of its list; `cells` (n · width,) holds -1.

    Returns the number of rows without an id, and False if two rows need the same cell; then
    `cells` must not be used.
    """
    without = 0
    for p in range(len(users)):
        if users[p] < 0 or items[p] < 0:
            without += 1
            continue
        r = row_of[users[p]]
        if r >= 0:
            at = r * width + (ranks[p] - low)
            if cells[at] >= 0:
                return without, False
            cells[at] = items[p]
    return without, True


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sort_each(indptr, positions, keys):  # type: ignore[no-untyped-def]
    """Sorts each list's `positions` by their keys (rows,); ties keep their order."""
    for r in range(len(indptr) - 1):
        part = positions[indptr[r] : indptr[r + 1]]
        of_part = np.empty(len(part), keys.dtype)
        ordered = True
        for j in range(len(part)):
            of_part[j] = keys[part[j]]
            ordered = ordered and (j == 0 or of_part[j - 1] <= of_part[j])
        if ordered:
            continue
        if len(part) > SHORT:
            part[:] = part[np.argsort(of_part, kind="mergesort")]
            continue
        for j in range(1, len(part)):
            key, position, to = of_part[j], part[j], j
            while to > 0 and of_part[to - 1] > key:
                of_part[to], part[to] = of_part[to - 1], part[to - 1]
                to -= 1
            of_part[to], part[to] = key, position


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def count_ties(indptr, positions, keys, items):  # type: ignore[no-untyped-def]
    """The number of positions with the same finite key as the position before, but another item."""
    ties = 0
    for r in range(len(indptr) - 1):
        for j in range(indptr[r] + 1, indptr[r + 1]):
            one, other = positions[j - 1], positions[j]
            ties += keys[one] == keys[other] < np.inf and items[one] != items[other]
    return ties


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sort_ties(indptr, positions, keys, items, places):  # type: ignore[no-untyped-def]
    """Sorts ties within each list by the `places` (codes,) of their items."""
    for r in range(len(indptr) - 1):
        begin = indptr[r]
        while begin < indptr[r + 1]:
            end = begin + 1
            while end < indptr[r + 1] and keys[positions[end]] == keys[positions[begin]]:
                end += 1
            if end - begin > 1:
                run = positions[begin:end]
                run[:] = run[np.argsort(places[items[run]], kind="mergesort")]
            begin = end


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def distinct(indptr, values, barred_indptr, barred, size):  # type: ignore[no-untyped-def]
    """Removes repeated and `barred` items from each list, in place; the others keep their order.

    Returns the numbers of values that stay, of repeated and of barred items. Updates `indptr`.
    """
    stamps = np.full(size, -1, np.int32)
    closed = np.full(size if len(barred) else 0, -1, np.int32)
    to, copies, removed, begin = 0, 0, 0, 0
    for r in range(len(indptr) - 1):
        if len(barred):
            for p in range(barred_indptr[r], barred_indptr[r + 1]):
                closed[barred[p]] = r
        for p in range(begin, indptr[r + 1]):
            item = values[p]
            if len(barred) and closed[item] == r:
                removed += 1
            elif stamps[item] == r:
                copies += 1
            else:
                stamps[item] = r
                values[to] = item
                to += 1
        begin = indptr[r + 1]
        indptr[r + 1] = to
    return to, copies, removed


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def fill_lists(indptr, items, listed, known, seen_indptr, seen, drop_seen, depth, lists, counts):  # type: ignore[no-untyped-def]
    """Writes each user's usable items into `lists` (n, width) of -1, best first; fills `counts`.

    `items` are in order, -1 is an empty position; `listed` (n,) bool marks users with a list,
    which may be empty. Left out: unknown items (`known` (codes,) bool), seen items (if
    `drop_seen`), repeated items. A list is short with fewer than `depth` usable items.
    """
    stamps = np.full(len(known), -1, np.int32)
    seen_by = np.full(len(known) if len(seen) else 0, -1, np.int32)
    width = lists.shape[1]
    for r in range(len(indptr) - 1):
        if len(seen):
            for p in range(seen_indptr[r], seen_indptr[r + 1]):
                seen_by[seen[p]] = r
        kept = 0
        for p in range(indptr[r], indptr[r + 1]):
            item = items[p]
            if item < 0:
                continue
            again = len(seen) > 0 and seen_by[item] == r
            if not known[item]:
                counts[UNKNOWN] += 1
            elif again and drop_seen:
                counts[SEEN] += 1
            elif stamps[item] == r:
                counts[DUPLICATES] += 1
            else:
                counts[SEEN] += again
                stamps[item] = r
                if kept < width:
                    lists[r, kept] = item
                kept += 1
        counts[MISSING] += not listed[r]
        counts[EMPTY] += listed[r] and kept == 0
        counts[SHORT_LISTS] += listed[r] and kept < depth
