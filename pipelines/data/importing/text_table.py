"""Compiled loops over the hash table of texts in `numbering`.

Bytes are read eight at a time, as little-endian words. A text is a row of four numbers: its
first and second word, its length, and where its other words begin in a common store.
"""

from __future__ import annotations

import numba
import numpy as np

_U = np.uint64
EMPTY = _U(0xFFFFFFFFFFFFFFFF)
"""A slot without a text."""
_LOW = _U(0xFFFFFFFF)
PADDING = 3
"""Words after a block's bytes that may be read."""

# Integers are unsigned below: for signed ones numba checks whether an index is negative,
# which takes three times as long.


@numba.njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _word(words, at, left):  # type: ignore[no-untyped-def]
    """The eight bytes from byte `at`, padded with zeros if fewer are left."""
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
    """A hash extended by one word."""
    h = (h ^ word) * _U(0xBF58476D1CE4E5B9)
    return h ^ (h >> _U(29))


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def number(words, ends, between, valid, slots, texts, rest, n, used, out):  # type: ignore[no-untyped-def]
    """Fills `out` with numbers; returns how many texts and words of `rest` there are now."""
    n, used, between, mask = _U(n), _U(used), _U(between), _U(len(slots) - 1)
    # In steps of some rows, whose slots are all looked up first: the look-ups are independent,
    # so the processor waits for memory for many of them at once.
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
                lengths[i] = EMPTY  # longer than any text, so the next row is not equal to it
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
                out[row] = out[row - _U(1)]  # sorted ids repeat in consecutive rows
                continue
            begin, end_ = _U(ends[row]) + _U(16), _U(ends[row + _U(1)]) - between
            slot = hashes[i] & mask
            found = held[i] if held[i] != EMPTY else slots[slot]
            while found != EMPTY:
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
            if found == EMPTY:
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
def placed(texts, rest, size):  # type: ignore[no-untyped-def]
    """A hash table of `size` slots that holds all texts."""
    slots = np.full(size, EMPTY)
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
        while slots[slot] != EMPTY:
            slot = (slot + _U(1)) & mask
        slots[slot] = ((h >> _U(32)) << _U(32)) | _U(number)
    return slots


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def spell(texts, rest, ends, data):  # type: ignore[no-untyped-def]
    """Writes the bytes of each text into `data`, beginning at its offset in `ends`."""
    for number in range(len(ends) - 1):
        for at in range(ends[number + 1] - ends[number]):
            word = at >> 3
            if word < 2:
                whole = texts[number, word]
            else:
                whole = rest[np.int64(texts[number, 3]) + word - 2]
            data[ends[number] + at] = (whole >> (_U(at & 7) << _U(3))) & _U(255)
