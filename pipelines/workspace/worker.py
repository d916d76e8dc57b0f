"""The process of one job: `python -m pipelines.workspace.worker ID`.

Heavy imports wait until the group's watcher has been forked (see `processes`); processes
that a bake-off spawns import this module again, so it stays light.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from pipelines.errors import AssayError, of_the_system
from pipelines.runtime import processes, redact
from pipelines.runtime.progress import Cancelled, Progress

if TYPE_CHECKING:
    from pipelines.workspace.records import JobRecord
    from pipelines.workspace.store import Workspace

BEAT_SECONDS = 2.0
WRITE_SECONDS = 0.25
GRACE_SECONDS = 8.0
"""How long work that was asked to stop may take to look up; then its group is killed."""

Work = Callable[["Workspace", "JobRecord", Progress], dict[str, Any]]

log = logging.getLogger(__name__)


def bakeoff(workspace: Workspace, job: JobRecord, progress: Progress) -> dict[str, Any]:
    """`params` is a BakeoffRequest, and optionally `tracked` (false: not logged to MLflow)."""
    from pipelines.evaluation.bakeoff.request import BakeoffRequest
    from pipelines.workspace import bakeoffs

    given = dict(job.params)
    tracked = bool(given.pop("tracked", True))
    request = BakeoffRequest.of(given)
    document = bakeoffs.run(workspace, request, progress, job=job.id, tracked=tracked)
    return {"bakeoff": document.id}


def import_events(workspace: Workspace, job: JobRecord, progress: Progress) -> dict[str, Any]:
    """`params`: paths or sql (address, text), name; recipe, again, items, users where given."""
    from pipelines.data.recipe import Recipe

    given = job.params
    items, users = (Path(given[key]) if given.get(key) else None for key in ("items", "users"))
    source: Query | list[Path] = [Path(path) for path in given.get("paths", [])]
    if given.get("sql"):
        from pipelines.data.sources.database import Query

        source = Query(**given["sql"])
    record = workspace.import_dataset(
        source,
        given["name"],
        recipe=Recipe.of(given.get("recipe", {})),
        again=bool(given.get("again")),
        items=items,
        users=users,
        progress=progress,
    )
    if isinstance(source, list):
        workspace.folders.drop_uploads([*source, *(p for p in (items, users) if p is not None)])
    return {"dataset": record.name, "version": record.version}


def sample(workspace: Workspace, job: JobRecord, progress: Progress) -> dict[str, Any]:
    """`params`: name of a sample that is to be loaded."""
    progress(0.05, "loading the sample")
    record = workspace.dataset(job.params["name"]).about
    return {"dataset": record.name, "version": record.version}


def learning_curve(workspace: Workspace, job: JobRecord, progress: Progress) -> dict[str, Any]:
    """`params`: dataset; split where given."""
    from pipelines.workspace import study_runs

    given = job.params
    study_runs.learning_curve(workspace, given["dataset"], progress, protocol=given.get("split"))
    return {"study": job.kind}


def audit(workspace: Workspace, job: JobRecord, progress: Progress) -> dict[str, Any]:
    """`params`: dataset; specs and split where given."""
    from pipelines.workspace import study_runs

    given = job.params
    study_runs.audit(
        workspace,
        given["dataset"],
        progress,
        specs=given.get("specs") or (),
        protocol=given.get("split"),
    )
    return {"study": job.kind}


WORK: dict[str, Work] = {
    "bakeoff": bakeoff,
    "import": import_events,
    "sample": sample,
    "learning-curve": learning_curve,
    "audit": audit,
}


class Attempt:
    """One claimed job: its heartbeat, its progress, and how it hears that it should stop.

    Asked to stop, the work hears it at its next look; where it does not look up, it is
    interrupted; where that does not help either, the whole group of processes is ended.
    """

    def __init__(self, workspace: Workspace, job: JobRecord) -> None:
        self.workspace, self.job, self.pid = workspace, job, os.getpid()
        self.stop, self.ended = threading.Event(), threading.Event()
        self._written = ("", 0.0)
        self._asked: float | None = None
        self._working = False

    def progress(self, share: float, message: str) -> None:
        """Write how far the work is (at most four times a second); raise where it should stop."""
        before, moment = self._written
        now = time.monotonic()
        if message != before or now - moment >= WRITE_SECONDS:
            self._written = (message, now)
            if not self.workspace.beat(self.job.id, self.pid, share, message):
                self.stop.set()
        if self.stop.is_set():
            raise Cancelled

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Asked once: stop at the next look. Asked again: stop here."""
        if self.stop.is_set() and self._working:
            raise Cancelled
        self.stop.set()

    def keep_beating(self) -> None:
        """The heartbeat's thread."""
        while not self.ended.wait(BEAT_SECONDS):
            if not self.workspace.beat(self.job.id, self.pid):
                self.stop.set()
            if self.stop.is_set():
                self._insist()

    def _insist(self) -> None:
        now = time.monotonic()
        if self._asked is None:
            self._asked = now
        elif now - self._asked < GRACE_SECONDS:
            os.kill(self.pid, signal.SIGTERM)
        else:
            log.warning("the work did not stop in %g s; its processes are ended", GRACE_SECONDS)
            self.workspace.finish(self.job.id, self.pid, "cancelled")
            os._exit(1)

    def run(self, work: Work) -> None:
        """Do the work and write how it ended."""
        beating = threading.Thread(target=self.keep_beating, daemon=True)
        beating.start()
        id, pid, finish = self.job.id, self.pid, self.workspace.finish
        try:
            self._working = True
            result = work(self.workspace, self.job, self.progress)
            self._working = False
            finish(id, pid, "done", result=result)
        except Exception as error:
            self._working = False
            if self.stop.is_set() or isinstance(error, Cancelled):
                log.info("cancelled")
                finish(id, pid, "cancelled")
            elif isinstance(error, AssayError):
                log.error("%s", error)
                finish(id, pid, "failed", error=str(error))
            else:
                log.exception("unexpected error")
                finish(id, pid, "failed", error=_sentence(error, id))
        finally:
            self.ended.set()
            beating.join()


def _sentence(error: Exception, id: int) -> str:
    told = of_the_system(error)
    if told is not None:
        return told
    first = str(error).strip().partition("\n")[0]
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return f"The job stopped on an unexpected error ({what}); see logs/job-{id}.log."


def main(arguments: list[str]) -> int:
    """Claim and run the job; 0 where it was run, 1 where another process has it."""
    processes.lead_group()
    from pipelines.workspace.store import Workspace

    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    redact.logs()
    workspace = Workspace.open()
    if workspace.notice:
        log.warning("%s", workspace.notice)
    job = workspace.claim(int(arguments[0]), os.getpid())
    if job is None:
        log.info("job %s is not waiting to be run", arguments[0])
        return 1
    attempt = Attempt(workspace, job)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, attempt.on_signal)
    workspace.tidy()
    attempt.run(WORK[job.kind])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
