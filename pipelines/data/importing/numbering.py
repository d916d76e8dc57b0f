"""Distinct texts, numbered in the order in which they are met.

Arrow's dictionaries are made anew for each batch and brought together at the end, which costs
each id two look-ups in tables of its size; one table over the texts' bytes costs one. Bytes
are looked at eight at a time (little-endian), and texts of up to sixteen bytes, as most ids
are, lie in the table whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np
import numpy.typing as npt

from pipelines.schema import Ints, Longs, Mask

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1 << 16
"""Rows between two looks at the room that is left."""
_U = np.uint64
_EMPTY = _U(0xFFFFFFFFFFFFFFFF)
_LOW = _U(0xFFFFFFFF)
_PADDING = 3
"""Words behind a block's bytes that may be looked at."""

Words = npt.NDArray[np.uint64]


class Numbering:
    """A table with open addressing; grows as needed. Up to 2 billion texts.

    15 to 20 ns a row for 2 M rows of 100,000 ids, sorted or not.
    """

    def __init__(self) -> None:
        self._n = 0
        self._slots: Words = np.full(4 * ROWS, _EMPTY)
        """Of each slot the upper half of its text's hash and the text's number, or empty."""
        self._texts: Words = np.empty((2 * ROWS, 4), _U)
        """Of each text two words, its length, and where in `_rest` its other words begin."""
        self._rest: Words = np.empty(1 << 12, _U)
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
            self._n, self._used = _number(
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
        _spell(self._texts, self._rest, ends, data)
        return pa.LargeStringArray.from_buffers(self._n, pa.py_buffer(ends), pa.py_buffer(data))

    def _make_room(self, rows: int, words: int) -> None:
        self._texts = _grown(self._texts, self._n + rows)
        # The words of a text are at most one more than those that its bytes alone would fill.
        self._rest = _grown(self._rest, self._used + words + rows)
        size = len(self._slots)
        while size < 2 * (self._n + rows):
            size *= 2
        if size > len(self._slots):
            self._slots = _placed(self._texts[: self._n], self._rest, size)


def _words(data: npt.NDArray[np.uint8]) -> Words:
    """The bytes as words, with padding behind them."""
    block = np.empty(len(data) // 8 + _PADDING, _U)
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


# Whole numbers are unsigned below: with signed ones, numba looks at each index whether it
# counts from the end, which takes three times as long.


@numba.njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _word(words, at, left):  # type: ignore[no-untyped-def]
    """The eight bytes from byte `at`; zeros where fewer than that are left."""
    i = at >> _U(3)
    shift = (at & _U(7)) << _U(3)
    found = (words[i] >> shift) | ((words[i + _U(1)] << (_U(63) - shift)) << _U(1))
    if left < _U(8):
        found &= (_U(1) << (left << _U(3))) - _U(1)
    return found


@numba.njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _mixed(first, second, length):  # type: ignore[no-untyped-def]
    """A hash of a text's two words and its length."""
    h = (first * _U(0x9E3779B97F4A7C15)) ^ ((second + length) * _U(0xBF58476D1CE4E5B9))
    h ^= h >> _U(29)
    h *= _U(0x94D049BB133111EB)
    return h ^ (h >> _U(32))


@numba.njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _with(h, word):  # type: ignore[no-untyped-def]
    """A hash with one more word in it."""
    h = (h ^ word) * _U(0xBF58476D1CE4E5B9)
    return h ^ (h >> _U(29))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _number(words, ends, between, valid, slots, texts, rest, n, used, out):  # type: ignore[no-untyped-def]
    """Fills `out` with numbers; how many texts and words of `rest` there are now."""
    n, used, between, mask = _U(n), _U(used), _U(between), _U(len(slots) - 1)
    # Some rows at a time, and one look-up of all of them before the next: each waits for
    # memory, and a processor waits for many at once where none depends on another.
    step = 256
    first_words, second_words = np.empty(step, _U), np.empty(step, _U)
    lengths, hashes, held = np.empty(step, _U), np.empty(step, _U), np.empty(step, _U)
    for start in range(0, len(out), step):
        count = min(step, len(out) - start)
        following = _U(ends[start])
        for j in range(count):
            i = _U(j)
            begin, following = following, _U(ends[_U(start + j + 1)])
            end = following - between
            length = end - begin
            first, second = _word(words, begin, length), _U(0)
            if length > _U(8):
                second = _word(words, begin + _U(8), length - _U(8))
            h = _mixed(first, second, length)
            at = begin + _U(16)
            while at < end:
                h = _with(h, _word(words, at, end - at))
                at += _U(8)
            first_words[i], second_words[i], lengths[i], hashes[i] = first, second, length, h
        for j in range(count):
            held[_U(j)] = slots[hashes[_U(j)] & mask]
        for j in range(count):
            i, row = _U(j), _U(start + j)
            if len(valid) and not valid[row]:
                out[row] = -1
                lengths[i] = _EMPTY  # no text is so long, so the next row is not taken for it
                continue
            first, second, length = first_words[i], second_words[i], lengths[i]
            before = i - _U(1)
            if (
                j > 0
                and length <= _U(16)
                and first == first_words[before]
                and second == second_words[before]
                and length == lengths[before]
            ):
                out[row] = out[row - _U(1)]  # sorted ids come many times in a row
                continue
            begin, end_ = _U(ends[row]) + _U(16), _U(ends[row + _U(1)]) - between
            slot = hashes[i] & mask
            found = held[i] if held[i] != _EMPTY else slots[slot]
            while found != _EMPTY:
                number = found & _LOW
                if (
                    (found >> _U(32)) == (hashes[i] >> _U(32))
                    and texts[number, 0] == first
                    and texts[number, 1] == second
                    and texts[number, 2] == length
                    and _same(words, begin, end_, rest, texts[number, 3])
                ):
                    break
                slot = (slot + _U(1)) & mask
                found = slots[slot]
            if found == _EMPTY:
                found = ((hashes[i] >> _U(32)) << _U(32)) | n
                slots[slot] = found
                texts[n, 0], texts[n, 1], texts[n, 2], texts[n, 3] = first, second, length, used
                n += _U(1)
                while begin < end_:
                    rest[used] = _word(words, begin, end_ - begin)
                    used += _U(1)
                    begin += _U(8)
            out[row] = found & _LOW
    return np.int64(n), np.int64(used)


@numba.njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _same(words, begin, end, rest, at):  # type: ignore[no-untyped-def]
    """Whether the bytes from `begin` to `end` are the words of `rest` from `at`."""
    while begin < end:
        if rest[at] != _word(words, begin, end - begin):
            return False
        begin += _U(8)
        at += _U(1)
    return True


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _placed(texts, rest, size):  # type: ignore[no-untyped-def]
    """A table of `size` slots with all texts."""
    slots = np.full(size, _EMPTY)
    mask = _U(size - 1)
    for number in range(len(texts)):
        first, second, length, at = texts[number]
        h = _mixed(first, second, length)
        more = _U(16)
        while more < length:
            h = _with(h, rest[at])
            at += _U(1)
            more += _U(8)
        slot = h & mask
        while slots[slot] != _EMPTY:
            slot = (slot + _U(1)) & mask
        slots[slot] = ((h >> _U(32)) << _U(32)) | _U(number)
    return slots


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _spell(texts, rest, ends, data):  # type: ignore[no-untyped-def]
    """Writes the bytes of each text into `data`, from its place in `ends`."""
    for number in range(len(ends) - 1):
        for at in range(ends[number + 1] - ends[number]):
            word = at >> 3
            if word < 2:
                whole = texts[number, word]
            else:
                whole = rest[np.int64(texts[number, 3]) + word - 2]
            data[ends[number] + at] = (whole >> (_U(at & 7) << _U(3))) & _U(255)
