"""How well lists match each user's held-out interactions; formulas in docs/metrics.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np

from pipelines.evaluation.metrics.metric import Group, Metric
from pipelines.evaluation.metrics.names import MAIN
from pipelines.reading.lists import Lists
from pipelines.schema import Doubles, Ints, Longs, Ragged


def per_user(items: Ints, truth: Ragged, ks: Sequence[int]) -> dict[str, Doubles]:
    """Each user's ndcg, recall, precision, map, mrr and hit_rate at each k, (n,) float64.

    `items` (n, width) holds each user's list, best first; -1 is an empty place, which
    keeps its rank. Lists shorter than k are not padded (precision still divides by k).
    Repeated copies of an item are not hits. A truth of -1 (an unknown item) stays in the
    denominators. Raises `ValueError` where a user has no truth, or rows do not match.
    Linear in places and truths; 100,000 users × 20 places take about 6 ms.
    """
    from pipelines.evaluation.metrics.kernels import hits

    depths = sorted_ks(ks)
    items = np.ascontiguousarray(items, np.int32)
    if items.ndim != 2 or len(items) != len(truth):
        raise ValueError(f"lists of shape {items.shape} do not match {len(truth)} truths")
    if (truth.lengths() == 0).any():
        raise ValueError("a user without a truth cannot be scored; leave such users out")
    gains = 1.0 / np.log2(np.arange(2, depths[-1] + 2))
    ideal = np.concatenate([[0.0], np.cumsum(gains)])
    highest = max(items.max(initial=-1), truth.values.max(initial=-1))
    stamps = np.zeros(highest + 1, np.int64)
    out = np.empty((len(MAIN), len(depths), len(items)))
    hits.accuracy(items, truth.indptr, truth.values, depths, gains, ideal, stamps, out)
    return {
        f"{metric}@{k}": out[m, d]
        for d, k in enumerate(depths.tolist())
        for m, metric in enumerate(MAIN)
    }


def sorted_ks(ks: Iterable[int]) -> Longs:
    """The distinct list lengths, ascending, (n_ks,) int64; `ValueError` below 1."""
    depths = np.unique(np.array(list(ks), dtype=np.int64))
    if len(depths) == 0 or depths[0] < 1:
        raise ValueError(f"list lengths must be whole numbers from 1: {list(ks)}")
    return depths


def prepare(lists: Lists, ks: Sequence[int]) -> None:
    """Compute the six accuracy metrics at several k in one pass over the lists."""
    missing = [k for k in ks if k not in lists.memo]
    if missing:
        found = per_user(lists.items, lists.ground_truth.truth, missing)
        for k in missing:
            lists.memo[k] = {name: found[f"{name}@{k}"] for name in MAIN}


class Accuracy(Metric):
    """One of the six accuracy metrics, which are computed together."""

    group: ClassVar[Group] = "accuracy"

    def per_user(self, lists: Lists, k: int) -> Doubles:
        prepare(lists, (k,))
        return lists.memo[k][self.name]


class NDCG(Accuracy):
    name = "ndcg"
    label = "NDCG"
    description = "How high the user's held-out items rank on the list."
    formula = "sum over hits of 1 / log2(1 + rank)"
    denominator = "the same sum for the ideal list: min(k, |T|) hits at ranks 1, 2, …"
    source = "Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418, with binary gains"


class Recall(Accuracy):
    name = "recall"
    label = "recall"
    description = "The share of the user's held-out items that are on the list."
    formula = "number of hits"
    denominator = "|T|"


class Precision(Accuracy):
    name = "precision"
    label = "precision"
    description = "The share of the k places that hold one of the user's held-out items."
    formula = "number of hits"
    denominator = "k, even if the list is shorter"


class MAP(Accuracy):
    name = "map"
    label = "MAP"
    description = "Precision at the rank of each hit, averaged over the held-out items."
    formula = "sum over hits of (hits up to that rank) / rank"
    denominator = "|T|, even if |T| > k"


class MRR(Accuracy):
    name = "mrr"
    label = "MRR"
    description = "How high the first hit ranks on the list."
    formula = "1 / rank of the first hit; 0 without one"
    denominator = "1"


class HitRate(Accuracy):
    name = "hit_rate"
    label = "hit rate"
    description = "The share of users with at least one held-out item on their list."
    formula = "1 if there is a hit, else 0"
    denominator = "1"
