"""How contenders behave, in a report: the tests they pass or fail, and what each said."""

from __future__ import annotations

from dataclasses import dataclass

from app.compare import behavior_charts as charts
from app.components.comparison_charts import titles
from app.report.figures import Figure, figure
from pipelines.evaluation.results.document import BakeoffDocument


@dataclass(frozen=True)
class Behavior:
    """The behavioral tests of a bake-off."""

    figures: list[Figure]
    failed: list[str]
    """What each failure says, required tests first."""
    told: list[tuple[str, list[str]]]
    """For each contender what its tests say, with the condition where there is one."""


def found(document: BakeoffDocument) -> Behavior | None:
    """None where no test was run."""
    if not any(c.behavior for c in document.contenders):
        return None
    frame = charts.behavior_frame(document)
    drawn = figure(
        "behavior",
        charts.behavior(frame, "", ""),
        charts.behavior_alt(frame),
        frame[["row", "column", "state", "value", "low", "high", "unit", "condition"]].rename(
            columns={"row": "test", "column": "contender", "condition": "passed when"}
        ),
    )
    named = titles(document)
    told = [
        (named[c.name], [f"{r.title}: {r.sentence or r.reason}" for r in c.behavior])
        for c in document.contenders
        if c.behavior
    ]
    failed = [
        f"{named[c.name]}: {text[0].lower()}{text[1:].rstrip('.')}."
        for c in document.contenders
        for text in c.failed_required
    ]
    lost = [
        f"{named[c.name]}: {r.sentence}"
        for c in document.contenders
        for r in c.behavior
        # What is required holds the test's own sentence.
        if r.state == "fail" and not any(r.sentence in text for text in c.failed_required)
    ]
    return Behavior([drawn], [*failed, *lost], told)
