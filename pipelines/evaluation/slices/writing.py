"""Write a bake-off's slices of users and held-out items."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.results.folder import ITEM_SLICES, SLICES
from pipelines.evaluation.slices.dimensions import user_slices
from pipelines.evaluation.slices.items import item_slices


def slices_of(cut: Split, dataset: Dataset) -> dict[str, pd.DataFrame]:
    """The slices of users and of items, by the names of their files."""
    return {SLICES: user_slices(cut, dataset), ITEM_SLICES: item_slices(cut, dataset)}


def write_slices(slices: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write `slices.parquet` and `item_slices.parquet` into a bake-off's folder."""
    for name, frame in slices.items():
        frame.to_parquet(folder / name, index=False)
