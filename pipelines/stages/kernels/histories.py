"""What several generators ask of a history."""

from __future__ import annotations

import numpy as np

from pipelines.schema import NO_ITEM, Candidates, Floats, Mask, Queries


def recency_weights(queries: Queries, half_life: float | None) -> Floats:
    """A weight per event of the histories, (events,) float32: 1 for the newest.

    It halves every `half_life` positions back from the end; None weighs all alike.
    """
    if half_life is None:
        return np.ones(len(queries.history.values), np.float32)
    return np.exp2(-queries.positions_from_end / half_life).astype(np.float32)


def answer_only(rows: Mask, candidates: Candidates) -> Candidates:
    """Plain candidates with "none" in every place of the rows that are not marked (n,)."""
    if rows.all():
        return candidates
    items = np.where(rows[:, None], candidates.items, NO_ITEM).astype(np.int32)
    scores = np.where(rows[:, None], candidates.scores, np.float32(-np.inf))
    return Candidates(items, scores.astype(np.float32))


def knows_history(queries: Queries, learned: Mask) -> Mask:
    """Marks requests (n,) whose history holds an item that was `learned` (n_items,)."""
    hits = np.concatenate([[0], np.cumsum(learned[queries.history.values])])
    return hits[queries.history.indptr[1:]] > hits[queries.history.indptr[:-1]]
