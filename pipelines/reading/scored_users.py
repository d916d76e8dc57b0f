"""The users who are scored, their held-out interactions, and their training data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.data.split import SeenPolicy
from pipelines.keys import distinct
from pipelines.reading.arranging import ragged
from pipelines.reading.ids import Numbered
from pipelines.reading.lists import GroundTruth
from pipelines.schema import Doubles, Ints, Longs, Mask, Ragged

RECOMMENDATIONS, TRUTH, TRAIN = 0, 1, 2
"""Indices of the tables in a numbering."""


@dataclass(frozen=True)
class ScoredUsers:
    """The n users in the truth, in the order of their codes."""

    row_of: Ints
    """Each user code's row, -1 for users who are not scored."""
    users: Longs
    """The codes of the users, (n,)."""
    truth: Ragged
    history: Ragged
    """The users' items in the training data, in file order."""
    known: Mask
    """Items that may be recommended, (codes,)."""
    popularity: Doubles | None
    copies: int
    """Repeated rows of the truth."""
    seen: int
    """Held-out interactions left out because the user has the item in the training data."""
    without_new: int
    """Users all of whose held-out interactions were left out."""
    incomplete: int
    incomplete_train: int

    def __len__(self) -> int:
        return len(self.users)

    @property
    def ground_truth(self) -> GroundTruth:
        if self.popularity is None:
            return GroundTruth(self.truth)
        return GroundTruth(self.truth, self.known, self.popularity, self.history)


def scored_users(
    users: Numbered, items: Numbered, there: Mask, *, trained: bool, seen: SeenPolicy
) -> ScoredUsers:
    """The scored users of the tables: recommendations, truth and, if `trained`, training data.

    `there` marks the user codes with a row in the truth.
    """
    from pipelines.reading import kernels

    row_of = _rows(there)
    n = int(row_of.max(initial=-1)) + 1
    truth, incomplete = ragged(users.codes[TRUTH], items.codes[TRUTH], row_of, n)
    history, known, popularity = Ragged.empty(n), np.ones(items.size, bool), None
    incomplete_train = 0
    if trained:
        train_users, train_items = users.codes[TRAIN], items.codes[TRAIN]
        history, incomplete_train = ragged(train_users, train_items, row_of, n)
        popularity = _popularity(train_users, train_items, items.size)
        known = popularity > 0
    barred = history if seen == "exclude" else Ragged.empty(n)
    ends, values = truth.indptr, truth.values
    stay, copies, removed = kernels.distinct(ends, values, barred.indptr, barred.values, items.size)
    truth = Ragged(ends, values[:stay])
    codes = np.flatnonzero(row_of >= 0)
    left = np.flatnonzero(truth.lengths())
    if len(left) < n:
        codes, truth, history = codes[left], truth.take(left), history.take(left)
        there = np.zeros(len(row_of), bool)
        there[codes] = True
        row_of = _rows(there)
    return ScoredUsers(
        row_of, codes, truth, history, known, popularity,
        int(copies), int(removed), n - len(left), incomplete, incomplete_train,
    )  # fmt: skip


def with_a_row(users: Numbered, items: Numbered, table: int) -> Mask:
    """Marks the user codes with a row in the table that has both ids."""
    from pipelines.reading import kernels

    there = np.zeros(users.size, bool)
    kernels.mark_users(users.codes[table], items.codes[table], there)
    return there


def _rows(there: Mask) -> Ints:
    """Ascending row numbers of the marked codes, -1 for the others."""
    return np.where(there, np.cumsum(there) - 1, -1).astype(np.int32)


def _popularity(users: Ints, items: Ints, n_items: int) -> Doubles:
    """The share of the table's users who interacted with each item, (n_items,)."""
    both = (users >= 0) & (items >= 0)
    pairs = distinct(users[both].astype(np.int64) * n_items + items[both])
    n_users = len(distinct(users[both]))
    return np.bincount(pairs % max(n_items, 1), minlength=n_items) / max(1, n_users)
