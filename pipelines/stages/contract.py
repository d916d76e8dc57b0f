"""A stage: one frozen config, `fit`, and one verb.

A stage is a small class. Its settings are the fields of a frozen pydantic model, each
documented by its `description`; what `fit` learns is kept in attributes that end in `_`.
Stages are pickled to disk and loaded in another process, so they hold arrays, no handles.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from pipelines.schema import (
    Candidates,
    Catalogue,
    Features,
    Floats,
    Interactions,
    Mask,
    Queries,
    Slate,
)


class StageConfig(BaseModel):
    """Settings of a stage; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class DataShape:
    """The size of what a stage would be fitted on."""

    n_users: int
    n_items: int
    n_events: int


@dataclass(frozen=True)
class Estimate:
    """What a fit is expected to take; `refusal` says why it would not fit, and what to do."""

    seconds: float
    megabytes: float
    refusal: str | None = None


class Stage:
    """What candidate generators, rankers and rules share."""

    name: ClassVar[str]
    """How a spec names the stage."""
    title: ClassVar[str]
    """How a screen names it."""
    Config: ClassVar[type[StageConfig]] = StageConfig

    def __init__(self, config: StageConfig | None = None) -> None:
        self.config = self.Config() if config is None else config

    def estimate(self, shape: DataShape) -> Estimate:
        """Seconds and memory that `fit` would take on data of this shape (2 cores)."""
        return Estimate(seconds=0.1, megabytes=shape.n_events * 16 / 1e6)


class CandidateGenerator(Stage, ABC):
    """Proposes items for a history."""

    answers_new: ClassVar[bool] = True
    """Whether a history of an unknown user moves the answer (else it is one list for all)."""
    answers_empty: ClassVar[bool] = False
    """Whether a request without any history gets items, as from one list for everyone.

    A generator that follows histories leaves it False and gives such a request an empty list;
    the pipeline fills it with popular items and says so.
    """

    @abstractmethod
    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        """Learn from `interactions`; only `catalogue.known` items may be proposed later."""

    @abstractmethod
    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k best items (n, k) of each request, ordered by (-score, item code).

        Leaves out `queries.exclude` and items that were not known at `fit`; a row's answer
        is the same to the bit whatever other rows are asked with it.
        """


class Ranker(Stage, ABC):
    """Scores candidates from their features."""

    sources_only: ClassVar[bool] = False
    """Whether it looks at the generators' scores and ranks alone (a light tier)."""

    @abstractmethod
    def fit(
        self, queries: Queries, candidates: Candidates, features: Features, labels: Floats
    ) -> Self:
        """Learn from `labels` (n, k) float32: 1 where the person later took the item up, else 0.

        Interactions behind the labels lie after those that the candidate models saw.
        """

    @abstractmethod
    def score(self, queries: Queries, candidates: Candidates, features: Features) -> Floats:
        """Scores (n, k) float32, higher is better; row-independent to the bit."""


class Rule(Stage, ABC):
    """Business logic over a ranked slate; each removal or move carries its reason."""

    hard: ClassVar[bool] = False
    """A hard rule is a filter on items alone: it also runs on candidates, before any tier."""

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        """Look up what the rule needs of the catalogue."""
        return self

    @abstractmethod
    def apply(self, queries: Queries, slate: Slate, k: int) -> Slate:
        """The slate after the rule; the first k places are what will be shown."""


class Filter(Rule):
    """A hard rule: items that must not be shown, whoever asks."""

    hard = True
    reason: ClassVar[str]

    allowed_: Mask
    """(n_items,), set by `fit`."""

    def apply(self, queries: Queries, slate: Slate, k: int) -> Slate:
        from pipelines.stages.kernels import drop_from_slate

        return drop_from_slate(slate, ~self.allowed_, rule=self.name, reason=self.reason)
