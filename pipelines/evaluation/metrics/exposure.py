"""Accuracy metrics weighted by inverse propensity.

Users interact with what they are shown, so logged interactions favor lists that repeat what
was shown. Where the log has the probability with which each item was shown (its propensity),
weighting each held-out interaction by 1 / propensity corrects for it.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipelines.evaluation.metrics.metric import Group, Metric
from pipelines.evaluation.metrics.ranking import graded
from pipelines.reading.lists import Lists
from pipelines.schema import Doubles

WITHOUT = "held-out items without a propensity in (0, 1] are left out of both sums"


def inverse(propensity: Doubles) -> Doubles:
    """1 / propensity (truths,); 0 where it is NaN or outside (0, 1], which leaves a truth out.

    Weights are not clipped: sums are divided by sums of the same weights, so every user's
    value stays within 0 to 1, however small a propensity is.
    """
    logged = (propensity > 0) & (propensity <= 1)
    return np.divide(1.0, propensity, out=np.zeros(len(propensity)), where=logged)


class _Debiased(Metric):
    group: ClassVar[Group] = "exposure"
    needs = frozenset({"propensity"})


class DebiasedNDCG(_Debiased):
    name = "debiased_ndcg"
    label = "debiased NDCG"
    description = "NDCG with more weight on items that were rarely shown; weights are not clipped."
    formula = (
        "sum over hits of w / log2(1 + rank), w = 1 / the logged propensity of the held-out item; "
        + WITHOUT
    )
    denominator = (
        "the same sum for the ideal list: T by descending w, cut at k; undefined where no "
        "held-out item has a propensity"
    )
    source = (
        "the inverse-propensity DCG of Yang et al. 2018, doi:10.1145/3240323.3240355, divided by "
        "that of the ideal list instead of the sum of w, so that equal propensities give ndcg"
    )

    def per_user(self, lists: Lists, k: int) -> Doubles:
        assert lists.ground_truth.propensity is not None
        return graded(lists, k, inverse(lists.ground_truth.propensity))


class DebiasedRecall(_Debiased):
    name = "debiased_recall"
    label = "debiased recall"
    description = (
        "Recall with more weight on items that were rarely shown; weights are not clipped."
    )
    formula = "sum over hits of w = 1 / the logged propensity of the held-out item; " + WITHOUT
    denominator = "the sum of w over T; undefined where no held-out item has a propensity"
    source = (
        "self-normalized, Yang et al. 2018, doi:10.1145/3240323.3240355; equal propensities give "
        "recall"
    )

    def per_user(self, lists: Lists, k: int) -> Doubles:
        assert lists.ground_truth.propensity is not None
        weights = inverse(lists.ground_truth.propensity)
        total = lists.ground_truth.truth.sums(weights)
        hit = lists.reached(weights, np.ones(k))
        return np.divide(hit, total, out=np.full(len(hit), np.nan), where=total > 0)
