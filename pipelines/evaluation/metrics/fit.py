"""How a list compares with its user's history."""

from __future__ import annotations

from math import log

import numpy as np

from pipelines.evaluation.metrics.metric import Metric
from pipelines.reading.lists import Lists
from pipelines.schema import Doubles

ALPHA = 0.01
"""The share of the history mixed into the list, so that no category has probability 0."""


class Calibration(Metric):
    name = "calibration"
    label = "calibration gap"
    group = "fit"
    description = (
        "The distance between the category mix of the list and that of the user's history."
    )
    formula = (
        "sum over categories of p × ln(p / q): p the category's share in the history, q its share "
        "in the list × 0.99 + p × 0.01; each event and each place counts 1, divided equally "
        "among its item's categories; items without a category are skipped"
    )
    denominator = "1; undefined where the history or the list has no category"
    better = "lower"
    bounds = (0.0, -log(ALPHA))
    needs = frozenset({"history", "categories"})
    source = "Steck 2018, doi:10.1145/3240323.3240372, without weights of events and places"

    def per_user(self, lists: Lists, k: int) -> Doubles:
        from pipelines.evaluation.metrics.kernels import fit

        history, of_items = lists.ground_truth.history, lists.ground_truth.categories
        assert history is not None and of_items is not None
        out = np.empty(len(lists))
        fit.calibration(
            lists.items,
            k,
            history.indptr,
            history.values,
            of_items.indptr,
            of_items.indices,
            of_items.shape[1],
            ALPHA,
            out,
        )
        return out


class Repeats(Metric):
    name = "repeats"
    label = "repeats"
    group = "fit"
    description = "The share of the list that the user has interacted with before."
    formula = "filled places with an item from the user's history"
    denominator = "the user's filled places"
    better = "neither"
    needs = frozenset({"history"})

    def per_user(self, lists: Lists, k: int) -> Doubles:
        from pipelines.evaluation.metrics.kernels import fit

        history = lists.ground_truth.history
        assert history is not None
        highest = max(lists.items.max(initial=-1), history.values.max(initial=-1))
        out = np.empty(len(lists))
        stamps = np.zeros(highest + 1, np.int64)
        fit.repeats(lists.items, k, history.indptr, history.values, stamps, out)
        return out
