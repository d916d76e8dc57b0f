"""The answer key of a split: what the evaluated users took up, and what is known of it."""

from __future__ import annotations

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.evaluation.metrics.novelty import popularity
from pipelines.reading.lists import GroundTruth
from pipelines.schema import Columns, Doubles


def ground_truth_of(cut: Split, dataset: Dataset) -> GroundTruth:
    """All that lists of this split can be judged by; what the dataset lacks is None."""
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
    """None where all events weigh the same: graded metrics would repeat the binary ones."""
    return weights if len(weights) and weights.min() != weights.max() else None


def _values(cut: Split, dataset: Dataset) -> Doubles | None:
    """What was paid, from the events; where the log has no such column, the items' prices."""
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
