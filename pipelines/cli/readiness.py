"""`assay readiness`: whether the data is enough for each approach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson, open_workspace

if TYPE_CHECKING:
    from pipelines.data.readiness import Report


def readiness(
    name: Annotated[str, typer.Argument(help="Name of the dataset.")],
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="Write a tracking plan (what to log) to this folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check whether the data is enough.

    For each approach: whether the data is enough, what is missing, and when it may be there.
    """
    from pipelines.cli import output as out
    from pipelines.data import readiness as ready
    from pipelines.data.readiness import tracking_plan

    report = ready.report(open_workspace().dataset(name))
    written = tracking_plan.write(plan, report) if plan is not None else ()
    if as_json:
        out.document(report.document())
    else:
        print_report(report)
        for path in written:
            out.say(f"Written: {path}")


def print_report(report: Report) -> None:
    from pipelines.cli import output as out

    out.say(report.sentence)
    table = out.new_table("approach", "data", "missing")
    table.columns[-1].no_wrap = False  # what is missing, with dates, may be long
    for name, approach in report.approaches.items():
        table.add_row(name, approach.state, approach.missing)
    out.print_table(table)
    for name, approach in report.approaches.items():
        if approach.note:
            out.say(f"- {name}: {approach.note}")
    for state in ("not enough", "thin"):
        for finding in report.findings:
            if finding.state == state:
                out.say(f"- {finding.check} ({state}): {finding.why} {finding.todo}")
