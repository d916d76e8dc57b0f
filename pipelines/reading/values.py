"""Cleans the values of files: ids as stripped text, ranks and scores as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.importing.columns import TextColumn
from pipelines.data.importing.event_columns import NO_ID
from pipelines.data.importing.numbering import Numbering
from pipelines.reading.id_columns import Coded
from pipelines.reading.rows import Numbers, numbers

if TYPE_CHECKING:
    import pyarrow as pa


def clean(column: TextColumn) -> Coded:
    """The ids without surrounding spaces; texts that stand for a missing id become missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts, codes = column.coded()
    trimmed = pc.ascii_trim_whitespace(texts)
    empty = pc.equal(pc.binary_length(trimmed), 0)
    none = pc.or_(empty, pc.is_in(pc.ascii_lower(trimmed), pa.array(NO_ID, pa.large_string())))
    if trimmed.equals(texts) and not pc.any(none).as_py():
        return Coded(codes, texts)
    numbering = Numbering()
    new = numbering.numbers(pc.if_else(none, pa.scalar(None, pa.large_string()), trimmed))
    return Coded(np.append(new, np.int32(-1))[codes], numbering.texts())


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of that type holds text, plain or dictionary-encoded."""
    import pyarrow.types as types

    if types.is_dictionary(kind):
        kind = kind.value_type
    return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)


def as_numbers(values: pa.ChunkedArray) -> Numbers:
    """A column of numbers or text as numbers (n,); NaN if a value cannot be read."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as types

    if types.is_integer(values.type) and not values.null_count:
        return values.to_numpy()
    if is_text(values.type):
        trimmed = pc.ascii_trim_whitespace(values.cast(pa.large_string()))
        empty = pc.equal(pc.binary_length(trimmed), 0)
        values = pc.if_else(empty, pa.scalar(None, pa.large_string()), trimmed)
    try:
        return values.cast(pa.float64()).to_numpy()
    except pa.ArrowException:
        return numbers(values.to_pandas())
