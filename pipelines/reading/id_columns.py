"""Columns of ids of any type, as integers or as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from pipelines.errors import AssayError
from pipelines.schema import Ints, Longs, Mask

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    IdColumn: TypeAlias = "pd.Series[Any] | pa.ChunkedArray | Coded"

BLOCK = 1 << 14
"""Python objects per part, few enough for the processor's cache."""
_EXACT = 1 << 53


@dataclass(frozen=True)
class Coded:
    """A column as its distinct texts (string) and each row's code (n,), -1 for missing."""

    codes: Ints
    texts: pa.Array


@dataclass(frozen=True)
class Whole:
    """Integers (n,) and which of them are ids (None: all)."""

    values: Longs
    valid: Mask | None


def whole_numbers(column: IdColumn) -> Whole | None:
    """The column as integers; None if it holds text."""
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


def _of_numpy(values: np.ndarray, valid: Mask | None) -> Whole | None:
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
    return Whole(np.ascontiguousarray(values.astype(np.int64, copy=False)), valid)


def coded(column: Whole) -> Coded:
    """Integers as coded text."""
    import pandas as pd
    import pyarrow as pa

    codes, distinct = pd.factorize(column.values)
    if column.valid is not None:
        codes[~column.valid] = -1
    return Coded(codes.astype(np.int32), pa.array(distinct).cast(pa.large_string()))


def parts(column: IdColumn) -> Iterator[pa.Array | Coded | np.ndarray]:
    """The column in parts: text, or Python objects."""
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
            yield Coded(codes.astype(np.int32), texts_of(chunk.dictionary.to_pandas().to_numpy()))
        elif types.is_floating(chunk.type) or types.is_boolean(chunk.type):
            yield texts_of(chunk.to_pandas().to_numpy())
        else:
            try:
                yield chunk.cast(pa.large_string())
            except pa.ArrowException as error:
                raise AssayError(
                    f"A column of ids has a type ({chunk.type}) that cannot be read as text; "
                    "write ids as text or integers."
                ) from error


def texts_of(objects: np.ndarray) -> pa.Array:
    """Python values as text; other values are converted with str, None and NaN become null."""
    import pandas as pd
    import pyarrow as pa

    try:
        return pa.array(objects, pa.large_string(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):  # some values are not text
        gaps = pd.isna(objects).tolist()
        values = zip(objects.tolist(), gaps, strict=True)
        return pa.array([None if gap else as_text(v) for v, gap in values], pa.large_string())


def as_text(value: object) -> str:
    """An id as text, as datasets store it: an integral float loses its `.0`."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if not text.isascii() and any("\ud800" <= ch <= "\udfff" for ch in text):
        raise AssayError(f"The id {text[:40]!r} is not valid Unicode; write ids as UTF-8.")
    return text
