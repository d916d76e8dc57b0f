"""Runs a study for a job or a command and stores its document."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.errors import AssayError
from pipelines.evaluation.studies.results import LeakageAudit, LearningCurve
from pipelines.runtime.progress import Progress, part, silent
from pipelines.workspace.exclusive import exclusive
from pipelines.workspace.store import Workspace


def learning_curve(
    workspace: Workspace,
    name: str,
    progress: Progress = silent,
    *,
    protocol: str | None = None,
) -> LearningCurve:
    """Compute and store the learning curve of a dataset's newest version."""
    from pipelines.evaluation.studies.learning_curve import learning_curve as study

    with exclusive(workspace, progress):
        progress(0.0, "loading the dataset")
        dataset = workspace.dataset(name)
        found = study(dataset, part(progress, 0.02, 1.0), protocol=protocol)
        _keep(workspace, found)
    return found


def audit(
    workspace: Workspace,
    name: str,
    progress: Progress = silent,
    *,
    specs: Sequence[str] = (),
    protocol: str | None = None,
) -> LeakageAudit:
    """Compute and store the leakage audit of a dataset's newest version."""
    from pipelines.data.split import DEFAULT_PROTOCOL
    from pipelines.evaluation.studies.audit import SPECS
    from pipelines.evaluation.studies.audit import audit as study

    with exclusive(workspace, progress):
        progress(0.0, "loading the dataset")
        dataset = workspace.dataset(name)
        found = study(
            dataset,
            specs or SPECS,
            part(progress, 0.02, 1.0),
            protocol=protocol or DEFAULT_PROTOCOL,
        )
        _keep(workspace, found)
    return found


def _keep(workspace: Workspace, found: LearningCurve | LeakageAudit) -> None:
    """Store it unless the dataset was deleted or replaced in the meantime."""
    record = workspace.dataset_record(found.dataset, found.version)
    if record.about.fingerprint != found.fingerprint:
        raise AssayError(
            f"The dataset {found.dataset!r} was replaced during the study; start it again."
        )
    workspace.save_study(found)
