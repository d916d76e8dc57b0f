"""The model for MLflow ("models from code"), which calls the fitted pipeline.

MLflow copies this file into the model and runs it on loading. `pipelines` must be importable
there: install the checkout (`pip install -e .`), because the requirements of a model cannot
name it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel, PythonModelContext

from pipelines.errors import AssayError
from pipelines.recommender.fitted import FittedPipeline
from pipelines.schema import Columns

HISTORY, REQUEST = "history", "request"
COLUMNS = [REQUEST, Columns.USER, Columns.ITEM, Columns.RANK, Columns.SCORE]


class Recommender(PythonModel):  # type: ignore[misc]
    """A fitted pipeline as a model; `predict` takes a row per request.

    A row has a `user_id` or a `history` of item ids, newest last: a list, or text separated by
    "|". If it has both, the history counts. `params={"k": 10}`. The result has a row per
    position: `request` (the position of the input row), user_id, item_id, rank (from 1), score.
    Raises `AssayError` for an unknown user or item.
    """

    def load_context(self, context: PythonModelContext) -> None:
        self.fitted = FittedPipeline.load(Path(context.artifacts["pipeline"]))

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        k = int((params or {}).get("k", 10))
        rows = model_input.to_dict("records")
        read = [_history(row.get(HISTORY)) for row in rows]
        histories = {n: history for n, history in enumerate(read) if history is not None}
        users = {n: _user(row.get(Columns.USER)) for n, row in enumerate(rows) if read[n] is None}
        names = model_input.get(Columns.USER, pd.Series(None, model_input.index, dtype=object))
        parts = [pd.DataFrame(columns=COLUMNS)]
        if users:
            found = self.fitted.recommend(users=list(dict.fromkeys(users.values())), k=k)
            requests = pd.DataFrame({REQUEST: list(users), Columns.USER: list(users.values())})
            parts.append(requests.merge(found, on=Columns.USER))
        if histories:
            found = self.fitted.recommend(histories=list(histories.values()), k=k)
            request = {f"history {at}": n for at, n in enumerate(histories, start=1)}
            found[REQUEST] = found[Columns.USER].map(request)
            found[Columns.USER] = names.to_numpy(dtype=object)[found[REQUEST]]
            parts.append(found)
        answer = pd.concat([part for part in parts if len(part)] or parts[:1])
        return answer.sort_values([REQUEST, Columns.RANK], ignore_index=True)[COLUMNS]


def _history(given: Any) -> list[str] | None:
    """Item ids of the history in a cell; None if the cell is empty."""
    if isinstance(given, str):
        return [part for part in given.split("|") if part]
    if given is None or pd.api.types.is_scalar(given):
        return None
    return [str(part) for part in given]


def _user(given: Any) -> str:
    """A user id as text; integers may arrive as 7.0 if the column has empty cells."""
    if given is None or given != given:
        raise AssayError("A row has neither a user_id nor a history; add one of them.")
    return str(int(given)) if isinstance(given, float) and given.is_integer() else str(given)


mlflow.models.set_model(Recommender())
