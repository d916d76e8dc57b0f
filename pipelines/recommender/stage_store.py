"""Fitted stages on disk: a stage that several contenders share is fitted and stored once."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import time
from pathlib import Path
from typing import cast

from pipelines.schema import Catalogue, Interactions
from pipelines.stages.contract import CandidateGenerator

CODE_VERSION = 1
"""Raised when stored stages would answer differently from stages fitted now because of a change
outside the stage's file."""
ABANDONED_SECONDS = 86_400
"""Age at which an unfinished file counts as left behind by a process that has ended."""


class StageStore:
    """A folder of fitted candidate generators; file names hash everything that a fit depends on.

    `data_key` stands for the training data: dataset fingerprint, split and seen-policy.
    """

    def __init__(self, folder: Path, data_key: str) -> None:
        self.folder = folder
        self.data_key = data_key

    def path(self, stage: CandidateGenerator, window: str) -> Path:
        """The file of this stage with its settings, fitted on this window."""
        parts = {
            "code": CODE_VERSION,
            "class": f"{type(stage).__module__}.{type(stage).__qualname__}",
            "source": _source_hash(type(stage)),
            "config": stage.config.model_dump(mode="json"),
            "data": self.data_key,
            "window": window,
        }
        text = json.dumps(parts, sort_keys=True)
        return self.folder / f"{stage.name}-{hashlib.sha256(text.encode()).hexdigest()[:24]}.joblib"

    def fitted(
        self,
        stage: CandidateGenerator,
        train: Interactions,
        catalogue: Catalogue,
        window: str,
    ) -> tuple[CandidateGenerator, float]:
        """The fitted stage and the seconds that its fit took, now or for another contender.

        Both are stored, so that every contender is charged for the fit.
        """
        import joblib

        path = self.path(stage, window)
        try:
            return cast(tuple[CandidateGenerator, float], joblib.load(path))
        except FileNotFoundError:  # not fitted yet, or dropped by another bake-off just now
            pass
        began = time.perf_counter()
        stage.fit(train, catalogue)
        seconds = time.perf_counter() - began
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.part")
        joblib.dump((stage, seconds), temporary)
        temporary.replace(path)
        return stage, seconds

    def drop_older(self, most_mb: float) -> None:
        """Keep the newest files, at most `most_mb` in all; delete unfinished ones."""
        for part in self.folder.glob("*.part"):
            if part.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                part.unlink(missing_ok=True)
        files = sorted(self.folder.glob("*.joblib"), key=lambda p: p.stat().st_mtime, reverse=True)
        total = 0.0
        for path in files:
            total += path.stat().st_size / 1e6
            if total > most_mb:
                path.unlink(missing_ok=True)


def _source_hash(cls: type) -> str:
    """SHA-256 (hex) of the file that a stage's class is written in.

    A user-defined stage whose code has changed must be fitted again.
    """
    source = inspect.getsourcefile(cls)
    return hashlib.sha256(Path(source).read_bytes() if source else b"").hexdigest()
