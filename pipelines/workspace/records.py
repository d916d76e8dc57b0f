"""Records that the workspace returns: plain values, independent of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipelines.data.dataset import About

JobState = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
LIVE: tuple[JobState, ...] = ("queued", "running")
RESTARTABLE: tuple[JobState, ...] = ("failed", "cancelled", "lost")
DatasetState = Literal["ready", "not loaded yet"]
Picked = Literal["left", "right", "neither"]


def now_text() -> str:
    """The current time, ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class DatasetRecord:
    """One version of a dataset; a sample may be "not loaded yet" until first used."""

    name: str
    version: int
    state: DatasetState
    about: About
    """Without counts and fingerprint for a sample that is not loaded yet."""
    created: str
    folder: Path | None


@dataclass(frozen=True)
class JobRecord:
    """A job, as of the time it was read."""

    id: int
    kind: str
    params: dict[str, Any]
    state: JobState
    share: float
    message: str
    error: str | None
    pid: int | None
    heartbeat: float | None
    cancel: bool
    created: str
    started: str | None
    ended: str | None
    result: dict[str, Any] | None
    attempt_of: int | None

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def restartable(self) -> bool:
        return self.state in RESTARTABLE

    @property
    def seconds(self) -> float | None:
        """The running time so far, or in total; None before it started."""
        if self.started is None:
            return None
        end = datetime.now(UTC) if self.ended is None else datetime.fromisoformat(self.ended)
        return (end - datetime.fromisoformat(self.started)).total_seconds()


@dataclass(frozen=True)
class BakeoffRecord:
    """An entry in the list of bake-offs; `Workspace.bakeoff(id)` returns its document."""

    id: str
    dataset: str
    dataset_version: int
    manifest_hash: str
    folder: Path
    created: str
    job: int | None
    shipped: bool = False
    """Whether it came with Assay, and was not made here."""


@dataclass(frozen=True)
class DecisionRecord:
    """A saved decision and its memo (HTML)."""

    id: int
    title: str
    bakeoff: str | None
    document: dict[str, Any]
    memo: str
    created: str


@dataclass(frozen=True)
class DraftRecord:
    """A person's draft of a case or a pipeline, as plain JSON values."""

    inputs: dict[str, Any] = field(default_factory=dict)
    """Of a case, the inputs that differ from it; empty without a draft."""
    previous: dict[str, Any] = field(default_factory=dict)
    """The inputs that were discarded or replaced last."""
    changed: str = ""


@dataclass(frozen=True)
class VoteRecord:
    """A vote of the blind taste test on two lists for one user."""

    bakeoff: str
    round: str
    person: str
    """The id of the user whose lists were shown."""
    left: str
    right: str
    picked: Picked
    who: str
    """The email address of the voter; empty without a sign-in."""
    created: str
