"""What `assay data import` prints: how columns will be read, and what came of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.runtime.phrases import number_of

if TYPE_CHECKING:
    from pipelines.data.dataset import About
    from pipelines.data.importing.planning import Plan


def print_plan(planned: Plan) -> None:
    """Print to stderr how each column will be read."""
    from pipelines.cli import output as out
    from pipelines.data.importing.event_columns import wanted

    for standard, column in planned.recipe.columns.items():
        why = " (by its content)" if standard in planned.by_content else ""
        out.warn(f"{standard} from {column}{why}")
    read = wanted(planned.recipe)
    unread = [c for c in planned.columns if c not in read]
    if unread:
        out.warn(f"not read: {', '.join(unread[:12])}{' …' if len(unread) > 12 else ''}")
    if planned.recipe.times.order:
        out.warn(f"dates: {planned.recipe.times.order}")
    for note in planned.notes:
        out.warn(note)
    if len(planned.weights) > 1:
        weights = ", ".join(f"{kind} {weight:g}" for kind, weight in planned.weights.items())
        out.warn(f"weights: {weights}")


def print_imported(about: About, as_json: bool) -> None:
    from pipelines.cli import output as out
    from pipelines.data.importing import import_report

    fields = ("name", "rows_in", "kept", "folded", "quarantined", "filtered", "mapping")
    values = {name: getattr(about, name) for name in fields}
    values["version"] = about.version
    values["recipe_hash"] = about.recipe.hash if about.recipe else None
    values["steps"] = [step.model_dump() for step in about.steps]
    values["arrivals"] = about.arrivals.model_dump() if about.arrivals else None
    values["notes"] = import_report.sentences(about)
    if as_json:
        out.document(values)
        return
    mapped = ", ".join(f"{column} as {standard}" for standard, column in about.mapping.items())
    out.say(f"{about.name}, version {about.version}: read {mapped}.")
    out.say(
        f"{number_of(about.rows_in, 'row')} in: {about.kept:,} kept, {about.folded:,} merged, "
        f"{about.quarantined:,} quarantined, {about.filtered:,} removed."
    )
    steps = out.new_table("step", "rows in", "rows out", "", right=(1, 2))
    for step in about.steps:
        steps.add_row(step.name, f"{step.rows_in:,}", f"{step.rows_out:,}", step.note)
    out.print_table(steps)
    if about.arrivals:
        for reason, n in about.arrivals.reasons.items():
            example = about.arrivals.examples.get(reason)
            out.say(
                f"quarantined: {number_of(n, 'row')}, {reason}"
                + (f" ({example})" if example else "")
            )
        for table in about.arrivals.tables:
            read = ", ".join(f"{column} as {name}" for name, column in table.columns.items())
            out.say(f"{table.file}: {number_of(table.rows, 'row')}, read {read}.")
    for sentence in import_report.sentences(about):
        out.say(sentence)
    if about.recipe:
        out.say(f"Recipe {about.recipe.hash[:12]}; `--again` imports the next file with it.")
    if about.notice:
        out.say(about.notice)
