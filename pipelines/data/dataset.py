"""A dataset: events, catalogue, ids, and its description."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from pipelines.data.recipe import Recipe
from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError
from pipelines.schema import Catalogue, Columns, Interactions, Vocabulary
from pipelines.schema.offers import Offers

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def check_name(name: str) -> str:
    """`name` if it is a valid name of a dataset: lowercase letters, digits, dashes."""
    if not _NAME.fullmatch(name):
        shown = name if len(name) <= 60 else name[:60] + "…"
        raise AssayError(
            f"{shown!r} cannot name a dataset; use lowercase letters, digits and dashes, "
            "63 characters at most, as in shop-2026."
        )
    return name


class Step(BaseModel):
    """One step of an import: rows in and rows out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    rows_in: int
    rows_out: int
    note: str = ""


class Unread(BaseModel):
    """Values of a column that could not be read, and are missing in the dataset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    count: int
    line: int
    """The line of the first one."""
    value: str
    """The first one, at most 40 characters."""
    file: str = ""


class TableCounts(BaseModel):
    """How a table of items or users joined the events; `table` is "items" or "users"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Literal["items", "users"]
    file: str
    columns: dict[str, str] = {}
    """Standard name → column of the table."""
    rows: int
    """Rows with an id of their own."""
    quarantined: int = 0
    repeated: int = 0
    """Rows that repeat an id; the first counts."""
    ids: int
    """Distinct ids in the events."""
    joined: int
    """Those of them that have a row."""
    alone: str = ""
    """An id of the table that is not in the events."""
    without: str = ""
    """An id of the events without a row."""
    repairs: dict[str, int] = {}
    """For each form of ids that keeps some apart: how many ids of the events have a row if it
    is normalized."""
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    """What was detected in the table's file."""


class ImportCounts(BaseModel):
    """Counts of the file's rows that only the import can make: most of these rows are not kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reasons: dict[str, int] = {}
    """Quarantined rows by reason."""
    event_types: dict[str, int] = {}
    """Valid rows by event type, including types that the recipe leaves out."""
    returns: int = 0
    """Valid rows that were returns or cancellations."""
    spaces: int = 0
    """Rows with leading or trailing spaces in the user or item id."""
    filled: dict[str, int] = {}
    """Valid rows with a value, for each column kept with the events."""
    examples: dict[str, str] = {}
    """The first quarantined row of each reason: its line, and how its text begins."""
    unread: tuple[Unread, ...] = ()
    """Values of the events that could not be read, such as a price."""
    future: int = 0
    """Kept events after the time of the import, by more than a day."""
    latest: str = ""
    """The latest time, if there are such events."""
    tables: tuple[TableCounts, ...] = ()


class About(BaseModel):
    """Description of a dataset, stored beside its files as `about.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: int = 1
    fingerprint: str
    """SHA-256 (hex) of the kept rows."""
    is_sample: bool = False
    origin: str = ""
    licence: str = ""
    notice: str = ""
    """Text that must be shown wherever the data is shown (required by a sample's licence)."""
    seen: SeenPolicy = "exclude"
    """Whether the lists leave out items that the user has interacted with."""
    rows_in: int = 0
    kept: int = 0
    folded: int = 0
    quarantined: int = 0
    filtered: int = 0
    mapping: dict[str, str] = {}
    recipe: Recipe | None = None
    """None for a sample, which is built by code."""
    sources: tuple[str, ...] = ()
    """Names of the files, or the addresses (without a password) and queries."""
    steps: tuple[Step, ...] = ()
    arrivals: ImportCounts | None = None


@dataclass(frozen=True)
class Dataset:
    """Events by code, the tables of items and users, and the ids behind the codes.

    `context_file` holds the other columns kept with each event; see `context`.
    """

    about: About
    interactions: Interactions
    catalogue: Catalogue
    users: Vocabulary
    user_frame: pd.DataFrame
    context_file: Path | None = None

    @property
    def name(self) -> str:
        return self.about.name

    @cached_property
    def context_columns(self) -> tuple[str, ...]:
        """Columns kept with each event, such as `event_type`, `position`, `propensity`."""
        import pyarrow.parquet as pq

        if self.context_file is None:
            return ()
        return tuple(pq.read_schema(self.context_file).names)

    def context(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The other columns kept with each event: a row per interaction, in their order.

        Text columns are categorical. Reads the file on each call; `columns` selects some of
        them (default: all).
        """
        import pandas as pd

        wanted = list(self.context_columns if columns is None else columns)
        if self.context_file is None or not wanted:
            return pd.DataFrame(index=range(len(self.interactions)))
        return pd.read_parquet(self.context_file, columns=wanted)


EVENTS, ITEMS, USERS, ABOUT = "events.parquet", "items.parquet", "users.parquet", "about.json"
QUARANTINE, CONTEXT, OFFERS = "quarantine.parquet", "context.parquet", "offers.parquet"


def load(folder: Path) -> Dataset:
    """The dataset in `folder`: `events.parquet` (user, item: int32 codes; weight;
    time), `items.parquet` and `users.parquet` (a row per code), `about.json`; optionally
    `offers.parquet` and `context.parquet`."""
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
    offers = Offers.read(folder / OFFERS) if (folder / OFFERS).exists() else None
    catalogue = Catalogue(items, item_frame, np.ones(len(items), bool), offers)
    context = folder / CONTEXT
    found = context if context.exists() else None
    return Dataset(about, interactions, catalogue, users, user_frame, found)


def size(folder: Path) -> tuple[int, int, int]:
    """The numbers of users, items and events in `folder`; reads only the files' metadata."""
    import pyarrow.parquet as pq

    users, items, events = (
        pq.read_metadata(folder / name).num_rows for name in (USERS, ITEMS, EVENTS)
    )
    return users, items, events


def save(dataset: Dataset, folder: Path, context: pa.Table | None = None) -> None:
    """Write `dataset` into an existing, empty `folder`; `context` has a row per interaction."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    it = dataset.interactions
    columns = {"user": it.user, "item": it.item, "weight": it.weight, "time": it.time}
    # Only weights repeat enough to be worth a dictionary: the rest is smaller and faster plain.
    pq.write_table(
        pa.table(columns), folder / EVENTS, compression="zstd", use_dictionary=["weight"]
    )
    dataset.catalogue.frame.to_parquet(folder / ITEMS, index=False)
    dataset.user_frame.to_parquet(folder / USERS, index=False)
    if dataset.catalogue.offers is not None:
        dataset.catalogue.offers.write(folder / OFFERS)
    if context is not None and context.num_columns:
        pq.write_table(context, folder / CONTEXT, compression="zstd")
    (folder / ABOUT).write_text(dataset.about.model_dump_json(indent=2))
