"""A small made-up dataset whose structure is known: two tastes, and items in sequence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.data.dataset import About, Dataset
from pipelines.schema import Catalogue, Interactions, Vocabulary

DAY = 86_400


def dataset(n_users: int = 80, n_items: int = 60, events: int = 14, seed: int = 0) -> Dataset:
    """Even users like the first half of the items, odd ones the second; one event a day."""
    rng = np.random.default_rng(seed)
    half = n_items // 2
    users, items, times = [], [], []
    for user in range(n_users):
        liked = np.arange(half) if user % 2 == 0 else np.arange(half, 2 * half)
        odds = 1.0 / np.arange(1, half + 1)
        taken = rng.choice(liked, size=min(events, half), replace=False, p=odds / odds.sum())
        users += [user] * len(taken)
        items += taken.tolist()
        times += (DAY * (user + 3 * np.arange(len(taken)))).tolist()
    user_ids = Vocabulary.of(f"u{u:03d}" for u in range(n_users))
    item_ids = Vocabulary.of(f"i{i:03d}" for i in range(n_items))
    frame = pd.DataFrame(
        {
            "item_id": item_ids.ids,
            "title": [f"Title {i}" for i in range(n_items)],
            "categories": ["A|even" if i < half else "B" for i in range(n_items)],
            "sponsored": [i % 10 == 0 for i in range(n_items)],
        }
    )
    events_ = Interactions.build(users, items, None, times, n_users=n_users, n_items=n_items)
    about = About(name="two-tastes", fingerprint=f"{n_users}-{n_items}-{events}-{seed}")
    catalogue = Catalogue(item_ids, frame, np.ones(n_items, bool))
    return Dataset(about, events_, catalogue, user_ids, pd.DataFrame({"user_id": user_ids.ids}))


TWO_STAGE = {
    "schema": 1,
    "name": "small-two-stage",
    "title": "Small two-stage",
    "candidates": [
        {"stage": "ease", "k": 20, "l2": 10.0},
        {"stage": "transitions", "k": 20},
        {"stage": "popular", "k": 20},
    ],
    "rankers": [
        {"stage": "linear", "keep": 30},
        {"stage": "lambdarank", "keep": 20, "trees": 20, "min_rows": 5},
    ],
}
