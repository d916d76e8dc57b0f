"""One contender in a process of its own: `python -m pipelines.evaluation.contender TASK HERE`.

TASK is the folder of the bake-off's task, HERE the contender's own folder with its
`contender.json`. Progress goes to stdout as JSON lines; the answer to `lists.parquet`,
`answer.npz` and `outcome.json` in HERE. Memory and crashes are this process's own.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from pipelines.compose import Pipeline
from pipelines.errors import AssayError
from pipelines.evaluation.answers import read_replies
from pipelines.evaluation.results import RequestTime, Status
from pipelines.evaluation.task import ContenderTask
from pipelines.fitted import FittedPipeline, lists_frame
from pipelines.orphans import die_with_parent
from pipelines.schema import Columns, Ints, Slate
from pipelines.spec import RuleBlock, Spec, make_stage
from pipelines.stage_store import StageStore

PIPELINE = "pipeline.joblib"


class Outcome(BaseModel):
    """What the process reports of itself; the parent adds the metrics."""

    status: Status = "scored"
    reason: str = ""
    fit_seconds: float | None = None
    request_ms: RequestTime | None = None
    peak_mb: float | None = None
    model_mb: float | None = None
    requested: int = 0
    answered: int = 0
    calls: int = 0
    cost_usd: float = 0.0
    notes: list[str] = []
    steps: list[tuple[str, float]] = []
    """Each step of a pipeline and its seconds for all requests."""


def tell(share: float, message: str) -> None:
    """A line of progress for the parent."""
    print(json.dumps({"share": share, "message": message}), flush=True)


def main(task_folder: Path, here: Path, stages: Path) -> Outcome:
    """Fit or start the contender, ask it everything, write its answer."""
    task = ContenderTask.load(task_folder)
    given = json.loads((here / "contender.json").read_text())
    outcome = Outcome(requested=len(task.queries))
    try:
        if given["kind"] == "built":
            items, steps = _built(task, Spec.of(given["spec"]), here, stages, outcome)
        else:
            items, steps = _third_party(task, given["adapter"], given["target"], here, outcome)
        items = _after_rules(task, items)
        names = task.users.decode(task.queries.user).tolist()
        frame = lists_frame(names, _in_order(items), task.catalogue.items)
        frame.to_parquet(here / "lists.parquet", index=False)
        arrays: dict[str, Any] = {f"step_{n}": step for n, step in enumerate(steps)}
        np.savez(here / "answer.npz", items=items, **arrays)
    except AssayError as error:
        outcome.status = "failed"
        outcome.reason = str(error)
    except Exception as error:
        traceback.print_exc()
        outcome.status = "failed"
        outcome.reason = f"It broke: {type(error).__name__}: {str(error)[:300]}"
    outcome.peak_mb = _peak_mb()
    (here / "outcome.json").write_text(outcome.model_dump_json())
    return outcome


def _built(
    task: ContenderTask, spec: Spec, here: Path, stages: Path, outcome: Outcome
) -> tuple[Ints, list[Ints]]:
    pipeline = Pipeline(spec)
    pipeline.fit(
        task.train,
        task.catalogue,
        protocol=task.protocol,
        seen=task.seen,
        store=StageStore(stages, task.data_key),
        progress=lambda share, message: tell(0.7 * share, message),
    )
    outcome.fit_seconds = sum(pipeline.fit_seconds.values())
    tell(0.7, f"answering {len(task.queries):,} requests")
    blocks, journeys = [], []
    asked = _asked(task)
    for start in range(0, len(task.queries), 256):
        rows = np.arange(start, min(start + 256, len(task.queries)))
        journey = pipeline.run(task.queries.take(rows), asked)
        blocks.append(journey.slate.items)
        journeys.append(journey.steps)
        tell(0.7 + 0.2 * rows[-1] / len(task.queries), "answering requests")
    steps = []
    for parts in zip(*journeys, strict=True):
        width = max(part.items.shape[1] for part in parts)
        steps.append(np.concatenate([_padded(part.items, width) for part in parts]))
        outcome.steps.append((parts[0].stage, sum(part.seconds for part in parts)))
    items = np.concatenate(blocks)
    outcome.answered = int((items >= 0).any(axis=1).sum())
    outcome.request_ms = _time_requests(task, pipeline, asked)
    blank = int((task.queries.lengths == 0).sum())
    if blank and not all(g.name in ("popular", "random") for g in pipeline.generators):
        outcome.notes.append(
            f"{blank:,} of {len(items):,} requests had no history: popularity answered or led them."
        )
    fitted = FittedPipeline(
        pipeline,
        task.train,
        task.users,
        task.catalogue.items,
        task.catalogue.titles(),
        _moments(task),
        _last_moment(task),
        task.seen,
    )
    fitted.save(here / PIPELINE)
    outcome.model_mb = (here / PIPELINE).stat().st_size / 1e6
    return items, steps


def _moments(task: ContenderTask) -> np.ndarray:
    """The moment of each user's request: as asked here, else the end of the training data."""
    now = np.full(len(task.users), _last_moment(task), np.int64)
    now[task.queries.user] = task.queries.now
    return now


def _last_moment(task: ContenderTask) -> int:
    if task.cutoff is not None:
        return task.cutoff
    return int(task.train.time.max()) + 1 if len(task.train) else 0


def _time_requests(task: ContenderTask, pipeline: Pipeline, k: int) -> RequestTime:
    """Single requests, one after another in one process, after a few that are not counted."""
    count = min(task.latency_requests, len(task.queries))
    rows = np.linspace(0, len(task.queries) - 1, count).astype(int)

    def seconds(row: int) -> float:
        query = task.queries.take(np.array([row]))
        began = time.perf_counter()
        pipeline.recommend(query, k)
        return time.perf_counter() - began

    for row in rows[:3]:
        seconds(row)
    p50, p95 = np.percentile([seconds(row) for row in rows], [50, 95]) * 1000
    return RequestTime(p50=float(p50), p95=float(p95))


def _third_party(
    task: ContenderTask, adapter_name: str, target: str, here: Path, outcome: Outcome
) -> tuple[Ints, list[Ints]]:
    from pipelines import registry
    from pipelines.adapters.contract import NotComparable, Task

    adapter = registry.lookup("adapters", adapter_name)(target)
    users = task.users.decode(task.queries.user).tolist()
    ids = task.catalogue.items.ids
    history = task.queries.history
    question = Task(
        dataset=task.dataset,
        folder=here / "scratch",
        train=_train_frame(task),
        users=users,
        histories=[ids[history.row(r)].tolist() for r in range(len(history))],
        cutoff=task.cutoff,
        now=task.queries.now.tolist(),
        k=_asked(task),
        seen=task.seen,
        item_ids=ids[task.catalogue.known].tolist(),
    )
    question.folder.mkdir(parents=True, exist_ok=True)
    try:
        tell(0.1, f"preparing {adapter_name}")
        adapter.prepare(question)
        tell(0.4, f"asking {adapter_name} for {len(users):,} lists")
        replies = adapter.recommend(question, adapter.k_to_ask(question))
        read = read_replies(replies, users, task, _asked(task))
    except NotComparable as error:
        outcome.status, outcome.reason = "not comparable", str(error)
        return np.zeros((len(users), 0), np.int32), []
    finally:
        outcome.fit_seconds = adapter.fit_seconds
        outcome.calls, outcome.cost_usd = adapter.calls, adapter.cost_usd
        adapter.close()
    outcome.answered = read.answered
    outcome.notes += [*adapter.notes, *read.notes]
    if read.milliseconds:
        p50, p95 = np.percentile(read.milliseconds, [50, 95])
        outcome.request_ms = RequestTime(p50=float(p50), p95=float(p95))
    if read.answered < len(users):
        outcome.status = "not scored"
        missing = len(users) - read.answered
        outcome.reason = (
            f"It gave no list for {missing:,} of {len(users):,} users"
            + (f": {read.first_error}" if read.first_error else "")
        ).rstrip(".") + "."
    return read.items, []


def _train_frame(task: ContenderTask) -> Any:
    import pandas as pd

    train = task.train
    return pd.DataFrame(
        {
            Columns.USER: task.users.ids[train.user],
            Columns.ITEM: task.catalogue.items.ids[train.item],
            Columns.WEIGHT: train.weight,
            Columns.TIME: train.time,
        }
    )


def _asked(task: ContenderTask) -> int:
    """Longer lists are asked for where the manifest's rules may take items out."""
    return task.length * 3 if task.rules else task.length


def _after_rules(task: ContenderTask, items: Ints) -> Ints:
    """The manifest's rules, the same for each contender, then the lists' full length."""
    slate = _in_order(items)
    for document in task.rules:
        rule = make_stage("rules", RuleBlock.model_validate(document))
        slate = rule.fit(task.train, task.catalogue).apply(task.queries, slate, task.length)
    return _padded(slate.items[:, : task.length], task.length)


def _in_order(items: Ints) -> Slate:
    """A slate whose scores are its places: third parties need not give any."""
    places = -np.arange(items.shape[1], dtype=np.float32)
    return Slate(items, np.broadcast_to(places, items.shape))


def _padded(items: Ints, width: int) -> Ints:
    return np.pad(items, ((0, 0), (0, width - items.shape[1])), constant_values=-1)


def _peak_mb() -> float:
    """The largest memory that this process held, MB; Linux counts in KiB, macOS in bytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


if __name__ == "__main__":
    die_with_parent()
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
