"""Coverage, distribution over items, and diversity of the lists."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists
from pipelines.reading.lists import Lists
from pipelines.schema import Doubles, Ints, Longs, Mask

ROWS = 32
"""Resamples counted at once: a table of 32 counts for each shown item."""


class Coverage(MetricOfAllLists):
    name = "coverage"
    label = "coverage"
    group = "variety"
    description = "The share of the catalogue that is on at least one list."
    formula = "known items that are on at least one user's list"
    denominator = "known items: those with a training event"
    better = "neither"
    needs = frozenset({"catalogue"})
    source = "Ge, Delgado-Battenfeld & Jannach 2010, doi:10.1145/1864708.1864761"

    def statistic(self, lists: Lists, k: int) -> Callable[[npt.NDArray[np.uint8]], Doubles]:
        from pipelines.evaluation.metrics.kernels import variety

        users, starts, n_known = _users_by_item(lists, k)

        def covered(weights: npt.NDArray[np.uint8]) -> Doubles:
            share: Doubles = variety.items_drawn(weights, users, starts) / max(1, n_known)
            return share

        return covered


class UserCoverage(Metric):
    name = "user_coverage"
    label = "user coverage"
    group = "variety"
    description = "The share of users with at least one item on their list."
    formula = "1 if at least one of the k places is filled, else 0"
    denominator = "1"
    source = "Ge, Delgado-Battenfeld & Jannach 2010, doi:10.1145/1864708.1864761"

    def per_user(self, lists: Lists, k: int) -> Doubles:
        out: Doubles = np.any(lists.first(k) >= 0, axis=1).astype(np.float64)
        return out


class Gini(MetricOfAllLists):
    name = "gini"
    label = "Gini index"
    group = "variety"
    description = (
        "How unevenly recommendations are distributed over items: 0 when all items are shown "
        "equally often, near 1 when a few get almost all places."
    )
    formula = (
        "sum over known items, the least shown first, of (2 i - N - 1) × x, where i counts the "
        "items from 1, N is their number and x the number of places of an item on all lists"
    )
    denominator = "N × the sum of x; undefined where no list has a known item"
    better = "neither"
    needs = frozenset({"catalogue"})
    source = "Fleder & Hosanagar 2009, doi:10.1287/mnsc.1080.0974"

    def statistic(self, lists: Lists, k: int) -> Callable[[npt.NDArray[np.uint8]], Doubles]:
        from pipelines.evaluation.metrics.kernels import variety

        users, starts, n_known = _users_by_item(lists, k)

        def index(weights: npt.NDArray[np.uint8]) -> Doubles:
            out = np.full(len(weights), np.nan)
            if len(starts) == 1:  # no list has a known item
                return out
            for at in range(0, len(weights), ROWS):
                drawn = np.ascontiguousarray(weights[at : at + ROWS].T)
                counts = np.empty((drawn.shape[1], len(starts) - 1), np.int32)
                variety.times_shown(drawn, users, starts, counts)
                variety.gini(counts, n_known, out[at : at + ROWS])
            return out

        return index


class Diversity(Metric):
    name = "diversity"
    label = "diversity"
    group = "variety"
    description = "How much the items of a list differ in their categories."
    formula = (
        "sum over pairs of places of 1 - (categories of both items) / (categories of either "
        "item); items without a category are skipped"
    )
    denominator = "the number of such pairs; undefined without any"
    better = "neither"
    needs = frozenset({"categories"})
    source = "Ziegler et al. 2005, doi:10.1145/1060745.1060754, with the Jaccard distance"

    def per_user(self, lists: Lists, k: int) -> Doubles:
        from pipelines.evaluation.metrics.kernels import variety

        categories = lists.ground_truth.categories
        assert categories is not None
        out = np.empty(len(lists))
        of_item = (categories.indptr, categories.indices, categories.shape[1])
        variety.diversity(lists.items, *of_item, k, out)
        return out


def _users_by_item(lists: Lists, k: int) -> tuple[Longs, Longs, int]:
    """User rows sorted by known item, where each item's rows begin, and the number of known items.

    The beginnings (shown items + 1,) end with the number of rows.
    """
    known = lists.ground_truth.catalogue
    assert known is not None
    users, codes = places_by_item(lists.first(k), known)
    starts = np.append(np.flatnonzero(np.diff(codes, prepend=-1)), len(codes))
    return users, starts, int(known.sum())


def places_by_item(shown: Ints, known: Mask) -> tuple[Longs, Ints]:
    """User rows and item codes of the places that hold a known item, sorted by item."""
    users, places = np.nonzero((shown >= 0) & known[np.maximum(shown, 0)])
    codes = shown[users, places]
    order = np.argsort(codes, kind="stable")
    return users[order], codes[order]
