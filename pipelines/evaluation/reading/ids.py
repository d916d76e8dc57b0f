"""Ids of several tables under one numbering, whatever their types.

Two ids are the same where their text is: the number 7 of one table is the text "7" of
another. Whole floats are whole numbers (a table with gaps keeps them so), null, NaN and the
empty text are no ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from pipelines.errors import AssayError
from pipelines.schema import Ints, Longs, Mask

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    IdColumn: TypeAlias = "pd.Series[Any] | pa.ChunkedArray | Coded"

BLOCK = 1 << 14
"""Objects that are turned into texts at a time, so that numbering them goes on beside it."""
SPREAD = 4
"""Slots for each row up to which whole numbers stand for themselves."""
_EXACT = 1 << 53


@dataclass(frozen=True)
class Coded:
    """A column as its distinct texts (string) and each row's number (n,), -1 for none."""

    codes: Ints
    texts: pa.Array


@dataclass(frozen=True)
class Numbered:
    """Columns as codes (rows,) int32 from 0 to `size`, below 0 where there is no id.

    Not every code need occur. `values` gives the ids of some codes: int64 or text.
    """

    codes: tuple[Ints, ...]
    size: int
    values: Callable[[Longs], pa.Array]

    def texts(self, codes: Longs) -> pa.Array:
        """The ids of some codes as text (large string)."""
        import pyarrow as pa

        return self.values(codes).cast(pa.large_string())

    @cached_property
    def places(self) -> Ints:
        """The place of each code among all that occur, by their text; (size,), -1 if absent."""
        return self._sorted[1]

    def in_text_order(self) -> Numbered:
        """The same ids with codes that ascend with their text, as in a `Vocabulary`."""
        ids, places = self._sorted
        behind = np.append(places, np.int32(-1))  # where the code -1 looks
        codes = tuple(behind[np.maximum(column, -1)] for column in self.codes)
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
    """The columns' ids under one numbering; up to 2 billion distinct ids."""
    given = [_whole(column) for column in columns]
    whole = [found for found in given if found is not None]
    if len(whole) == len(columns):
        return _by_value(whole)
    return _by_text([c if w is None else _coded(w) for c, w in zip(columns, given, strict=True)])


@dataclass(frozen=True)
class _Whole:
    """Whole numbers (n,) and which of them are ids; None where all are."""

    values: Longs
    valid: Mask | None


def _by_value(columns: list[_Whole]) -> Numbered:
    from pipelines.evaluation.reading import kernels

    used = [c.values if c.valid is None else c.values[c.valid] for c in columns]
    ends = [kernels.bounds(values) for values in used if len(values)]
    low = min((int(least) for least, _ in ends), default=0)
    high = max((int(greatest) for _, greatest in ends), default=-1)
    size = high - low + 1
    if size <= max(SPREAD * sum(map(len, used)), 1 << 16):
        found = [kernels.less(column.values, low) for column in columns]

        def values(wanted: Longs) -> pa.Array:
            return _array(np.asarray(wanted, np.int64) + low)
    else:
        import pandas as pd

        codes, distinct = pd.factorize(np.concatenate([column.values for column in columns]))
        parts = np.cumsum([len(column.values) for column in columns])[:-1]
        found = np.split(codes.astype(np.int32), parts)
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
    numbering.numbers(pa.array([""]))  # takes the number 0, which becomes -1: no id
    found = []
    for column in columns:
        parts = []
        for chunk in _chunks(column):
            if isinstance(chunk, np.ndarray):
                codes_ = numbering.numbers_of(chunk.tolist())
                parts.append(numbering.numbers(_texts(chunk)) if codes_ is None else codes_)
            elif isinstance(chunk, Coded):
                known = np.append(numbering.numbers(chunk.texts), np.int32(-1))
                parts.append(known[chunk.codes])
            else:
                parts.append(numbering.numbers(chunk))
        codes = np.concatenate(parts) if parts else np.zeros(0, np.int32)
        codes -= 1
        found.append(codes)

    texts = cache(numbering.texts)

    def values(wanted: Longs) -> pa.Array:
        return texts().take(_array(np.asarray(wanted) + 1))

    return Numbered(tuple(found), len(numbering) - 1, values)


def _whole(column: IdColumn) -> _Whole | None:
    """The column as whole numbers; None where it holds texts."""
    import pyarrow as pa
    import pyarrow.types as types

    if isinstance(column, Coded):
        return None
    valid: Mask | None = None
    if isinstance(column, pa.ChunkedArray):
        numbers = column
    elif isinstance(column.dtype, np.dtype):
        return _of_numpy(column.to_numpy(), None)
    else:
        numbers = pa.array(column.array)
    if not (types.is_integer(numbers.type) or types.is_floating(numbers.type)):
        return None
    if numbers.null_count:
        valid = numbers.is_valid().to_numpy(zero_copy_only=False)
        numbers = numbers.fill_null(0)
    whole = numbers.to_numpy() if isinstance(numbers, pa.ChunkedArray) else numbers.to_numpy(False)
    return _of_numpy(whole, valid)


def _of_numpy(values: np.ndarray, valid: Mask | None) -> _Whole | None:
    if values.dtype.kind == "f":
        gaps = np.isnan(values)
        if gaps.any():
            valid = ~gaps if valid is None else valid & ~gaps
            values = np.where(gaps, 0, values)
        if not (np.abs(values) < _EXACT).all() or (values != np.floor(values)).any():
            return None
    elif values.dtype.kind not in "iu" or (
        values.dtype == np.uint64 and len(values) and values.max() >= 1 << 63
    ):
        return None
    return _Whole(np.ascontiguousarray(values.astype(np.int64, copy=False)), valid)


def _coded(column: _Whole) -> Coded:
    import pandas as pd
    import pyarrow as pa

    codes, distinct = pd.factorize(column.values)
    if column.valid is not None:
        codes[~column.valid] = -1
    return Coded(codes.astype(np.int32), _array(distinct).cast(pa.large_string()))


def _chunks(column: IdColumn) -> Iterator[pa.Array | Coded | np.ndarray]:
    """The column part by part: as texts, or as Python objects."""
    import pyarrow as pa
    import pyarrow.types as types

    if isinstance(column, Coded):
        yield column
        return
    if not isinstance(column, pa.ChunkedArray) and isinstance(column.dtype, np.dtype):
        objects = column.to_numpy()
        yield from (objects[at : at + BLOCK] for at in range(0, len(objects), BLOCK))
        return
    arrays = column if isinstance(column, pa.ChunkedArray) else pa.array(column.array)
    for chunk in arrays.chunks if isinstance(arrays, pa.ChunkedArray) else [arrays]:
        if types.is_dictionary(chunk.type):
            codes = chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            yield Coded(codes.astype(np.int32), _texts(chunk.dictionary.to_pandas().to_numpy()))
        elif types.is_floating(chunk.type) or types.is_boolean(chunk.type):
            yield _texts(chunk.to_pandas().to_numpy())
        else:
            try:
                yield chunk.cast(pa.large_string())
            except pa.ArrowException as error:
                raise AssayError(
                    f"A column of ids is of a kind ({chunk.type}) that cannot be read as text; "
                    "write ids as text or whole numbers."
                ) from error


def _texts(objects: np.ndarray) -> pa.Array:
    """Python values as texts; a value that is none becomes its text, null and NaN null."""
    import pandas as pd
    import pyarrow as pa

    try:
        return pa.array(objects, pa.large_string(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # not all of them are texts
        missing = pd.isna(objects).tolist()
        values = zip(objects.tolist(), missing, strict=True)
        return pa.array([None if gap else as_text(v) for v, gap in values], pa.large_string())


def as_text(value: object) -> str:
    """An id as the dataset writes it: a whole float loses its `.0`."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _array(values: Any) -> pa.Array:
    import pyarrow as pa

    return pa.array(values)
