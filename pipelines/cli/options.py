"""Options that several commands share, and opening the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
DatasetName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the dataset.")]
DataName = Annotated[str, typer.Option("--data", help="Name of the dataset.")]
Length = Annotated[int, typer.Option("--k", min=1, max=200, help="List length.")]
SplitText = Annotated[
    str,
    typer.Option(
        "--split",
        help="time:F or time:DATE; or a benchmark protocol: last-n:N, leave-one-out, users:F.",
    ),
]


def open_workspace() -> Workspace:
    """The workspace in `ASSAY_HOME`, with the bundled samples registered."""
    from pipelines.workspace import Workspace

    workspace = Workspace.open()
    if workspace.notice:
        from pipelines.cli import output as out

        out.warn(workspace.notice)
    workspace.tidy()
    register_samples(workspace)
    return workspace


def register_samples(workspace: Workspace) -> None:
    workspace.register_samples()
