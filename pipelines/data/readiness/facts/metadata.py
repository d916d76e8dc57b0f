"""Metadata of items and users: coverage of each column, length of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.schema import Columns as C
from pipelines.schema import Mask

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Metadata:
    """Counts and shares of the items with an event, and of all users."""

    items: int
    described: int
    """Items with a category."""
    titled: int
    """Items with a title or a category."""
    item_columns: dict[str, float]
    """Share of the items with a value, by column."""
    user_columns: dict[str, float]
    text_length: float | None
    """Median over items of the characters in the longer of title and description; None if
    there are no such columns."""
    priced: float | None
    """Share of items with a price above zero; None without a price column."""


TEXTS = (C.TITLE, "description", "text", "body", "summary")


def metadata(dataset: Dataset) -> Metadata:
    frame = dataset.catalogue.frame
    n = len(frame)
    with_event = np.bincount(dataset.interactions.item, minlength=n)[:n] > 0
    frame, items = frame[with_event], int(with_event.sum())
    covered = {str(c): filled(frame[c]) for c in frame.columns if c != C.ITEM}
    none = np.zeros(items, bool)
    categories, titles = covered.get(C.CATEGORIES, none), covered.get(C.TITLE, none)
    users = dataset.user_frame
    return Metadata(
        items=items,
        described=int(categories.sum()),
        titled=int((categories | titles).sum()),
        item_columns={c: _share(mask) for c, mask in covered.items()},
        user_columns={str(c): _share(filled(users[c])) for c in users.columns if c != C.USER},
        text_length=_text_length(frame),
        priced=_share(covered[C.PRICE] & _above_zero(frame[C.PRICE]))
        if C.PRICE in covered
        else None,
    )


def filled(values: pd.Series) -> Mask:
    """Marks the rows (n,) with a value: neither missing nor empty text."""
    import pandas as pd

    there = values.notna().to_numpy(bool)
    if isinstance(values.dtype, pd.CategoricalDtype):
        # A category may occur in millions of rows, so each is checked only once.
        named = pd.Series(values.cat.categories.astype(str)).str.strip() != ""
        return there & np.append(named.to_numpy(bool), False)[values.cat.codes.to_numpy()]
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return there
    return there & (values.astype(str).str.strip() != "").to_numpy(bool)


def _share(mask: Mask) -> float:
    return float(mask.mean()) if len(mask) else 0.0


def _above_zero(values: pd.Series) -> Mask:
    import pandas as pd

    numbers = pd.to_numeric(values, errors="coerce").fillna(0)
    return (numbers > 0).to_numpy(bool)


def _text_length(frame: pd.DataFrame) -> float | None:
    found = [c for c in TEXTS if c in frame]
    if not found or frame.empty:
        return None
    lengths = [
        np.where(filled(frame[c]), frame[c].astype(str).str.len().to_numpy(float), 0.0)
        for c in found
    ]
    return float(np.median(np.max(lengths, axis=0)))
