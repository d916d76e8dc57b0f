"""The task file of a contender: the training side of the split, without the ground truth.

The ground truth stays in the parent process: a contender cannot read what it is not given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Protocol, SeenPolicy, Split
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.runtime import stored
from pipelines.schema import Catalogue, Interactions, Queries, Vocabulary, hash_of_ids, states

TASK = "task.assay"


@dataclass
class ContenderTask:
    """One file for all contenders of a bake-off."""

    dataset: str
    data_key: str
    protocol: Protocol
    seen: SeenPolicy
    cutoff: int | None
    train: Interactions
    past: Interactions
    """Where the evaluated users' histories come from: see `Split.past`."""
    catalogue: Catalogue
    users: Vocabulary
    queries: Queries
    length: int
    """Length of each list: the largest k that is measured."""
    rules: tuple[dict[str, object], ...]
    seed: int
    latency_requests: int = 200
    """Single requests that are timed, at most."""

    @staticmethod
    def of(dataset: Dataset, cut: Split, manifest: Manifest, data_key: str) -> ContenderTask:
        """The task of a split; `data_key` identifies its training data."""
        return ContenderTask(
            dataset=dataset.name,
            data_key=data_key,
            protocol=cut.protocol,
            seen=manifest.seen,
            cutoff=cut.cutoff,
            train=cut.train,
            past=cut.past,
            catalogue=dataset.catalogue.at(cut.known),
            users=dataset.users,
            queries=cut.queries,
            length=max(manifest.ks),
            rules=manifest.rules,
            seed=manifest.seed,
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of what a contender learns from and answers: events, requests, ids."""
        found = hashlib.sha256(f"{self.data_key} {self.protocol} {self.seen}".encode())
        asked, train = self.queries, self.train
        for array in (
            *(train.user, train.item, train.weight, train.time, self.catalogue.known),
            *(asked.user, asked.now, asked.history.indptr, asked.history.values, asked.times),
            *(asked.exclude.indptr, asked.exclude.values),
        ):
            found.update(str(array.dtype).encode())
            found.update(np.ascontiguousarray(array).view(np.uint8).data)
        for ids in (self.users.ids, self.catalogue.items.ids):
            found.update(hash_of_ids(ids).encode())
        return found.hexdigest()

    def save(self, folder: Path) -> None:
        given = {field.name: states.state(getattr(self, field.name)) for field in fields(self)}
        stored.dump(given, folder / TASK)

    @staticmethod
    def load(folder: Path) -> ContenderTask:
        given: dict[str, Any] = stored.load(folder / TASK)
        made = {name: make(given[name]) for name, make in _MADE.items()}
        return ContenderTask(**{**given, **made})


_MADE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "protocol": lambda given: Protocol(**given),
    "train": states.interactions,
    "past": states.interactions,
    "catalogue": states.catalogue,
    "users": states.vocabulary,
    "queries": states.queries,
}
