"""Votes of the blind taste test: opinions about the lists of a bake-off."""

from __future__ import annotations

from typing import cast, get_args

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipelines.errors import AssayError
from pipelines.workspace.models import BakeoffRow, VoteRow
from pipelines.workspace.part import WorkspacePart
from pipelines.workspace.records import Picked, VoteRecord, now_text
from pipelines.workspace.results import no_bakeoff


class Votes(WorkspacePart):
    """The votes of the workspace; deleted with their bake-off."""

    def vote(
        self,
        bakeoff: str,
        round: str,
        picked: Picked,
        *,
        person: str,
        left: str,
        right: str,
        who: str = "",
    ) -> VoteRecord:
        """Store the vote of a round; if it has one already, return that one instead."""
        if picked not in get_args(Picked):
            raise AssayError(f"A vote must be left, right or neither, not {picked!r}.")
        if not round or left == right:
            raise AssayError("A vote needs the token of its round and two contenders.")
        row = VoteRow(
            bakeoff=bakeoff,
            round=round,
            person=person,
            left=left,
            right=right,
            picked=picked,
            who=who,
            created=now_text(),
        )
        with self.database.write() as session:
            if session.scalar(select(BakeoffRow.id).where(BakeoffRow.id == bakeoff)) is None:
                raise AssayError(no_bakeoff(bakeoff))
            try:
                with session.begin_nested():
                    session.add(row)
            except IntegrityError:
                kept = _find(session, bakeoff, round)  # a second click, or another window
                if kept is None:
                    raise
                return kept
            return _record(row)

    def vote_of(self, bakeoff: str, round: str) -> VoteRecord | None:
        """The vote of a round; None if there is none yet."""
        with self.database.read() as session:
            return _find(session, bakeoff, round)

    def votes(self, bakeoff: str) -> list[VoteRecord]:
        """All votes on a bake-off, oldest first."""
        query = select(VoteRow).where(VoteRow.bakeoff == bakeoff).order_by(VoteRow.id)
        with self.database.read() as session:
            return [_record(row) for row in session.scalars(query)]


def _find(session: Session, bakeoff: str, round: str) -> VoteRecord | None:
    query = select(VoteRow).where(VoteRow.bakeoff == bakeoff, VoteRow.round == round)
    row = session.scalars(query).first()
    return None if row is None else _record(row)


def _record(row: VoteRow) -> VoteRecord:
    return VoteRecord(
        row.bakeoff,
        row.round,
        row.person,
        row.left,
        row.right,
        cast(Picked, row.picked),
        row.who,
        row.created,
    )
