"""`assay report`: a bake-off as one HTML file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import open_workspace
from pipelines.errors import AssayError


def report(
    bakeoff: Annotated[str, typer.Argument(metavar="ID", help="Id of a bake-off.")],
    out_file: Annotated[Path, typer.Option("--out", help="The .html file to write.")],
) -> None:
    """Write a bake-off's report as one HTML file.

    It is the report of the page Compare; it opens in a browser without a network.
    """
    from pipelines.cli import output as out

    open_workspace().bakeoff_record(bakeoff)
    if out_file.suffix not in (".html", ".htm"):
        raise AssayError(f"{out_file.name} is not an .html file; name one with --out.")
    if not out_file.parent.is_dir():
        raise AssayError(f"There is no folder {out_file.parent}; make it first.")
    # The report is drawn by the app's package, which nothing in `pipelines` imports.
    command = [sys.executable, "-m", "app.report", bakeoff, str(out_file)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    if ended.returncode == 2:
        raise AssayError(ended.stderr.strip().splitlines()[-1])
    if ended.returncode:
        raise RuntimeError(ended.stderr.strip() or "the report's process ended")
    out.warn(f"Written to {out_file}.")
