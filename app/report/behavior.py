"""The behavioral tests in a report: who passes and fails, and the sentence of each result."""

from __future__ import annotations

from dataclasses import dataclass

from app.compare import behavior_charts as charts
from app.compare.behavior_charts import LEGEND
from app.report.figures import Figure, figure
from pipelines.evaluation.results.document import BakeoffDocument, titles_of

__all__ = ["LEGEND", "Behavior", "found"]


@dataclass(frozen=True)
class Behavior:
    """The behavioral tests of a bake-off."""

    figures: list[Figure]
    failed: list[str]
    """A sentence for each failure, required tests first."""
    by_contender: list[tuple[str, list[str]]]
    """For each contender (title), the sentence of each test."""


def found(document: BakeoffDocument) -> Behavior | None:
    """None if no test was run."""
    if not any(c.behavior for c in document.contenders):
        return None
    frame = charts.behavior_frame(document)
    drawn = figure(
        "behavior",
        charts.behavior(frame, "", ""),
        charts.behavior_alt(frame),
        frame[["row", "column", "state", "value", "low", "high", "unit", "condition"]].rename(
            columns={"row": "test", "column": "contender", "condition": "passes if"}
        ),
    )
    titles = titles_of(document.contenders)
    by_contender = [
        (titles[c.name], [f"{r.title}: {r.sentence or r.reason}" for r in c.behavior])
        for c in document.contenders
        if c.behavior
    ]
    failed = [
        f"{titles[c.name]}: {text}" for c in document.contenders for text in c.failed_required
    ]
    others = [
        f"{titles[c.name]}: {r.sentence}"
        for c in document.contenders
        for r in c.behavior
        # The text of a failed requirement contains the test's sentence.
        if r.state == "fail" and not any(r.sentence in text for text in c.failed_required)
    ]
    return Behavior([drawn], [*failed, *others], by_contender)
