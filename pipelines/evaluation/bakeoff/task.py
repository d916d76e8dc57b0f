"""The task file of a contender: the training side of the split, without the ground truth.

The ground truth stays in the parent process: a contender cannot read what it is not given.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pipelines.data.split import Protocol, SeenPolicy
from pipelines.runtime import pickles
from pipelines.schema import Catalogue, Interactions, Queries, Vocabulary

TASK = "task.pickle"


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

    def save(self, folder: Path) -> None:
        pickles.dump(self, folder / TASK)

    @staticmethod
    def load(folder: Path) -> ContenderTask:
        return cast(ContenderTask, pickles.load(folder / TASK))
