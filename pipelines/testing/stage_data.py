"""Small synthetic data for the tests of stages, with every odd case they have to handle.

Repeated events, ratings of 1 to 5, a user without events, an item without events, and an item
that must not be proposed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.schema import Catalogue, Columns, Interactions, Mask, Queries, Ragged, Vocabulary

N_USERS, N_ITEMS, NOW = 40, 30, 2_000_000
UNKNOWN = 4
"""An item with events that must not be proposed."""
UNSEEN = N_ITEMS - 1
"""A known item without events."""


def make_catalogue(known: Mask, *, bare: bool = False) -> Catalogue:
    """Items "i00", "i01", …; two categories in turn, some unavailable, some sponsored."""
    n = len(known)
    ids = [f"i{j:02d}" for j in range(n)]
    frame = pd.DataFrame({Columns.ITEM: ids})
    if not bare:
        frame[Columns.CATEGORIES] = [("Red|Blue", "Red", None, "Blue")[j % 4] for j in range(n)]
        frame[Columns.AVAILABLE] = [(True, True, None, True, False)[j % 5] for j in range(n)]
        frame[Columns.SPONSORED] = [j % 7 == 3 for j in range(n)]
    return Catalogue(Vocabulary.of(ids), frame, known)


def make_interactions(seed: int = 5) -> Interactions:
    """500 events of N_USERS users; items with a lower code are more popular."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(3, N_ITEMS + 2)
    item = rng.choice(N_ITEMS - 1, 500, p=share / share.sum())
    user = rng.integers(0, N_USERS - 1, 500)  # the last user has no events
    time = rng.integers(1_000_000, NOW, 500)
    rating = rng.integers(1, 6, 500)
    return Interactions.build(user, item, rating, time, n_users=N_USERS, n_items=N_ITEMS)


def queries_of(interactions: Interactions, users: np.ndarray) -> Queries:
    """A request per user code: their events as the history, seen items left out."""
    whole = Ragged(interactions.indptr, interactions.item)
    at, history = whole.positions(users), whole.take(users)
    now = np.full(len(users), NOW, np.int64)
    columns = (interactions.weight[at], interactions.time[at])
    return Queries(users.astype(np.int32), history, *columns, now, history, interactions.n_items)


def known_items() -> Mask:
    """All items but `UNKNOWN`, (N_ITEMS,) bool."""
    known = np.ones(N_ITEMS, bool)
    known[UNKNOWN] = False
    return known


def all_queries(interactions: Interactions) -> Queries:
    """A request for every user, also for the one without events."""
    return queries_of(interactions, np.arange(interactions.n_users))
