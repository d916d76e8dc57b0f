"""Where things live: the checkout, the workspace's folder and MLflow's store.

`ASSAY_HOME` names the workspace's folder; without it, `data/workspace` in the
checkout. All paths are absolute: a relative SQLite address depends on the
current folder, and two programs would silently use two stores.
"""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SAMPLES = CHECKOUT / "data"
SPECS = Path(__file__).resolve().parents[1] / "recommender" / "specs"


def home() -> Path:
    """The workspace's folder (absolute); it need not exist yet."""
    named = os.environ.get("ASSAY_HOME")
    return Path(named).expanduser().resolve() if named else SAMPLES / "workspace"


def mlruns() -> Path:
    """The folder of MLflow's SQLite store and artifacts (absolute)."""
    return home() / "mlruns" if os.environ.get("ASSAY_HOME") else CHECKOUT / "mlruns"


def tracking_uri() -> str:
    """MLflow's store: `MLFLOW_TRACKING_URI` wins, else SQLite under `mlruns()`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{mlruns() / 'mlflow.db'}"
