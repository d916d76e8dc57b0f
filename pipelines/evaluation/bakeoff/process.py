"""A contender's process, as its bake-off starts it, listens to it and ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pipelines.evaluation.bakeoff.outcome import Outcome
from pipelines.evaluation.bakeoff.request import Entry
from pipelines.runtime.progress import Progress


def run_in_child(
    entry: Entry, folder: Path, here: Path, stages: Path, progress: Progress
) -> Outcome:
    """Run `entry` on the task in `folder`, with its own files in `here`.

    Whatever happens to its process becomes an outcome; what `progress` raises ends the
    process and goes on.
    """
    here.mkdir(parents=True, exist_ok=True)
    (here / "contender.json").write_text(json.dumps(entry.given))
    command = [sys.executable, "-m", "pipelines.evaluation.bakeoff.child"]
    with (here / "log.txt").open("w") as log:
        child = subprocess.Popen(
            [*command, str(folder), str(here), str(stages)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # Threads that spin while they wait take the cores that others need.
            env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"},
        )
        try:
            assert child.stdout is not None
            for line in child.stdout:
                if line.startswith("{"):
                    told = json.loads(line)
                    progress(told["share"], f"{entry.title}: {told['message']}")
            code = child.wait()
        finally:
            # A cancelled bake-off leaves by an exception from `progress`.
            if child.poll() is None:
                child.kill()
                child.wait()
    if (here / "outcome.json").exists():
        return Outcome.model_validate_json((here / "outcome.json").read_text())
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    memory = "; it may have run out of memory" if code == -9 else ""
    return Outcome(status="failed", reason=f"Its process ended with {how}{memory}.")
