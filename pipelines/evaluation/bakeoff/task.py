"""What a contender is given, on disk: the training side of the split, and no truth.

The truth stays with the parent process: a contender cannot look at what it does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pipelines.data.split import Protocol, SeenPolicy
from pipelines.schema import Catalogue, Interactions, Queries, Vocabulary

TASK = "task.joblib"


@dataclass
class ContenderTask:
    """The same for each contender of a bake-off."""

    dataset: str
    data_key: str
    protocol: Protocol
    seen: SeenPolicy
    cutoff: int | None
    train: Interactions
    past: Interactions
    """What the asked users' histories come from: see `Split.past`."""
    catalogue: Catalogue
    users: Vocabulary
    queries: Queries
    length: int
    """Places of each list: the largest k that is measured."""
    rules: tuple[dict[str, object], ...]
    seed: int
    latency_requests: int = 200
    """Single requests that are timed."""

    def save(self, folder: Path) -> None:
        import joblib

        joblib.dump(self, folder / TASK)

    @staticmethod
    def load(folder: Path) -> ContenderTask:
        import joblib

        return cast(ContenderTask, joblib.load(folder / TASK))
