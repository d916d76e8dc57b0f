"""Datasets of a workspace: each version is a folder, moved into place when it is complete."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines.data.dataset import ABOUT, About, Dataset, check_name, load
from pipelines.errors import AssayError
from pipelines.workspace.dataset_rows import about_of, about_of_sample, found
from pipelines.workspace.home import dataset_folders
from pipelines.workspace.models import DatasetNumberRow, DatasetRow
from pipelines.workspace.part import WorkspacePart
from pipelines.workspace.records import DatasetRecord, now_text

LOADED_AT_ONCE = "movielens-small"
"""The sample that a new workspace loads at once; others are loaded on first use."""


class Datasets(WorkspacePart):
    """The datasets of the workspace, by name and version."""

    def datasets(self) -> list[DatasetRecord]:
        """The newest version of each dataset, sorted by name."""
        return list(self.remembered.get("datasets", self._datasets))

    def _datasets(self) -> list[DatasetRecord]:
        with self.database.read() as session:
            rows = session.scalars(select(DatasetRow).order_by(DatasetRow.version))
            newest = {row.name: row for row in rows}
            return [self._dataset_record(newest[name]) for name in sorted(newest)]

    def dataset_record(self, name: str, version: int | None = None) -> DatasetRecord:
        """The record of one dataset; default: its newest version.

        A bundled sample that is not listed yet is listed first.
        """
        try:
            return self.remembered.get(
                ("dataset", name, version), lambda: self._found(name, version)
            )
        except AssayError:
            if version is not None or not self._list_samples([name]):
                raise
        return self.dataset_record(name)

    def _found(self, name: str, version: int | None) -> DatasetRecord:
        with self.database.read() as session:
            return self._dataset_record(found(session, name, version))

    def dataset_versions(self, name: str) -> list[DatasetRecord]:
        """All versions of a dataset, newest first."""
        with self.database.read() as session:
            found(session, name, None)
            query = select(DatasetRow).where(DatasetRow.name == name)
            rows = session.scalars(query.order_by(DatasetRow.version.desc()))
            return [self._dataset_record(row) for row in rows]

    def about(self, name: str) -> About:
        """The description of the dataset; does not load it."""
        return self.dataset_record(name).about

    def dataset(self, name: str, version: int | None = None) -> Dataset:
        """The dataset itself; a sample is loaded on first use (seconds)."""
        record = self.dataset_record(name, version)
        if record.folder is None:
            record = self._load_sample(name)
        assert record.folder is not None
        try:
            return load(record.folder)
        except (OSError, ValueError, KeyError, RecursionError) as error:
            raise AssayError(
                f"The files of the dataset {name!r} in {record.folder} cannot be read ({error}); "
                "delete the dataset and import it again."
            ) from error

    def add_dataset(self, folder: Path) -> DatasetRecord:
        """Move the folder of a complete dataset into the workspace, as its next version.

        Older versions are kept, so that bake-offs on them stay valid. This is the only place
        that numbers versions; no number is used twice, and no folder is overwritten.
        """
        about = About.model_validate(json.loads((folder / ABOUT).read_text()))
        check_name(about.name)
        with self.folders.unfinished() as unfinished:
            if folder.stat().st_dev != unfinished.stat().st_dev:
                shutil.copytree(folder, unfinished / "dataset")
                copied, folder = folder, unfinished / "dataset"
            else:
                copied = None
            with self.database.write() as session:
                version = self._next_version(session, about.name)
                about = about.model_copy(update={"version": version})
                (folder / ABOUT).write_text(about.model_dump_json(indent=2))
                place = Path("datasets", f"{about.name}@{version}")
                self.folders.unfinished_mark(folder).touch()
                folder.replace(self.home / place)
                row = session.merge(
                    DatasetRow(
                        name=about.name,
                        version=version,
                        folder=str(place),
                        about=about.model_dump(mode="json"),
                        created=now_text(),
                    )
                )
                record = self._dataset_record(row)
            self.folders.unfinished_mark(self.home / place).unlink()
        if copied is not None:
            shutil.rmtree(copied)
        return record

    def register_samples(self) -> None:
        """Register the bundled samples; load the small one at once, others on first use."""
        from pipelines.data.samples import SAMPLES

        self._list_samples(SAMPLES)
        if LOADED_AT_ONCE in SAMPLES and self.dataset_record(LOADED_AT_ONCE).folder is None:
            self._load_sample(LOADED_AT_ONCE)

    def _list_samples(self, names: Iterable[str]) -> bool:
        """List those of `names` that are samples and not listed yet; whether there were any.

        Takes the write lock only where something is missing.
        """
        from pipelines.data.samples import SAMPLES

        wanted = [name for name in names if name in SAMPLES]
        with self.database.read() as session:
            missing = set(wanted) - set(session.scalars(select(DatasetRow.name)))
        if not missing:
            return False
        with self.database.write() as session:
            there = set(session.scalars(select(DatasetRow.name)))
            for name in wanted:
                if name not in there:
                    row = DatasetRow(
                        name=name, version=1, folder=None, about=None, created=now_text()
                    )
                    session.add(row)
        return True

    def _load_sample(self, name: str) -> DatasetRecord:
        from pipelines.data.samples import materialize

        with self.folders.locked(f"sample-{name}"):
            record = self.dataset_record(name)
            if record.folder is not None:  # another process loaded it meanwhile
                return record
            with self.folders.unfinished() as unfinished:
                materialize(name, unfinished / name)
                return self.add_dataset(unfinished / name)

    def _next_version(self, session: Session, name: str) -> int:
        """The version after all that the name ever had; also after folders without a row."""
        number = session.get(DatasetNumberRow, name)
        last = 0 if number is None else number.last
        there = dataset_folders(self.folders.datasets)
        version = max([last, *(v for _, one, v in there if one == name)]) + 1
        session.merge(DatasetNumberRow(name=name, last=version))
        not_loaded = delete(DatasetRow).where(DatasetRow.name == name, DatasetRow.folder.is_(None))
        session.execute(not_loaded)
        return version

    def _dataset_record(self, row: DatasetRow) -> DatasetRecord:
        if row.folder is None or row.about is None:
            about = about_of_sample(row.name)
            return DatasetRecord(row.name, row.version, "not loaded yet", about, row.created, None)
        about = about_of(row)
        folder = self.folders.dataset(row.name, row.version)
        return DatasetRecord(row.name, row.version, "ready", about, row.created, folder)
