"""Folders of finished bake-offs that were never run: users, truths, lists and values as given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.evaluation.results.answer_file import ANSWER
from pipelines.evaluation.results.folder import (
    ITEM_SLICES,
    PER_USER,
    SLICES,
    BakeoffFolder,
    Requests,
)
from pipelines.evaluation.slices.stored import Dimension, DimensionBuilder
from pipelines.evaluation.slices.writing import slices_of, write_slices
from pipelines.schema import Ragged


def of_values(
    folder: Path,
    values: Mapping[str, np.ndarray],
    slices: Mapping[str, np.ndarray],
    metric: str = "ndcg@10",
    truths: np.ndarray | None = None,
) -> BakeoffFolder:
    """Contenders with per-user values (n,), users divided by columns of texts (n,)."""
    n = len(next(iter(values.values())))
    found = DimensionBuilder()
    for name, labels in slices.items():
        clause = f"with {name} “{{}}”"
        found.add(Dimension(name, name, "user", "", clause), pd.Categorical(labels, ordered=True))
    frames = (found.frame(n), DimensionBuilder().frame(1))
    sizes = np.ones(n, np.int64) if truths is None else truths
    truth = Ragged(np.concatenate([[0], np.cumsum(sizes)]), np.zeros(sizes.sum(), np.int32))
    _write(folder, truth, frames)
    for contender, of_user in values.items():
        _contender(folder, contender, np.full((n, 1), -1, np.int32), {metric: of_user})
    return BakeoffFolder(folder)


def of_lists(
    folder: Path,
    truth: Ragged,
    lists: Mapping[str, np.ndarray],
    popularity: np.ndarray,
    slices: Mapping[str, np.ndarray] | None = None,
    ks: tuple[int, ...] = (5, 10),
) -> BakeoffFolder:
    """Contenders with lists (n, width), items divided by a column of texts (n_items,)."""
    users, items = DimensionBuilder(), DimensionBuilder()
    for name, labels in (slices or {}).items():
        clause = f"with {name} “{{}}”"
        users.add(Dimension(name, name, "user", "", clause), pd.Categorical(labels, ordered=True))
    by = Dimension("popularity", "popularity", "target", "", "with popularity “{}”", per_item=True)
    items.add(by, pd.Categorical(popularity, ordered=True))
    _write(folder, truth, (users.frame(len(truth)), items.frame(len(popularity))))
    for contender, shown in lists.items():
        _contender(folder, contender, shown, per_user(shown, truth, ks))
    return BakeoffFolder(folder)


def of_split(
    folder: Path, cut: Split, dataset: Dataset, lists: Mapping[str, np.ndarray]
) -> BakeoffFolder:
    """Contenders with lists (n, width) for the users of a split, sliced as a bake-off does."""
    Requests.of(cut).save(folder)
    write_slices(slices_of(cut, dataset), folder)
    for contender, shown in lists.items():
        _contender(folder, contender, shown, per_user(shown, cut.truth, (5, 10)))
    return BakeoffFolder(folder)


def _write(folder: Path, truth: Ragged, frames: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    n = len(truth)
    asked = Requests(
        np.arange(n, dtype=np.int32),
        Ragged.empty(n),
        truth,
        np.arange(len(truth.values)),
        np.zeros(n, np.int64),
    )
    folder.mkdir(parents=True, exist_ok=True)
    asked.save(folder)
    frames[0].to_parquet(folder / SLICES, index=False)
    frames[1].to_parquet(folder / ITEM_SLICES, index=False)


def _contender(
    folder: Path, name: str, shown: np.ndarray, values: Mapping[str, np.ndarray]
) -> None:
    here = folder / "contenders" / name
    here.mkdir(parents=True)
    np.savez(here / ANSWER, items=shown.astype(np.int32))
    users = [f"u{u}" for u in range(len(shown))]
    pd.DataFrame({"user_id": users, **values}).to_parquet(here / PER_USER, index=False)
