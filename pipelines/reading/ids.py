"""Numbers the ids of several tables together, whatever their types.

Two ids are equal if their texts are: the number 7 in one table is the text "7" in another.
Integral floats count as integers (tables with missing values store them so). Null, NaN and
empty text are not ids.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.reading.id_columns import Coded, Whole, coded, parts, texts_of, whole_numbers
from pipelines.schema import Ints, Longs

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.data.importing.numbering import Numbering
    from pipelines.reading.id_columns import IdColumn

SPREAD = 4
"""Slots per row up to which integers are used as codes directly."""
_MOST = (1 << 31) - 1


@dataclass(frozen=True)
class Numbered:
    """Columns as codes (rows,) int32 below `size`, negative for missing ids.

    Some codes may not occur. `values` returns the ids of given codes: int64 or text.
    """

    codes: tuple[Ints, ...]
    size: int
    values: Callable[[Longs], pa.Array]

    def texts(self, codes: Longs) -> pa.Array:
        """The ids of given codes as text (large string)."""
        import pyarrow as pa

        return self.values(codes).cast(pa.large_string())

    @cached_property
    def places(self) -> Ints:
        """The rank of each code among those that occur, by text; (size,), -1 if absent."""
        return self._sorted[1]

    def in_text_order(self) -> Numbered:
        """The same ids with codes in the order of their text, as in a `Vocabulary`."""
        ids, places = self._sorted
        padded = np.append(places, np.int32(-1))  # the last entry is for the code -1
        codes = tuple(padded[np.maximum(column, -1)] for column in self.codes)
        return Numbered(codes, len(ids), lambda wanted: ids.take(_array(wanted)))

    @cached_property
    def _sorted(self) -> tuple[pa.Array, Ints]:
        import pyarrow.compute as pc

        there = np.zeros(self.size, bool)
        for column in self.codes:
            there[column[column >= 0]] = True
        codes = np.flatnonzero(there)
        texts = self.texts(codes)
        order = pc.sort_indices(texts).to_numpy()
        places = np.full(self.size, -1, np.int32)
        places[codes[order]] = np.arange(len(order), dtype=np.int32)
        return texts.take(_array(order)), places


def number(columns: Sequence[IdColumn]) -> Numbered:
    """Number the ids of the columns together; up to 2 billion distinct ids."""
    given = [whole_numbers(column) for column in columns]
    whole = [found for found in given if found is not None]
    if len(whole) == len(columns):
        return _by_value(whole)
    return _by_text([c if w is None else coded(w) for c, w in zip(columns, given, strict=True)])


def _by_value(columns: list[Whole]) -> Numbered:
    from pipelines.reading import kernels

    used = [c.values if c.valid is None else c.values[c.valid] for c in columns]
    bounds = [kernels.bounds(values) for values in used if len(values)]
    low = min((int(least) for least, _ in bounds), default=0)
    high = max((int(greatest) for _, greatest in bounds), default=-1)
    size = high - low + 1
    if size <= min(max(SPREAD * sum(map(len, used)), 1 << 16), _MOST):
        found = [kernels.less(column.values, low) for column in columns]

        def values(wanted: Longs) -> pa.Array:
            return _array(np.asarray(wanted, np.int64) + low)
    else:
        import pandas as pd

        codes, distinct = pd.factorize(np.concatenate([column.values for column in columns]))
        ends = np.cumsum([len(column.values) for column in columns])[:-1]
        found = np.split(codes.astype(np.int32), ends)
        size = len(distinct)

        def values(wanted: Longs) -> pa.Array:
            return _array(distinct[wanted])

    for column, numbers in zip(columns, found, strict=True):
        if column.valid is not None:
            numbers[~column.valid] = -1
    return Numbered(tuple(found), size, values)


def _by_text(columns: Sequence[IdColumn]) -> Numbered:
    import pyarrow as pa

    from pipelines.data.importing.numbering import Numbering

    numbering = Numbering()
    numbering.numbers(pa.array([""]))  # gets the number 0, which becomes -1: missing
    found = []
    for column in columns:
        numbers = [_numbers(numbering, part) for part in parts(column)]
        codes = np.concatenate(numbers) if numbers else np.zeros(0, np.int32)
        codes -= 1
        found.append(codes)

    texts = cache(numbering.texts)

    def values(wanted: Longs) -> pa.Array:
        return texts().take(_array(np.asarray(wanted) + 1))

    return Numbered(tuple(found), len(numbering) - 1, values)


def _numbers(numbering: Numbering, part: pa.Array | Coded | np.ndarray) -> Ints:
    """The numbers of a part of a column, -1 for missing ids."""
    if isinstance(part, Coded):
        return np.append(numbering.numbers(part.texts), np.int32(-1))[part.codes]
    if isinstance(part, np.ndarray):
        found = numbering.numbers_of(part.tolist())
        return numbering.numbers(texts_of(part)) if found is None else found
    return numbering.numbers(part)


def _array(values: Any) -> pa.Array:
    import pyarrow as pa

    return pa.array(values)
