"""What the fork server for jobs imports, by name: this module itself is light."""

from __future__ import annotations

from pipelines.evaluation.bakeoff.preload import PRELOAD as CONTENDERS
from pipelines.runtime import children
from pipelines.runtime.children import Preload

PRELOAD = Preload(("pipelines.workspace.imports", *CONTENDERS.now), CONTENDERS.later)
"""What a job's process needs, and then its contenders' processes: they ask the same server."""


def prepare() -> None:
    """Start the fork server in the background, so that the first job starts at once."""
    children.prepare(PRELOAD)
