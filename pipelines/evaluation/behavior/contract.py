"""The base class of behavioral tests: a question, a threshold with its rationale, one method."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.formats import number, percent
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.statistics.interval import Interval

FIELDS = ("name", "title", "question", "formula", "unit", "rationale")
"""The fields that a test must define; the others have a default."""


class NotRun(AssayError):
    """The test cannot be run on this data or contender; the message says why."""


class BehaviorTest(ABC):
    """A question about a contender's lists; docs/behavior.md repeats these fields.

    A user-defined test is a subclass in another package, named by an entry point of the group
    `assay.behavior`.
    """

    name: ClassVar[str]
    """As in `assay bakeoff --require one-item`."""
    title: ClassVar[str]
    """The expected behavior, in a few words."""
    question: ClassVar[str]
    """The question, in one sentence."""
    formula: ClassVar[str]
    """How `value` is computed."""
    unit: ClassVar[str]
    passes: ClassVar[str] = ""
    """When the test passes; `{number}`, `{percent}` and `{inverse}` (1 / it) are the threshold."""
    rationale: ClassVar[str]
    """Where the threshold comes from, or why there is none."""
    default: ClassVar[float | None] = None
    """The default threshold; None where the test reports a value without passing or failing."""
    limits: ClassVar[tuple[float, float]] = (0.0, 1.0)
    """The smallest and the largest valid threshold."""

    def __init__(self, threshold: float | None = None) -> None:
        self.threshold = self.default if threshold is None else threshold

    @property
    def bar(self) -> float:
        """The threshold of a test that has one."""
        assert self.threshold is not None
        return self.threshold

    @abstractmethod
    def run(self, answer: Answer) -> BehaviorResult:
        """The result for one contender; raises `NotRun` where the test cannot be run."""

    def condition(self) -> str:
        """When the test passes, with the threshold; empty without one."""
        if self.threshold is None:
            return ""
        t = self.threshold
        inverse = number(1 / t) if t else ""
        return self.passes.format(number=number(t), percent=percent(t), inverse=inverse)

    def result(
        self,
        value: float,
        sentence: str,
        *,
        passed: bool | None = None,
        interval: Interval | None = None,
        examples: Iterable[dict[str, Any]] = (),
    ) -> BehaviorResult:
        """The result of a run; with `passed` None it has a value only."""
        return BehaviorResult(
            name=self.name,
            title=self.title,
            state="value" if passed is None else "pass" if passed else "fail",
            value=value,
            low=None if interval is None else interval.low,
            high=None if interval is None else interval.high,
            threshold=self.threshold,
            condition=self.condition(),
            unit=self.unit,
            sentence=sentence,
            examples=list(examples),
        )

    def not_run(self, reason: str) -> BehaviorResult:
        """The result of a test that could not be run; `reason` is a sentence."""
        return BehaviorResult(
            name=self.name,
            title=self.title,
            state="not run",
            reason=reason,
            threshold=self.threshold,
            condition=self.condition(),
            unit=self.unit,
            sentence=f"Not run: {reason}",
        )
