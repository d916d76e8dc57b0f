"""The base class of the parts of a workspace."""

from __future__ import annotations

from pathlib import Path

from pipelines.workspace.database import Database
from pipelines.workspace.home import Home
from pipelines.workspace.remembered import Remembered


class WorkspacePart:
    """A part of the workspace, such as its datasets or its jobs."""

    def __init__(self, folders: Home, database: Database) -> None:
        self.folders = folders
        self.database = database
        self.remembered = Remembered(folders.database)

    @property
    def home(self) -> Path:
        """The workspace's folder (absolute)."""
        return self.folders.root
