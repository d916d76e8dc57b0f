"""Studies of datasets (learning curve and leakage audit), stored as files."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from pipelines.errors import AssayError
from pipelines.evaluation.studies.results import LeakageAudit, LearningCurve
from pipelines.workspace.part import WorkspacePart

STUDIES: dict[str, type[LearningCurve] | type[LeakageAudit]] = {
    "learning-curve": LearningCurve,
    "audit": LeakageAudit,
}


class Studies(WorkspacePart):
    """The newest study of each kind for each version of a dataset."""

    def study(self, name: str, version: int, kind: str) -> LearningCurve | LeakageAudit | None:
        """The study, or None if it was not run yet or was written by an incompatible version."""
        file = self._file(name, version, kind)
        try:
            return STUDIES[kind].model_validate_json(file.read_text())
        except (FileNotFoundError, ValidationError):
            return None

    def save_study(self, document: LearningCurve | LeakageAudit) -> Path:
        """Store a study, replacing the older one of its kind atomically; returns its file."""
        file = self._file(document.dataset, document.version, document.kind)
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.{os.getpid()}.part")
        try:
            beside.write_text(document.model_dump_json(indent=1))
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
        return file

    def _folder(self, name: str, version: int) -> Path:
        return self.folders.studies / f"{name}@{version}"

    def _file(self, name: str, version: int, kind: str) -> Path:
        if kind not in STUDIES:
            raise AssayError(f"There is no study {kind!r}; there are: {', '.join(STUDIES)}.")
        return self._folder(name, version) / f"{kind}.json"
