"""The order of candidates within their rows."""

from __future__ import annotations

import numpy as np

from pipelines.schema import NO_ITEM, Change, Floats, Ints, Longs, Mask, Slate


def order_within(scores: Floats, items: Ints, keep: int) -> Ints:
    """Columns (n, keep) int32 of each row's best by (-score, item code); -1 where none.

    A row's items are distinct; NaN stands behind every score.
    """
    columns = np.argsort(_descending(scores, items) | np.maximum(items, 0), axis=1)
    return _where_there(columns[:, :keep], items)


def best_columns(scores: Floats, items: Ints, keep: int) -> Ints:
    """Columns (n, keep) int32 of each row's best; equals stay in the order given; -1 where none.

    A ranker that cannot tell two candidates apart leaves them as the step before had them.
    """
    place = np.arange(items.shape[1], dtype=np.int64)
    columns = np.argsort(_descending(scores, items) | place, axis=1)
    return _where_there(columns[:, :keep], items)


_NOTHING = np.int64((2**31 - 1) << 32)
_NAN = np.int64((2**31 - 2) << 32)


def _descending(scores: Floats, items: Ints) -> Longs:
    """Keys (n, k) int64 that rise as scores fall, in the upper 32 bits; the lower are free.

    A float32 read as a whole number rises with its value, and falls below zero: with the
    order turned around there, one sort of whole numbers does for sorting by several columns.
    """
    bits = (scores + np.float32(0)).view(np.int32)  # -0 becomes 0
    falling = np.where(bits < 0, bits & np.int32(0x7FFFFFFF), ~bits).astype(np.int64)
    keys = falling << 32
    keys[np.isnan(scores)] = _NAN
    keys[items < 0] = _NOTHING
    return keys


def _where_there(columns: Longs, items: Ints) -> Ints:
    there = np.take_along_axis(items, columns, axis=1) >= 0
    return np.where(there, columns, -1).astype(np.int32)


def drop_from_slate(slate: Slate, barred: Mask, *, rule: str, reason: str) -> Slate:
    """The slate without `barred` items (n_items,), the others moved up in their order."""
    gone = (slate.items >= 0) & barred[np.maximum(slate.items, 0)]
    if not gone.any():
        return slate
    empty = gone | (slate.items < 0)
    order = np.argsort(empty, axis=1, kind="stable")
    items = np.where(
        np.take_along_axis(empty, order, 1), NO_ITEM, np.take_along_axis(slate.items, order, 1)
    )
    scores = np.where(items < 0, np.float32(-np.inf), np.take_along_axis(slate.scores, order, 1))
    rows, columns = np.nonzero(gone)
    change = Change(rule, "removed", reason, rows, slate.items[rows, columns])
    return Slate(items, scores, (*slate.changes, change))
