"""Exports what a vendor needs: training rows, users, hashes; no test data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.adapters.training import day, rows_hash
from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.errors import AssayError
from pipelines.runtime.folders import new_folder
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns, hash_of_ids

if TYPE_CHECKING:
    import pandas as pd

LONGEST_LIST = 500  # Amazon Personalize's maximum for numResults
LONGEST_ID = 256
MINIMUM_ROWS, MINIMUM_USERS = 1000, 25
INTERACTIONS, USERS, ABOUT = "interactions.csv", "users.jsonl", "handover.json"
AVRO, STEPS = "schema-interactions.json", "README.txt"
FILES = frozenset({INTERACTIONS, USERS, ABOUT, AVRO, STEPS})

SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "EVENT_VALUE", "type": "float"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}

README = """\
Training data for Amazon Personalize
====================================
Dataset {dataset}, split {split}: {rows}, {users}.
{cutoff}

interactions.csv          training rows; this folder contains no test data
schema-interactions.json  Avro schema of interactions.csv
users.jsonl               batch input, one line per user
handover.json             hashes of rows and users, and the end of the training data

Steps
1. Upload interactions.csv and users.jsonl to a bucket that the service's role may read.
2. Create the schema, a dataset group, an Interactions dataset and a FULL import job.
3. Create a solution with performAutoTraining = false (otherwise it is trained again, and
   billed, every 7 days) and one solution version. Note its trainingHours.
4. Create a batch inference job: input users.jsonl, numResults = {ask}{why}.
5. Download the output (*.out) into a folder, copy handover.json into it, and compare:
   assay bakeoff two-stage --data {dataset} --split {split} --third-party exported:FOLDER

TIMESTAMP is in seconds since 1970, UTC; EVENT_VALUE is the weight of the row. Event types are
not exported, so there is no column EVENT_TYPE.{times}{small}
"""


def training_frame(dataset: Dataset, split: Split) -> pd.DataFrame:
    """The training rows: user_id, item_id (str), weight (float32), timestamp (int64)."""
    import pandas as pd

    train = split.train
    return pd.DataFrame(
        {
            Columns.USER: dataset.users.decode(train.user),
            Columns.ITEM: dataset.catalogue.items.decode(train.item),
            Columns.WEIGHT: train.weight,
            Columns.TIME: train.time,
        }
    )


def write_interactions(train: pd.DataFrame, path: Path) -> None:
    """Write training rows for Personalize: USER_ID, ITEM_ID, EVENT_VALUE, TIMESTAMP."""
    import pyarrow as pa
    import pyarrow.csv as csv

    columns = {
        "USER_ID": pa.array(train[Columns.USER], pa.string()),
        "ITEM_ID": pa.array(train[Columns.ITEM], pa.string()),
        "EVENT_VALUE": pa.array(train[Columns.WEIGHT].to_numpy(np.float32)),
        "TIMESTAMP": pa.array(train[Columns.TIME].to_numpy(np.int64)),
    }
    csv.write_csv(pa.table(columns), path, csv.WriteOptions(quoting_style="needed"))


def write(dataset: Dataset, split: Split, folder: Path, k: int) -> dict[str, Any]:
    """Write the files into a new `folder`, all or none; returns the content of handover.json.

    Raises `AssayError` if the folder is not empty or an id is too long for the vendor.
    """
    train = training_frame(dataset, split)
    users = [str(user) for user in dataset.users.decode(split.queries.user)]
    _check_ids(train)
    about = _about(dataset, split, train, users, k)
    with new_folder(folder) as incoming:
        write_interactions(train, incoming / INTERACTIONS)
        (incoming / AVRO).write_text(json.dumps(SCHEMA, indent=2) + "\n")
        lines = (json.dumps({"userId": user}, ensure_ascii=False) for user in users)
        (incoming / USERS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        (incoming / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        (incoming / STEPS).write_text(_readme(about, train), encoding="utf-8")
    return about


def _about(
    dataset: Dataset, split: Split, train: pd.DataFrame, users: list[str], k: int
) -> dict[str, Any]:
    longest = int(split.queries.exclude.lengths().max(initial=0))
    return {
        "schema": 1,
        "for": "personalize",
        "dataset": dataset.name,
        "fingerprint": dataset.about.fingerprint,
        "split": str(split.protocol),
        "cutoff": split.cutoff,
        # Under last-n the training rows overlap other users' test periods, so there is no date.
        "trained_through": None if split.cutoff is None else int(split.train.time.max()),
        "train_rows": len(train),
        "train_sha256": rows_hash(train),
        "users": len(users),
        "users_sha256": hash_of_ids(users),
        "k": k,
        "num_results": min(k + longest, LONGEST_LIST),
    }


def _check_ids(train: pd.DataFrame) -> None:
    for column in (Columns.USER, Columns.ITEM):
        longest = max(train[column].unique(), key=len, default="")
        if len(longest) > LONGEST_ID:
            raise AssayError(
                f"A {column} has {len(longest)} characters ({longest[:20]}…), and Amazon "
                f"Personalize allows {LONGEST_ID}; shorten the ids and import again."
            )


def _readme(about: dict[str, Any], train: pd.DataFrame) -> str:
    cutoff = "The split holds out each user's last events; it has no single cut-off."
    if about["cutoff"] is not None:
        cutoff = (
            f"The training rows end at {day(about['trained_through'])}; the test period begins "
            f"at {day(about['cutoff'])}."
        )
    why = ""
    if about["num_results"] > about["k"]:
        why = f"\n   (k = {about['k']} plus the items that a user has already interacted with)"
    times = small = ""
    if train[Columns.TIME].nunique() < 2:
        times = "\nAll TIMESTAMPs are equal: without times the vendor cannot learn an order."
    active = int((train[Columns.USER].value_counts() >= 2).sum())
    if len(train) < MINIMUM_ROWS or active < MINIMUM_USERS:
        small = (
            f"\nToo little data for the service: it requires {MINIMUM_ROWS:,} rows and "
            f"{MINIMUM_USERS} users with 2 or more; this export has {len(train):,} and {active}."
        )
    return README.format(
        dataset=about["dataset"], split=about["split"],
        rows=number_of(about["train_rows"], "training row"),
        users=number_of(about["users"], "user"), cutoff=cutoff, ask=about["num_results"], why=why,
        times=times, small=small,
    )  # fmt: skip
