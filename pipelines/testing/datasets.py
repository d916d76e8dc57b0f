"""Small synthetic datasets of known structure: two groups of users with different tastes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pipelines.data.dataset import About, Dataset
from pipelines.schema import Catalogue, Interactions, Vocabulary
from pipelines.schema.offers import Offers

DAY = 86_400


def dataset(n_users: int = 80, n_items: int = 60, events: int = 14, seed: int = 0) -> Dataset:
    """Even users take items of the first half, odd ones of the second; an event every third day."""
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


def with_prices_and_offers(data: Dataset, seed: int = 1) -> Dataset:
    """The same events with a price for each item and three weekly offers, at random."""
    rng = np.random.default_rng(seed)
    n = data.catalogue.n_items
    frame = data.catalogue.frame.assign(price=rng.integers(1, 20, n) + 0.99)
    newest = int(data.interactions.time.max())
    start = rng.integers(0, newest, 3 * n)
    items = np.tile(np.arange(n), 3)
    offers = Offers.build(items, start, start + 7 * DAY, rng.integers(0, 2, 3 * n))
    about = data.about.model_copy(
        update={"name": "shop", "fingerprint": f"shop-{data.about.fingerprint}-{seed}"}
    )
    return replace(data, about=about, catalogue=replace(data.catalogue, frame=frame, offers=offers))


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
