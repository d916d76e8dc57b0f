"""The money that hits brought in, in the currency of the data."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipelines.evaluation.metrics.metric import Group, Metric
from pipelines.reading.lists import Lists
from pipelines.schema import Doubles


def of_hits(lists: Lists, k: int, money: Doubles) -> Doubles:
    """Each user's sum of `money` (truths,) over the hits within k, (n,) float64.

    NaN is an unknown amount: such a truth counts 0, and a user with no other truth is NaN.
    """
    known = ~np.isnan(money)
    total = lists.reached(np.where(known, money, 0.0), np.ones(k))
    return np.where(lists.ground_truth.truth.sums(known) > 0, total, np.nan)


class _Money(Metric):
    group: ClassVar[Group] = "money"
    denominator = "1; undefined where the amount is known for no item of T"
    bounds = None


class Revenue(_Money):
    name = "revenue"
    label = "revenue of hits"
    description = (
        "The revenue from the items on the list that the user later bought; the user may have "
        "bought them without the list, too."
    )
    formula = "sum over hits of the event's value (or the item's price where events have no value)"
    needs = frozenset({"values"})

    def per_user(self, lists: Lists, k: int) -> Doubles:
        assert lists.ground_truth.values is not None
        return of_hits(lists, k, lists.ground_truth.values)


class Margin(_Money):
    name = "margin"
    label = "margin of hits"
    description = "The margin of the items on the list that the user later bought."
    formula = "sum over hits of the item's margin"
    needs = frozenset({"margins"})

    def per_user(self, lists: Lists, k: int) -> Doubles:
        assert lists.ground_truth.margins is not None
        return of_hits(lists, k, lists.ground_truth.margins)
