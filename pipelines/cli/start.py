"""Starts the app: prepares the workspace, then replaces this process by Streamlit."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence

from pipelines.errors import AssayError
from pipelines.runtime import children, paths
from pipelines.workspace import preload

READ_ONLY = "ASSAY_READ_ONLY"
"""The variable that tells the app's process to be read-only (`app.access`)."""
HOST = "127.0.0.1"
HOSTS = (HOST, "localhost", "::1")
"""The names of this machine for itself."""


def start(
    port: int,
    *,
    open_browser: bool = False,
    allow_hosts: Sequence[str] = (),
    read_only: bool = False,
) -> None:
    """Prepare the workspace and run the app on 127.0.0.1; does not return unless it fails.

    `allow_hosts` are further names that a browser may ask for. A `read_only` server starts no
    bake-off, and its users none either.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if probe.connect_ex((HOST, port)) == 0:
            raise AssayError(
                f"Port {port} is in use, perhaps by Assay itself: open http://{HOST}:{port}, "
                f"or choose another with `{_command(port + 1)}`."
            )
    preload.prepare()
    prepare(run_sample=not read_only)
    if read_only:
        os.environ[READ_ONLY] = "1"
    print(f"Assay runs at http://{HOST}:{port} (stop it with Ctrl-C).", flush=True)
    script = paths.APP / "streamlit_app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.address", HOST, "--server.port", str(port)]
    command += ["--server.headless", "false" if open_browser else "true"]
    command += ["--browser.gatherUsageStats", "false"]
    for name in (*HOSTS, *allow_hosts):
        command += ["--server.allowedHosts", name]
    os.chdir(paths.APP)  # Streamlit reads .streamlit/config.toml from the current folder
    children.hand_over()  # the app's jobs are forked by the server that this process started
    os.execv(sys.executable, command)


def _command(port: int) -> str:
    """What starts the app on another port."""
    return f"make run PORT={port}" if paths.IN_CHECKOUT else f"assay run --port {port}"


def prepare(*, run_sample: bool = True) -> None:
    """Register the samples; where nothing has been run, show the shipped bake-off and run it."""
    from pipelines.workspace import Workspace, beginning

    workspace = Workspace.open()
    if workspace.notice:
        print(workspace.notice, flush=True)
    workspace.mark_lost()
    beginning.begin(workspace)
    if run_sample and not beginning.used(workspace):
        workspace.submit("bakeoff", beginning.sample_request())
        print(
            "The sample's bake-off is running. Until it ends, the app shows the one that Assay "
            "ships.",
            flush=True,
        )
