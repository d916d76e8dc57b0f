"""The files of a bake-off before its contenders run: their task, and what was asked of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.bakeoff.task import ContenderTask
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.folder import TRUTH, Requests
from pipelines.schema import Columns


def data_key(manifest: Manifest, cut: Split, order: str = "") -> str:
    """Identifies the training data: equal keys mean equal rows.

    `order` names another order of the events whose times tie.
    """
    parts = (manifest.fingerprint, str(cut.protocol), manifest.seen, *filter(None, [order]))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def write_task(
    dataset: Dataset, cut: Split, manifest: Manifest, folder: Path, order: str = ""
) -> None:
    """Write the contenders' task into `folder`, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    ContenderTask.of(dataset, cut, manifest, data_key(manifest, cut, order)).save(folder)


def write_asked(dataset: Dataset, cut: Split, folder: Path) -> None:
    """Write the held-out interactions and the requests, as ids and as codes."""
    import pandas as pd

    who = np.repeat(dataset.users.decode(cut.queries.user), cut.truth.lengths())
    what = dataset.catalogue.items.decode(cut.truth.values)
    frame = pd.DataFrame({Columns.USER: who, Columns.ITEM: what})
    frame.to_parquet(folder / TRUTH, index=False)
    Requests.of(cut).save(folder)
