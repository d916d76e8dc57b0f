"""Assembles a dataset from tables: codes of the ids, frames in code order, the fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.dataset import About, Dataset
from pipelines.schema import Catalogue, Columns, Interactions, Ints, Vocabulary
from pipelines.schema.offers import Offers

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def encode(values: pd.Series[Any], others: Iterable[object] = ()) -> tuple[Vocabulary, Ints]:
    """The vocabulary of `values` and `others`, and the codes (n,) int32 of `values`."""
    import pandas as pd

    numbers, distinct = pd.factorize(values)
    texts = [str(v) for v in distinct]
    vocabulary = Vocabulary.of([*texts, *others])
    return vocabulary, vocabulary.encode(texts)[numbers]


def in_order(frame: pd.DataFrame, key: str, vocabulary: Vocabulary) -> pd.DataFrame:
    """The rows of `frame` in code order; values are missing for ids without a row.

    `key` is the column of ids and becomes the first column; the first row of each id counts.
    """
    frame = frame.assign(**{key: frame[key].astype(str)}).drop_duplicates(key)
    ordered = frame.set_index(key).reindex(vocabulary.ids.tolist())
    ordered.index.name = key
    return ordered.reset_index()


def finish(
    about: dict[str, Any],
    interactions: Interactions,
    item_frame: pd.DataFrame,
    user_frame: pd.DataFrame,
    context: pa.Table | None = None,
    offers: Offers | None = None,
) -> Dataset:
    """A dataset from its parts; adds the fingerprint to `about` (the fields of `About`).

    The frames have a row per code, in code order; `context` has a row per event.
    """
    items = Vocabulary(item_frame[Columns.ITEM].to_numpy(dtype=object))
    users = Vocabulary(user_frame[Columns.USER].to_numpy(dtype=object))
    catalogue = Catalogue(items, item_frame, np.ones(len(items), bool), offers)
    found = fingerprint(interactions, item_frame, user_frame, context, offers)
    known = About(**about, fingerprint=found)
    return Dataset(known, interactions, catalogue, users, user_frame)


def fingerprint(
    interactions: Interactions,
    item_frame: pd.DataFrame,
    user_frame: pd.DataFrame,
    context: pa.Table | None = None,
    offers: Offers | None = None,
) -> str:
    """SHA-256 (hex) of the kept rows: ids, weights, times, all kept columns, offers.

    The same rows give the same fingerprint from any file format, on any machine.
    """
    digest = hashlib.sha256()
    for frame in (user_frame, item_frame):
        for column in frame.columns:
            _add_texts(digest, str(column), _texts(frame[column]))
    columns: list[tuple[np.ndarray, str]] = [
        (interactions.user, "<i4"),
        (interactions.item, "<i4"),
        (interactions.weight, "<f4"),
        (interactions.time, "<i8"),
    ]
    if offers is not None:
        columns += [(offers.item, "<i4"), (offers.start, "<i8"), (offers.end, "<i8")]
        columns += [(offers.kind, "<i1")]
    for values, kind in columns:
        digest.update(np.ascontiguousarray(values, dtype=kind).tobytes())
    if context is not None:
        for column in context.column_names:
            _add_column(digest, column, context[column].combine_chunks())
    return digest.hexdigest()


def _add_texts(digest: Any, name: str, texts: pa.Array) -> None:
    # Lengths are hashed too, so that different tables cannot give the same bytes.
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends or b"", np.int64)[texts.offset :][: len(texts) + 1]
    lengths = np.concatenate([[len(name)], np.diff(offsets)]).astype("<i8")
    digest.update(lengths.tobytes() + name.encode())
    if data is not None and len(offsets):
        digest.update(memoryview(data)[offsets[0] : offsets[-1]])


def _texts(values: pd.Series[Any]) -> pa.Array:
    """The values as text (large string); missing values become empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if values.dtype == "str":
        found = pa.array(values, pa.large_string(), from_pandas=True)
        found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
        return pc.fill_null(found, "")
    return pa.array([_text(v) for v in values.tolist()], pa.large_string())


def _add_column(digest: Any, name: str, values: Any) -> None:
    """Hash a column kept with the events: its numbers, or its distinct texts and their codes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(values, pa.DictionaryArray):
        _add_texts(digest, name, pa.array([str(values.type)], pa.large_string()))
        digest.update(np.ascontiguousarray(values.to_numpy(zero_copy_only=False)).tobytes())
        return
    texts = values.dictionary.cast(pa.large_string())
    order = pc.sort_indices(texts).to_numpy()
    place = np.empty(len(order) + 1, "<i4")
    place[order] = np.arange(len(order))
    place[-1] = -1  # for events without a text
    _add_texts(digest, name, texts.take(pa.array(order)))
    digest.update(place[pc.fill_null(values.indices, -1).to_numpy()].tobytes())


def _text(value: object) -> str:
    missing = value is None or value != value  # NaN differs from itself
    return "" if missing else str(value)
