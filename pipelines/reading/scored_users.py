"""Who is scored, by what, and what the training file says of them."""

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
"""Places of the tables in a numbering."""


@dataclass(frozen=True)
class ScoredUsers:
    """The n users with a truth, in the order of their codes."""

    row_of: Ints
    """Each user code's row, -1 for users who are not scored."""
    users: Longs
    """Their codes, (n,)."""
    truth: Ragged
    history: Ragged
    """Their items in the training file, in its order."""
    known: Mask
    """Items that may be recommended, (codes,)."""
    popularity: Doubles | None
    copies: int
    seen: int
    lost: int
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
    """The answer key of the tables: recommendations, truth and, where `trained`, training.

    `there` marks the user codes with a row in the truth.
    """
    from pipelines.reading import kernels

    row_of = _rows(there)
    n = int(row_of.max(initial=-1)) + 1
    truth, incomplete = ragged(users.codes[TRUTH], items.codes[TRUTH], row_of, n)
    history, known, popularity = Ragged.empty(n), np.ones(items.size, bool), None
    incomplete_train = 0
    if trained:
        who, what = users.codes[TRAIN], items.codes[TRAIN]
        history, incomplete_train = ragged(who, what, row_of, n)
        popularity = _popularity(who, what, items.size)
        known = popularity > 0
    barred = history if seen == "exclude" else Ragged.empty(n)
    ends, values = truth.indptr, truth.values
    stay, copies, gone = kernels.distinct(ends, values, barred.indptr, barred.values, items.size)
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
        int(copies), int(gone), n - len(left), incomplete, incomplete_train,
    )  # fmt: skip


def with_a_row(users: Numbered, items: Numbered, table: int) -> Mask:
    """Marks the user codes with a row of the table that has both ids."""
    from pipelines.reading import kernels

    there = np.zeros(users.size, bool)
    kernels.mark_users(users.codes[table], items.codes[table], there)
    return there


def _rows(there: Mask) -> Ints:
    """Marked codes' row numbers, ascending; -1 for the others."""
    return np.where(there, np.cumsum(there) - 1, -1).astype(np.int32)


def _popularity(users: Ints, items: Ints, n_items: int) -> Doubles:
    """The share of the table's users who took each item up, (n_items,)."""
    both = (users >= 0) & (items >= 0)
    pairs = distinct(users[both].astype(np.int64) * n_items + items[both])
    n_users = len(distinct(users[both]))
    return np.bincount(pairs % max(n_items, 1), minlength=n_items) / max(1, n_users)
