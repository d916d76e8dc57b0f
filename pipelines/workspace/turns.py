"""One piece of heavy work at a time: two at once would measure each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.runtime.progress import Progress
from pipelines.workspace.store import Workspace


@contextmanager
def alone(workspace: Workspace, progress: Progress) -> Iterator[None]:
    """Wait for one's turn among the workspace's bake-offs and studies; `progress` may give up."""

    def waiting() -> None:
        progress(0.0, "waiting for another bake-off or study to end")

    with workspace.folders.locked("bakeoff", waiting):
        yield
