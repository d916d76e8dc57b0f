"""People with like histories, found in a seeded sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.schema import Doubles, Longs, Ragged

PEOPLE = 1_000
"""People among whom pairs are looked for, drawn: all against all would be n² work."""
NEWEST = 200
"""Events of a history that are compared, the newest."""
FEWEST_ITEMS = 3
"""Distinct items from which a history counts: those of one item are alike by chance."""
PAIRS = 250
"""Pairs with the highest overlap that are kept."""


@dataclass(frozen=True)
class Pairs:
    """`first` and `second` (p,) are rows of like histories, `other` (p,) is another partner.

    Nobody is in two pairs; `other` holds the same people as `second`, each beside a
    stranger. `overlap` (p,) is the Jaccard overlap of the like histories, above 0.
    """

    first: Longs
    second: Longs
    other: Longs
    overlap: Doubles

    def __len__(self) -> int:
        return len(self.first)


def similar_pairs(history: Ragged, n_items: int, seed: int) -> Pairs:
    """The pairs with the highest overlap, greedily: at most `PAIRS` of `PEOPLE` drawn people.

    One sparse product of (1,000, n_items) with its transpose, at most 200 items a row.
    """
    import scipy.sparse as sp

    rng = np.random.default_rng([seed, 1])
    rows = np.sort(rng.choice(len(history), min(len(history), PEOPLE), replace=False))
    mine = history.take(rows)
    ends = np.repeat(mine.indptr[1:], mine.lengths())
    newest = ends - np.arange(len(mine.values)) <= NEWEST
    owner = np.repeat(np.arange(len(rows)), mine.lengths())[newest]
    ones = np.ones(len(owner), np.float32)
    took = sp.csr_matrix((ones, (owner, mine.values[newest])), shape=(len(rows), n_items))
    took.data[:] = 1.0  # an item taken up twice counts once
    sizes = took.getnnz(axis=1)
    enough = sizes >= FEWEST_ITEMS
    rows, took, sizes = rows[enough], took[enough], sizes[enough]
    shared = (took @ took.T).toarray().astype(np.float64)
    overlap = np.triu(shared / np.maximum(sizes[:, None] + sizes[None, :] - shared, 1), 1)
    a, b = np.nonzero(overlap)
    best = np.argsort(-overlap[a, b], kind="stable")
    chosen = _nobody_twice(a[best].tolist(), b[best].tolist())
    left, right = np.array(chosen, np.int64).reshape(-1, 2).T
    turn = rng.permutation(len(left))
    other = np.empty_like(right)
    other[turn] = right[np.roll(turn, 1)]
    return Pairs(rows[left], rows[right], rows[other], overlap[left, right])


def _nobody_twice(first: list[int], second: list[int]) -> list[tuple[int, int]]:
    """The first `PAIRS` pairs of which no member is in an earlier one."""
    taken: set[int] = set()
    found: list[tuple[int, int]] = []
    for pair in zip(first, second, strict=True):
        if len(found) == PAIRS:
            break
        if taken.isdisjoint(pair):
            taken.update(pair)
            found.append(pair)
    return found
