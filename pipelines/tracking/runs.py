"""Logs a finished bake-off to MLflow."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.data.dataset import Dataset
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.tracking import fields, models, store

if TYPE_CHECKING:
    from mlflow import MlflowClient

PARENT = "mlflow.parentRunId"
PIPELINE, PER_USER = "pipeline.pickle", "per_user.parquet"


def log_bakeoff(document: BakeoffDocument, folder: Path, dataset: Dataset) -> BakeoffDocument:
    """Log a bake-off, whose files are in `folder`; returns the document with run ids.

    Logs a parent run, and a child run per contender with parameters, metrics, per-user values
    and, for built ones, the fitted pipeline as a model. Raises the errors of MLflow; runs that
    were started are then marked as failed.
    """
    client = store.client()
    experiment = store.experiment(client, dataset.name)
    parent = _start(client, experiment, document.id, fields.tags(document), None)
    try:
        counts = {"contenders": float(len(document.contenders))}
        counts["scored"] = float(sum(c.status == "scored" for c in document.contenders))
        _log(client, parent, fields.params(document), counts)
        client.log_dict(parent, document.manifest, "manifest.json")
        comparisons = {c.contender: c.model_dump(mode="json") for c in document.comparisons}
        client.log_dict(parent, comparisons, "comparisons.json")
        contenders = []
        for contender in document.contenders:
            child = _log_contender(client, experiment, parent, document, contender, folder)
            contenders.append(contender.model_copy(update={"mlflow_run_id": child}))
    except BaseException:
        client.set_terminated(parent, "FAILED")
        raise
    done = document.model_copy(update={"contenders": contenders, "mlflow_run_id": parent})
    client.log_dict(parent, done.model_dump(mode="json"), "document.json")
    client.set_terminated(parent, "FINISHED")
    return done


def _log_contender(
    client: MlflowClient,
    experiment: str,
    parent: str,
    document: BakeoffDocument,
    contender: ContenderResult,
    folder: Path,
) -> str:
    run = _start(client, experiment, contender.name, fields.tags(document, contender), parent)
    try:
        comparison = next((c for c in document.comparisons if c.contender == contender.name), None)
        metrics = fields.metrics(contender, comparison)
        _log(client, run, fields.params(document, contender), metrics)
        client.log_dict(run, document.manifest, "manifest.json")
        if contender.spec is not None:
            client.log_dict(run, contender.spec, "spec.json")
            client.log_text(run, _toml(contender.spec), "spec.toml")
        files = folder / "contenders" / contender.name
        if (files / PER_USER).exists():
            client.log_artifact(run, str(files / PER_USER))
        if (files / PIPELINE).exists():
            models.log_model(client, experiment, run, files / PIPELINE)
    except BaseException:
        client.set_terminated(run, "FAILED")
        raise
    client.set_terminated(run, "FAILED" if contender.status == "failed" else "FINISHED")
    return run


def _start(
    client: MlflowClient, experiment: str, name: str, tags: dict[str, str], parent: str | None
) -> str:
    if parent is not None:
        tags = {**tags, PARENT: parent}
    run = client.create_run(experiment, run_name=name, tags=tags)
    return str(run.info.run_id)


def _log(client: MlflowClient, run: str, params: dict[str, str], metrics: dict[str, Any]) -> None:
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    client.log_batch(
        run,
        metrics=[Metric(name, value, now, 0) for name, value in metrics.items()],
        params=[Param(name, value) for name, value in params.items()],
    )


def _toml(spec: dict[str, Any]) -> str:
    from pipelines.recommender.spec import Spec

    return Spec.of(spec).to_toml()
