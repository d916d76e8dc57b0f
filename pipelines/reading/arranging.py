"""Rows of a table as one list a user, best first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.reading.ids import Numbered
from pipelines.reading.rows import Numbers
from pipelines.schema import Ints, Longs, Ragged

ROOM = 4
"""Cells for each row up to which each rank has a cell of its own in each list."""


@dataclass(frozen=True)
class Order:
    """Each list's rows, `positions[indptr[r]:indptr[r + 1]]` int32 of the table, best first."""

    indptr: Longs
    positions: Ints
    ties: int
    """Places with the rank or score of the place before them."""
    unranked: int
    """Places without a rank or score; they come last."""
    incomplete: int
    """Rows of the table without a user or an item."""


@dataclass(frozen=True)
class Arranged:
    """Each list's items, `items[indptr[r]:indptr[r + 1]]` int32, best first; -1 is no place.

    The counts are those of `Order`.
    """

    indptr: Longs
    items: Ints
    ties: int
    unranked: int
    incomplete: int


def arrange(
    users: Ints, items: Numbered, table: int, order: Numbers | None, row_of: Ints, n: int
) -> Arranged:
    """The lists of `in_order`, as items; the faster way where ranks allow it."""
    if order is not None and order.dtype.kind in "iu" and np.can_cast(order.dtype, np.int64):
        ranks = np.ascontiguousarray(order, np.int64)
        found = _by_whole_rank(users, items.codes[table], ranks, row_of, n)
        if found is not None:
            return found
    rows = in_order(users, items, table, order, row_of, n)
    listed = items.codes[table][rows.positions]
    return Arranged(rows.indptr, listed, rows.ties, rows.unranked, rows.incomplete)


def in_order(
    users: Ints, items: Numbered, table: int, order: Numbers | None, row_of: Ints, n: int
) -> Order:
    """The lists of the users that `row_of` (codes,) names, in the order of `order` (rows,).

    `table` is the number of the rows' column in `items`. What comes first has the lower
    number; NaN comes last; equals are ordered by the items' ids as text. Without `order`, the
    rows' own order decides.
    """
    from pipelines.reading import kernels

    indptr, positions, incomplete = kernels.segments(users, items.codes[table], row_of, n)
    ties = unranked = 0
    if order is not None:
        ties, unranked = _sort(indptr, positions, order, items, table)
    return Order(indptr, positions, ties, unranked, int(incomplete))


def _by_whole_rank(
    users: Ints, items: Ints, ranks: Numbers, row_of: Ints, n: int
) -> Arranged | None:
    """A cell for each list and rank; None where that takes too much room, or ranks are equal."""
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
    return Arranged(np.arange(n + 1, dtype=np.int64) * width, cells, 0, 0, incomplete)


def _sort(
    indptr: Longs, positions: Ints, order: Numbers, items: Numbered, table: int
) -> tuple[int, int]:
    """Sorts each list's positions in place; ties and places without a number."""
    from pipelines.reading import kernels

    keys = np.ascontiguousarray(order, np.float64)
    gaps = np.isnan(keys)
    unranked = 0
    if np.isposinf(keys).any():
        # What is last by its number still comes before what has none: each value's place, which
        # is finite, stands for it.
        keys = np.unique(keys, return_inverse=True)[1].astype(np.float64)
    if gaps.any():
        keys = np.where(gaps, np.inf, keys)
        unranked = int(gaps[positions].sum())
    kernels.sort_each(indptr, positions, keys)
    codes = items.codes[table]
    ties = int(kernels.count_ties(indptr, positions, keys, codes))
    if ties or unranked:
        kernels.sort_equals(indptr, positions, keys, codes, items.places)
    return ties, unranked


def ragged(users: Ints, items: Ints, row_of: Ints, n: int) -> tuple[Ragged, int]:
    """The lists in the rows' order, and how many rows lack an id."""
    from pipelines.reading import kernels

    indptr, positions, incomplete = kernels.segments(users, items, row_of, n)
    return Ragged(indptr, items[positions]), int(incomplete)
