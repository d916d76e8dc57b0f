"""The workspace: one folder with a database, which the app and the commands share."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from pipelines.runtime import paths
from pipelines.workspace.database import Database
from pipelines.workspace.datasets import Datasets
from pipelines.workspace.home import Home
from pipelines.workspace.jobs import Jobs
from pipelines.workspace.models import BakeoffRow
from pipelines.workspace.results import Results
from pipelines.workspace.studies import Studies
from pipelines.workspace.votes import Votes


class Workspace(Datasets, Jobs, Results, Studies, Votes):
    """All that one folder keeps, from datasets to votes; safe to share among threads."""

    @classmethod
    def open(cls, home: Path | str | None = None) -> Workspace:
        """The workspace in `home` (without it, `paths.home()`), created or upgraded if needed.

        Raises `AssayError` where the folder cannot be written or holds another's database.
        """
        folders = Home((paths.home() if home is None else Path(home)).expanduser().resolve())
        folders.create()
        database = Database(folders)
        database.prepare()
        return cls(folders, database)

    def delete_dataset(self, name: str) -> None:
        """Remove all versions of a dataset and its studies. Its bake-offs stay."""
        versions = self.dataset_record(name).version
        super().delete_dataset(name)
        for version in range(1, versions + 1):
            self.drop_studies(name, version)

    def tidy(self) -> None:
        """Remove folders that interrupted work left behind a day ago or earlier."""
        with self.database.read() as session:
            kept = set(session.scalars(select(BakeoffRow.id)))
        self.folders.tidy(kept)
