"""A worker whose work is made up: the tests say by a job's `params` what it does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from pipelines.errors import AssayError
from pipelines.runtime import children
from pipelines.runtime.progress import Progress
from pipelines.workspace import worker
from pipelines.workspace.preload import PRELOAD
from pipelines.workspace.records import JobRecord
from pipelines.workspace.store import Workspace


def work(workspace: Workspace, job: JobRecord, progress: Progress) -> dict[str, Any]:
    match job.params["do"]:
        case "end":
            progress(0.5, "half-way")
        case "refuse":
            raise AssayError("The file is empty; give another one.")
        case "break":
            raise KeyError("a defect")
        case "wait":
            _child(job)
            release = Path(job.params["release"])
            while not release.exists():
                progress(0.25, "waiting to be released")
                threading.Event().wait(0.02)
        case "contend":
            with Path(job.params["pid_file"]).with_name("errors").open("wb") as errors:
                child = children.start(
                    PRELOAD,
                    "tests.runtime.programs",
                    ["wait"],
                    environment=os.environ,
                    errors=errors.fileno(),
                )
            Path(job.params["pid_file"]).write_text(next(child.lines()))
            while True:
                progress(0.25, child.note or "a contender waits")
                threading.Event().wait(0.02)
        case "deaf":
            _child(job).wait()
        case "stubborn":
            _child(job)
            while True:
                try:
                    threading.Event().wait()
                except Exception as error:
                    print("not listening to", type(error).__name__, flush=True)
    made = job.params.get("made", {})
    return {"did": job.params["do"], "attempt_of": job.attempt_of, **made}


def _child(job: JobRecord) -> subprocess.Popen[bytes]:
    """A process such as a contender's, which nobody waits for."""
    child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    Path(job.params["pid_file"]).write_text(str(child.pid))
    return child


def main(arguments: list[str]) -> int:
    """The real worker with made-up work; it looks up more often."""
    worker.WORK["bakeoff"] = work
    worker.BEAT_SECONDS, worker.WRITE_SECONDS, worker.GRACE_SECONDS = 0.05, 0.02, 0.5
    return worker.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
