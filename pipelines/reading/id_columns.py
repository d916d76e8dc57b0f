"""A column of ids, whatever its type: as whole numbers, or as texts part by part."""

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
"""Python objects that are looked at at a time, few enough to stay near the processor."""
_EXACT = 1 << 53


@dataclass(frozen=True)
class Coded:
    """A column as its distinct texts (string) and each row's number (n,), -1 for none."""

    codes: Ints
    texts: pa.Array


@dataclass(frozen=True)
class Whole:
    """Whole numbers (n,) and which of them are ids; None where all are."""

    values: Longs
    valid: Mask | None


def whole_numbers(column: IdColumn) -> Whole | None:
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
    """Whole numbers as the texts that they read as."""
    import pandas as pd
    import pyarrow as pa

    codes, distinct = pd.factorize(column.values)
    if column.valid is not None:
        codes[~column.valid] = -1
    return Coded(codes.astype(np.int32), pa.array(distinct).cast(pa.large_string()))


def parts(column: IdColumn) -> Iterator[pa.Array | Coded | np.ndarray]:
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
            yield Coded(codes.astype(np.int32), texts_of(chunk.dictionary.to_pandas().to_numpy()))
        elif types.is_floating(chunk.type) or types.is_boolean(chunk.type):
            yield texts_of(chunk.to_pandas().to_numpy())
        else:
            try:
                yield chunk.cast(pa.large_string())
            except pa.ArrowException as error:
                raise AssayError(
                    f"A column of ids is of a kind ({chunk.type}) that cannot be read as text; "
                    "write ids as text or whole numbers."
                ) from error


def texts_of(objects: np.ndarray) -> pa.Array:
    """Python values as texts; a value that is none becomes its text, null and NaN null."""
    import pandas as pd
    import pyarrow as pa

    try:
        return pa.array(objects, pa.large_string(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):  # some are no texts
        gaps = pd.isna(objects).tolist()
        values = zip(objects.tolist(), gaps, strict=True)
        return pa.array([None if gap else as_text(v) for v, gap in values], pa.large_string())


def as_text(value: object) -> str:
    """An id as the dataset writes it: a whole float loses its `.0`."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise AssayError(f"The id {text[:40]!r} holds half a character; write ids as UTF-8.")
    return text
