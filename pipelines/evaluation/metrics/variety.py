"""How much of the catalogue all lists together show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipelines.evaluation.metrics.lists import Lists
from pipelines.evaluation.metrics.metric import MetricOfAllLists
from pipelines.schema import Doubles, Ints, Longs, Mask


class Coverage(MetricOfAllLists):
    name = "coverage"
    spoken = "coverage"
    group = "variety"
    says = "The share of the catalogue that is on anybody's list."
    formula = "known items that are on at least one user's list"
    denominator = "known items: those with a training event"
    better = "neither"
    needs = frozenset({"catalogue"})

    def statistic(self, lists: Lists, k: int) -> Callable[[npt.NDArray[np.uint8]], Doubles]:
        from pipelines.evaluation.metrics import kernels

        known = lists.key.catalogue
        assert known is not None
        n_known = max(1, int(known.sum()))
        users, codes = places_by_item(lists.first(k), known)
        starts = np.append(np.flatnonzero(np.diff(codes, prepend=-1)), len(codes))

        def share(weights: npt.NDArray[np.uint8]) -> Doubles:
            found: Longs = kernels.items_drawn(weights, users, starts)
            return found / n_known

        return share


def places_by_item(shown: Ints, known: Mask) -> tuple[Longs, Ints]:
    """User rows and item codes of the places that hold a known item, sorted by item."""
    users, places = np.nonzero((shown >= 0) & known[np.maximum(shown, 0)])
    codes = shown[users, places]
    order = np.argsort(codes, kind="stable")
    return users[order], codes[order]
