"""Runs a bake-off for a job or a command, stores its document and logs it to MLflow."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import tracking
from pipelines.data.dataset import Dataset
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import write_document
from pipelines.runtime.progress import Progress, part, silent
from pipelines.runtime.redact import foreign, traceback_of
from pipelines.workspace.exclusive import exclusive
from pipelines.workspace.store import Workspace

if TYPE_CHECKING:
    from pipelines.evaluation.bakeoff.request import BakeoffRequest

Run = Callable[["Dataset", "BakeoffRequest", Path, Path, str, Progress], BakeoffDocument]

NOT_WRITTEN = "Not written to MLflow:"

log = logging.getLogger(__name__)


def run(
    workspace: Workspace,
    request: BakeoffRequest,
    progress: Progress = silent,
    *,
    job: int | None = None,
    run_bakeoff: Run | None = None,
    tracked: bool = True,
) -> BakeoffDocument:
    """Run a bake-off, store its document, then log it to MLflow if it is to be `tracked`.

    Only one runs at a time per workspace, so that they do not slow each other. An MLflow error
    becomes a note of the document, which is stored before; `track` logs it later.
    """
    run_it = run_bakeoff or _real()
    with exclusive(workspace, progress):
        progress(0.0, "loading the dataset")
        record = workspace.dataset_record(request.dataset)
        dataset = workspace.dataset(request.dataset, record.version)
        if tracked:
            tracking.warm_up()
        id, folder = workspace.new_bakeoff()
        try:
            stages, watched = workspace.folders.stages, part(progress, 0.02, 0.96)
            document = run_it(dataset, request, folder, stages, id, watched)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        workspace.save_bakeoff(document, dataset_version=record.version, job=job)
        if tracked and tracking.local():  # a store elsewhere must not keep the next one waiting
            document = _tracked(workspace, document, progress)
    if tracked and not tracking.local():
        document = _tracked(workspace, document, progress)
    return document


def track(workspace: Workspace, id: str) -> BakeoffDocument:
    """Log a stored bake-off to MLflow; raises `AssayError` where that fails or was done."""
    document = workspace.bakeoff(id)
    if document.mlflow_run_id is not None:
        raise AssayError(
            f"The bake-off {id} is in MLflow already, as run {document.mlflow_run_id}."
        )
    try:
        return _log(workspace, document)
    except AssayError as error:
        raise AssayError(f"{NOT_WRITTEN} {error}.") from error
    except Exception as error:
        raise AssayError(f"{NOT_WRITTEN} {_first_line(error)}") from error


def _real() -> Run:
    from pipelines.evaluation.bakeoff.run import run_bakeoff

    return run_bakeoff


def _tracked(
    workspace: Workspace, document: BakeoffDocument, progress: Progress
) -> BakeoffDocument:
    """The document after it was logged, or with a note why it was not."""
    progress(0.96, "writing to MLflow")
    try:
        return _log(workspace, document)
    except Exception as error:  # any error of MLflow or its store: the result is kept
        told = traceback_of(error)
        log.debug("the bake-off %s was not written to MLflow:\n%s", document.id, told)
        note = f"{NOT_WRITTEN} {_first_line(error)} (later: `assay track {document.id}`)"
        noted = document.model_copy(update={"notes": [*document.notes, note]})
        _replace(workspace, noted)
        return noted


def _log(workspace: Workspace, document: BakeoffDocument) -> BakeoffDocument:
    """Log a bake-off and store the ids of its runs.

    One at a time: what else counts as running then was left by a process that was killed.
    """
    folder = workspace.bakeoff_folder(document.id)
    with workspace.folders.locked("track"):
        own = {record.id for record in workspace.bakeoffs(document.dataset)}
        logged = tracking.log_bakeoff(document, folder, own)
        notes = [note for note in logged.notes if not note.startswith(NOT_WRITTEN)]
        logged = logged.model_copy(update={"notes": notes})
        _replace(workspace, logged)
    return logged


def _replace(workspace: Workspace, document: BakeoffDocument) -> None:
    record = workspace.bakeoff_record(document.id)
    write_document(record.folder, document)
    workspace.save_bakeoff(document, dataset_version=record.dataset_version, job=record.job)


def _first_line(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0] or type(error).__name__
    # A server that is away: what follows is a chain of exceptions.
    address, away, _ = first.partition(" failed with exception")
    return foreign(f"{address} failed" if away else first)
