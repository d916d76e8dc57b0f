"""How far a recommended item that was not taken up is from those that were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.evaluation.behavior.contract import BehaviorTest, NotRun
from pipelines.evaluation.behavior.evidence import Answer, listed
from pipelines.evaluation.behavior.words import between, number
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.schema import Doubles, Ints, Longs, Ragged
from pipelines.statistics.intervals import t_interval

if TYPE_CHECKING:
    import scipy.sparse as sp

PEOPLE, PLACES = 1_000, 10_000
"""People and places that are looked at, at most, drawn."""
TRUTHS = 50
"""Items taken up later that a place is compared with, the first ones."""
BLOCK = 200_000
"""Pairs of items compared at once: 30 MB."""


class NearMisses(BehaviorTest):
    name = "near-misses"
    title = "Misses are near in kind"
    asks = "Is a recommended item that was not taken up at least of the kind that was?"
    formula = (
        "mean over people of (distance of a random item - distance of a miss), each to the nearest "
        "item taken up later; the distance of two items is 1 - categories of both / categories of "
        "either"
    )
    unit = "distance nearer than a random item, -1 to 1"
    why = (
        "No threshold: categories say little of what people want, and a list may well lead "
        "elsewhere; above 0 the misses are nearer than chance."
    )

    def run(self, answer: Answer) -> BehaviorResult:
        background = answer.background
        categories = background.catalogue.categories
        told = np.diff(categories.indptr) > 0
        if not told.any():
            raise NotRun("The catalogue has no categories.")
        rng = np.random.default_rng([background.seed, 4])
        truth = background.truth.mapped(np.append(np.where(told, np.arange(len(told)), -1), -1))
        rows = np.flatnonzero(truth.lengths())
        most = min(PEOPLE, max(1, PLACES // background.k))
        rows = np.sort(rng.choice(rows, min(len(rows), most), replace=False))
        truth = _first(truth.take(rows), TRUTHS)
        shown = answer.shown[rows]
        pool = np.flatnonzero(background.catalogue.known & told)
        drawn = rng.choice(pool, shown.shape).astype(np.int32) if len(pool) else shown
        barred = listed(drawn, rows, background.exclude, background.n_items)
        drawn = np.where(barred, np.int32(-1), drawn)
        missed = _misses(answer, rows, np.where(told[shown], shown, -1))
        ours, nearest = _nearest(missed, truth, categories)
        chance, _ = _nearest(_misses(answer, rows, drawn), truth, categories)
        miss, random = _row_means(ours), _row_means(chance)
        both = ~np.isnan(miss) & ~np.isnan(random)
        if not both.any():
            raise NotRun("No miss and no item taken up later has categories.")
        found = t_interval(random[both] - miss[both], within=(-1.0, 1.0))
        sentence = (
            f"A miss is {number(float(miss[both].mean()))} away from the nearest item that the "
            f"person took up later, a random item {number(float(random[both].mean()))} (0 has the "
            f"same categories, 1 none in common); the difference is {number(found.value)} "
            f"({between(found)})."
        )
        return self.result(
            found.value,
            sentence,
            interval=found,
            examples=_examples(answer, rows, missed, ours, nearest),
        )


def _first(lists: Ragged, most: int) -> Ragged:
    """The first values of each row, at most so many."""
    place = np.arange(len(lists.values)) - np.repeat(lists.indptr[:-1], lists.lengths())
    lengths = np.minimum(lists.lengths(), most)
    return Ragged(np.concatenate([[0], np.cumsum(lengths)]), lists.values[place < most])


def _misses(answer: Answer, rows: Longs, items: Ints) -> Ints:
    """The items (m, k) that the people `rows` (m,) did not take up; -1 in the other places."""
    hits = listed(items, rows, answer.background.truth, answer.background.n_items)
    return np.where(hits, np.int32(-1), items)


def _nearest(items: Ints, truth: Ragged, categories: sp.csr_matrix) -> tuple[Doubles, Longs]:
    """The distance (m, k) of each item to the nearest of its row's truths, and that truth.

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
    """1 - categories of both / categories of either, (p,), for items that have some."""
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
    """The nearest miss, the one in the middle, and the farthest."""
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
