"""Orders the rows of a table into one list per user, best first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.reading.ids import Numbered
from pipelines.reading.rows import Numbers
from pipelines.schema import Ints, Longs, Ragged

ROOM = 4
"""Cells per row up to which each rank of each list gets its own cell."""


@dataclass(frozen=True)
class OrderedRows:
    """The rows of each list, `positions[indptr[r]:indptr[r + 1]]` int32, best first."""

    indptr: Longs
    positions: Ints
    ties: int
    """Positions with the same rank or score as the position before."""
    unranked: int
    """Positions without a rank or score; they come last."""
    incomplete: int
    """Rows of the table without a user or an item."""


@dataclass(frozen=True)
class OrderedItems:
    """The items of each list, `items[indptr[r]:indptr[r + 1]]` int32, best first; -1 is empty.

    The counts are those of `OrderedRows`.
    """

    indptr: Longs
    items: Ints
    ties: int
    unranked: int
    incomplete: int


def arrange(
    users: Ints, items: Numbered, table: int, order: Numbers | None, row_of: Ints, n: int
) -> OrderedItems:
    """The lists of `in_order` as items; uses a faster way if the ranks allow it."""
    if order is not None and order.dtype.kind in "iu" and np.can_cast(order.dtype, np.int64):
        ranks = np.ascontiguousarray(order, np.int64)
        found = _by_whole_rank(users, items.codes[table], ranks, row_of, n)
        if found is not None:
            return found
    rows = in_order(users, items, table, order, row_of, n)
    listed = items.codes[table][rows.positions]
    return OrderedItems(rows.indptr, listed, rows.ties, rows.unranked, rows.incomplete)


def in_order(
    users: Ints, items: Numbered, table: int, order: Numbers | None, row_of: Ints, n: int
) -> OrderedRows:
    """The lists of the users with a row in `row_of` (codes,), sorted by `order` (rows,).

    `table` is the number of the rows' column in `items`. Lower values of `order` come first,
    NaN last; ties are ordered by item id as text. Without `order`, the rows keep their order.
    """
    from pipelines.reading import kernels

    indptr, positions, incomplete = kernels.segments(users, items.codes[table], row_of, n)
    ties = unranked = 0
    if order is not None:
        ties, unranked = _sort(indptr, positions, order, items, table)
    return OrderedRows(indptr, positions, ties, unranked, int(incomplete))


def _by_whole_rank(
    users: Ints, items: Ints, ranks: Numbers, row_of: Ints, n: int
) -> OrderedItems | None:
    """Place items by rank into cells; None if that takes too much memory, or ranks are tied."""
    from pipelines.reading import kernels

    if len(ranks) == 0:
        return None
    low, high = kernels.bounds(ranks)
    width = int(high) - int(low) + 1
    if width * n > ROOM * len(ranks) + (1 << 16):
        return None
    cells = np.full(n * width, -1, np.int32)
    incomplete, apart = kernels.place_by_rank(users, items, ranks, row_of, low, width, cells)
    if not apart:
        return None
    return OrderedItems(np.arange(n + 1, dtype=np.int64) * width, cells, 0, 0, incomplete)


def _sort(
    indptr: Longs, positions: Ints, order: Numbers, items: Numbered, table: int
) -> tuple[int, int]:
    """Sort each list's positions in place; the numbers of ties and of positions without a value."""
    from pipelines.reading import kernels

    keys = np.ascontiguousarray(order, np.float64)
    gaps = np.isnan(keys)
    unranked = 0
    if np.isposinf(keys).any():
        # Infinite values must still come before missing ones, so each value is replaced by its
        # finite rank.
        keys = np.unique(keys, return_inverse=True)[1].astype(np.float64)
    if gaps.any():
        keys = np.where(gaps, np.inf, keys)
        unranked = int(gaps[positions].sum())
    kernels.sort_each(indptr, positions, keys)
    codes = items.codes[table]
    ties = int(kernels.count_ties(indptr, positions, keys, codes))
    if ties or unranked:
        kernels.sort_ties(indptr, positions, keys, codes, items.places)
    return ties, unranked


def ragged(users: Ints, items: Ints, row_of: Ints, n: int) -> tuple[Ragged, int]:
    """The lists in row order, and the number of rows without an id."""
    from pipelines.reading import kernels

    indptr, positions, incomplete = kernels.segments(users, items, row_of, n)
    return Ragged(indptr, items[positions]), int(incomplete)
