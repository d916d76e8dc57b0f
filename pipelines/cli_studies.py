"""What `assay data learning-curve` and `assay data audit` print for people."""

from __future__ import annotations

from pipelines import cli_output as out
from pipelines.evaluation.metric_names import label
from pipelines.evaluation.results import Interval
from pipelines.evaluation.study import percent
from pipelines.evaluation.study_results import LeakageAudit, LearningCurve


def learning_curve(found: LearningCurve, as_json: bool) -> None:
    if as_json:
        out.document(found.model_dump(mode="json"))
        return
    note = f" ({found.split_note})" if found.split_note else ""
    out.say(f"{found.users:,} users, {found.truths:,} truths, split {found.split}{note}.")
    table = out.new_table(
        "contender", "newest", "events", "since", "no history", f"{label(found.metric)} (95 %)",
        right=(1, 2, 4),
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
        "split", "held out", "users", "truths a user", "cold users", "cold items",
        right=(1, 2, 3, 4, 5),
    )  # fmt: skip
    for name, p in protocols.items():
        table.add_row(
            name if name == p.split else f"{name} ({p.split})",
            f"{100 * p.held_out_share:.3g} %",
            f"{p.users:,}",
            out.three(p.truths_per_user),
            f"{p.cold_users:,}",
            f"{p.cold_items:,}",
        )
    out.print_table(table)
    for metric in found.metrics:
        out.say(f"\n{label(metric)} (95 %), and in times Popular's")
        table = out.new_table("contender", *protocols)
        for spec, title in {s.spec: s.title for p in found.protocols for s in p.scores}.items():
            cells = [_cell(found, name, spec, metric) for name in protocols]
            table.add_row(title, *cells)
        out.print_table(table)
    out.say(f"\n{found.sentence}")
    for flip in found.flips:
        sure = "for certain" if flip.certain else "not for certain"
        out.say(
            f"- {label(flip.metric)}: {flip.ahead_in_time} is ahead of {flip.ahead_here} in time, "
            f"behind it under {flip.protocol} ({sure})."
        )
    for spec, why in found.not_run.items():
        out.say(f"{spec} was not run: {why}")
    _notes(found.notes)


def _cell(found: LeakageAudit, protocol: str, spec: str, metric: str) -> str:
    scores = next(p for p in found.protocols if p.name == protocol).scores
    value = next(s for s in scores if s.spec == spec).metrics.get(metric)
    lift = next(
        (x for x in found.lifts if (x.protocol, x.spec, x.metric) == (protocol, spec, metric)), None
    )
    text = out.interval(value)
    if lift is None or lift.value is None or lift.low is None:
        return text
    if lift.high is None:
        return f"{text}\n× {out.three(lift.value)} (from {out.three(lift.low)})"
    return f"{text}\n× {out.interval(Interval(value=lift.value, low=lift.low, high=lift.high))}"


def _notes(notes: list[str]) -> None:
    for note in notes:
        out.say(f"Note: {note}")
