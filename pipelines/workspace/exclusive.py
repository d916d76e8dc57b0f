"""A lock, so that bake-offs and studies run one at a time and do not slow each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.runtime.progress import Progress
from pipelines.workspace.store import Workspace


@contextmanager
def exclusive(workspace: Workspace, progress: Progress) -> Iterator[None]:
    """Wait until no other bake-off or study runs; `progress` may raise to cancel."""

    def waiting() -> None:
        progress(0.0, "waiting for another bake-off or study to finish")

    with workspace.folders.locked("bakeoff", waiting):
        yield
