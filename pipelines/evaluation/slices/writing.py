"""Write a bake-off's slices of users and held-out items."""

from __future__ import annotations

from pathlib import Path

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.results.folder import ITEM_SLICES, SLICES
from pipelines.evaluation.slices.dimensions import user_slices
from pipelines.evaluation.slices.items import item_slices


def write_slices(cut: Split, dataset: Dataset, folder: Path) -> None:
    """Write `slices.parquet` and `item_slices.parquet` into a bake-off's folder."""
    user_slices(cut, dataset).to_parquet(folder / SLICES, index=False)
    item_slices(cut, dataset).to_parquet(folder / ITEM_SLICES, index=False)
