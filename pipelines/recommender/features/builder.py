"""Features of a candidate: of its sources, the item, the user, and how the two match.

Prices and promotions follow where the catalogue has them (`shop_features`).

Features are computed request by request, so they do not depend on other requests.
"""

from __future__ import annotations

from typing import Any, Self

import numba
import numpy as np

from pipelines.recommender.features.shop import KINDS, ShopFeatures, shop_features
from pipelines.schema import (
    Candidates,
    Catalogue,
    Features,
    Floats,
    Interactions,
    Longs,
    Queries,
    Ragged,
    sound,
)
from pipelines.stages.kernels import zeros

DAY = 86_400
RECENT_EVENTS = 5
"""How many of the newest events count as what a user is doing now."""

ITEM = ("popularity", "recent_popularity", "trend", "age_days", "days_since_last", "mean_weight")
PERSON = ("history_length", "days_since_event", "span_days")
MATCH = (
    "category_share",
    "recent_category_share",
    "co_now",
    "co_last",
    "popularity_gap",
    # For what users buy again; the same for all candidates where seen items are left out.
    "times_taken",
    "days_since_taken",
)


class FeatureBuilder:
    """Fitted on the events that the candidate models saw; builds (n, k, f) float32.

    Memory: the item co-occurrence counts, at most `partners` an item.
    """

    shop_: tuple[ShopFeatures, ...] = ()

    def __init__(self, partners: int = 200) -> None:
        self.partners = partners

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        """Count items, their recent events, and pairs of items that are close in a history."""
        n, item = interactions.n_items, interactions.item
        newest = int(interactions.time.max()) if len(interactions) else 0
        oldest = int(interactions.time.min()) if len(interactions) else 0
        recent = interactions.time >= newest - max(DAY, (newest - oldest) // 10)
        count = np.bincount(item, minlength=n).astype(np.float64)
        lately = np.bincount(item[recent], minlength=n).astype(np.float64)
        first = np.full(n, newest, np.int64)
        last = np.full(n, oldest, np.int64)
        np.minimum.at(first, item, interactions.time)
        np.maximum.at(last, item, interactions.time)
        total = np.bincount(item, weights=interactions.weight, minlength=n)
        expected = count * (recent.mean() if len(interactions) else 0.0)
        self.popularity_ = np.log1p(count).astype(np.float32)
        self.recent_ = np.log1p(lately).astype(np.float32)
        self.trend_ = (np.log1p(lately) - np.log1p(expected)).astype(np.float32)
        self.first_, self.last_ = first, last
        mean = np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
        self.mean_weight_ = mean.astype(np.float32)
        categories = catalogue.categories
        self.categories_ = Ragged(categories.indptr.astype(np.int64), categories.indices)
        self.n_categories_ = categories.shape[1]
        self.near_indptr_, self.near_items_, self.near_values_ = _near_pairs(
            interactions, count, self.partners
        )
        self.shop_ = shop_features(interactions, catalogue)
        return self

    def state(self) -> dict[str, Any]:
        """What was learned, for a file: see `Stage.state`."""
        shop = [(part.kind, part.state()) for part in self.shop_]
        return {**vars(self), "categories_": vars(self.categories_), "shop_": shop}

    @classmethod
    def restored(cls, state: dict[str, Any]) -> Self:
        """The builder that gave a `state`."""
        found = cls()
        for name, value in state.items():
            setattr(found, name, value)
        found.categories_ = Ragged(**state["categories_"])
        found.shop_ = tuple(KINDS[kind].restored(part) for kind, part in state["shop_"])
        return found

    def check(self, n_items: int) -> None:
        """Raise `ValueError` where what was restored cannot be of `n_items` items."""
        for name in ("popularity_", "recent_", "trend_", "mean_weight_"):
            sound.shaped(name, getattr(self, name), np.float32, n_items)
        for name in ("first_", "last_"):
            sound.shaped(name, getattr(self, name), np.int64, n_items)
        self.categories_.check("categories_", self.n_categories_, n_items)
        sound.codes("near_items_", self.near_items_, n_items)
        sound.shaped("near_values_", self.near_values_, np.float32, len(self.near_items_))
        sound.pointers("near_indptr_", self.near_indptr_, n_items, len(self.near_items_))
        for part in self.shop_:
            part.check(n_items)

    def build(
        self, queries: Queries, candidates: Candidates, *, sources_only: bool = False
    ) -> Features:
        """Features of each candidate: of its sources, the item, the user and the match."""
        n, k = candidates.items.shape
        names = [f"{kind}:{s}" for s in candidates.sources for kind in ("score", "rank")]
        shop = tuple(name for part in self.shop_ for name in part.names)
        more = () if sources_only else ITEM + PERSON + MATCH + shop
        values = np.empty((n, k, len(names) + len(more)), np.float32)
        self._sources(values, candidates)
        if sources_only:
            values[candidates.items < 0] = np.nan
            return Features(values, tuple(names))
        at = len(names)
        self._items(values[:, :, at:], queries, candidates)
        at += len(ITEM)
        self._people(values[:, :, at:], queries)
        at += len(PERSON)
        self._matches(values[:, :, at:], queries, candidates)
        at += len(MATCH)
        for part in self.shop_:
            part.fill(values[:, :, at:], queries, candidates)
            at += len(part.names)
        values[candidates.items < 0] = np.nan
        return Features(values, (*names, *more))

    def _sources(self, out: Floats, candidates: Candidates) -> None:
        """Scores as shares of the request's best, so that requests compare; reciprocal ranks."""
        scores, ranks = candidates.source_scores, candidates.source_ranks
        if scores is None or ranks is None:
            return
        _shares(out, scores, ranks)

    def _items(self, out: Floats, queries: Queries, candidates: Candidates) -> None:
        item = np.maximum(candidates.items, 0)
        now = queries.now[:, None]
        out[:, :, 0] = self.popularity_[item]
        out[:, :, 1] = self.recent_[item]
        out[:, :, 2] = self.trend_[item]
        out[:, :, 3] = np.log1p(np.maximum(now - self.first_[item], 0) / DAY)
        out[:, :, 4] = np.log1p(np.maximum(now - self.last_[item], 0) / DAY)
        out[:, :, 5] = self.mean_weight_[item]

    def _people(self, out: Floats, queries: Queries) -> None:
        lengths = queries.lengths
        there = lengths > 0
        padded = np.append(queries.times, 0)
        newest = padded[np.maximum(queries.history.indptr[1:] - 1, 0)]
        oldest = padded[queries.history.indptr[:-1]]
        idle = np.log1p(np.maximum(queries.now - newest, 0) / DAY)
        span = np.where(there, newest - oldest, 0)
        out[:, :, 0] = np.log1p(lengths)[:, None]
        out[:, :, 1] = np.where(there, idle, np.nan)[:, None]
        out[:, :, 2] = np.where(there, np.log1p(span / DAY), np.nan)[:, None]

    def _matches(self, out: Floats, queries: Queries, candidates: Candidates) -> None:
        _match(
            out,
            candidates.items,
            queries.history.indptr,
            queries.history.values,
            queries.times,
            queries.now,
            self.categories_.indptr,
            self.categories_.values,
            self.n_categories_,
            self.near_indptr_,
            self.near_items_,
            self.near_values_,
            self.popularity_,
            RECENT_EVENTS,
            zeros("near", len(self.popularity_), np.float32),
            zeros("nearest", len(self.popularity_), np.float32),
            zeros("taken", len(self.popularity_), np.int32),
            zeros("last", len(self.popularity_), np.int64),
        )


def _near_pairs(
    interactions: Interactions, count: np.ndarray, partners: int, reach: int = 5
) -> tuple[Longs, np.ndarray, Floats]:
    """Item pairs within `reach` events of each other, cosine-scaled, as sorted CSR."""
    import scipy.sparse as sp

    n = interactions.n_items
    before, after, weight = [], [], []
    for gap in range(1, reach + 1):
        same = interactions.user[gap:] == interactions.user[:-gap]
        before.append(interactions.item[:-gap][same])
        after.append(interactions.item[gap:][same])
        weight.append(np.full(int(same.sum()), 1.0 / gap, np.float32))
    pairs = (np.concatenate(before), np.concatenate(after))
    total = sp.csr_matrix((np.concatenate(weight), pairs), shape=(n, n))
    total = (total + total.T).tocsr()
    total.setdiag(0)
    total.eliminate_zeros()
    scale = sp.diags((1.0 / np.sqrt(np.maximum(count, 1.0) + 5.0)).astype(np.float32))
    near = (scale @ total @ scale).tocsr()
    near.sort_indices()
    _keep_strongest(near.indptr, near.indices, near.data, partners)
    near.eliminate_zeros()
    return near.indptr.astype(np.int64), near.indices, near.data.astype(np.float32)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _keep_strongest(indptr, indices, data, most):  # type: ignore[no-untyped-def]
    for r in range(len(indptr) - 1):
        row = data[indptr[r] : indptr[r + 1]]
        if len(row) > most:
            least = np.sort(row)[len(row) - most]
            for p in range(len(row)):
                if row[p] < least:
                    row[p] = 0.0


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _shares(out, scores, ranks):  # type: ignore[no-untyped-def]
    n, k, sources = scores.shape
    for r in range(n):
        for s in range(sources):
            top = np.float32(1e-12)
            for j in range(k):
                size = abs(scores[r, j, s])
                if np.isfinite(size) and size > top:
                    top = size
            for j in range(k):
                score, rank = scores[r, j, s], ranks[r, j, s]
                out[r, j, 2 * s] = score / top if np.isfinite(score) else np.nan
                out[r, j, 2 * s + 1] = 1.0 / (10.0 + rank) if rank > 0 else 0.0


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _match(  # type: ignore[no-untyped-def]
    out,
    items,
    indptr,
    history,
    times,
    now,
    cat_indptr,
    cats,
    n_cats,
    near_indptr,
    near_items,
    near_values,
    popularity,
    recent_events,
    near,
    nearest,
    taken,
    last,
):
    n, k = items.shape
    share = np.zeros(n_cats, np.float32)
    recent = np.zeros(n_cats, np.float32)
    for r in range(n):
        start, end = indptr[r], indptr[r + 1]
        fresh = max(start, end - recent_events)
        mean_popularity = np.float32(0)
        for p in range(start, end):
            item = history[p]
            mean_popularity += popularity[item]
            taken[item] += 1
            last[item] = times[p]
            for c in range(cat_indptr[item], cat_indptr[item + 1]):
                share[cats[c]] += 1
                if p >= fresh:
                    recent[cats[c]] += 1
        for p in range(fresh, end):
            item = history[p]
            for q in range(near_indptr[item], near_indptr[item + 1]):
                near[near_items[q]] += near_values[q]
                if p == end - 1:
                    nearest[near_items[q]] = near_values[q]
        length = np.float32(max(1, end - start))
        mean_popularity /= length
        fresh_length = np.float32(max(1, end - fresh))
        for j in range(k):
            item = items[r, j]
            if item < 0:
                continue
            total = np.float32(0)
            total_recent = np.float32(0)
            parts = cat_indptr[item + 1] - cat_indptr[item]
            for c in range(cat_indptr[item], cat_indptr[item + 1]):
                total += share[cats[c]]
                total_recent += recent[cats[c]]
            if parts > 0 and end > start:
                out[r, j, 0] = total / parts / length
                out[r, j, 1] = total_recent / parts / fresh_length
            else:
                out[r, j, 0] = np.nan
                out[r, j, 1] = np.nan
            out[r, j, 2] = near[item]
            out[r, j, 3] = nearest[item]
            out[r, j, 4] = popularity[item] - mean_popularity
            out[r, j, 5] = np.log1p(taken[item])
            out[r, j, 6] = np.nan
            if taken[item] > 0:
                out[r, j, 6] = np.log1p(max(now[r] - last[item], 0) / DAY)
        for p in range(start, end):
            item = history[p]
            taken[item] = 0
            last[item] = 0
            for c in range(cat_indptr[item], cat_indptr[item + 1]):
                share[cats[c]] = 0
                recent[cats[c]] = 0
        for p in range(fresh, end):
            item = history[p]
            for q in range(near_indptr[item], near_indptr[item + 1]):
                near[near_items[q]] = 0
                nearest[near_items[q]] = 0
