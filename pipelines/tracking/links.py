"""Links to the MLflow UI; works without importing MLflow."""

from __future__ import annotations

import os
import shlex

from pipelines.runtime import paths

LOCAL_UI = "http://127.0.0.1:5000"


def ui_command() -> str:
    """The command that starts the MLflow UI for the store of this workspace."""
    return f"mlflow ui --backend-store-uri {shlex.quote(paths.tracking_uri())}"


def run_url(run_id: str) -> str:
    """The address of a run: on the MLflow server, or at the default address of `ui_command`.

    `ASSAY_MLFLOW_URL` sets another address.
    """
    store = paths.tracking_uri()
    served = store if store.startswith(("http://", "https://")) else LOCAL_UI
    base = os.environ.get("ASSAY_MLFLOW_URL") or served
    return f"{base.rstrip('/')}/#/runs/{run_id}"
