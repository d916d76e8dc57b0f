"""What a workspace begins with: the samples, and the sample's bake-off that Assay ships."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.evaluation.results.folder import read_document
from pipelines.runtime import paths

if TYPE_CHECKING:
    from pipelines.workspace.store import Workspace

SAMPLE = "movielens-small"
SHIPPED = paths.SAMPLES / SAMPLE / "bakeoff"
"""The shipped bake-off's folder; `python -m benchmarks shipped` makes it."""


def begin(workspace: Workspace) -> None:
    """Register the samples and, where nothing has been run, put the shipped bake-off there."""
    workspace.register_samples()
    with workspace.folders.locked("begin"):
        if not used(workspace):
            _install(workspace, SHIPPED)


def used(workspace: Workspace) -> bool:
    """Whether something has been run here: a job, or a bake-off of one's own."""
    return bool(workspace.jobs(1)) or any(not r.shipped for r in workspace.bakeoffs())


def sample_request(split: str = "time:0.9") -> dict[str, object]:
    """The bake-off of the sample: shipped, run in a new workspace, and run by `assay demo`."""
    return {
        "dataset": SAMPLE,
        "specs": ["als", "ease-recent", "two-stage", "two-stage-sponsored"],
        "third_party": ["stand-in"],
        "split": split,
    }


def _install(workspace: Workspace, shipped: Path) -> None:
    """Copy a shipped bake-off into the workspace, unless it is there or its data differs."""
    document = read_document(shipped)
    record = workspace.dataset_record(document.dataset)
    same = record.about.fingerprint == document.manifest["fingerprint"]
    if not same or any(r.id == document.id for r in workspace.bakeoffs()):
        return
    folder = workspace.folders.bakeoff(document.id)
    folder.mkdir(exist_ok=True)
    workspace.folders.unfinished_mark(folder).touch()
    shutil.copytree(shipped, folder, dirs_exist_ok=True)
    workspace.save_bakeoff(document, dataset_version=record.version)
