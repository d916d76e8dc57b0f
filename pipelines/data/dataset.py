"""A dataset as the workspace keeps it: events, catalogue, ids, and where it came from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from pipelines.data.split import SeenPolicy
from pipelines.schema import Catalogue, Columns, Interactions, Vocabulary

if TYPE_CHECKING:
    import pandas as pd


class About(BaseModel):
    """What a person should know of a dataset; kept beside its files as `about.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: int = 1
    fingerprint: str
    """SHA-256 (hex) of the kept rows."""
    is_sample: bool = False
    origin: str = ""
    licence: str = ""
    notice: str = ""
    """Words that must stand wherever the data is shown (a sample's licence asks for them)."""
    seen: SeenPolicy = "exclude"
    """Whether items that a person already took up are left out of the lists."""
    rows_in: int = 0
    kept: int = 0
    folded: int = 0
    quarantined: int = 0
    filtered: int = 0
    mapping: dict[str, str] = {}


@dataclass(frozen=True)
class Dataset:
    """Events by code, the items' and users' tables, and the ids behind the codes."""

    about: About
    interactions: Interactions
    catalogue: Catalogue
    users: Vocabulary
    user_frame: pd.DataFrame

    @property
    def name(self) -> str:
        return self.about.name


EVENTS, ITEMS, USERS, ABOUT = "events.parquet", "items.parquet", "users.parquet", "about.json"
QUARANTINE = "quarantine.parquet"


def load(folder: Path) -> Dataset:
    """The dataset kept in `folder`: `events.parquet` (user, item: int32 codes; weight;
    time), `items.parquet` and `users.parquet` (a row per code), `about.json`."""
    import pandas as pd
    import pyarrow.parquet as pq

    about = About.model_validate(json.loads((folder / ABOUT).read_text()))
    item_frame = pd.read_parquet(folder / ITEMS)
    user_frame = pd.read_parquet(folder / USERS)
    events = pq.read_table(folder / EVENTS)
    columns = {name: events[name].to_numpy() for name in ("user", "item", "weight", "time")}
    # Stored in (user, time, input row) order, so no sort is needed.
    interactions = Interactions(
        columns["user"].astype(np.int32, copy=False),
        columns["item"].astype(np.int32, copy=False),
        columns["weight"].astype(np.float32, copy=False),
        columns["time"].astype(np.int64, copy=False),
        n_users=len(user_frame),
        n_items=len(item_frame),
    )
    items = Vocabulary(item_frame[Columns.ITEM].to_numpy(dtype=object))
    users = Vocabulary(user_frame[Columns.USER].to_numpy(dtype=object))
    catalogue = Catalogue(items, item_frame, np.ones(len(items), bool))
    return Dataset(about, interactions, catalogue, users, user_frame)


def save(dataset: Dataset, folder: Path) -> None:
    """Write `dataset` into an existing, empty `folder`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    it = dataset.interactions
    columns = {"user": it.user, "item": it.item, "weight": it.weight, "time": it.time}
    pq.write_table(pa.table(columns), folder / EVENTS, compression="zstd")
    dataset.catalogue.frame.to_parquet(folder / ITEMS, index=False)
    dataset.user_frame.to_parquet(folder / USERS, index=False)
    (folder / ABOUT).write_text(dataset.about.model_dump_json(indent=2))
