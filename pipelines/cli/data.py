"""`assay data …`: bringing data in, and looking at what is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from pipelines.cli.data_import import data_import
from pipelines.cli.options import AsJson, DatasetName, open_workspace

data_app = typer.Typer(help="Bring data in and see what is there.", no_args_is_help=True)
data_app.command("import")(data_import)


@data_app.command("list")
def data_list(as_json: AsJson = False) -> None:
    """The datasets of this workspace."""
    _print_datasets(open_workspace().datasets(), as_json)


@data_app.command("profile")
def data_profile(name: DatasetName, as_json: AsJson = False) -> None:
    """What is in a dataset: activity over time, long tail, histories, coverage of columns."""
    from pipelines.cli import data_profile as cli_profile

    cli_profile.data_profile(open_workspace().dataset(name), as_json)


@data_app.command("recipe")
def data_recipe(name: DatasetName) -> None:
    """The recipe of a dataset's newest version, as JSON; `import --recipe FILE` uses one."""
    from pipelines.cli import output as out

    out.document(open_workspace().recipe(name).model_dump(mode="json"))


@data_app.command("delete")
def data_delete(
    name: DatasetName,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove all versions of a dataset; its bake-offs and decisions stay."""
    from pipelines.cli import output as out

    workspace = open_workspace()
    workspace.dataset_record(name)
    if not yes and not typer.confirm(f"Remove all versions of {name}?", err=True):
        out.warn("Nothing was removed.")
        raise typer.Exit(1)
    workspace.delete_dataset(name)
    out.warn(f"Removed {name}.")


@data_app.command("learning-curve")
def data_learning_curve(
    name: DatasetName,
    split: Annotated[str | None, typer.Option("--split", help="time:0.9 unless named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Would more data help: ALS and Popular on 10 to 100 % of the history."""
    from pipelines.cli import data_studies as cli_studies
    from pipelines.cli import output as out
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
    from pipelines.cli import data_studies as cli_studies
    from pipelines.cli import output as out
    from pipelines.workspace import study_runs

    workspace = open_workspace()
    with out.progress("audit") as progress:
        found = study_runs.audit(workspace, name, progress, specs=specs or (), protocol=split)
    cli_studies.audit(found, as_json)


def _print_datasets(records: Sequence[Any], as_json: bool) -> None:
    from pipelines.cli import output as out

    rows = [
        {
            "name": r.name,
            "version": r.version,
            "events": r.about.kept if r.about else None,
            "sample": bool(r.about and r.about.is_sample),
            "fingerprint": r.about.fingerprint if r.about else None,
        }
        for r in records
    ]
    if as_json:
        out.document({"datasets": rows})
        return
    table = out.new_table("dataset", "version", "events", "origin", right=(1, 2))
    for row in rows:
        events = f"{row['events']:,}" if row["events"] else "not loaded yet"
        table.add_row(
            row["name"], str(row["version"]), events, "sample" if row["sample"] else "yours"
        )
    out.print_table(table)
