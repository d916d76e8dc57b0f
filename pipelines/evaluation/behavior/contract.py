"""What a behavioral test is: a question, a threshold with its reason, and one method."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.evidence import Answer
from pipelines.evaluation.behavior.words import number, percent
from pipelines.evaluation.results.document import BehaviorResult
from pipelines.statistics.interval import Interval

FIELDS = ("name", "title", "asks", "formula", "unit", "why")
"""What a test must say of itself; the rest has a default."""


class NotRun(AssayError):
    """The test cannot be answered here; the sentence says why."""


class BehaviorTest(ABC):
    """A question about all lists of a contender together; docs/behavior.md repeats these fields.

    A test of one's own is such a class in one's own package, named by an entry point of
    the group `assay.behavior`.
    """

    name: ClassVar[str]
    """As in `assay bakeoff --require one-item`."""
    title: ClassVar[str]
    """What should be so, in a few words."""
    asks: ClassVar[str]
    """The question, in one sentence."""
    formula: ClassVar[str]
    """What `value` is."""
    unit: ClassVar[str]
    passes: ClassVar[str] = ""
    """When it is passed; `{number}`, `{percent}` and `{inverse}` (1 / it) are the threshold."""
    why: ClassVar[str]
    """Where the threshold comes from, or why there is none."""
    default: ClassVar[float | None] = None
    """The threshold, unless a person gives another; None: the value is only told."""
    limits: ClassVar[tuple[float, float]] = (0.0, 1.0)
    """The least and the greatest threshold that makes sense."""

    def __init__(self, threshold: float | None = None) -> None:
        self.threshold = self.default if threshold is None else threshold

    @property
    def bar(self) -> float:
        """The threshold, of a test that has one."""
        assert self.threshold is not None
        return self.threshold

    @abstractmethod
    def run(self, answer: Answer) -> BehaviorResult:
        """The verdict on one contender; `AssayError` (`NotRun`) where it cannot be told."""

    def condition(self) -> str:
        """When it is passed, with the threshold in figures; empty without one."""
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
        """A verdict; `passed` None tells the value alone."""
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
        """No verdict, for that reason (a sentence)."""
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
