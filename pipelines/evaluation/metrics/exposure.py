"""Accuracy with each truth weighed by how seldom it had been shown.

What was shown often is taken up often, and a log rewards lists that show it again. Where
the log tells with which chance each item was shown, 1 / chance makes up for it.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipelines.evaluation.metrics.metric import Group, Metric
from pipelines.evaluation.metrics.ranking import graded
from pipelines.reading.lists import Lists
from pipelines.schema import Doubles

WITHOUT = "those without a logged chance in (0, 1] are left out of both sums"


def inverse(propensity: Doubles) -> Doubles:
    """1 / propensity (truths,); 0 where it is NaN or outside (0, 1], which leaves a truth out.

    Nothing is clipped: the sums are divided by sums of the same weights, so that no user's
    value can leave 0 to 1, however small a chance is.
    """
    logged = (propensity > 0) & (propensity <= 1)
    return np.divide(1.0, propensity, out=np.zeros(len(propensity)), where=logged)


class _Debiased(Metric):
    group: ClassVar[Group] = "exposure"
    needs = frozenset({"propensity"})


class DebiasedNDCG(_Debiased):
    name = "debiased_ndcg"
    label = "debiased NDCG"
    description = "NDCG with what had seldom been shown counting for more; no clipping."
    formula = (
        "sum over hits of w / log2(1 + rank), w = 1 / the logged chance that the truth was shown; "
        + WITHOUT
    )
    denominator = (
        "the same sum for the best list there could be: T by falling w, cut at k; undefined where "
        "no truth has a logged chance"
    )
    source = (
        "the inverse-propensity DCG of Yang et al. 2018, doi:10.1145/3240323.3240355, divided by "
        "that of the best list instead of the sum of w, so that equal chances give ndcg"
    )

    def per_user(self, lists: Lists, k: int) -> Doubles:
        assert lists.ground_truth.propensity is not None
        return graded(lists, k, inverse(lists.ground_truth.propensity))


class DebiasedRecall(_Debiased):
    name = "debiased_recall"
    label = "debiased recall"
    description = "Recall with what had seldom been shown counting for more; no clipping."
    formula = "sum over hits of w = 1 / the logged chance that the truth was shown; " + WITHOUT
    denominator = "the sum of w over T; undefined where no truth has a logged chance"
    source = (
        "self-normalized, Yang et al. 2018, doi:10.1145/3240323.3240355; equal chances give recall"
    )

    def per_user(self, lists: Lists, k: int) -> Doubles:
        assert lists.ground_truth.propensity is not None
        weights = inverse(lists.ground_truth.propensity)
        total = lists.ground_truth.truth.sums(weights)
        hit = lists.reached(weights, np.ones(k))
        return np.divide(hit, total, out=np.full(len(hit), np.nan), where=total > 0)
