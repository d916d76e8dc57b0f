"""Deleting datasets: rows and wishes in one transaction, then folders."""

from __future__ import annotations

import re

from sqlalchemy import delete, select

from pipelines.errors import AssayError
from pipelines.workspace.database import Full
from pipelines.workspace.dataset_rows import found
from pipelines.workspace.models import DatasetRow, JobRow, RemovalRow
from pipelines.workspace.part import WorkspacePart
from pipelines.workspace.records import LIVE, now_text

_PLACE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}@\d{1,9}")


class DatasetRemoval(WorkspacePart):
    """The part of the workspace that deletes datasets."""

    def delete_dataset(self, name: str) -> None:
        """Delete all versions of a dataset and their studies. Its bake-offs are kept.

        One transaction takes the rows away and records what is to be removed; what a killed
        process leaves of it goes at the next start. On a full disk the workspace's reserve is used
        up. Raises `AssayError` for what cannot be.
        """
        try:
            self._take_rows(name)
        except Full:
            if not self.folders.give_reserve():
                raise
            self._take_rows(name)
        left = self.finish_removals()
        self.folders.keep_reserve()
        if left:
            raise AssayError(
                f"{name} is deleted, but its files are not all gone: {', '.join(left)}. Assay "
                "tries again at each start."
            )

    def _take_rows(self, name: str) -> None:
        with self.database.write() as session:
            found(session, name, None)
            live = session.scalars(select(JobRow).where(JobRow.state.in_(LIVE)))
            users = [str(job.id) for job in live if name in _datasets_of(job)]
            if users:
                raise AssayError(
                    f"The dataset {name!r} is in use by job {', '.join(users)}; "
                    "wait until the job ends or cancel it, then delete the dataset."
                )
            for row in session.scalars(select(DatasetRow).where(DatasetRow.name == name)).all():
                place = self.folders.dataset(name, row.version).name
                for folder in (f"datasets/{place}", f"studies/{place}"):
                    session.merge(RemovalRow(folder=folder, created=now_text()))
                session.delete(row)

    def finish_removals(self) -> list[str]:
        """Remove the folders of deleted datasets; those that are still there, with the reason."""
        with self.database.read() as session:
            wished = list(session.scalars(select(RemovalRow.folder)))
        left, gone = [], []
        for folder in wished:
            parent, _, place = folder.partition("/")
            parts = _PLACE.fullmatch(place)
            if parent not in ("datasets", "studies") or parts is None:
                gone.append(folder)  # not written by us
                continue
            try:
                self.folders.discard(self.home / parent / place)
            except OSError as error:
                left.append(f"{folder} ({error.strerror})")
            else:
                gone.append(folder)
        left += self.folders.empty_removed()
        if gone:
            with self.database.write() as session:
                session.execute(delete(RemovalRow).where(RemovalRow.folder.in_(gone)))
        return left


def _datasets_of(job: JobRow) -> set[str]:
    return {str(job.params.get(key)) for key in ("dataset", "name")}
