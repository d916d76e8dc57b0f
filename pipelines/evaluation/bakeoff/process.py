"""A contender's process, as its bake-off starts it, listens to it and ends it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import ValidationError

from pipelines.errors import first_problem
from pipelines.evaluation.bakeoff.outcome import Outcome, told_in
from pipelines.evaluation.bakeoff.preload import PRELOAD
from pipelines.evaluation.bakeoff.request import Entry
from pipelines.runtime import children
from pipelines.runtime.progress import Progress
from pipelines.runtime.redact import redact

CHILD = "pipelines.evaluation.bakeoff.child"


def run_in_child(
    entry: Entry,
    folder: Path,
    here: Path,
    stages: Path,
    progress: Progress,
    fit: int = 0,
    lists_only: bool = False,
) -> Outcome:
    """Run `entry` on the task in `folder`, with its own files in `here`.

    Fits after the first one, number 0, are seeded anew and answer, and do nothing else; nor does
    the first one with `lists_only`.

    Whatever happens to its process becomes an outcome. What `progress` raises ends the
    process and is passed on.
    """
    here.mkdir(parents=True, exist_ok=True)
    (here / "contender.json").write_text(
        json.dumps(entry.given | {"fit": fit, "lists_only": lists_only or fit > 0})
    )
    with (here / "log.txt").open("w") as log:
        child = children.start(
            PRELOAD,
            CHILD,
            [str(folder), str(here), str(stages)],
            # Threads that spin while they wait take the cores that others need.
            environment={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"},
            errors=log.fileno(),
        )
        try:
            for line in child.lines():
                if (told := told_in(line)) is not None:
                    progress(told.share, f"{entry.title}: {told.message}")
                else:  # a stage printed it
                    log.write(redact(line))
                    log.flush()
            code = child.wait()
        finally:
            child.end()  # a cancelled bake-off leaves by an exception from `progress`
    outcome = _outcome(here, code)
    if child.note:
        outcome.notes.append(f"Its process was started anew: {child.note}.")
    return outcome


def _outcome(here: Path, code: int) -> Outcome:
    report = here / "outcome.json"
    if report.exists():
        try:
            return Outcome.model_validate_json(report.read_bytes())
        except ValidationError as error:
            where, why = first_problem(error)
            reason = f"Its report cannot be read ({where}: {why}); see its log.txt."
            return Outcome(status="failed", reason=reason)
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    memory = "; it may have run out of memory" if code == -9 else ""
    return Outcome(status="failed", reason=f"Its process ended with {how}{memory}.")
