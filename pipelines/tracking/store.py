"""The MLflow store: opens it in advance, and creates an experiment per dataset."""

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
from pipelines.runtime.redact import traceback_of
from pipelines.tracking import deadline

if TYPE_CHECKING:
    from mlflow import MlflowClient

SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # So that an unreachable server delays a bake-off by seconds, not minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
NICENESS = 10
"""Niceness of the thread that loads MLflow, because contenders are measured meanwhile."""

log = logging.getLogger(__name__)
_opening = threading.Lock()


def warm_up() -> threading.Thread:
    """Import MLflow and create its store on a thread, while contenders are fitted.

    Takes about 10 s of one core for an empty store, 4 s otherwise. Errors are only logged here;
    they are reported when the bake-off is logged.
    """
    thread = threading.Thread(target=_warm_up, name="mlflow-warm-up", daemon=True)
    thread.start()
    return thread


def _warm_up() -> None:
    if sys.platform == "linux":  # where priority is set per thread
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
    try:
        client()
        import_module("mlflow.pyfunc")  # what saving a model needs
    except Exception as error:
        log.debug("MLflow could not be prepared:\n%s", traceback_of(error))


def client(seconds: float = deadline.REACH_SECONDS) -> MlflowClient:
    """A client of `paths.tracking_uri()`; creates a local store if it does not exist.

    Raises `OutOfReach` where a store elsewhere does not answer within `seconds`.
    """
    import_module("mlflow")  # takes seconds itself
    return _opened() if deadline.local() else deadline.within(seconds, _opened)


def _opened() -> MlflowClient:
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    with _opening:
        import mlflow

        for chatty in ("mlflow", "alembic"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        # It warns of each retry; the error is told once, at the end.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        uri = paths.tracking_uri()
        if uri.startswith("sqlite:"):
            paths.mlruns().mkdir(parents=True, exist_ok=True)
        # Loading the folder of a model also uses the global address.
        mlflow.set_tracking_uri(uri)
        with migration_lock.alone:
            opened = mlflow.MlflowClient(uri)
            opened.search_experiments(max_results=1)
        return opened


def experiment(client: MlflowClient, dataset: str) -> str:
    """The id of a dataset's experiment; the files of a local store are under `mlruns()`."""
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
    """The folder of a `file:` address or a plain path; None if it is remote."""
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return Path(uri) if parts.scheme == "" else None
