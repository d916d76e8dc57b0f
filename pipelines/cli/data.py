"""`assay data …`: import, inspect and delete datasets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from pipelines.cli.data_import import data_import
from pipelines.cli.options import AsJson, DatasetName, open_workspace

data_app = typer.Typer(help="Import, inspect and delete datasets.", no_args_is_help=True)
data_app.command("import")(data_import)


@data_app.command("list")
def data_list(as_json: AsJson = False) -> None:
    """List the datasets of the workspace."""
    _print_datasets(open_workspace().datasets(), as_json)


@data_app.command("profile")
def data_profile(name: DatasetName, as_json: AsJson = False) -> None:
    """Summarize a dataset.

    Activity over time, long tail, history lengths, column coverage.
    """
    from pipelines.cli import data_profile as cli_profile

    cli_profile.data_profile(open_workspace().dataset(name), as_json)


@data_app.command("recipe")
def data_recipe(name: DatasetName) -> None:
    """Print the recipe of a dataset as JSON.

    It is that of the newest version; `import --recipe FILE` uses it.
    """
    from pipelines.cli import output as out

    out.document(open_workspace().recipe(name).model_dump(mode="json"))


@data_app.command("delete")
def data_delete(
    name: DatasetName,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without confirmation.")] = False,
) -> None:
    """Delete all versions of a dataset.

    Its bake-offs and decisions are kept.
    """
    from pipelines.cli import output as out

    workspace = open_workspace()
    workspace.dataset_record(name)
    if not yes and not typer.confirm(f"Delete all versions of {name}?", err=True):
        out.warn("Nothing was deleted.")
        raise typer.Exit(1)
    workspace.delete_dataset(name)
    out.warn(f"Deleted {name}.")


@data_app.command("learning-curve")
def data_learning_curve(
    name: DatasetName,
    split: Annotated[str | None, typer.Option("--split", help="Default: time:0.9.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure whether more data would help.

    Trains ALS and Popular on the newest 10 to 100% of the history.
    """
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
        typer.Option(
            "--spec", help="A built-in spec, a candidate generator, or a TOML file; repeatable."
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", help="Default: time:0.9; windows:3 adds earlier windows."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the inflation by leaking splits.

    Compares random and leave-one-out splits with global time.
    """
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
            row["name"], str(row["version"]), events, "sample" if row["sample"] else "imported"
        )
    out.print_table(table)
