"""The task file of a contender: the training side of the split, without the ground truth.

The ground truth stays in the parent process: a contender cannot read what it is not given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.data.split import Protocol, SeenPolicy
from pipelines.runtime import stored
from pipelines.schema import Catalogue, Interactions, Queries, Vocabulary, states

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

    def save(self, folder: Path) -> None:
        given = {name: states.state(value) for name, value in vars(self).items()}
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
