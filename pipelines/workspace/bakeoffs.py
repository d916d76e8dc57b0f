"""Runs a bake-off for a job or a command, stores its document and logs it to MLflow."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import tracking
from pipelines.data.dataset import Dataset
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import write_document
from pipelines.runtime.progress import Progress, part, silent
from pipelines.workspace.exclusive import exclusive
from pipelines.workspace.store import Workspace

if TYPE_CHECKING:
    from pipelines.evaluation.bakeoff.request import BakeoffRequest

Run = Callable[["Dataset", "BakeoffRequest", Path, Path, str, Progress], BakeoffDocument]

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
    becomes a note of the document, which is stored before.
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
        if not tracked:
            return document
        progress(0.96, "writing to MLflow")
        document = _track(document, folder, dataset)
        write_document(folder, document)  # now with the ids of its runs
        workspace.save_bakeoff(document, dataset_version=record.version, job=job)
    return document


def _real() -> Run:
    from pipelines.evaluation.bakeoff.run import run_bakeoff

    return run_bakeoff


def _track(document: BakeoffDocument, folder: Path, dataset: Dataset) -> BakeoffDocument:
    try:
        return tracking.log_bakeoff(document, folder, dataset)
    except Exception as error:  # any error of MLflow or its store: the result is kept
        log.debug("the bake-off %s was not written to MLflow", document.id, exc_info=True)
        first = str(error).strip().partition("\n")[0] or type(error).__name__
        # A server that is away: what follows is a chain of exceptions.
        address, away, _ = first.partition(" failed with exception")
        first = f"{address} failed" if away else first
        note = f"Not written to MLflow: {first}"
        return document.model_copy(update={"notes": [*document.notes, note]})
