"""Logs a finished bake-off to MLflow."""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.evaluation.results.folder import PER_USER, PIPELINE
from pipelines.recommender.fitted import ARRAYS
from pipelines.tracking import deadline, fields, models, store

if TYPE_CHECKING:
    from mlflow import MlflowClient

PARENT = "mlflow.parentRunId"


def log_bakeoff(
    document: BakeoffDocument, folder: Path, interrupted: Collection[str] = ()
) -> BakeoffDocument:
    """Log a bake-off, whose files are in `folder`; returns the document with run ids.

    Logs a parent run, and a child run per contender with parameters, metrics, per-user values
    and, for built ones, the fitted pipeline as a model. Runs of bake-offs in `interrupted` that
    still count as running are ended first. Raises the errors of MLflow, and `OutOfReach`; runs
    that were started are marked as failed where it can be reached.
    """
    opened = store.client()
    if deadline.local():
        return _log_bakeoff(opened, document, folder, interrupted)
    watched = deadline.Watched(opened)
    client = cast("MlflowClient", watched)
    return watched.used_for(lambda: _log_bakeoff(client, document, folder, interrupted))


def _log_bakeoff(
    client: MlflowClient, document: BakeoffDocument, folder: Path, interrupted: Collection[str]
) -> BakeoffDocument:
    experiment = store.experiment(client, document.dataset)
    _end_left(client, experiment, interrupted)
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
            models.log_model(client, experiment, run, files / PIPELINE, folder / ARRAYS)
    except BaseException:
        client.set_terminated(run, "FAILED")
        raise
    client.set_terminated(run, "FAILED" if contender.status == "failed" else "FINISHED")
    return run


def _end_left(client: MlflowClient, experiment: str, bakeoffs: Collection[str]) -> None:
    """End the runs that a process which was killed left running."""
    if not bakeoffs:
        return
    for run in client.search_runs([experiment], "attributes.status = 'RUNNING'", max_results=1000):
        if run.data.tags.get(fields.BAKEOFF) in bakeoffs:
            client.set_terminated(run.info.run_id, "KILLED")


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
