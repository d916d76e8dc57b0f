"""MLflow's store: opening it ahead of time, and an experiment for each dataset."""

from __future__ import annotations

import logging
import os
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pipelines.runtime import migration_lock, paths

if TYPE_CHECKING:
    from mlflow import MlflowClient

SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # A server that does not answer delays a bake-off by seconds, not by minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
BEHIND = 10
"""Niceness of the thread that loads MLflow: contenders are being measured meanwhile."""

log = logging.getLogger(__name__)
_opening = threading.Lock()


def warm_up() -> threading.Thread:
    """Import MLflow and create its store on a thread, while contenders are fitted.

    Takes about 10 s of one core on an empty store, 4 s otherwise; what goes wrong shows
    again, and is told, when the bake-off is logged.
    """
    thread = threading.Thread(target=_warm_up, name="mlflow-warm-up", daemon=True)
    thread.start()
    return thread


def _warm_up() -> None:
    if sys.platform == "linux":  # there, priority is a thread's own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
    try:
        client()
        import_module("mlflow.pyfunc")  # what saving a model needs
    except Exception:
        log.exception("MLflow could not be made ready")


def client() -> MlflowClient:
    """A client of `paths.tracking_uri()`; creates a local store that is not there yet."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    with _opening:
        import mlflow

        for chatty in ("mlflow", "alembic"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        uri = paths.tracking_uri()
        if uri.startswith("sqlite:"):
            paths.mlruns().mkdir(parents=True, exist_ok=True)
        # Loading a model's folder asks the global address too.
        mlflow.set_tracking_uri(uri)
        with migration_lock.alone:
            opened = mlflow.MlflowClient(uri)
            opened.search_experiments(max_results=1)
        return opened


def experiment(client: MlflowClient, dataset: str) -> str:
    """The id of a dataset's experiment; a local store keeps its files under `mlruns()`."""
    found = client.get_experiment_by_name(dataset)
    if found is not None:
        if found.lifecycle_stage == "deleted":
            client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)
    place = None
    if paths.tracking_uri().startswith("sqlite:"):
        place = (paths.mlruns() / "artifacts" / dataset).as_uri()
    return str(client.create_experiment(dataset, artifact_location=place))


def local_folder(uri: str) -> Path | None:
    """The folder behind a `file:` address or a plain path; None where it is remote."""
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return Path(uri) if parts.scheme == "" else None
