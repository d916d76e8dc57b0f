"""The tables of the workspace's database.

Moments are ISO 8601 in UTC, except a heartbeat, which is seconds since 1970. Folders are
relative to the workspace's, so that the whole may be moved. A bake-off outlives its
dataset: its numbers are the team's, so no foreign key binds the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

VERSION_TABLE = "assay_alembic_version"
"""Not `alembic_version`: Optuna refuses to keep its studies beside a table of that name."""

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {dict[str, Any]: JSON(none_as_null=True), float: Double, str: Text}


class DatasetRow(Base):
    __tablename__ = "datasets"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str | None]
    """None while a sample is registered but not yet loaded."""
    about: Mapped[dict[str, Any] | None]
    created: Mapped[str]


class JobRow(Base):
    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    params: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    share: Mapped[float]
    message: Mapped[str]
    error: Mapped[str | None]
    pid: Mapped[int | None]
    heartbeat: Mapped[float | None]
    cancel: Mapped[bool]
    created: Mapped[str]
    started: Mapped[str | None]
    ended: Mapped[str | None]
    result: Mapped[dict[str, Any] | None]
    attempt_of: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    """The job that this one starts again."""


class BakeoffRow(Base):
    __tablename__ = "bakeoffs"

    id: Mapped[str] = mapped_column(primary_key=True)
    dataset: Mapped[str]
    dataset_version: Mapped[int]
    manifest_hash: Mapped[str]
    document: Mapped[dict[str, Any]]
    folder: Mapped[str]
    created: Mapped[str]
    job: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_bakeoffs_dataset_created", "dataset", "created"),)


class DecisionRow(Base):
    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    bakeoff: Mapped[str | None] = mapped_column(ForeignKey("bakeoffs.id", ondelete="SET NULL"))
    document: Mapped[dict[str, Any]]
    memo: Mapped[str]
    """The one-page memo, HTML."""
    created: Mapped[str]


class VoteRow(Base):
    """What somebody preferred in a blind round: an opinion about a bake-off's lists."""

    __tablename__ = "votes"

    id: Mapped[int] = mapped_column(primary_key=True)
    bakeoff: Mapped[str] = mapped_column(ForeignKey("bakeoffs.id", ondelete="CASCADE"))
    round: Mapped[str]
    """The round's token; a round takes one vote."""
    person: Mapped[str]
    """The id of the user whose two lists were shown."""
    left: Mapped[str]
    right: Mapped[str]
    picked: Mapped[str]
    who: Mapped[str]
    """The e-mail of whoever voted; empty without a sign-in."""
    created: Mapped[str]

    __table_args__ = (UniqueConstraint("bakeoff", "round"),)
