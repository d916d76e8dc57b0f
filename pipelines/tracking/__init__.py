"""The one place that knows MLflow: an experiment per dataset, a run per bake-off, a child per
contender with its fitted pipeline as a model.

    mlflow.pyfunc.load_model("runs:/<child run>/model").predict(
        pd.DataFrame({"user_id": ["7"]}), params={"k": 10})

Importing this package is cheap; MLflow itself is imported inside functions.
"""

from pipelines.tracking.links import run_url, ui_command
from pipelines.tracking.runs import log_bakeoff
from pipelines.tracking.store import warm_up

__all__ = ["log_bakeoff", "run_url", "ui_command", "warm_up"]
