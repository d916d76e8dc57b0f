"""The workspace: one folder with a database, shared by the app and the command line."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from pipelines.errors import AssayError
from pipelines.runtime import paths
from pipelines.workspace.database import Database, Full
from pipelines.workspace.dataset_imports import DatasetImports
from pipelines.workspace.dataset_removal import DatasetRemoval
from pipelines.workspace.drafts import Drafts
from pipelines.workspace.home import Home
from pipelines.workspace.jobs import Jobs
from pipelines.workspace.models import BakeoffRow, DatasetRow
from pipelines.workspace.rebuild import prepare
from pipelines.workspace.records import DatasetRecord
from pipelines.workspace.results import Results
from pipelines.workspace.studies import Studies
from pipelines.workspace.votes import Votes


class Workspace(DatasetImports, DatasetRemoval, Drafts, Jobs, Results, Studies, Votes):
    """The workspace, from datasets to votes; thread-safe."""

    notice: str = ""
    """What opening it did by itself, in a sentence; empty where it did nothing."""
    new: bool = False
    """Whether opening it made its database, with nothing to put into it."""

    @classmethod
    def open(cls, home: Path | str | None = None) -> Workspace:
        """The workspace in `home` (default: `paths.home()`), created or upgraded if needed.

        A damaged database is set aside and rebuilt from the folders; `notice` says so. On a full
        disk the workspace's reserve is used up, so that something can be deleted. Raises
        `AssayError` if the folder cannot be written or the disk is full all the same.
        """
        folders = Home((paths.home() if home is None else Path(home)).expanduser().resolve())
        folders.create()
        try:
            opened = cls._opened(folders)
        except Full:
            if not folders.give_reserve():
                raise
            return cls._opened(folders)
        folders.keep_reserve()
        return opened

    @classmethod
    def _opened(cls, folders: Home) -> Workspace:
        database, new = Database(folders), not folders.database.exists()
        notice = prepare(database)
        opened = cls(folders, database)
        opened.new = new and not notice
        left = opened.finish_removals()
        if left:
            notice += f" Deleted, but still there: {', '.join(left)}."
        opened.notice = notice.strip()
        return opened

    def bakeoff_dataset(self, id: str) -> DatasetRecord:
        """The version of the dataset that a bake-off was made of.

        It is known by its fingerprint: another dataset may have the name by now. Raises
        `AssayError` where it is gone.
        """
        record = self.bakeoff_record(id)
        wanted = self.bakeoff(id).manifest.get("fingerprint")
        try:
            versions = self.dataset_versions(record.dataset)
        except AssayError:
            versions = []
        same = [v for v in versions if v.folder is not None and v.about.fingerprint == wanted]
        if not same:
            raise AssayError(
                f"The data of bake-off {id} (version {record.dataset_version} of "
                f"{record.dataset!r}) is no longer in this workspace, so its items cannot be "
                "shown. Import the same file again, or run a new bake-off."
            )
        return next((v for v in same if v.version == record.dataset_version), same[0])

    def tidy(self) -> None:
        """Remove what interrupted work left behind.

        Only folders that are marked as unfinished and have no row: a folder that the database
        does not know may be all that is left of somebody's work.
        """
        with self.folders.free("bakeoff") as free:
            # While somebody holds the lock, one of them is being written.
            if free and self.folders.unfinished_folders(self.folders.bakeoffs):
                with self.database.read() as session:
                    known = set(session.scalars(select(BakeoffRow.id)))
                self._drop_unfinished(self.folders.bakeoffs, known)
        if self.folders.unfinished_folders(self.folders.datasets):
            with self.database.write() as session:  # nobody adds a dataset meanwhile
                rows = session.scalars(select(DatasetRow.folder))
                self._drop_unfinished(self.folders.datasets, {Path(r).name for r in rows if r})
        needed = json.dumps([job.params for job in self.live_jobs()])
        self.folders.tidy_uploads(needed)

    def _drop_unfinished(self, parent: Path, known: set[str]) -> None:
        for folder in self.folders.unfinished_folders(parent):
            if folder.name in known:
                self.folders.unfinished_mark(folder).unlink(missing_ok=True)
            else:
                self.folders.discard(folder)
        self.folders.empty_removed()
