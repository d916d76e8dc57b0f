"""`assay data …`: bringing data in, and looking at what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli_options import AsJson, DatasetName, open_workspace
from pipelines.errors import AssayError

data_app = typer.Typer(help="Bring data in and see what is there.", no_args_is_help=True)


@data_app.command("import")
def data_import(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, Parquet or JSON Lines.")],
    name: Annotated[str, typer.Option("--name", help="Name of the dataset.")],
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="user_id=COLUMN; repeat for each column.")
    ] = None,
    items: Annotated[Path | None, typer.Option("--items", help="A table of the items.")] = None,
    users: Annotated[Path | None, typer.Option("--users", help="A table of the users.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import events: all or nothing; rows that cannot be read go to a quarantine file."""
    from pipelines import cli_output as out

    workspace = open_workspace()
    with out.progress("importing") as progress:
        record = workspace.import_dataset(
            file, name, mapping=_pairs(mapping), items=items, users=users, progress=progress
        )
    out.imported(record.about, as_json)


def _pairs(given: list[str] | None) -> dict[str, str] | None:
    if not given:
        return None
    pairs = [text.partition("=") for text in given]
    wrong = next((left for left, equals, _ in pairs if not (left and equals)), None)
    if wrong is not None:
        raise AssayError(
            f"--map {wrong!r} is not a pair; write it as --map user_id=COLUMN, "
            "or --map weight= to leave a column out."
        )
    return {left.strip(): right.strip() for left, _, right in pairs}


@data_app.command("list")
def data_list(as_json: AsJson = False) -> None:
    """The datasets of this workspace."""
    from pipelines import cli_output as out

    out.datasets(open_workspace().datasets(), as_json)


@data_app.command("learning-curve")
def data_learning_curve(
    name: DatasetName,
    split: Annotated[str | None, typer.Option("--split", help="time:0.9 unless named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Would more data help: ALS and Popular on 10 to 100 % of the history."""
    from pipelines import cli_output as out
    from pipelines import cli_studies
    from pipelines.workspace import study_runs

    workspace = open_workspace()
    with out.progress("learning curve") as progress:
        found = study_runs.learning_curve(workspace, name, progress, protocol=split)
    cli_studies.learning_curve(found, as_json)


@data_app.command("audit")
def data_audit(
    name: DatasetName,
    specs: Annotated[
        list[str] | None,
        typer.Option("--spec", help="A name that ships, or a TOML file; repeat."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", help="time:0.9 unless named; windows:3 shows earlier windows too."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """By how much a leaking split flatters: random, leave-one-out and global time compared."""
    from pipelines import cli_output as out
    from pipelines import cli_studies
    from pipelines.workspace import study_runs

    workspace = open_workspace()
    with out.progress("audit") as progress:
        found = study_runs.audit(workspace, name, progress, specs=specs or (), protocol=split)
    cli_studies.audit(found, as_json)
