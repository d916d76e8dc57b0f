"""Datasets of a workspace: each version is a folder, moved into place when it is complete."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines.data.dataset import ABOUT, About, Dataset, check_name, load
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from pipelines.runtime.progress import Progress, silent
from pipelines.workspace.database import Full
from pipelines.workspace.home import dataset_folders
from pipelines.workspace.models import DatasetNumberRow, DatasetRow, JobRow, RemovalRow
from pipelines.workspace.part import WorkspacePart
from pipelines.workspace.records import LIVE, DatasetRecord, now_text

if TYPE_CHECKING:
    from pipelines.data.importing.planning import Plan
    from pipelines.data.sources.database import Query

_PLACE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}@\d{1,9}")

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
            return self._dataset_record(_find(session, name, version))

    def dataset_versions(self, name: str) -> list[DatasetRecord]:
        """All versions of a dataset, newest first."""
        with self.database.read() as session:
            _find(session, name, None)
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

    def import_dataset(
        self,
        given: Path | str | Query | Sequence[Path | str],
        name: str,
        *,
        recipe: Recipe | None = None,
        again: bool = False,
        fixed: bool = False,
        items: Path | str | None = None,
        users: Path | str | None = None,
        progress: Progress = silent,
    ) -> DatasetRecord:
        """Plan an import and run it; see `planning.plan` for `recipe` and `fixed`.

        With `again`, the recipe of the newest version is used as it is.
        """
        from pipelines.data.importing.planning import plan

        check_name(name)
        if again:
            recipe = self.recipe(name)
        planned = plan(_sources(given), recipe, fixed=again or fixed)
        return self.import_planned(
            planned,
            name,
            items=None if items is None else Path(items),
            users=None if users is None else Path(users),
            progress=progress,
        )

    def import_planned(
        self,
        planned: Plan,
        name: str,
        *,
        items: Path | None = None,
        users: Path | None = None,
        progress: Progress = silent,
    ) -> DatasetRecord:
        """Import events (and tables of items and users) as the next version of a dataset."""
        from pipelines.data.importing.importer import import_events

        with self.folders.unfinished() as unfinished:
            folder = unfinished / name
            import_events(planned, name, folder, items=items, users=users, progress=progress)
            return self.add_dataset(folder)

    def recipe(self, name: str) -> Recipe:
        """The recipe of a dataset's newest version."""
        found = self.about(name).recipe
        if found is None:
            raise AssayError(
                f"The dataset {name!r} has no recipe, because it is a sample; import the file "
                "under another name."
            )
        return found

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
            _find(session, name, None)
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
            about = _about_sample(row.name)
            return DatasetRecord(row.name, row.version, "not loaded yet", about, row.created, None)
        about = _about(row)
        folder = self.folders.dataset(row.name, row.version)
        return DatasetRecord(row.name, row.version, "ready", about, row.created, folder)


def _sources(given: Path | str | Query | Sequence[Path | str]) -> Path | Query | list[Path]:
    """File names as paths; a query as it is."""
    if isinstance(given, str | Path):
        return Path(given)
    return [Path(one) for one in given] if isinstance(given, Sequence) else given


def _find(session: Session, name: str, version: int | None) -> DatasetRow:
    query = select(DatasetRow).where(DatasetRow.name == name)
    if version is not None:
        query = query.where(DatasetRow.version == version)
    row = session.scalars(query.order_by(DatasetRow.version.desc()).limit(1)).first()
    if row is not None:
        return row
    if version is not None:
        raise AssayError(f"There is no version {version} of the dataset {name!r}.")
    names = sorted(set(session.scalars(select(DatasetRow.name))))
    there = f"there are: {', '.join(names)}" if names else "there are none yet"
    raise AssayError(
        f"There is no dataset {name!r} ({there}); import one with "
        "`assay data import FILE --name NAME`."
    )


def _about(row: DatasetRow) -> About:
    """The description in a row; an `AssayError` where another version of Assay wrote it."""
    try:
        return About.model_validate(row.about)
    except ValidationError as error:
        raise AssayError(
            f"The description of the dataset {row.name!r} cannot be read "
            f"({error.errors()[0]['msg']}): a newer version of Assay wrote it; update Assay."
        ) from None


def _datasets_of(job: JobRow) -> set[str]:
    return {str(job.params.get(key)) for key in ("dataset", "name")}


def _about_sample(name: str) -> About:
    """The description of a sample before it is loaded."""
    from pipelines.data.samples import SAMPLES

    return About(fingerprint="", **SAMPLES[name].about())
