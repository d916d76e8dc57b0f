"""`assay track`: write a stored bake-off to MLflow."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.options import AsJson, open_workspace


def track(
    bakeoff_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a bake-off.")],
    as_json: AsJson = False,
) -> None:
    """Write a stored bake-off to MLflow.

    For one that ran while MLflow could not be reached.
    """
    from pipelines import tracking
    from pipelines.cli import output as out
    from pipelines.workspace.bakeoffs import track as log

    document = log(open_workspace(), bakeoff_id)
    assert document.mlflow_run_id is not None
    if as_json:
        out.document({"bakeoff": document.id, "run": document.mlflow_run_id})
    else:
        url = tracking.run_url(document.mlflow_run_id)
        out.say(f"Bake-off {document.id} is now in MLflow: {url}")
