"""`assay run`: start the app on this machine."""

from __future__ import annotations

from typing import Annotated

import typer


def run(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the app.")] = 8501,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser window.")
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            help="A name under which a proxy shows the app, assay.example.com; repeatable.",
        ),
    ] = None,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only", help="Only show the workspace: nobody imports, runs or saves anything."
        ),
    ] = False,
) -> None:
    """Start the app on this machine.

    It listens on 127.0.0.1 and cannot be reached from other machines. docs/sharing.md says how a
    team uses it through a proxy.
    """
    from pipelines.cli.start import start

    start(port, open_browser=browser, allow_hosts=allow_host or (), read_only=read_only)
