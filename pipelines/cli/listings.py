"""`assay bakeoffs list`, `assay jobs list`, `assay decisions list`: what the workspace holds."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipelines.cli.options import AsJson, open_workspace

bakeoffs_app = typer.Typer(help="List bake-offs.", no_args_is_help=True)
jobs_app = typer.Typer(help="List jobs.", no_args_is_help=True)
decisions_app = typer.Typer(help="List saved decisions.", no_args_is_help=True)


@bakeoffs_app.command("list")
def bakeoffs_list(
    data: Annotated[str | None, typer.Option("--data", help="Only those on this dataset.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the finished bake-offs, newest first."""
    found = open_workspace().bakeoffs(data)
    rows = [
        {
            "id": r.id,
            "dataset": r.dataset,
            "dataset_version": r.dataset_version,
            "created": r.created,
            "manifest_hash": r.manifest_hash,
        }
        for r in found
    ]
    shown = ("id", "dataset", "dataset_version", "created")
    _print("bakeoffs", rows, shown, as_json, "No bake-off yet; run one with `assay bakeoff`.")


@jobs_app.command("list")
def jobs_list(
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most this many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the newest jobs of the app and how they ended."""
    rows = [
        {
            "id": job.id,
            "kind": job.kind,
            "subject": str(job.params.get("dataset") or job.params.get("name") or ""),
            "state": job.state,
            "message": job.error or job.message,
            "started": job.started,
            "seconds": job.seconds,
            "result": job.result,
        }
        for job in open_workspace().jobs(limit)
    ]
    shown = ("id", "kind", "subject", "state", "started", "message")
    _print("jobs", rows, shown, as_json, "No job yet; the app starts them.")


@decisions_app.command("list")
def decisions_list(as_json: AsJson = False) -> None:
    """List the decisions that were saved on the page Decide, newest first."""
    rows = [
        {
            "id": r.id,
            "title": r.title,
            "decision": r.document.get("decision"),
            "sentence": r.document.get("sentence"),
            "bakeoff": r.bakeoff,
            "created": r.created,
        }
        for r in open_workspace().decisions()
    ]
    shown = ("id", "title", "decision", "bakeoff", "created")
    _print("decisions", rows, shown, as_json, "No decision was saved yet; save one on Decide.")


def _print(
    name: str, rows: list[dict[str, Any]], shown: tuple[str, ...], as_json: bool, empty: str
) -> None:
    """One JSON document, or a table of the columns `shown`."""
    from pipelines.cli import output as out

    if as_json:
        out.document({name: rows})
        return
    if not rows:
        out.say(empty)
        return
    table = out.new_table(*(column.replace("_", " ") for column in shown))
    for column in table.columns[1:]:
        column.no_wrap = False
    for row in rows:
        table.add_row(*("" if row[column] is None else str(row[column]) for column in shown))
    out.print_table(table)
