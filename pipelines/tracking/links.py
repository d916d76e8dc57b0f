"""Links to the MLflow UI; works without importing MLflow."""

from __future__ import annotations

import os
import shlex
from urllib.parse import urlsplit

from pipelines.runtime import paths
from pipelines.runtime.redact import redact

LOCAL_UI = "http://127.0.0.1:5000"


def ui_command() -> str:
    """The command that starts the MLflow UI for the store of this workspace; without a password."""
    return f"mlflow ui --backend-store-uri {shlex.quote(redact(paths.tracking_uri()))}"


def run_url(run_id: str) -> str:
    """The address of a run: on the MLflow server, or at the default address of `ui_command`.

    `ASSAY_MLFLOW_URL` sets another address. A name, password or token in it is left out.
    """
    store = paths.tracking_uri()
    served = store if store.startswith(("http://", "https://")) else LOCAL_UI
    base = os.environ.get("ASSAY_MLFLOW_URL") or served
    parts = urlsplit(base)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    return f"{shown.rstrip('/')}/#/runs/{run_id}"
