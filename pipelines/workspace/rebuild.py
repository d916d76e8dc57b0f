"""Opens the database; a damaged one is set aside, and a new one is filled from the folders.

A dataset's folder and a bake-off's folder say all that their rows say. Jobs, decisions, drafts and
votes are in the database alone: what a damaged file still gives of them is taken over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from pipelines.data.dataset import ABOUT, About
from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import read_document
from pipelines.runtime.phrases import number_of
from pipelines.workspace import salvage
from pipelines.workspace.database import Damaged, Database
from pipelines.workspace.home import Home, dataset_folders
from pipelines.workspace.models import (
    BakeoffRow,
    DatasetNumberRow,
    DatasetRow,
    DecisionRow,
    DraftRow,
    JobRow,
    VoteRow,
)
from pipelines.workspace.salvage import Rows


def prepare(database: Database) -> str:
    """Make the database ready; safe with several processes.

    Returns a sentence where it was rebuilt, else an empty text.
    """
    home = database.folders
    try:
        if not home.suspected.exists():
            if database.current():
                return ""
            with home.locked("migrate"):
                return _migrated(database)
    except Damaged:
        pass
    with home.locked("migrate"):
        if home.database.exists() and database.sound():  # another process rebuilt it
            told = _migrated(database)
        else:
            home.suspected.touch()  # until the end: a start that is killed is done again
            database.close()
            salvage.set_aside(home)
            told = _migrated(database, salvage.newest_aside(home))
        home.suspected.unlink(missing_ok=True)
        return told


@dataclass
class _Found:
    """What the folders and a damaged file gave."""

    datasets: int = 0
    bakeoffs: int = 0
    decisions: int = 0
    votes: int = 0
    left: list[str] = field(default_factory=list)
    """Folders that are not understood; nobody touches them."""

    def sentence(self, aside: Path | None) -> str:
        if aside is None and not (self.datasets or self.bakeoffs or self.left):
            return ""
        datasets, bakeoffs = (
            number_of(self.datasets, "dataset"),
            number_of(self.bakeoffs, "bake-off"),
        )
        if aside is None:
            told = f"The workspace had no database; a new one has its {datasets} and {bakeoffs}."
        else:
            decisions, votes = number_of(self.decisions, "decision"), number_of(self.votes, "vote")
            told = (
                f"The workspace's database was damaged and is kept as {aside.name}; a new one has "
                f"the {datasets} and {bakeoffs} of the folders, and {decisions} and {votes} that "
                "could still be read. Others, if there were any, are lost."
            )
        left = f" Left as they are, because they cannot be read: {', '.join(self.left)}."
        return told + (left if self.left else "")


def _migrated(database: Database, aside: Path | None = None) -> str:
    found = _Found()

    def fill(session: Session) -> None:
        home = database.folders
        rows = salvage.rows_in(aside, home) if aside is not None else Rows()
        _add_jobs(session, rows)
        _add_datasets(session, home, rows, found)
        _add_bakeoffs(session, home, rows, found)
        _add_opinions(session, rows, found)

    database.migrate(fill)
    return found.sentence(aside)


def _add_jobs(session: Session, rows: Rows) -> None:
    known: set[int] = set()
    for row in rows.of(JobRow):
        restarts = row["attempt_of"] if row["attempt_of"] in known else None
        session.add(JobRow(**{**row, "attempt_of": restarts}))
        known.add(row["id"])


def _add_datasets(session: Session, home: Home, rows: Rows, found: _Found) -> None:
    numbers = {row["name"]: int(row["last"]) for row in rows.of(DatasetNumberRow)}
    created = {(row["name"], row["version"]): row["created"] for row in rows.of(DatasetRow)}
    for folder, name, version in dataset_folders(home.datasets):
        numbers[name] = max(version, numbers.get(name, 0))
        try:
            about = About.model_validate(json.loads((folder / ABOUT).read_text()))
        except (OSError, ValueError, RecursionError):
            found.left.append(f"datasets/{folder.name}")
            continue
        values = {"name": name, "version": version, "folder": f"datasets/{folder.name}"}
        values |= {"about": about.model_dump(mode="json")}
        values |= {"created": created.get((name, version)) or _moment(folder / ABOUT)}
        session.add(DatasetRow(**values))
        found.datasets += 1
    for row in rows.of(BakeoffRow):
        numbers[row["dataset"]] = max(row["dataset_version"], numbers.get(row["dataset"], 0))
    session.add_all(DatasetNumberRow(name=name, last=last) for name, last in numbers.items())
    session.flush()


def _add_bakeoffs(session: Session, home: Home, rows: Rows, found: _Found) -> None:
    told = {row["id"]: row for row in rows.of(BakeoffRow)}
    for folder in sorted(home.bakeoffs.iterdir()):
        try:
            document: BakeoffDocument | None = read_document(folder)
        except AssayError:
            document = None
        if document is None or document.id != folder.name:
            if not home.unfinished_mark(folder).exists():
                found.left.append(f"bakeoffs/{folder.name}")
            continue
        row = told.get(document.id, {})
        job = row.get("job")
        session.add(
            BakeoffRow(
                id=document.id,
                dataset=document.dataset,
                dataset_version=row.get("dataset_version") or _version(session, document),
                manifest_hash=str(document.manifest.get("hash", "")),
                document=document.model_dump(mode="json"),
                folder=f"bakeoffs/{document.id}",
                created=document.created,
                job=job if job is not None and session.get(JobRow, job) is not None else None,
            )
        )
        found.bakeoffs += 1
    session.flush()


def _version(session: Session, document: BakeoffDocument) -> int:
    """The version that the bake-off was made of, by its fingerprint; 0 where it is gone."""
    query = session.query(DatasetRow).where(DatasetRow.name == document.dataset)
    wanted = document.manifest.get("fingerprint")
    fitting = [row.version for row in query if (row.about or {}).get("fingerprint") == wanted]
    return max(fitting, default=0)


def _add_opinions(session: Session, rows: Rows, found: _Found) -> None:
    for row in rows.of(DecisionRow):
        known = row["bakeoff"] and session.get(BakeoffRow, row["bakeoff"])
        session.add(DecisionRow(**{**row, "bakeoff": row["bakeoff"] if known else None}))
        found.decisions += 1
    session.add_all(DraftRow(**row) for row in rows.of(DraftRow))
    for row in rows.of(VoteRow):
        if session.get(BakeoffRow, row["bakeoff"]) is not None:
            session.add(VoteRow(**row))
            found.votes += 1


def _moment(file: Path) -> str:
    """When a file was written, as the rows say it."""
    moment = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
