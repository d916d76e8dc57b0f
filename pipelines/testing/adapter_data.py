"""A small synthetic dataset for adapters, and the task that a bake-off would give them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.adapters.contract import Task
from pipelines.adapters.handover import training_frame
from pipelines.data.dataset import About, Dataset
from pipelines.data.split import Split
from pipelines.schema import Catalogue, Interactions, Vocabulary


def world(n_users: int = 30, n_items: int = 24, seed: int = 0) -> Dataset:
    """Two groups of users; each user has 8 events, all in the group's half of the items."""
    random = np.random.default_rng(seed)
    user, item, time = [], [], []
    for u in range(n_users):
        half = np.arange(n_items // 2) + (n_items // 2) * (u % 2)
        for place, i in enumerate(random.choice(half, size=8, replace=False)):
            user.append(u)
            item.append(i)
            time.append(1_470_000_000 + 86_400 * place + u)
    items = Vocabulary(np.array([f"i{n:03d}" for n in range(n_items)], dtype=object))
    users = Vocabulary(np.array([f"u{n:03d}" for n in range(n_users)], dtype=object))
    events = Interactions.build(user, item, None, time, n_users=n_users, n_items=n_items)
    frame = pd.DataFrame({"item_id": items.ids})
    catalogue = Catalogue(items, frame, np.ones(n_items, bool))
    about = About(name="world", fingerprint="0" * 64)
    return Dataset(about, events, catalogue, users, pd.DataFrame({"user_id": users.ids}))


def task_of(dataset: Dataset, cut: Split, folder: Path, k: int = 5) -> Task:
    """What a bake-off asks a third party: k items for each test user of the split `cut`.

    `folder` is created.
    """
    queries, items = cut.queries, dataset.catalogue.items
    folder.mkdir(parents=True, exist_ok=True)
    return Task(
        dataset=dataset.name,
        folder=folder,
        train=training_frame(dataset, cut),
        users=dataset.users.decode(queries.user).tolist(),
        histories=[items.decode(queries.history.row(r)).tolist() for r in range(len(queries))],
        cutoff=cut.cutoff,
        now=queries.now.tolist(),
        k=k,
        seen="exclude",
        item_ids=items.ids[cut.known].tolist(),
    )
