"""How popular what the lists show is."""

from __future__ import annotations

import numpy as np

from pipelines.evaluation.metrics.lists import Lists, filled_mean
from pipelines.evaluation.metrics.metric import Metric
from pipelines.keys import distinct
from pipelines.schema import Doubles, Interactions, Mask

POPULAR_SHARE = 0.1
"""The most popular tenth of the known items counts as popular."""


class Novelty(Metric):
    name = "novelty"
    spoken = "novelty"
    group = "novelty"
    says = "How rare the listed items are among all users, in bits; no sign of quality."
    formula = "sum over filled places of -log2(share of training users who took that item up)"
    denominator = "the user's filled places"
    better = "neither"
    bounds = None
    needs = frozenset({"popularity"})

    def per_user(self, lists: Lists, k: int) -> Doubles:
        share = lists.key.popularity
        assert share is not None
        positive = share[share > 0]
        # An item without a training user is as novel as the rarest that has one.
        least = float(positive.min()) if len(positive) else 1.0
        return filled_mean(lists.first(k), -np.log2(np.maximum(share, least)))


class PopularityShare(Metric):
    name = "popularity_share"
    spoken = "popularity share"
    group = "novelty"
    says = "The share of the list that comes from the most popular tenth of the catalogue."
    formula = (
        "filled places with one of the most popular 10 % of known items (by training users, the "
        "number rounded up; ties to the lower item code)"
    )
    denominator = "the user's filled places"
    better = "neither"
    needs = frozenset({"popularity", "catalogue"})

    def per_user(self, lists: Lists, k: int) -> Doubles:
        share, known = lists.key.popularity, lists.key.catalogue
        assert share is not None and known is not None
        return filled_mean(lists.first(k), most_popular(share, known).astype(np.float64))


def popularity(train: Interactions) -> Doubles:
    """Share of the users with a training event who took each item up, (n_items,) float64."""
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
