"""What lists are made of, whoever they are for; formulas in docs/metrics.md."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
import numpy.typing as npt

from pipelines.evaluation.intervals import bootstrap_interval, poisson_bootstrap
from pipelines.evaluation.results import Interval
from pipelines.keys import distinct
from pipelines.schema import Doubles, Interactions, Ints, Longs, Mask

POPULAR_SHARE = 0.1
"""The most popular tenth of the known items counts as popular."""


def popularity(train: Interactions) -> Doubles:
    """Share of the users with a training event who took each item up, (n_items,) float64."""
    pairs = distinct(train.user.astype(np.int64) * train.n_items + train.item)
    users = np.bincount(pairs % train.n_items, minlength=train.n_items)
    return users / max(1, int((np.diff(train.indptr) > 0).sum()))


def of_lists(
    items: Ints,
    *,
    known: Mask,
    popularity: Doubles,
    ks: Sequence[int],
    replicates: int = 200,
    seed: int = 0,
) -> dict[str, Doubles | Interval]:
    """novelty@k and popularity_share@k per user (n,) float64, coverage@k as an interval.

    `items` (n, width) int32, -1 where none; `known` (n_items,) marks what may be
    recommended; `popularity` (n_items,) is each item's share of training users. A user
    without any item in the first k places has NaN.
    """
    if popularity.max(initial=0.0) > 1.0:
        raise ValueError("popularity is a share of training users; see popularity()")
    surprise = -np.log2(np.maximum(popularity, _least(popularity)))
    popular = _most_popular(popularity, known)
    out: dict[str, Doubles | Interval] = {}
    for k in sorted(set(ks)):
        shown = np.asarray(items)[:, :k]
        out[f"coverage@{k}"] = coverage(shown, known, replicates=replicates, seed=seed)
        out[f"novelty@{k}"] = _mean_of_places(shown, surprise)
        out[f"popularity_share@{k}"] = _mean_of_places(shown, popular.astype(np.float64))
    return out


def coverage(shown: Ints, known: Mask, *, replicates: int = 200, seed: int = 0) -> Interval:
    """Share of the known items on at least one of the lists `shown` (n, k), with an interval.

    The interval is a Poisson bootstrap over users: it says how the share would vary with
    other users, as many.
    """
    n_known = int(known.sum())
    users, codes = _places_by_item(shown, known)
    if len(codes) == 0:
        return Interval(value=0.0, low=0.0, high=0.0)
    starts = np.append(np.flatnonzero(np.diff(codes, prepend=-1)), len(codes))

    def share(weights: npt.NDArray[np.uint8]) -> Doubles:
        found: Longs = _items_drawn(weights, users, starts)
        return found / n_known

    draws = poisson_bootstrap(share, len(shown), replicates=replicates, seed=seed)
    return bootstrap_interval((len(starts) - 1) / n_known, draws, within=(0.0, 1.0))


def _places_by_item(shown: Ints, known: Mask) -> tuple[Longs, Ints]:
    """User rows and item codes of the places that hold a known item, sorted by item."""
    users, places = np.nonzero((shown >= 0) & known[np.maximum(shown, 0)])
    codes = shown[users, places]
    order = np.argsort(codes, kind="stable")
    return users[order], codes[order]


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _items_drawn(weights, users, starts):  # type: ignore[no-untyped-def]
    """How many items a drawn user's list holds, (rows,); item i's users begin at starts[i]."""
    found = np.zeros(len(weights), np.int64)
    for row in range(len(weights)):
        for i in range(len(starts) - 1):
            for p in range(starts[i], starts[i + 1]):
                if weights[row, users[p]] > 0:  # most items are met at the first or second
                    found[row] += 1
                    break
    return found


def _mean_of_places(shown: Ints, of_item: Doubles) -> Doubles:
    """The mean of `of_item` over each row's filled places, (n,); NaN where it has none."""
    filled = shown >= 0
    total = np.where(filled, of_item[np.maximum(shown, 0)], 0.0).sum(axis=1)
    places = filled.sum(axis=1)
    return np.where(places > 0, total / np.maximum(places, 1), np.nan)


def _most_popular(popularity: Doubles, known: Mask) -> Mask:
    codes = np.flatnonzero(known)
    best = codes[np.argsort(-popularity[codes], kind="stable")]
    mask = np.zeros(len(known), bool)
    mask[best[: int(np.ceil(POPULAR_SHARE * len(codes)))]] = True
    return mask


def _least(popularity: Doubles) -> float:
    positive = popularity[popularity > 0]
    return float(positive.min()) if len(positive) else 1.0
