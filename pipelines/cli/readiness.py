"""`assay readiness`: what the data can support."""

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
        typer.Option("--plan", help="Write what to log from now on into this folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What the data can and cannot support, per approach, and what to log from now on."""
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
    table = out.new_table("approach", "readiness", "missing")
    table.columns[-1].no_wrap = False  # gaps with their dates are long
    for name, approach in report.approaches.items():
        table.add_row(name, approach.state, approach.missing)
    out.print_table(table)
    for name, approach in report.approaches.items():
        if approach.note:
            out.say(f"- {name}: {approach.note}")
    for state in ("not enough", "thin"):
        for finding in report.findings:
            if finding.state == state:
                out.say(f"- {finding.check} is {state}: {finding.why} {finding.todo}")
