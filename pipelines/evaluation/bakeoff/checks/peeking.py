"""Models that were given half of everybody's answers: what honest contenders stay below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.evaluation.bakeoff.checks.contract import SAMPLE, Material
from pipelines.reading.lists import GroundTruth
from pipelines.schema import (
    NO_ITEM,
    Doubles,
    Interactions,
    Ints,
    Longs,
    Mask,
    Queries,
    Ragged,
    row_pointers,
)

if TYPE_CHECKING:
    import scipy.sparse as sp

USERS = 10_000
"""Users that the models learn from, at most: a seeded draw."""
DENSE = 1_000
"""Items of the linear model: the most frequent ones."""
L2 = 200.0
"""Its regularization; a usual value for data of this size, and not tuned."""
WINDOW = 5
"""How far apart in a history two items are neighbors in time."""
ROWS, DEPTH = 50, 200
"""Requests whose scores are in memory together, and items of each list that are averaged."""
NEWEST = 3
"""Items of a history that neighbors in time start from, beside the given half."""


@dataclass(frozen=True)
class Halves:
    """For some requests, one half of the held-out items (`given`) and the other (`asked`).

    Only items that may be recommended are asked for.
    """

    rows: Longs
    """The requests, ascending; both halves have an item for each."""
    given: Ragged
    asked: Ragged
    drawn: Mask
    """Marks the given ones of all held-out items of all requests, (truths,)."""

    @staticmethod
    def of(key: GroundTruth, known: Mask, seed: int) -> Halves:
        """A seeded draw of at most `SAMPLE` requests."""
        rng = np.random.default_rng([seed, 13])
        truth, lengths = key.truth, key.truth.lengths()
        of = np.repeat(np.arange(len(truth)), lengths)
        shuffled = np.lexsort((rng.random(len(of)), of))
        place = np.empty(len(of), np.int64)
        place[shuffled] = np.arange(len(of)) - np.repeat(truth.indptr[:-1], lengths)
        drawn = place < lengths[of] // 2
        asked = ~drawn & known[truth.values]
        both = (truth.sums(drawn) > 0) & (truth.sums(asked) > 0)
        rows = np.flatnonzero(both)
        rows = np.sort(rng.permutation(rows)[:SAMPLE])
        return Halves(rows, _kept(truth, drawn, rows), _kept(truth, asked, rows), drawn)


def _kept(truth: Ragged, kept: Mask, rows: Longs) -> Ragged:
    counts = np.concatenate([[0], np.cumsum(truth.sums(kept))]).astype(np.int64)
    return Ragged(counts, truth.values[kept]).take(rows)


def peeking_lists(material: Material, halves: Halves, k: int) -> dict[str, Ints]:
    """The first k items (n, k) of each model, by what it is called in a sentence."""
    models = _Models.of(material, halves)
    parts = [
        models.lists(rows, max(k, DEPTH))
        for rows in np.array_split(np.arange(len(halves.rows)), len(halves.rows) // ROWS + 1)
        if len(rows)
    ]
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    found["averages of models"] = _fused([*found.values()], material.cut.train.n_items)
    return {name: lists[:, :k] for name, lists in found.items()}


@dataclass(frozen=True)
class _Models:
    """Item models after training, and what each user has."""

    asked: Queries
    given: Ragged
    known: Mask
    popular: Doubles
    users: sp.csr_matrix
    linear: tuple[Longs, Doubles]
    near: tuple[sp.csr_matrix, Doubles]

    @staticmethod
    def of(material: Material, halves: Halves) -> _Models:
        events = _events(material, halves)
        users = _users(events)
        return _Models(
            material.cut.queries.take(halves.rows),
            halves.given,
            material.cut.known,
            _popular(material, halves),
            users,
            _linear(users),
            _near(events),
        )

    def lists(self, rows: Longs, depth: int) -> dict[str, Ints]:
        """The first items of each model for some of the requests, (rows, depth)."""
        asked, given = self.asked.take(rows), self.given.take(rows)
        half = _matrix(given, asked.n_items)
        has = (_matrix(asked.history, asked.n_items) + half).tocsr()
        once = has.copy()
        once.data[:] = 1
        latest = (
            _matrix(_last(asked.history), asked.n_items) + _matrix(given, asked.n_items)
        ).tocsr()
        top, weights = self.linear
        linear = np.full(has.shape, -1e9)
        linear[:, top] = once[:, top] @ weights
        near, scale = self.near
        scores = {
            "counts of the test period": np.tile(self.popular, (len(rows), 1)),
            "item neighbors": _neighbours(once, self.users),
            "linear item models": linear,
            "neighbors in time": (_scaled(latest, scale) @ near).toarray() * np.sqrt(scale),
            "users' own counts": has.toarray() + self.popular,
        }
        barred = [asked.exclude, given]
        return {name: _first(one, self.known, barred, depth) for name, one in scores.items()}


def _events(material: Material, halves: Halves) -> Interactions:
    """The training events and all given halves."""
    train, asked, truth = material.cut.train, material.cut.queries, material.key.truth
    # The held-out items of a request are in order of time, and later than its moment.
    of = np.repeat(np.arange(len(truth)), truth.lengths())[halves.drawn]
    return Interactions.build(
        np.concatenate([train.user, asked.user[of]]),
        np.concatenate([train.item, truth.values[halves.drawn]]),
        None,
        np.concatenate([train.time, asked.now[of]]),
        n_users=train.n_users,
        n_items=train.n_items,
    )


def _matrix(rows: Ragged, n_items: int) -> sp.csr_matrix:
    import scipy.sparse as sp

    ones = np.ones(len(rows.values), np.float32)
    found = sp.csr_matrix((ones, rows.values, rows.indptr), shape=(len(rows), n_items))
    found.sum_duplicates()
    return found


def _users(events: Interactions) -> sp.csr_matrix:
    """User × item, ones: at most `USERS` of those with an event."""
    rows = _drawn_users(events)
    found = _matrix(Ragged(events.indptr, events.item).take(rows), events.n_items)
    found.data[:] = 1
    return found


def _drawn_users(events: Interactions) -> Longs:
    rows = np.flatnonzero(np.diff(events.indptr))
    if len(rows) > USERS:
        rows = np.sort(np.random.default_rng(0).choice(rows, USERS, replace=False))
    return rows


def _popular(material: Material, halves: Halves) -> Doubles:
    """The counts of the given halves, ties by training events, below 1 in all; (n_items,)."""
    n = material.dataset.interactions.n_items
    counts = np.bincount(material.key.truth.values[halves.drawn], minlength=n)
    before = np.bincount(material.cut.train.item, minlength=n)
    return (counts + before / (before.sum() + 1)) / (counts.sum() + 2)


def _neighbours(has: sp.csr_matrix, users: sp.csr_matrix) -> Doubles:
    """Cosine of items over users, summed over what a user has."""
    scale = 1 / np.sqrt(np.maximum(np.asarray(users.sum(axis=0)).ravel(), 1))
    shared = (_scaled(has, scale) @ users.T) @ users
    return np.asarray(shared.toarray()) * scale


def _scaled(matrix: sp.csr_matrix, columns: Doubles) -> sp.csr_matrix:
    found = matrix.copy()
    found.data = found.data * columns[found.indices]
    return found


def _linear(users: sp.csr_matrix) -> tuple[Longs, Doubles]:
    """EASE (Steck 2019, arXiv:1905.03375) of the `DENSE` most frequent items, and these."""
    counts = np.asarray(users.sum(axis=0)).ravel()
    top = np.sort(np.argsort(-counts, kind="stable")[:DENSE])
    some = users[:, top]
    gram = (some.T @ some).toarray().astype(np.float64)
    inverse = np.linalg.inv(gram + L2 * np.eye(len(top)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return top, weights


def _near(events: Interactions) -> tuple[sp.csr_matrix, Doubles]:
    """How often two items are within `WINDOW` events of each other, and each item's scale."""
    import scipy.sparse as sp

    rows = _drawn_users(events)
    some = Ragged(events.indptr, events.item).take(rows)
    user, item = np.repeat(rows, some.lengths()), some.values
    n = events.n_items
    near = _matrix(Ragged.empty(n), n)
    for gap in range(1, min(WINDOW, len(item) - 1) + 1):
        same = user[:-gap] == user[gap:]
        pair = (item[:-gap][same], item[gap:][same])
        weight = np.full(len(pair[0]), 1 / gap, np.float32)
        near = near + sp.csr_matrix((weight, pair), shape=(n, n))
    near = (near + near.T).tocsr()
    return near, 1 / np.sqrt(np.maximum(np.asarray(near.sum(axis=0)).ravel(), 1))


def _last(history: Ragged) -> Ragged:
    """The newest items of each history."""
    lengths = np.minimum(history.lengths(), NEWEST)
    starts = history.indptr[1:] - lengths
    at = np.concatenate([np.arange(s, s + n) for s, n in zip(starts, lengths, strict=True)])
    indptr = row_pointers(np.repeat(np.arange(len(history)), lengths), len(history))
    return Ragged(indptr, history.values[at.astype(np.int64)])


def _fused(models: list[Ints], n_items: int) -> Ints:
    """Lists by the sum of 1 / (60 + place) over models (Cormack, Clarke & Buettcher 2009,
    doi:10.1145/1571941.1572114)."""
    n, depth = models[0].shape
    value = np.tile(1.0 / (60.0 + np.arange(depth)), n)
    rows = np.repeat(np.arange(n, dtype=np.int64), depth)
    keys = np.concatenate([rows * n_items + np.maximum(m.ravel(), 0) for m in models])
    worth = np.concatenate([np.where(m.ravel() >= 0, value, 0.0) for m in models])
    pairs, place = np.unique(keys, return_inverse=True)
    total = np.bincount(place, worth)
    order = np.lexsort((pairs, -total, pairs // n_items))
    pairs, total = pairs[order], total[order]
    first = np.searchsorted(pairs // n_items, np.arange(n))
    rank = np.arange(len(pairs)) - first[pairs // n_items]
    kept = (rank < depth) & (total > 0)
    out = np.full((n, depth), NO_ITEM, np.int32)
    out[pairs[kept] // n_items, rank[kept]] = pairs[kept] % n_items
    return out


def _first(scores: Doubles, known: Mask, barred: list[Ragged], k: int) -> Ints:
    """The best k items that may be recommended; ties by item code among the kept ones."""
    scores = scores.astype(np.float64)
    scores[:, ~known] = -np.inf
    for rows in barred:
        scores[np.repeat(np.arange(len(rows)), rows.lengths()), rows.values] = -np.inf
    k = min(k, scores.shape[1])
    some = np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)
    worth = np.take_along_axis(scores, some, axis=1)
    order = np.argsort(-worth, axis=1, kind="stable")
    items = np.take_along_axis(some, order, axis=1).astype(np.int32)
    return np.where(np.isneginf(np.take_along_axis(worth, order, axis=1)), NO_ITEM, items)
