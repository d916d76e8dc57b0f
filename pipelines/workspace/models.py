"""The tables of the workspace's database.

Times are ISO 8601 in UTC, except a heartbeat, which is in seconds since 1970. Folders are
relative to the workspace, so that it can be moved. There is no foreign key from a bake-off to
its dataset, because bake-offs are kept when the dataset is deleted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

VERSION_TABLE = "assay_alembic_version"
"""Not `alembic_version`, because Optuna refuses a database with a table of that name."""

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


class DatasetNumberRow(Base):
    """The last version number that a dataset's name was given: numbers are not used again."""

    __tablename__ = "dataset_numbers"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class RemovalRow(Base):
    """A folder that somebody deleted; the row goes when the folder is gone."""

    __tablename__ = "removals"

    folder: Mapped[str] = mapped_column(primary_key=True)
    """Relative to the workspace: `datasets/NAME@VERSION` or `studies/NAME@VERSION`."""
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
    """The job that this one restarts."""


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


class DraftRow(Base):
    """What one person has typed and not saved: for a build-or-buy case, or as a pipeline."""

    __tablename__ = "drafts"

    who: Mapped[str] = mapped_column(primary_key=True)
    """The email address of the person; empty without a sign-in."""
    subject: Mapped[str] = mapped_column(primary_key=True)
    """What it is a draft of: `decide:own`, `build`."""
    inputs: Mapped[dict[str, Any]]
    """Plain JSON values; of a case, the inputs that differ from it, by path."""
    previous: Mapped[dict[str, Any]]
    """The inputs that were discarded or replaced last."""
    changed: Mapped[str]


class VoteRow(Base):
    """A vote of the blind taste test: an opinion about two lists of a bake-off."""

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
    """The email address of the voter; empty without a sign-in."""
    created: Mapped[str]

    __table_args__ = (UniqueConstraint("bakeoff", "round"),)
