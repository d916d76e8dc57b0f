"""Find pairs of users with similar histories in a seeded sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.schema import Doubles, Longs, Ragged

USERS = 1_000
"""The most users in the random sample, since comparing all pairs takes n² time."""
NEWEST = 200
"""The most events of a history that are compared, the newest."""
FEWEST_ITEMS = 3
"""The fewest distinct items of a history: histories of one item are equal by chance."""
PAIRS = 250
"""The most pairs, those with the highest overlap."""


@dataclass(frozen=True)
class Pairs:
    """`first` and `second` (p,) are users with similar histories, `other` (p,) unrelated ones.

    No user is in two pairs; `other` holds the same users as `second` in another order, so that
    each is paired with an unrelated user. `overlap` (p,) is the Jaccard overlap of the similar
    histories, above 0.
    """

    first: Longs
    second: Longs
    other: Longs
    overlap: Doubles

    def __len__(self) -> int:
        return len(self.first)


def similar_pairs(history: Ragged, n_items: int, seed: int) -> Pairs:
    """The pairs with the highest overlap, chosen greedily: at most `PAIRS` of `USERS` users.

    One sparse product of (1,000, n_items) with its transpose, at most 200 items per row.
    """
    import scipy.sparse as sp

    rng = np.random.default_rng([seed, 1])
    rows = np.sort(rng.choice(len(history), min(len(history), USERS), replace=False))
    mine = history.take(rows)
    ends = np.repeat(mine.indptr[1:], mine.lengths())
    newest = ends - np.arange(len(mine.values)) <= NEWEST
    owner = np.repeat(np.arange(len(rows)), mine.lengths())[newest]
    ones = np.ones(len(owner), np.float32)
    matrix = sp.csr_matrix((ones, (owner, mine.values[newest])), shape=(len(rows), n_items))
    matrix.data[:] = 1.0  # repeated interactions count once
    sizes = matrix.getnnz(axis=1)
    enough = sizes >= FEWEST_ITEMS
    rows, matrix, sizes = rows[enough], matrix[enough], sizes[enough]
    shared = (matrix @ matrix.T).toarray().astype(np.float64)
    overlap = np.triu(shared / np.maximum(sizes[:, None] + sizes[None, :] - shared, 1), 1)
    a, b = np.nonzero(overlap)
    best = np.argsort(-overlap[a, b], kind="stable")
    chosen = _disjoint(a[best].tolist(), b[best].tolist())
    left, right = np.array(chosen, np.int64).reshape(-1, 2).T
    turn = rng.permutation(len(left))
    other = np.empty_like(right)
    other[turn] = right[np.roll(turn, 1)]
    return Pairs(rows[left], rows[right], rows[other], overlap[left, right])


def _disjoint(first: list[int], second: list[int]) -> list[tuple[int, int]]:
    """The first `PAIRS` pairs without a member of an earlier pair."""
    used: set[int] = set()
    found: list[tuple[int, int]] = []
    for pair in zip(first, second, strict=True):
        if len(found) == PAIRS:
            break
        if used.isdisjoint(pair):
            used.update(pair)
            found.append(pair)
    return found
