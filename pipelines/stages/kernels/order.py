"""The order of candidates within their rows."""

from __future__ import annotations

import numba
import numpy as np

from pipelines.schema import NO_ITEM, Change, Floats, Ints, Mask, Slate


def order_within(scores: Floats, items: Ints, keep: int) -> Ints:
    """Columns (n, keep) int32 of each row's best by (-score, item code); -1 where none.

    A row's items are distinct; NaN stands behind every score.
    """
    return _sorted_columns(scores, items, items, keep)


def best_columns(scores: Floats, items: Ints, keep: int) -> Ints:
    """Columns (n, keep) int32 of each row's best; equals stay in the order given; -1 where none.

    A ranker that cannot tell two candidates apart leaves them as the step before had them.
    """
    places = np.arange(items.shape[1], dtype=np.int32)
    return _sorted_columns(scores, items, np.broadcast_to(places, items.shape), keep)


def _sorted_columns(scores: Floats, items: Ints, equals: Ints, keep: int) -> Ints:
    """Sorts by whole numbers that hold the score above and `equals` (n, k) below."""
    keys = np.empty(items.shape, np.int64)
    _fill_keys(np.ascontiguousarray(scores, np.float32).view(np.int32), items, equals, keys)
    order = np.argsort(keys, axis=1)
    columns = np.empty((len(items), min(keep, items.shape[1])), np.int32)
    _where_there(order, items, columns)
    return columns


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fill_keys(bits, items, equals, keys):  # type: ignore[no-untyped-def]
    """Keys that rise as scores fall; NaN comes behind all scores, an empty place behind NaN.

    A float32 read as a whole number rises with its value where it is positive, and falls
    where it is negative.
    """
    infinity = 0x7F800000
    for r in range(keys.shape[0]):
        for c in range(keys.shape[1]):
            value = int(bits[r, c])
            size = value & 0x7FFFFFFF
            if items[r, c] < 0:
                above = infinity + 2
            elif size > infinity:
                above = infinity + 1
            elif value < 0 and size > 0:  # -0 equals 0
                above = size
            else:
                above = -size
            keys[r, c] = (above << 32) + max(equals[r, c], 0)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _where_there(order, items, columns):  # type: ignore[no-untyped-def]
    for r in range(columns.shape[0]):
        for place in range(columns.shape[1]):
            column = order[r, place]
            columns[r, place] = column if items[r, column] >= 0 else -1


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
