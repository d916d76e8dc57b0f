"""Data types as plain values, which a file can hold, and back.

The class to rebuild is named by the code that reads, never by the file.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.schema.arrays import Ragged
from pipelines.schema.catalogue import Catalogue
from pipelines.schema.interactions import Interactions
from pipelines.schema.offers import Offers
from pipelines.schema.queries import Queries
from pipelines.schema.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd


def state(value: Any) -> Any:
    """The fields of a dataclass by name, those within it too; a table as its Arrow file."""
    if is_dataclass(value):
        return {field.name: state(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "columns"):
        return _arrow(value)
    return value


def ragged(given: dict[str, Any]) -> Ragged:
    return Ragged(**given)


def vocabulary(given: dict[str, Any]) -> Vocabulary:
    return Vocabulary(**given)


def interactions(given: dict[str, Any]) -> Interactions:
    return Interactions(**given)


def queries(given: dict[str, Any]) -> Queries:
    whole = {name: ragged(given[name]) for name in ("history", "exclude")}
    context = given["context"]
    return Queries(**{**given, **whole, "context": None if context is None else _frame(context)})


def catalogue(given: dict[str, Any]) -> Catalogue:
    offers = given["offers"]
    return Catalogue(
        vocabulary(given["items"]),
        _frame(given["frame"]),
        given["known"],
        None if offers is None else Offers(**offers),
    )


def _arrow(frame: pd.DataFrame) -> np.ndarray:
    import pyarrow as pa

    table = pa.Table.from_pandas(frame)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    return np.frombuffer(sink.getvalue(), np.uint8)


def _frame(file: np.ndarray) -> pd.DataFrame:
    import pyarrow as pa

    with pa.ipc.open_file(pa.py_buffer(file)) as found:
        return found.read_pandas()
