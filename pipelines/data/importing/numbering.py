"""Distinct texts, numbered in the order in which they are met.

Arrow's dictionaries are made anew for each batch and brought together at the end, which costs
each id two look-ups in tables of its size; one table over the texts' bytes costs one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from pipelines.schema import Ints

if TYPE_CHECKING:
    import pyarrow as pa


class Numbering:
    """A table with open addressing; grows as needed. Up to 2 billion texts."""

    def __init__(self) -> None:
        self._n = 0
        self._slots = np.full(1 << 12, -1, np.int64)
        """Of each slot the upper half of its text's hash and the text's number, or -1."""
        self._hashes = np.empty(1 << 11, np.uint64)
        self._ends = np.zeros((1 << 11) + 1, np.int64)
        self._bytes = np.empty(1 << 16, np.uint8)

    def __len__(self) -> int:
        return self._n

    def numbers(self, values: pa.Array) -> Ints:
        """The number (n,) int32 of each text of a string array; -1 for null."""
        import pyarrow as pa

        values = values.cast(pa.large_string())
        _, ends, data = values.buffers()
        offsets = np.frombuffer(ends or b"\0" * 8, np.int64)[values.offset :][: len(values) + 1]
        texts = np.frombuffer(data or b"", np.uint8)
        valid = np.ones(len(values), bool)
        if values.null_count:
            valid = values.is_valid().to_numpy(zero_copy_only=False)
        self._make_room(len(values), int(offsets[-1] - offsets[0]))
        found, self._n = _number(
            texts, offsets, valid, self._slots, self._hashes, self._ends, self._bytes, self._n
        )
        return found

    def texts(self) -> pa.Array:
        """All texts by their number; a large string array."""
        import pyarrow as pa

        used = self._ends[: self._n + 1].copy()
        data = self._bytes[: used[-1]].copy()
        buffers = (pa.py_buffer(used), pa.py_buffer(data))
        return pa.LargeStringArray.from_buffers(self._n, *buffers)

    def _make_room(self, more: int, more_bytes: int) -> None:
        self._hashes = _grown(self._hashes, self._n + more)
        self._ends = _grown(self._ends, self._n + more + 1)
        self._bytes = _grown(self._bytes, int(self._ends[self._n]) + more_bytes)
        wanted = len(self._slots)
        while wanted < 2 * (self._n + more):
            wanted *= 2
        if wanted > len(self._slots):
            self._slots = _placed(self._hashes[: self._n], wanted)


def _grown(values: np.ndarray, least: int) -> np.ndarray:
    """The array itself where it has room for `least` values, else a copy with twice as many."""
    if len(values) >= least:
        return values
    out = np.zeros(max(least, 2 * len(values)), values.dtype)
    out[: len(values)] = values
    return out


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _placed(hashes, size):  # type: ignore[no-untyped-def]
    slots = np.full(size, -1, np.int64)
    mask = size - 1
    for number in range(len(hashes)):
        h = hashes[number]
        slot = np.int64(h & np.uint64(mask))
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = (np.int64(h >> np.uint64(33)) << 32) | number
    return slots


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _hash(texts, begin, end):  # type: ignore[no-untyped-def]
    h = np.uint64(0xCBF29CE484222325)  # FNV-1a, 64 bits
    for at in range(begin, end):
        h = (h ^ np.uint64(texts[at])) * np.uint64(0x100000001B3)
    h ^= h >> np.uint64(29)  # its low bits alone spread texts of one length badly
    h *= np.uint64(0x9E3779B97F4A7C15)
    return h ^ (h >> np.uint64(32))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _equal(texts, begin, end, data, start):  # type: ignore[no-untyped-def]
    at = 0
    while at < end - begin and data[start + at] == texts[begin + at]:
        at += 1
    return at == end - begin


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _number(texts, offsets, valid, slots, hashes, ends, data, n):  # type: ignore[no-untyped-def]
    out = np.empty(len(valid), np.int32)
    mask = len(slots) - 1
    # Some rows at a time, and one look-up of all of them before the next: each waits for
    # memory, and a processor waits for many at once where none depends on another.
    step = 512
    hs = np.empty(step, np.uint64)
    held = np.empty(step, np.int64)
    starts = np.empty(step, np.int64)
    for first in range(0, len(valid), step):
        last = min(first + step, len(valid))
        for row in range(first, last):
            hs[row - first] = _hash(texts, offsets[row], offsets[row + 1])
        for i in range(last - first):
            held[i] = slots[np.int64(hs[i] & np.uint64(mask))]
        for i in range(last - first):
            number = held[i] & 0xFFFFFFFF
            known = held[i] >= 0 and held[i] >> 32 == np.int64(hs[i] >> np.uint64(33))
            length = offsets[first + i + 1] - offsets[first + i]
            if known and ends[number + 1] - ends[number] == length:
                starts[i] = ends[number]
            else:
                starts[i] = -1
        for i in range(last - first):
            row = first + i
            begin, end = offsets[row], offsets[row + 1]
            if not valid[row]:
                out[row] = -1
            elif starts[i] >= 0 and _equal(texts, begin, end, data, starts[i]):
                out[row] = held[i] & 0xFFFFFFFF
            else:
                out[row], n = _placed_text(texts, begin, end, hs[i], slots, hashes, ends, data, n)
    return out, n


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _placed_text(texts, begin, end, h, slots, hashes, ends, data, n):  # type: ignore[no-untyped-def]
    """The number of a text that is new or not in its first slot, and how many there are now."""
    mask = len(slots) - 1
    mark = np.int64(h >> np.uint64(33))
    slot = np.int64(h & np.uint64(mask))
    while slots[slot] >= 0:
        number = slots[slot] & 0xFFFFFFFF
        same = slots[slot] >> 32 == mark and ends[number + 1] - ends[number] == end - begin
        if same and _equal(texts, begin, end, data, ends[number]):
            return number, n
        slot = (slot + 1) & mask
    start = ends[n]
    for at in range(end - begin):
        data[start + at] = texts[begin + at]
    ends[n + 1] = start + end - begin
    hashes[n] = h
    slots[slot] = (mark << 32) | n
    return n, n + 1
