"""What the process of a contender reports, for built pipelines and third parties alike."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.evaluation.bakeoff.task import ContenderTask
from pipelines.evaluation.results.document import RequestTime, Status
from pipelines.recommender.spec import make_rules
from pipelines.stages.contract import Rule


class Outcome(BaseModel):
    """The process's report; the parent process adds the metrics."""

    status: Status = "scored"
    reason: str = ""
    fit_seconds: float | None = None
    request_ms: RequestTime | None = None
    peak_mb: float | None = None
    preloaded_mb: float | None = None
    """Of `peak_mb`, what a forked process held at its start: libraries that it did not import."""
    model_mb: float | None = None
    requested: int = 0
    answered: int = 0
    calls: int = 0
    cost_usd: float = 0.0
    price_line: str = ""
    notes: list[str] = []
    steps: list[tuple[str, float]] = []
    """Each step of a pipeline and its seconds for all requests."""
    given: str = ""
    """The digest of the task that it answered (`ContenderTask.digest`)."""
    problems: dict[str, int] = {}
    """Of a third party: what was wrong with its lists, counted."""
    oldest_seen: int | None = None
    """Of a third party's items left out as already in the history: the time of the earliest such
    event, seconds UTC."""

    trained_through: int | None = None
    """Of a third party: the last second of its training data, as it states it."""

    def told(self) -> dict[str, Any]:
        """The fields that a contender's result repeats."""
        return self.model_dump(
            exclude={"steps", "given", "problems", "oldest_seen", "trained_through"}
        )


class Told(BaseModel):
    """A line of progress."""

    model_config = ConfigDict(extra="forbid")

    share: float = Field(ge=0, le=1)
    message: str


def tell(share: float, message: str) -> None:
    """Send a line of progress to the parent process."""
    print(Told(share=share, message=message).model_dump_json(), flush=True)


def told_in(line: str) -> Told | None:
    """The progress in a line that the process printed; None where a stage printed it."""
    try:
        return Told.model_validate_json(line)
    except ValidationError:
        return None


def count_answers(outcome: Outcome, answered: int, first_error: str = "") -> None:
    """Mark a contender that did not answer every request "not scored", never as zero."""
    outcome.answered = answered
    missing = outcome.requested - answered
    if missing:
        why = f": {first_error}" if first_error else ""
        outcome.status = "not scored"
        outcome.reason = (
            f"It gave no list for {missing:,} of {outcome.requested:,} users{why}".rstrip(".") + "."
        )


def fitted_rules(task: ContenderTask) -> tuple[Rule, ...]:
    """The manifest's rules, the same for each contender."""
    return tuple(rule.fit(task.train, task.catalogue) for rule in make_rules(task.rules))
