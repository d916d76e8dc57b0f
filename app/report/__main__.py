"""`python -m app.report ID FILE`: write a bake-off's report, for the command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.components import results
from app.report import html
from pipelines.errors import AssayError
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.workspace import Workspace


def write(bakeoff: str, file: Path) -> None:
    """Write the report of a bake-off in the workspace, completely or not at all."""
    workspace = Workspace.open()
    document = workspace.bakeoff(bakeoff)
    about = {r.name: r.about for r in workspace.datasets()}.get(document.dataset)
    text = html(
        document,
        BakeoffFolder(workspace.bakeoff_folder(bakeoff)),
        results.declared_metric(document),
        results.declared_baseline(document),
        about,
    )
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise AssayError(f"{file} cannot be written: {error.strerror or error}.") from None


if __name__ == "__main__":
    try:
        write(sys.argv[1], Path(sys.argv[2]))
    except AssayError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
