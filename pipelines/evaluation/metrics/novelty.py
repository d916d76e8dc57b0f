"""How popular the listed items are, and what the lists find beyond popular items."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists
from pipelines.keys import distinct
from pipelines.reading.lists import Lists, filled_mean
from pipelines.schema import Doubles, Interactions, Longs, Mask

POPULAR_SHARE = 0.1
"""The most popular tenth of the known items counts as popular."""


class Novelty(Metric):
    name = "novelty"
    label = "novelty"
    group = "novelty"
    description = "How rare the listed items are among all users, in bits; not a sign of quality."
    formula = (
        "sum over filled places of -log2(share of training users who interacted with that item)"
    )
    denominator = "the user's filled places"
    better = "neither"
    bounds = None
    needs = frozenset({"popularity"})
    source = "mean self-information, Zhou et al. 2010, doi:10.1073/pnas.1000488107"

    def per_user(self, lists: Lists, k: int) -> Doubles:
        share = lists.ground_truth.popularity
        assert share is not None
        positive = share[share > 0]
        # An item without a training user is as novel as the rarest item with one.
        smallest = float(positive.min()) if len(positive) else 1.0
        return filled_mean(lists.first(k), -np.log2(np.maximum(share, smallest)))


class PopularityShare(Metric):
    name = "popularity_share"
    label = "popularity share"
    group = "novelty"
    description = "The share of the list that comes from the most popular tenth of the catalogue."
    formula = (
        "filled places with one of the most popular 10% of known items (by training users, the "
        "number of items rounded up; ties go to the lower item code)"
    )
    denominator = "the user's filled places"
    better = "neither"
    needs = frozenset({"popularity", "catalogue"})

    def per_user(self, lists: Lists, k: int) -> Doubles:
        share, known = lists.ground_truth.popularity, lists.ground_truth.catalogue
        assert share is not None and known is not None
        return filled_mean(lists.first(k), most_popular(share, known).astype(np.float64))


class PopularityLift(MetricOfAllLists):
    name = "popularity_lift"
    label = "popularity lift"
    group = "novelty"
    description = (
        "How much more popular the listed items are than the items of the users' histories: 0.5 "
        "means 50% more popular, below 0 means less popular."
    )
    formula = (
        "mean over users of the list's mean popularity (share of training users, over filled "
        "places), minus the mean over the same users of the history's (over its events)"
    )
    denominator = (
        "the mean over the histories; users without a history or without a filled place are left "
        "out of both means"
    )
    better = "neither"
    bounds = None
    needs = frozenset({"popularity", "history"})
    source = "Abdollahpouri et al. 2020, doi:10.1145/3383313.3418487, with all users as one group"

    def statistic(self, lists: Lists, k: int) -> Callable[[npt.NDArray[np.uint8]], Doubles]:
        share, history = lists.ground_truth.popularity, lists.ground_truth.history
        assert share is not None and history is not None
        shown = filled_mean(lists.first(k), share)
        had = history.sums(share[history.values]) / np.maximum(history.lengths(), 1)
        both = ~np.isnan(shown) & (history.lengths() > 0)
        means = np.where(both, [shown, had], 0.0).T

        def lift(weights: npt.NDArray[np.uint8]) -> Doubles:
            reached, base = (weights @ means).T
            out = np.full(len(base), np.nan)
            return np.divide(reached - base, base, out=out, where=base > 0)

        return lift


class Serendipity(Metric):
    name = "serendipity"
    label = "serendipity"
    group = "novelty"
    description = "How far the list ranks the user's held-out items above their popularity ranks."
    formula = (
        "sum over hits of max(0, (popularity rank - rank) / N), N the number of known items; the "
        "most popular items (by training users) have popularity rank 1, ties share a rank, an "
        "item without a training user has rank N + 1"
    )
    denominator = "the user's filled places"
    needs = frozenset({"popularity", "catalogue"})
    source = "the same as Serendipity in RecTools 0.19"

    def per_user(self, lists: Lists, k: int) -> Doubles:
        share, known = lists.ground_truth.popularity, lists.ground_truth.catalogue
        assert share is not None and known is not None
        shown = lists.first(k)
        of_item = popularity_ranks(share, int(known.sum()))[np.maximum(shown, 0)]
        ahead = np.maximum(0, of_item - np.arange(1, shown.shape[1] + 1)) / max(1, known.sum())
        total = np.where(lists.found[:, :k] >= 0, ahead, 0.0).sum(axis=1)
        filled = (shown >= 0).sum(axis=1)
        return np.divide(total, filled, out=np.full(len(shown), np.nan), where=filled > 0)


def popularity_ranks(share: Doubles, n_known: int) -> Longs:
    """1 for the most popular items, 2 for the next value, …, (n_items,).

    n_known + 1 for items without a training user.
    """
    ranks = np.full(len(share), n_known + 1, np.int64)
    seen = share > 0
    ranks[seen] = np.unique(-share[seen], return_inverse=True)[1] + 1
    return ranks


def popularity(train: Interactions) -> Doubles:
    """Share of the training users who interacted with each item, (n_items,) float64."""
    pairs = distinct(train.user.astype(np.int64) * train.n_items + train.item)
    users = np.bincount(pairs % train.n_items, minlength=train.n_items)
    return users / max(1, int((np.diff(train.indptr) > 0).sum()))


def most_popular(popularity: Doubles, known: Mask) -> Mask:
    """The most popular tenth of the known items, (n_items,) bool."""
    codes = np.flatnonzero(known)
    best = codes[np.argsort(-popularity[codes], kind="stable")]
    mask = np.zeros(len(known), bool)
    mask[best[: int(np.ceil(POPULAR_SHARE * len(codes)))]] = True
    return mask
