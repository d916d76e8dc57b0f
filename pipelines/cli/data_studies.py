"""Prints the results of `assay data learning-curve` and `assay data audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.cli import output as out
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.studies.results import Inflation, LeakageAudit, LearningCurve, Lift
from pipelines.evaluation.studies.study import percent
from pipelines.runtime.phrases import number_of
from pipelines.statistics.interval import Interval

if TYPE_CHECKING:
    from rich.table import Table


def learning_curve(found: LearningCurve, as_json: bool) -> None:
    if as_json:
        out.document(found.model_dump(mode="json"))
        return
    note = f" ({found.split_note})" if found.split_note else ""
    out.say(
        f"{number_of(found.users, 'user')}, {number_of(found.truths, 'held-out interaction')}, "
        f"split {found.split}{note}."
    )
    table = out.new_table(
        "contender", "newest share", "events", "since", "users without history",
        f"{label(found.metric)} (95%)", right=(1, 2, 4),
    )  # fmt: skip
    for point in found.points:
        table.add_row(
            point.title,
            percent(point.share),
            f"{point.events:,}",
            point.since,
            f"{point.users_without_history:,}",
            out.interval(point.found),
        )
    out.print_table(table)
    for gain in found.gains:
        out.say(gain.sentence)
    _notes(found.notes)


def audit(found: LeakageAudit, as_json: bool) -> None:
    if as_json:
        out.document(found.model_dump(mode="json"))
        return
    protocols = {p.name: p for p in found.protocols}
    table = out.new_table(
        "split", "held out", "users", "held out per user", "cold users", "cold items",
        right=(1, 2, 3, 4, 5),
    )  # fmt: skip
    for name, p in protocols.items():
        table.add_row(
            name if name == p.split else f"{name} ({p.split})",
            f"{100 * p.held_out_share:.3g}%",
            f"{p.users:,}",
            out.three(p.truths_per_user),
            f"{p.cold_users:,}",
            f"{p.cold_items:,}",
        )
    out.print_table(table)
    for metric in found.metrics:
        out.heading(label(metric))
        out.print_table(_of_metric(found, metric))
    out.say(f"\n{found.sentence}")
    for flip in found.flips:
        certainty = "a certain difference" if flip.certain else "not a certain difference"
        out.say(
            f"- {label(flip.metric)}: {flip.ahead_in_time} is ahead of {flip.ahead_here} under "
            f"global time, but behind under {flip.protocol} ({certainty})."
        )
    for spec, why in found.not_run.items():
        out.say(f"{spec} was not run: {why}")
    _notes(found.notes)


def _of_metric(found: LeakageAudit, metric: str) -> Table:
    """A row per pipeline and split: value, lift, and inflation of the lift."""
    lifts = {(x.spec, x.protocol): x for x in found.lifts if x.metric == metric}
    inflations = {
        (x.spec, x.protocol): x
        for x in found.inflations
        if (x.metric, x.measure) == (metric, "lift")
    }
    table = out.new_table(
        "contender", "split", f"{label(metric)} (95%)", "lift over Popular", "inflation of lift"
    )
    for spec in [score.spec for score in found.protocols[0].scores]:
        for p in found.protocols:
            score = next(s for s in p.scores if s.spec == spec)
            key = (spec, p.name)
            table.add_row(
                score.title,
                p.name,
                out.interval(score.metrics.get(metric)),
                _ratio(lifts.get(key)),
                _ratio(inflations.get(key)),
            )
    return table


def _ratio(found: Lift | Inflation | None) -> str:
    if found is None or found.value is None or found.low is None:
        return ""
    if found.high is None:
        return f"{out.three(found.value)} ({out.three(found.low)} to no upper limit)"
    return out.interval(Interval(value=found.value, low=found.low, high=found.high))


def _notes(notes: list[str]) -> None:
    for note in notes:
        out.say(f"Note: {note}")
