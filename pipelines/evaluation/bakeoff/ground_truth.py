"""The ground truth of a split: the held-out interactions and what is known about them."""

from __future__ import annotations

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.metrics.novelty import popularity
from pipelines.reading.lists import GroundTruth
from pipelines.schema import Columns, Doubles


def ground_truth_of(cut: Split, dataset: Dataset) -> GroundTruth:
    """The ground truth of this split; parts that the dataset lacks are None."""
    rows = cut.truth_rows
    categories = dataset.catalogue.categories
    return GroundTruth(
        truth=cut.truth,
        catalogue=cut.known,
        popularity=popularity(cut.train),
        history=cut.queries.history,
        categories=categories if categories.nnz else None,
        gains=_gains(dataset.interactions.weight[rows].astype(np.float64)),
        values=_values(cut, dataset),
        margins=_of_items(cut, dataset, Columns.MARGIN),
        propensity=_of_events(cut, dataset, Columns.PROPENSITY),
    )


def _gains(weights: Doubles) -> Doubles | None:
    """None if all weights are equal: graded metrics would repeat the binary ones."""
    return weights if len(weights) and weights.min() != weights.max() else None


def _values(cut: Split, dataset: Dataset) -> Doubles | None:
    """The amount paid, from the events; without such a column, the items' prices."""
    paid = _of_events(cut, dataset, Columns.VALUE)
    return _of_items(cut, dataset, Columns.PRICE) if paid is None else paid


def _of_events(cut: Split, dataset: Dataset, column: str) -> Doubles | None:
    if column not in dataset.context_columns:
        return None
    values = dataset.context([column])[column].to_numpy(np.float64, na_value=np.nan)
    found: Doubles = values[cut.truth_rows]
    return None if np.isnan(found).all() else found


def _of_items(cut: Split, dataset: Dataset, column: str) -> Doubles | None:
    frame = dataset.catalogue.frame
    if column not in frame:
        return None
    values = frame[column].to_numpy(np.float64, na_value=np.nan)
    found: Doubles = values[cut.truth.values]
    return None if np.isnan(found).all() else found
