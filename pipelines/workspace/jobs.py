"""Jobs: work in a separate process that survives a reload and a restart of the app.

A job is a row. Submitting writes it and starts a worker; the worker claims it, writes its
progress and a heartbeat, and reads the cancel flag. Each change of state is a single statement
with the expected state in its condition, so no two processes disagree.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipelines.errors import AssayError
from pipelines.runtime import paths, processes
from pipelines.runtime.redact import redact
from pipelines.workspace.models import JobRow
from pipelines.workspace.part import WorkspacePart
from pipelines.workspace.preload import PRELOAD
from pipelines.workspace.records import LIVE, RESTARTABLE, JobRecord, JobState, now_text

STALE_SECONDS = 15.0
KINDS = ("bakeoff", "import", "sample", "learning-curve", "audit")


class Jobs(WorkspacePart):
    """The workspace's jobs."""

    worker_command: tuple[str, ...] = (sys.executable, "-m", "pipelines.workspace.worker")

    def submit(self, kind: str, params: dict[str, Any]) -> int:
        """Write a job and start its process; the job's id.

        Kinds: "bakeoff" (a BakeoffRequest, optionally `tracked` and `after`), "import" (`path`,
        `name`, optionally `mapping`, `items`, `users`), "sample" (`name`), "learning-curve" and
        "audit" (`dataset`, optionally `split`; "audit" also `specs`). File names are absolute.
        """
        if kind not in KINDS:
            raise AssayError(f"There is no job of kind {kind!r}; there are: {', '.join(KINDS)}.")
        return self._start(kind, params, attempt_of=None)

    def job(self, id: int) -> JobRecord:
        """The job as it stands now."""
        with self.database.read() as session:
            return _record(_row(session, id))

    def jobs(self, limit: int = 50) -> list[JobRecord]:
        """The newest jobs, newest first."""
        return list(self.remembered.get(("jobs", limit), lambda: self._jobs(limit)))

    def _jobs(self, limit: int) -> list[JobRecord]:
        with self.database.read() as session:
            rows = session.scalars(select(JobRow).order_by(JobRow.id.desc()).limit(limit))
            return [_record(row) for row in rows]

    def live_jobs(self) -> list[JobRecord]:
        """Jobs that wait or run, oldest first."""
        return list(self.remembered.get("live jobs", self._live_jobs))

    def _live_jobs(self) -> list[JobRecord]:
        with self.database.read() as session:
            rows = session.scalars(select(JobRow).where(JobRow.state.in_(LIVE)).order_by(JobRow.id))
            return [_record(row) for row in rows]

    def job_log(self, id: int) -> str:
        """What the job's process printed so far."""
        log = self.folders.log(id)
        return log.read_text(errors="replace") if log.exists() else ""

    def cancel(self, id: int) -> None:
        """Ask a job to stop: a waiting one is cancelled at once, a running one within seconds."""
        with self.database.write() as session:
            row = _row(session, id)
            if row.state not in LIVE:
                raise AssayError(f"Job {id} is {row.state}; there is nothing to cancel.")
            row.cancel = True
            if row.state == "queued":
                row.state, row.message, row.ended = "cancelled", "cancelled", now_text()

    def restart(self, id: int) -> int:
        """A new attempt with the same parameters; the new job's id."""
        with self.database.write() as session:
            row = _row(session, id)
            if row.state not in RESTARTABLE:
                raise AssayError(
                    f"Job {id} is {row.state}; only a job that failed, was cancelled or was "
                    "lost can be started again."
                )
            row.cancel = True  # a lost worker that wakes up again hears that it was replaced
            kind, params = row.kind, row.params
        return self._start(kind, params, attempt_of=id)

    def mark_lost(self, now: float | None = None) -> list[int]:
        """Mark jobs whose worker is dead or silent for 15 s as lost; their ids.

        One that was asked to stop before is cancelled, not lost.
        """
        moment = time.time() if now is None else now
        gone = [job.id for job in self.live_jobs() if _is_lost(job, moment)]
        return [id for id in gone if self._lose(id, moment)]

    def _start(self, kind: str, params: dict[str, Any], attempt_of: int | None) -> int:
        with self.database.write() as session:
            row = JobRow(
                kind=kind,
                params=params,
                state="queued",
                share=0.0,
                message="waiting to start",
                heartbeat=time.time(),
                cancel=False,
                created=now_text(),
                attempt_of=attempt_of,
            )
            session.add(row)
            session.flush()
            id = row.id
        environment = dict(os.environ)
        if self.home != paths.home():
            environment["ASSAY_HOME"] = str(self.home)
        pid = processes.start_detached(
            [*self.worker_command, str(id)],
            log=self.folders.log(id),
            folder=paths.CHECKOUT,
            environment=environment,
            preload=PRELOAD,
        )
        with self.database.write() as session:
            session.execute(
                update(JobRow).where(JobRow.id == id, JobRow.pid.is_(None)).values(pid=pid)
            )
        return id

    def _lose(self, id: int, moment: float) -> bool:
        with self.database.write() as session:
            row = _row(session, id)
            if row.state not in LIVE or not _is_lost(row, moment):
                return False
            row.ended = now_text()
            if row.cancel:
                row.state, row.message = "cancelled", "cancelled"
            else:
                row.state = "lost"
                row.error = "The job's process ended or stopped responding; start it again."
            return True

    # What the worker says.

    def claim(self, id: int, pid: int) -> JobRecord | None:
        """Take a waiting job for process `pid`; None where another has it or it was cancelled."""
        with self.database.write() as session:
            claimed = session.execute(
                update(JobRow)
                .where(JobRow.id == id, JobRow.state == "queued")
                .values(state="running", pid=pid, started=now_text(), heartbeat=time.time())
                .returning(JobRow.id)
            ).first()
            return None if claimed is None else _record(_row(session, id))

    def beat(
        self, id: int, pid: int, share: float | None = None, message: str | None = None
    ) -> bool:
        """Say that the worker lives, and how far it is; False where it should stop.

        A job that was taken for lost (a laptop slept) runs again, unless it was replaced.
        """
        values: dict[str, Any] = {"heartbeat": time.time(), "state": "running"}
        values |= {"ended": None, "error": None}
        if share is not None:
            values |= {"share": min(max(share, 0.0), 1.0), "message": redact(message or "")}
        with self.database.write() as session:
            mine = session.execute(
                update(JobRow)
                .where(
                    JobRow.id == id,
                    JobRow.pid == pid,
                    JobRow.state.in_(("running", "lost")),
                    JobRow.cancel.is_(False),
                )
                .values(values)
                .returning(JobRow.id)
            ).first()
            if mine is None:  # still alive while it stops
                session.execute(
                    update(JobRow)
                    .where(JobRow.id == id, JobRow.pid == pid, JobRow.state == "running")
                    .values(heartbeat=time.time())
                )
        return mine is not None

    def finish(
        self,
        id: int,
        pid: int,
        state: JobState,
        *,
        error: str | None = None,
        result: dict[str, Any] | None = None,
    ) -> None:
        """Write how the worker's job ended."""
        told = None if error is None else redact(error)
        values: dict[str, Any] = {"state": state, "error": told, "ended": now_text()}
        values |= {"heartbeat": time.time()}
        if state == "done":
            values |= {"share": 1.0, "message": "done", "result": result}
        mine = JobRow.state.in_(("running", "lost"))
        with self.database.write() as session:
            session.execute(
                update(JobRow).where(JobRow.id == id, JobRow.pid == pid, mine).values(values)
            )


def _is_lost(row: JobRow | JobRecord, moment: float) -> bool:
    if row.pid is not None and not processes.alive(row.pid):
        return True
    starting = row.state == "queued" and row.pid is not None
    silent = row.heartbeat is None or moment - row.heartbeat > STALE_SECONDS
    return silent and not starting


def _row(session: Session, id: int) -> JobRow:
    row = session.get(JobRow, id)
    if row is None:
        raise AssayError(f"There is no job {id} in this workspace.")
    return row


def _record(row: JobRow) -> JobRecord:
    fields = JobRecord.__dataclass_fields__
    return JobRecord(**{name: getattr(row, name) for name in fields})
