"""A stage: one frozen config, `fit`, and one verb.

A stage is a small class. Its settings are the fields of a frozen pydantic model, each
documented by its `description`; what `fit` learns is kept in attributes that end in `_`.
A fitted stage gives what it learned as plain values (`state`), which files hold without code,
and a new one takes them (`restore`). What requests need in another form (an order, a layout) is
a `derived` attribute.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
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
    sound,
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


class derived(cached_property[Any]):
    """An attribute of a stage that is computed from what `fit` learned, when first needed.

    It is not stored, so that files hold what was learned once, and it is forgotten
    when an attribute that ends in `_` is set, since `fit` has then learned something else.
    """


class Stage:
    """What candidate generators, rankers and rules share."""

    name: ClassVar[str]
    """How a spec names the stage."""
    title: ClassVar[str]
    """How a screen names it."""
    Config: ClassVar[type[StageConfig]] = StageConfig
    draws: ClassVar[bool] = True
    """Whether another seed gives another fit. Such a stage is fitted several times in a
    bake-off, to measure what the draw changes; a setting `seed`, if it has one, is what differs.
    A stage that does not say so counts as drawing."""
    uses_moment: ClassVar[bool] = True
    """Whether the time of a request (`Queries.now`) can change the answer, as with the time of
    day, recency to now, or features of these. A stage that does not say so counts as using it."""
    draw: tuple[int, int] = (0, 0)
    """The bake-off's seed, and the number of the fit; beside the setting `seed`."""

    def __init__(self, config: StageConfig | None = None) -> None:
        self.config = self.Config() if config is None else config

    def warm(self) -> None:
        """Do once what the first request would wait for: compute what is `derived`."""
        for name in _derived(type(self)):
            getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.endswith("_"):
            for stale in _derived(type(self)) & self.__dict__.keys():
                del self.__dict__[stale]
        super().__setattr__(name, value)

    def state(self) -> dict[str, Any]:
        """What `fit` learned, by name: arrays, sparse matrices, numbers, texts, and lists, tuples
        and dicts of them.

        By default the stage's attributes, but those that are `derived`. A stage that keeps another
        thing, such as a library's model, gives it in these forms here and takes it in `restore`.
        """
        left_out = _derived(type(self)) | {"config", "draw"}
        return {name: value for name, value in self.__dict__.items() if name not in left_out}

    def restore(self, state: dict[str, Any]) -> None:
        """Take what `state` gave, in a new stage with the same settings; it then is as fitted.

        Arrays may be mapped from a file that others read too: they must not be written into.
        """
        for name, value in state.items():
            setattr(self, name, value)

    def check(self, n_items: int) -> None:
        """Raise `ValueError` where what `restore` took cannot be of `n_items` items.

        A file may come from anybody, and compiled kernels read where its arrays tell them to:
        see `schema.sound`. By default nothing is checked, as nothing need be for numpy's own
        functions.
        """

    def estimate(self, shape: DataShape) -> Estimate:
        """Seconds and memory that `fit` would take on data of this shape (2 cores)."""
        return Estimate(seconds=0.1, megabytes=shape.n_events * 16 / 1e6)


def _derived(stage: type[Stage]) -> set[str]:
    """The names of a class's `derived` attributes, inherited ones included."""
    return {
        name
        for cls in stage.__mro__
        for name, value in vars(cls).items()
        if isinstance(value, derived)
    }


class CandidateGenerator(Stage, ABC):
    """Proposes items for a history."""

    answers_new: ClassVar[bool] = True
    """Whether the history of a user who is not known decides the list, as that of a known one
    does; else such users get one list. The conformance tests read it, requests do not."""
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
    """Whether it reads only the generators' scores and ranks (a first, cheap ranker)."""

    @abstractmethod
    def fit(
        self, queries: Queries, candidates: Candidates, features: Features, labels: Floats
    ) -> Self:
        """Learn from `labels` (n, k) float32: 1 if the user later interacted with the item, else 0.

        The interactions behind the labels are newer than those that the generators learned from.
        """

    @abstractmethod
    def score(self, queries: Queries, candidates: Candidates, features: Features) -> Floats:
        """Scores (n, k) float32, higher is better; row-independent to the bit."""


class Rule(Stage, ABC):
    """Business logic over a ranked slate; each removal or move carries its reason."""

    hard: ClassVar[bool] = False
    """A hard rule filters items, whoever asks; it also runs before the first ranker."""

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> Self:
        """Look up what the rule needs in the catalogue."""
        return self

    @abstractmethod
    def apply(self, queries: Queries, slate: Slate, k: int) -> Slate:
        """The slate after the rule; the first k places are what will be shown."""


class Filter(Rule):
    """A hard rule: items that must not be shown to anybody."""

    hard = True
    reason: ClassVar[str]

    allowed_: Mask
    """(n_items,), set by `fit`."""

    def check(self, n_items: int) -> None:
        sound.shaped("allowed_", self.allowed_, np.bool_, n_items)

    def apply(self, queries: Queries, slate: Slate, k: int) -> Slate:
        from pipelines.stages.kernels import drop_from_slate

        return drop_from_slate(slate, ~self.allowed_, rule=self.name, reason=self.reason)
