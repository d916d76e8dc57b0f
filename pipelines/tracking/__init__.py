"""Logs to MLflow: an experiment per dataset, a run per bake-off, and a child run per contender
with its fitted pipeline as a model. Only this package uses MLflow.

    mlflow.pyfunc.load_model("runs:/<child run>/model").predict(
        pd.DataFrame({"user_id": ["7"]}), params={"k": 10})

Importing this package is fast; MLflow is imported inside functions.
"""

from pipelines.tracking.deadline import local
from pipelines.tracking.links import run_url, ui_command
from pipelines.tracking.runs import log_bakeoff
from pipelines.tracking.store import warm_up

__all__ = ["local", "log_bakeoff", "run_url", "ui_command", "warm_up"]
