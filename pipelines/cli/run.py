"""`assay run`: the app on this machine alone."""

from __future__ import annotations

from typing import Annotated

import typer


def run(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser")] = False,
) -> None:
    """Start the app on this machine alone (127.0.0.1)."""
    from pipelines.cli.start import start

    start(port, open_browser=browser)
