"""Accuracy beyond hit or miss: graded relevance, and ranks among the whole catalogue."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipelines.evaluation.metrics.metric import Group, Metric
from pipelines.reading.lists import Lists
from pipelines.schema import Doubles


def graded(lists: Lists, k: int, gains: Doubles) -> Doubles:
    """NDCG at k with the gains (truths,) of the truths, (n,) float64.

    A gain of 0 leaves a truth out; its place keeps its rank. NaN where a user has no gain.
    """
    from pipelines.evaluation.metrics.kernels import hits

    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    best = np.empty(len(lists))
    hits.best(gains, lists.ground_truth.truth.indptr, discounts, best)
    return np.divide(
        lists.reached(gains, discounts), best, out=np.full(len(best), np.nan), where=best > 0
    )


class GradedNDCG(Metric):
    name = "graded_ndcg"
    label = "graded NDCG"
    group: ClassVar[Group] = "accuracy"
    description = (
        "How high the user's held-out items rank on the list, with event weights as gains."
    )
    formula = "sum over hits of g / log2(1 + rank), g the weight of the hit's event (linear gain)"
    denominator = "the same sum for the ideal list: T by descending g, cut at k"
    needs = frozenset({"gains"})
    source = "Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418; equal to ndcg in ranx"

    def per_user(self, lists: Lists, k: int) -> Doubles:
        gains = lists.ground_truth.gains
        assert gains is not None
        return graded(lists, k, gains)


class AUC(Metric):
    name = "auc"
    label = "AUC"
    group: ClassVar[Group] = "accuracy"
    description = (
        "The probability that a held-out item ranks above another item of the catalogue; 0.5 is "
        "random."
    )
    formula = (
        "pairs of a held-out item and a known item outside T in which the held-out item ranks "
        "above, plus half the tied pairs; items not on the list within k are tied below it"
    )
    denominator = "|T| × known items outside T; undefined where there are none"
    needs = frozenset({"catalogue"})
    source = (
        "Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747; equal to roc_auc_score in "
        "scikit-learn, given scores that fall with rank and one lower score for all other items"
    )

    def per_user(self, lists: Lists, k: int) -> Doubles:
        from pipelines.evaluation.metrics.kernels import hits

        truth, known = lists.ground_truth.truth, lists.ground_truth.catalogue
        assert known is not None
        out = np.empty(len(lists))
        stamps = np.zeros(len(known), np.int64)
        hits.auc(lists.items, truth.indptr, truth.values, known, k, stamps, out)
        return out
