"""Bake-offs and decisions of the workspace."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import defer

from pipelines.errors import AssayError
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.folder import document_of
from pipelines.evaluation.results.shipped import is_shipped
from pipelines.workspace.models import BakeoffRow, DecisionRow
from pipelines.workspace.part import WorkspacePart
from pipelines.workspace.records import BakeoffRecord, DecisionRecord, now_text


class Results(WorkspacePart):
    """The bake-offs and decisions of the workspace."""

    def new_bakeoff(self) -> tuple[str, Path]:
        """An id such as `20261123-2155-ab12` (UTC) and its new folder, marked as unfinished."""
        while True:
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M")
            id = f"{stamp}-{secrets.token_hex(2)}"
            folder = self.folders.bakeoffs / id
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            self.folders.unfinished_mark(folder).touch()
            return id, folder

    def save_bakeoff(
        self, document: BakeoffDocument, *, dataset_version: int, job: int | None = None
    ) -> None:
        """Store or replace the document of a bake-off; its folder is `bakeoffs/<id>`."""
        with self.database.write() as session:
            session.merge(
                BakeoffRow(
                    id=document.id,
                    dataset=document.dataset,
                    dataset_version=dataset_version,
                    manifest_hash=str(document.manifest.get("hash", "")),
                    document=document.model_dump(mode="json"),
                    folder=f"bakeoffs/{document.id}",
                    created=document.created,
                    job=job,
                )
            )
        folder = self.folders.bakeoff(document.id)
        self.folders.unfinished_mark(folder).unlink(missing_ok=True)

    def bakeoffs(self, dataset: str | None = None) -> list[BakeoffRecord]:
        """Finished bake-offs, newest first; one that came with Assay after all others."""
        return list(self.remembered.get(("bake-offs", dataset), lambda: self._bakeoffs(dataset)))

    def _bakeoffs(self, dataset: str | None) -> list[BakeoffRecord]:
        query = select(BakeoffRow).options(defer(BakeoffRow.document))
        if dataset is not None:
            query = query.where(BakeoffRow.dataset == dataset)
        with self.database.read() as session:
            rows = session.scalars(query.order_by(BakeoffRow.created.desc(), BakeoffRow.id.desc()))
            found = [self._bakeoff_record(row) for row in rows]
        return sorted(found, key=lambda record: record.shipped)

    def bakeoff_record(self, id: str) -> BakeoffRecord:
        """The entry of a bake-off in the list."""
        return self.remembered.get(("bake-off", id), lambda: self._bakeoff_found(id))

    def _bakeoff_found(self, id: str) -> BakeoffRecord:
        with self.database.read() as session:
            row = session.get(BakeoffRow, id, options=[defer(BakeoffRow.document)])
            if row is None:
                raise AssayError(no_bakeoff(id))
            return self._bakeoff_record(row)

    def bakeoff(self, id: str) -> BakeoffDocument:
        """The document of a bake-off."""
        with self.database.read() as session:
            row = session.get(BakeoffRow, id)
            if row is None:
                raise AssayError(no_bakeoff(id))
            return document_of(row.document, id)

    def bakeoff_digest(self, id: str) -> str:
        """A hash of a bake-off's document as it is stored: another one after each change."""
        return self.remembered.get(("digest", id), lambda: self._digest(id))

    def _digest(self, id: str) -> str:
        with self.database.read() as session:
            query = select(cast(BakeoffRow.document, Text)).where(BakeoffRow.id == id)
            text = session.scalar(query)
        if text is None:
            raise AssayError(no_bakeoff(id))
        return hashlib.sha256(text.encode()).hexdigest()

    def bakeoff_folder(self, id: str) -> Path:
        """The folder with the lists, per-user values and fitted pipelines of a bake-off."""
        return self.bakeoff_record(id).folder

    def save_decision(
        self, title: str, document: dict[str, Any], memo: str, bakeoff: str | None = None
    ) -> int:
        """Store a decision (JSON values) and its memo (HTML); returns its id."""
        with self.database.write() as session:
            if bakeoff is not None and session.get(BakeoffRow, bakeoff) is None:
                raise AssayError(no_bakeoff(bakeoff))
            row = DecisionRow(
                title=title, bakeoff=bakeoff, document=document, memo=memo, created=now_text()
            )
            session.add(row)
            session.flush()
            return row.id

    def decisions(self) -> list[DecisionRecord]:
        """Saved decisions, newest first."""
        return list(self.remembered.get("decisions", self._decisions))

    def _decisions(self) -> list[DecisionRecord]:
        with self.database.read() as session:
            rows = session.scalars(select(DecisionRow).order_by(DecisionRow.id.desc()))
            return [_decision_record(row) for row in rows]

    def decision(self, id: int) -> DecisionRecord:
        """A saved decision."""
        with self.database.read() as session:
            row = session.get(DecisionRow, id)
            if row is None:
                raise AssayError(f"There is no decision {id} in this workspace.")
            return _decision_record(row)

    def _bakeoff_record(self, row: BakeoffRow) -> BakeoffRecord:
        folder = self.folders.bakeoff(row.id)
        return BakeoffRecord(
            row.id,
            row.dataset,
            row.dataset_version,
            row.manifest_hash,
            folder,
            row.created,
            row.job,
            is_shipped(folder),
        )


def no_bakeoff(id: str) -> str:
    """The message for a bake-off that does not exist."""
    return f"There is no bake-off {id!r} in this workspace; run one with `assay bakeoff`."


def _decision_record(row: DecisionRow) -> DecisionRecord:
    return DecisionRecord(row.id, row.title, row.bakeoff, row.document, row.memo, row.created)
