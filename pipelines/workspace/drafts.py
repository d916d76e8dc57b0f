"""Drafts of cases and pipelines: what a person typed, kept until that person discards it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from pipelines.workspace.models import DraftRow
from pipelines.workspace.part import WorkspacePart
from pipelines.workspace.records import DraftRecord, now_text


class Drafts(WorkspacePart):
    """The drafts of the workspace: one per person and subject."""

    def draft(self, subject: str, who: str = "") -> DraftRecord:
        """The draft of a subject (`decide:own`); without inputs if there is none."""
        with self.database.read() as session:
            return _record(session.get(DraftRow, (who, subject)))

    def change_draft(
        self, subject: str, before: Mapping[str, Any], after: Mapping[str, Any], who: str = ""
    ) -> DraftRecord:
        """Apply what one window changed, `before` to `after`, to a draft.

        Inputs that this window did not change keep what another window made of them.
        """
        typed = {p: v for p, v in after.items() if p not in before or before[p] != v}
        cleared = set(before) - set(after)
        with self.database.write() as session:
            row = _row(session, subject, who)
            kept = {p: v for p, v in row.inputs.items() if p not in cleared}
            row.inputs, row.changed = {**kept, **typed}, now_text()
            return _record(row)

    def replace_draft(self, subject: str, inputs: Mapping[str, Any], who: str = "") -> DraftRecord:
        """Replace a draft, or discard it (no inputs); `previous` keeps the old one."""
        with self.database.write() as session:
            row = _row(session, subject, who)
            if row.inputs != inputs:
                row.inputs, row.previous = dict(inputs), row.inputs
                row.changed = now_text()
            return _record(row)


def _row(session: Session, subject: str, who: str) -> DraftRow:
    """The row of a draft, added if it does not exist yet."""
    row = session.get(DraftRow, (who, subject))
    if row is None:
        row = DraftRow(who=who, subject=subject, inputs={}, previous={}, changed=now_text())
        session.add(row)
    return row


def _record(row: DraftRow | None) -> DraftRecord:
    return DraftRecord() if row is None else DraftRecord(row.inputs, row.previous, row.changed)
