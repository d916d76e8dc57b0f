"""The workspace: one folder with a database, shared by the app and the command line."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from pipelines.runtime import paths
from pipelines.workspace.database import Database
from pipelines.workspace.datasets import Datasets
from pipelines.workspace.drafts import Drafts
from pipelines.workspace.home import Home
from pipelines.workspace.jobs import Jobs
from pipelines.workspace.models import BakeoffRow
from pipelines.workspace.results import Results
from pipelines.workspace.studies import Studies
from pipelines.workspace.votes import Votes


class Workspace(Datasets, Drafts, Jobs, Results, Studies, Votes):
    """The workspace, from datasets to votes; thread-safe."""

    @classmethod
    def open(cls, home: Path | str | None = None) -> Workspace:
        """The workspace in `home` (default: `paths.home()`), created or upgraded if needed.

        Raises `AssayError` if the folder cannot be written or its database cannot be used.
        """
        folders = Home((paths.home() if home is None else Path(home)).expanduser().resolve())
        folders.create()
        database = Database(folders)
        database.prepare()
        return cls(folders, database)

    def delete_dataset(self, name: str) -> None:
        """Delete all versions of a dataset and its studies. Its bake-offs are kept."""
        versions = self.dataset_record(name).version
        super().delete_dataset(name)
        for version in range(1, versions + 1):
            self.drop_studies(name, version)

    def tidy(self) -> None:
        """Remove folders that interrupted work left behind more than a day ago."""
        with self.database.read() as session:
            kept = set(session.scalars(select(BakeoffRow.id)))
        self.folders.tidy(kept)
