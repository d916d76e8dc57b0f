"""Distinct texts, numbered in the order in which they are met.

Arrow's dictionaries are made anew for each batch and brought together at the end, which costs
each id two look-ups in tables of its size; one table over the texts' bytes costs one. Bytes
are looked at eight at a time (little-endian), and texts of up to sixteen bytes, as most ids
are, lie in the table whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipelines.data.importing import text_table
from pipelines.schema import Ints, Longs, Mask

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1 << 16
"""Rows between two looks at the room that is left."""

Words = npt.NDArray[np.uint64]


class Numbering:
    """A table with open addressing; grows as needed. Up to 2 billion texts.

    15 to 20 ns a row for 2 M rows of 100,000 ids, sorted or not.
    """

    def __init__(self) -> None:
        self._n = 0
        self._slots: Words = np.full(4 * ROWS, text_table.EMPTY)
        """Of each slot the upper half of its text's hash and the text's number, or empty."""
        self._texts: Words = np.empty((2 * ROWS, 4), np.uint64)
        """Of each text two words, its length, and where in `_rest` its other words begin."""
        self._rest: Words = np.empty(1 << 12, np.uint64)
        self._used = 0
        """Words used in `_rest`."""

    def __len__(self) -> int:
        return self._n

    def numbers(self, values: pa.Array) -> Ints:
        """The number (n,) int32 of each text of a string array; -1 for null."""
        import pyarrow as pa

        values = values.cast(pa.large_string())
        _, ends, data = values.buffers()
        offsets = np.frombuffer(ends or b"\0" * 8, np.int64)[values.offset :][: len(values) + 1]
        texts = np.frombuffer(data or b"", np.uint8)
        valid = np.ones(0, bool)
        if values.null_count:
            valid = values.is_valid().to_numpy(zero_copy_only=False)
        return self._numbers(texts, offsets, valid, 0)

    def numbers_of(self, values: list[str]) -> Ints | None:
        """The number (n,) int32 of each Python string, in half the time of a way over Arrow.

        None where one is no string, or holds a NUL or half a pair of surrogates.
        """
        try:
            joined = "\0".join(values).encode()
        except (TypeError, UnicodeEncodeError):
            return None
        texts = np.frombuffer(joined, np.uint8)
        between = np.flatnonzero(texts == 0)
        if len(between) != max(len(values) - 1, 0):
            return None
        starts = np.concatenate([[0], between + 1, [len(texts) + 1] * bool(values)])
        return self._numbers(texts, starts.astype(np.int64), np.ones(0, bool), 1)

    def _numbers(
        self, texts: npt.NDArray[np.uint8], offsets: Longs, valid: Mask, between: int
    ) -> Ints:
        """Text i goes from `offsets[i]` to `offsets[i + 1] - between`; all are valid if none is
        marked."""
        out = np.empty(len(offsets) - 1, np.int32)
        for first in range(0, len(out), ROWS):
            rows = slice(first, first + ROWS)
            here = offsets[first : first + ROWS + 1]
            block = _words(texts[here[0] : here[-1]])
            self._make_room(len(here) - 1, len(block))
            self._n, self._used = text_table.number(
                block,
                here - here[0],
                between,
                valid[rows],
                self._slots,
                self._texts,
                self._rest,
                self._n,
                self._used,
                out[rows],
            )
        return out

    def texts(self) -> pa.Array:
        """All texts by their number; a large string array."""
        import pyarrow as pa

        ends = np.concatenate([[0], np.cumsum(self._texts[: self._n, 2])]).astype(np.int64)
        data = np.empty(ends[-1], np.uint8)
        text_table.spell(self._texts, self._rest, ends, data)
        return pa.LargeStringArray.from_buffers(self._n, pa.py_buffer(ends), pa.py_buffer(data))

    def _make_room(self, rows: int, words: int) -> None:
        self._texts = _grown(self._texts, self._n + rows)
        # The words of a text are at most one more than those that its bytes alone would fill.
        self._rest = _grown(self._rest, self._used + words + rows)
        size = len(self._slots)
        while size < 2 * (self._n + rows):
            size *= 2
        if size > len(self._slots):
            self._slots = text_table.placed(self._texts[: self._n], self._rest, size)


def _words(data: npt.NDArray[np.uint8]) -> Words:
    """The bytes as words, with padding behind them."""
    block = np.empty(len(data) // 8 + text_table.PADDING, np.uint64)
    raw = block.view(np.uint8)
    raw[: len(data)] = data
    raw[len(data) :] = 0
    return block


def _grown(values: Words, least: int) -> Words:
    """The array itself where it has `least` rows, else a copy with twice as many or more."""
    if len(values) >= least:
        return values
    out = np.empty((max(least, 2 * len(values)), *values.shape[1:]), values.dtype)
    out[: len(values)] = values
    return out
