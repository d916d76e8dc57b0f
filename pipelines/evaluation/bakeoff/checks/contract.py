"""The base class of checks, what they look at, and what they say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import Split
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.outcome import Outcome
from pipelines.evaluation.bakeoff.task import TASK, ContenderTask
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.results.document import ContenderResult
from pipelines.evaluation.results.evidence import CheckState
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.reading.lists import GroundTruth
from pipelines.schema import Ints, Longs

FALSE_ALARM = 1e-4
"""The probability that a check with a p-value flags a bake-off without a fault, at most; it is
divided by the number of contenders that the check looks at."""
SAMPLE = 500
"""Requests that are looked at one by one, at most."""


class CannotRun(AssayError):
    """A check has not what it needs, for the bake-off or for one contender; says why."""


@dataclass(frozen=True)
class Finding:
    """What a check says of the bake-off, or of one contender by name."""

    state: CheckState
    sentence: str
    contender: str = ""


@dataclass(frozen=True)
class Material:
    """A bake-off after its last contender answered, as its own process has it."""

    dataset: Dataset
    cut: Split
    manifest: Manifest
    key: GroundTruth
    """What the lists were scored against."""
    folder: Path
    """Its folder, still with the task that the contenders were given."""
    results: Sequence[ContenderResult]
    now: float
    """Seconds UTC: when the bake-off ran."""
    memo: dict[str, Any] = field(default_factory=dict, repr=False)
    """What depends on the split and the ground truth alone, for others with the same."""

    @cached_property
    def task(self) -> ContenderTask:
        """What the contenders were given, as it is on disk."""
        return ContenderTask.load(self.folder)

    @property
    def task_file(self) -> Path:
        return self.folder / TASK

    @cached_property
    def stored(self) -> BakeoffFolder:
        return BakeoffFolder(self.folder)

    @cached_property
    def scored(self) -> list[ContenderResult]:
        return [one for one in self.results if one.status == "scored"]

    def lists(self, contender: str) -> Ints:
        """The scored lists of a contender's first fit, (n, width) int32."""
        return self.stored.lists(contender)

    def outcome(self, contender: str) -> Outcome:
        """What the contender's process said."""
        text = (self.folder / "contenders" / contender / "outcome.json").read_text()
        return Outcome.model_validate_json(text)

    def in_time(self) -> bool:
        """Whether all events are cut at one moment."""
        return self.cut.cutoff is not None

    @cached_property
    def sample(self) -> Longs:
        """Rows of at most `SAMPLE` requests: a seeded draw, ascending."""
        return self.drawn(np.arange(len(self.key)), SAMPLE)

    def drawn(self, rows: Longs, most: int) -> Longs:
        """At most that many of the rows: a seeded draw, ascending."""
        if len(rows) <= most:
            return rows
        rng = np.random.default_rng([self.manifest.seed, 11])
        return np.sort(rng.choice(rows, most, replace=False))

    @property
    def level(self) -> float:
        """The level of a test of each scored contender (Bonferroni)."""
        return FALSE_ALARM / max(1, len(self.scored))


class Check(ABC):
    """A question about a bake-off; docs/selftest.md repeats these fields."""

    name: ClassVar[str]
    title: ClassVar[str]
    """What holds where it passes, in a few words."""
    catches: ClassVar[str]
    """Faults that it names."""
    needs: ClassVar[str]
    """What it cannot run without."""
    false_alarms: ClassVar[str]
    """How often, and when, it would flag a bake-off without a fault."""

    @abstractmethod
    def run(self, material: Material) -> Iterator[Finding]:
        """What it finds; `CannotRun` where it has not what it needs."""


class ContenderCheck(Check):
    """A check that looks at each scored contender by itself."""

    def run(self, material: Material) -> Iterator[Finding]:
        self.prepare(material)
        for result in material.scored:
            try:
                found = self.of(material, result)
            except CannotRun as error:
                yield Finding("could not run", str(error), result.name)
                continue
            state: CheckState = "flagged" if found else "passed"
            yield Finding(state, found, result.name)

    def prepare(self, material: Material) -> None:
        """Raise `CannotRun` where no contender can be checked."""

    @abstractmethod
    def of(self, material: Material, result: ContenderResult) -> str:
        """What is wrong with a contender, in a sentence without its name; empty if nothing is."""
