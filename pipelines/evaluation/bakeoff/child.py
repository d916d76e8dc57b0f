"""One contender in a process of its own: `python -m` this module, with TASK HERE STAGES.

TASK is the folder of the bake-off's task, HERE the contender's own folder with its
`contender.json`. Progress goes to stdout as JSON lines, the answer to `lists.parquet`,
`answer.npz`, `probes.npz` (some requests asked again) and `outcome.json` in HERE. A crash ends
this process alone, and the memory it reports is its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff import built
from pipelines.evaluation.bakeoff.outcome import Outcome
from pipelines.evaluation.bakeoff.task import ContenderTask
from pipelines.evaluation.results.answer_file import AnswerFile
from pipelines.evaluation.results.folder import LISTS
from pipelines.recommender.fitted import ARRAYS, lists_frame
from pipelines.recommender.spec import Spec
from pipelines.runtime import forked, memory
from pipelines.runtime.orphans import die_with_parent
from pipelines.runtime.redact import foreign, logs, redact, traceback_of
from pipelines.schema import Ints


def main(arguments: list[str]) -> int:
    """Run the contender that the arguments TASK HERE STAGES name; 0 whatever its outcome is."""
    logs()
    task_folder, here, stages = map(Path, arguments)
    run(task_folder, here, stages)
    return 0


def run(task_folder: Path, here: Path, stages: Path) -> Outcome:
    """Fit or start the contender, ask it everything, write its answer."""
    task = ContenderTask.load(task_folder)
    given = json.loads((here / "contender.json").read_text())
    outcome = Outcome(requested=len(task.queries), given=task.digest)
    steps: list[Ints] = []
    try:
        built_one = given["kind"] == "built"
        if built_one and given.get("lists_only"):
            slate = built.refit(task, Spec.of(given["spec"]), stages, given["fit"], outcome)
        elif built_one:
            slate, steps = built.answer(
                task, Spec.of(given["spec"]), here, task_folder / ARRAYS, stages, outcome
            )
        else:
            from pipelines.evaluation.bakeoff import third_party

            slate = third_party.answer(task, given["adapter"], given["target"], here, outcome)
        if not given.get("lists_only"):
            names = task.users.decode(task.queries.user).tolist()
            frame = lists_frame(names, slate, task.catalogue.items)
            frame.to_parquet(here / LISTS, index=False)
        rows = built.step_rows(len(slate))
        AnswerFile(slate.items, rows, tuple(steps)).write(here)
    except AssayError as error:
        outcome.status = "failed"
        outcome.reason = str(error)
    except Exception as error:
        print(traceback_of(error), file=sys.stderr)
        outcome.status = "failed"
        outcome.reason = f"It failed: {type(error).__name__}: {foreign(error)}"
    outcome.peak_mb = max(memory.peak_mb(), outcome.peak_mb or 0.0)
    outcome.preloaded_mb = forked.preloaded_mb
    outcome.reason = redact(outcome.reason)
    outcome.notes = [redact(note) for note in outcome.notes]
    (here / "outcome.json").write_text(outcome.model_dump_json())
    return outcome


if __name__ == "__main__":
    die_with_parent()
    sys.exit(main(sys.argv[1:]))
