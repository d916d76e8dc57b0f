"""How far recommended items that the user did not choose are from those the user chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, listed
from pipelines.evaluation.behavior.formats import between, number
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.schema import Doubles, Ints, Longs, Ragged
from pipelines.statistics.intervals import t_interval

if TYPE_CHECKING:
    import scipy.sparse as sp

USERS, PLACES = 1_000, 10_000
"""The most users and places in the random sample."""
TRUTHS = 50
"""The most held-out items that a place is compared with, the first ones."""
BLOCK = 200_000
"""Pairs of items compared at once, 30 MB."""


class NearMisses(BehaviorTest):
    name = "near-misses"
    title = "Misses are similar to later choices"
    question = "Are recommended items that the user did not choose similar to those the user chose?"
    formula = (
        "mean over users of (distance of a random item - distance of a miss), each to the nearest "
        "held-out item; the distance of two items is 1 - categories of both / categories of either"
    )
    unit = "difference of two distances, -1 to 1"
    rationale = (
        "No threshold: categories say little about what users want, and a list may introduce "
        "something new; above 0, misses are nearer than random items."
    )

    def run(self, answer: Answer) -> BehaviorResult:
        background = answer.background
        categories = background.catalogue.categories
        categorized = np.diff(categories.indptr) > 0
        if not categorized.any():
            raise NotRun("The catalogue has no categories.")
        rng = np.random.default_rng([background.seed, 4])
        codes = np.where(categorized, np.arange(len(categorized)), -1)
        truth = background.truth.mapped(np.append(codes, -1))
        rows = np.flatnonzero(truth.lengths())
        most = min(USERS, max(1, PLACES // background.k))
        rows = np.sort(rng.choice(rows, min(len(rows), most), replace=False))
        truth = _first(truth.take(rows), TRUTHS)
        shown = answer.shown[rows]
        pool = np.flatnonzero(background.catalogue.known & categorized)
        drawn = rng.choice(pool, shown.shape).astype(np.int32) if len(pool) else shown
        barred = listed(drawn, rows, background.exclude, background.n_items)
        drawn = np.where(barred, np.int32(-1), drawn)
        missed = _misses(answer, rows, np.where(categorized[shown], shown, -1))
        ours, nearest = _nearest(missed, truth, categories)
        chance, _ = _nearest(_misses(answer, rows, drawn), truth, categories)
        miss, random = _row_means(ours), _row_means(chance)
        both = ~np.isnan(miss) & ~np.isnan(random)
        if not both.any():
            raise NotRun("No user has both a miss and a held-out item with categories.")
        found = t_interval(random[both] - miss[both], within=(-1.0, 1.0))
        sentence = (
            "The mean distance to the nearest item that the user later chose is "
            f"{number(float(miss[both].mean()))} for a miss and "
            f"{number(float(random[both].mean()))} for a random item (0: the same categories, 1: "
            f"none in common); the difference is {number(found.value)} ({between(found)})."
        )
        return self.result(
            found.value,
            sentence,
            interval=found,
            examples=_examples(answer, rows, missed, ours, nearest),
        )


def _first(lists: Ragged, most: int) -> Ragged:
    """At most the first `most` values of each row."""
    place = np.arange(len(lists.values)) - np.repeat(lists.indptr[:-1], lists.lengths())
    lengths = np.minimum(lists.lengths(), most)
    return Ragged(np.concatenate([[0], np.cumsum(lengths)]), lists.values[place < most])


def _misses(answer: Answer, rows: Longs, items: Ints) -> Ints:
    """The items (m, k) that are not held-out items of the users `rows` (m,); -1 elsewhere."""
    hits = listed(items, rows, answer.background.truth, answer.background.n_items)
    return np.where(hits, np.int32(-1), items)


def _nearest(items: Ints, truth: Ragged, categories: sp.csr_matrix) -> tuple[Doubles, Longs]:
    """The distance (m, k) of each item to its row's nearest truth, and that truth.

    NaN and -1 in empty places. No row of `truth` may be empty.
    """
    distances, nearest = np.full(items.shape, np.nan), np.full(items.shape, -1, np.int64)
    rows, places = np.nonzero(items >= 0)
    ends = np.cumsum(truth.lengths()[rows])
    cuts = np.searchsorted(ends, np.arange(BLOCK, (ends[-1] if len(ends) else 0) + BLOCK, BLOCK))
    for part in np.split(np.arange(len(rows)), np.unique(cuts)):
        if not len(part):
            continue
        owner, place = rows[part], places[part]
        counts = truth.lengths()[owner]
        right = truth.values[truth.positions(owner)]
        apart = _distance(np.repeat(items[owner, place], counts), right, categories)
        starts = np.cumsum(counts) - counts
        least = np.minimum.reduceat(apart, starts)
        first = np.flatnonzero(apart == np.repeat(least, counts))
        distances[owner, place] = least
        nearest[owner, place] = right[first[np.searchsorted(first, starts)]]
    return distances, nearest


def _distance(a: Ints, b: Ints, categories: sp.csr_matrix) -> Doubles:
    """1 - categories of both / categories of either, (p,), for items with categories."""
    sizes = np.diff(categories.indptr)
    both = np.asarray(categories[a].multiply(categories[b]).sum(axis=1)).ravel().astype(np.float64)
    return 1.0 - both / (sizes[a] + sizes[b] - both)


def _row_means(values: Doubles) -> Doubles:
    """The mean of each row's values, (m,); NaN where it has none."""
    there = ~np.isnan(values)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.where(there.any(axis=1), total / np.maximum(there.sum(axis=1), 1), np.nan)


def _examples(
    answer: Answer, rows: Longs, missed: Ints, distances: Doubles, nearest: Longs
) -> list[dict[str, Any]]:
    """The nearest, the median and the farthest miss."""
    background = answer.background
    at = np.argwhere(~np.isnan(distances))
    ordered = at[np.argsort(distances[at[:, 0], at[:, 1]], kind="stable")]
    picked = ordered[np.unique([0, (len(ordered) - 1) // 2, len(ordered) - 1])]
    return [
        {
            "user_id": background.user(rows[row]),
            "distance": float(distances[row, place]),
            "miss": background.item(int(missed[row, place])),
            "nearest_taken_up": background.item(int(nearest[row, place])),
        }
        for row, place in picked.tolist()
    ]
