"""The workspace: one folder with a database, which the app and the commands share."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from pipelines import paths
from pipelines.workspace.database import Database
from pipelines.workspace.datasets import Datasets
from pipelines.workspace.home import Home
from pipelines.workspace.jobs import Jobs
from pipelines.workspace.models import BakeoffRow
from pipelines.workspace.results import Results


class Workspace(Datasets, Jobs, Results):
    """Datasets, jobs, bake-offs and decisions of one folder; safe to share among threads."""

    @classmethod
    def open(cls, home: Path | None = None) -> Workspace:
        """The workspace in `home` (without it, `paths.home()`), created or upgraded if needed.

        Raises `AssayError` where the folder cannot be written or holds another's database.
        """
        folders = Home((paths.home() if home is None else home).expanduser().resolve())
        folders.create()
        database = Database(folders)
        database.prepare()
        return cls(folders, database)

    def tidy(self) -> None:
        """Remove folders that interrupted work left behind a day ago or earlier."""
        with self.database.read() as session:
            kept = set(session.scalars(select(BakeoffRow.id)))
        self.folders.tidy(kept)
