"""A workspace, a dataset of twelve events, and a bake-off's document."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.data.dataset import About, Dataset, save
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime import processes
from pipelines.schema import Catalogue, Interactions, Vocabulary
from pipelines.workspace import Workspace


@pytest.fixture
def workspace() -> Workspace:
    return Workspace.open()


@pytest.fixture
def tiny() -> Dataset:
    items, users = Vocabulary.of("abcdef"), Vocabulary.of(["u1", "u2", "u3", "u4"])
    interactions = Interactions.build(
        np.repeat(np.arange(4), 3),
        [0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5],
        time=np.tile([10, 20, 30], 4),
        n_users=4,
        n_items=6,
    )
    frame = pd.DataFrame({"item_id": items.ids})
    catalogue = Catalogue(items, frame, np.ones(6, bool))
    about = About(name="tiny", fingerprint="f" * 64, kept=12, rows_in=12)
    return Dataset(about, interactions, catalogue, users, pd.DataFrame({"user_id": users.ids}))


@pytest.fixture
def finished_folder(tiny: Dataset, tmp_path: Path) -> Callable[[], Path]:
    """Makes a folder with the finished dataset, as an import leaves it."""
    numbers = iter(range(100))

    def make() -> Path:
        folder = tmp_path / f"import-{next(numbers)}"
        folder.mkdir()
        save(tiny, folder)
        return folder

    return make


@pytest.fixture
def document() -> Callable[..., BakeoffDocument]:
    def make(id: str = "20261123-2155-ab12", **changes: Any) -> BakeoffDocument:
        fields: dict[str, Any] = {
            "id": id,
            "dataset": "tiny",
            "created": "2026-11-23T21:55:00+00:00",
            "manifest": {"hash": "abc", "fingerprint": "f" * 64},
            "contenders": [],
            "comparisons": [],
        }
        return BakeoffDocument.model_validate(fields | changes)

    return make


class FakeJobs:
    """Submits made-up jobs to a workspace and ends those that a test leaves alive."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace, self.folder = workspace, folder
        workspace.worker_command = (sys.executable, "-m", "tests.workspace.fake_worker")

    @property
    def release(self) -> Path:
        """Waiting jobs end when this file is there."""
        return self.folder / "release"

    def submit(self, do: str, **params: Any) -> int:
        files = {"release": str(self.release), "pid_file": str(self.folder / "child")}
        return self.workspace.submit("bakeoff", {"do": do, **files, **params})

    def child(self) -> int | None:
        """The process id of a job's child, once it has one."""
        text = (self.folder / "child").read_text() if (self.folder / "child").exists() else ""
        return int(text) if text else None

    def end(self) -> None:
        for job in self.workspace.live_jobs():
            if job.pid is not None and processes.alive(job.pid):
                with suppress(ProcessLookupError):  # it may end between the two lines
                    os.kill(job.pid, signal.SIGKILL)


@pytest.fixture
def fake_jobs(workspace: Workspace, tmp_path: Path) -> Iterator[FakeJobs]:
    jobs = FakeJobs(workspace, tmp_path)
    yield jobs
    jobs.end()
