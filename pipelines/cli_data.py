"""`assay data …`: bringing data in, and looking at what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli_options import AsJson, open_workspace
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
