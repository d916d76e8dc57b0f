"""From tables of ids to a dataset: codes, tables in the codes' order, the fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.dataset import About, Dataset
from pipelines.offers import Offers
from pipelines.schema import Catalogue, Columns, Interactions, Ints, Vocabulary

if TYPE_CHECKING:
    import pandas as pd


def encode(values: pd.Series[Any], others: Iterable[object] = ()) -> tuple[Vocabulary, Ints]:
    """The vocabulary of `values` and `others`, and the codes (n,) int32 of `values`."""
    import pandas as pd

    numbers, distinct = pd.factorize(values)
    texts = [str(v) for v in distinct]
    vocabulary = Vocabulary.of([*texts, *others])
    return vocabulary, vocabulary.encode(texts)[numbers]


def in_order(frame: pd.DataFrame, key: str, vocabulary: Vocabulary) -> pd.DataFrame:
    """The rows of `frame` in the codes' order, empty where an id has none.

    `key` names the column of ids, which comes first; the first row of an id counts.
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
    offers: Offers | None = None,
) -> Dataset:
    """A dataset whose `about` (fields of `About`) gains its fingerprint.

    The frames have a row per code, in the codes' order.
    """
    items = Vocabulary(item_frame[Columns.ITEM].to_numpy(dtype=object))
    users = Vocabulary(user_frame[Columns.USER].to_numpy(dtype=object))
    catalogue = Catalogue(items, item_frame, np.ones(len(items), bool), offers)
    found = fingerprint(interactions, item_frame, user_frame, offers)
    known = About(**about, fingerprint=found)
    return Dataset(known, interactions, catalogue, users, user_frame)


def fingerprint(
    interactions: Interactions,
    item_frame: pd.DataFrame,
    user_frame: pd.DataFrame,
    offers: Offers | None = None,
) -> str:
    """SHA-256 (hex) of the kept rows: ids, weights, times, every kept column, the offers.

    The same rows give the same fingerprint in any file format, on any machine.
    """
    digest = hashlib.sha256()
    for frame in (user_frame, item_frame):
        for column in frame.columns:
            # Lengths go before texts, so that no two tables share one stream of bytes.
            texts = [_text(v).encode() for v in frame[column].tolist()]
            lengths = np.array([len(str(column)), *map(len, texts)], "<i8")
            digest.update(lengths.tobytes() + str(column).encode() + b"".join(texts))
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
    return digest.hexdigest()


def _text(value: object) -> str:
    missing = value is None or value != value  # NaN differs from itself
    return "" if missing else str(value)
