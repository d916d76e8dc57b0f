"""Starts the app: prepares the workspace, then replaces this process by Streamlit."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence

from pipelines.errors import AssayError
from pipelines.runtime import children, paths
from pipelines.workspace import preload

HOST = "127.0.0.1"
HOSTS = (HOST, "localhost", "::1")
"""The names of this machine for itself."""


def start(port: int, *, open_browser: bool = False, allow_hosts: Sequence[str] = ()) -> None:
    """Prepare the workspace and run the app on 127.0.0.1; does not return unless it fails.

    `allow_hosts` are further names that a browser may ask for.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if probe.connect_ex((HOST, port)) == 0:
            raise AssayError(
                f"Port {port} is in use, perhaps by Assay itself: open http://{HOST}:{port}, "
                f"or choose another with `{_command(port + 1)}`."
            )
    preload.prepare()
    prepare()
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


def prepare() -> None:
    """Register the samples; in an empty workspace, also start the sample's bake-off as a job."""
    from pipelines.workspace import Workspace

    workspace = Workspace.open()
    if workspace.notice:
        print(workspace.notice, flush=True)
    workspace.mark_lost()
    workspace.register_samples()
    if not workspace.bakeoffs() and not workspace.jobs(1):
        first = workspace.submit("bakeoff", first_look())
        workspace.submit("bakeoff", {**sample_request(), "after": first})
        print("The sample's bake-off is running; its results appear in the app.", flush=True)


def first_look() -> dict[str, object]:
    """A bake-off that takes seconds: the pages show its lists while the full one runs.

    Its models are fitted once; the full one tells how much their draw matters.
    """
    return {"dataset": "movielens-small", "specs": ["als"], "refits": 1, "tracked": False}


def sample_request(split: str = "time:0.9") -> dict[str, object]:
    """The bake-off of the sample, run in a new workspace and by `assay demo`."""
    return {
        "dataset": "movielens-small",
        "specs": ["als", "ease-recent", "two-stage", "two-stage-sponsored"],
        "third_party": ["stand-in"],
        "split": split,
    }
