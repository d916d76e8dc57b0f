"""One contender in a process of its own: `python -m pipelines.evaluation.contender TASK HERE`.

TASK is the folder of the bake-off's task, HERE the contender's own folder with its
`contender.json`. Progress goes to stdout as JSON lines; the answer to `lists.parquet`,
`answer.npz`, `probes.npz` (some requests asked again) and `outcome.json` in HERE. Memory and
crashes are this process's own.
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

from pipelines.compose import CHUNK, Pipeline
from pipelines.errors import AssayError
from pipelines.evaluation.answers import nothing_left, read_replies
from pipelines.evaluation.behavior.probes import Probes, ask_again
from pipelines.evaluation.results import RequestTime, Status
from pipelines.evaluation.task import ContenderTask
from pipelines.fitted import FittedPipeline, lists_frame, places_to_ask
from pipelines.orphans import die_with_parent
from pipelines.schema import NO_ITEM, Columns, Ints, Longs, Slate
from pipelines.spec import Spec, make_rules
from pipelines.stage import Rule
from pipelines.stage_store import StageStore

PIPELINE, LISTS = "pipeline.joblib", "lists.parquet"
STEP_REQUESTS = 20_000
"""Requests whose lists are kept after each step, at most: a wide step of a million is 2 GB."""


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
            slate, steps = _built(task, Spec.of(given["spec"]), here, stages, outcome)
        else:
            steps = []
            slate = _third_party(task, given["adapter"], given["target"], here, outcome)
        names = task.users.decode(task.queries.user).tolist()
        frame = lists_frame(names, slate, task.catalogue.items)
        frame.to_parquet(here / LISTS, index=False)
        arrays: dict[str, Any] = {f"step_{n}": step for n, step in enumerate(steps)}
        rows = _step_rows(len(slate))
        np.savez(here / "answer.npz", items=slate.items, step_rows=rows, **arrays)
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
) -> tuple[Slate, list[Ints]]:
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
    fitted = FittedPipeline(
        pipeline,
        task.past,
        task.users,
        task.catalogue.items,
        task.catalogue.titles(),
        _moments(task),
        _last_moment(task),
        task.seen,
        task.length,
        _fitted_rules(task),
    )
    slate, steps = _ask_all(task, fitted, outcome)
    answered = (slate.items >= 0).any(axis=1) | nothing_left(task)
    _count_answers(outcome, int(answered.sum()))
    outcome.request_ms = _time_requests(task, fitted)
    blank = int((task.queries.lengths == 0).sum())
    if blank and not all(g.name in ("popular", "random") for g in pipeline.generators):
        outcome.notes.append(
            f"{blank:,} of {len(slate):,} requests had no history: popularity answered or led them."
        )
    fitted.save(here / PIPELINE)
    outcome.model_mb = (here / PIPELINE).stat().st_size / 1e6
    tell(0.93, "asking some again, with an event less and in another order")
    ask_again(task.queries, lambda q: fitted.answer(q, task.length).items, task.seed).save(here)
    return slate, steps


def _ask_all(
    task: ContenderTask, fitted: FittedPipeline, outcome: Outcome
) -> tuple[Slate, list[Ints]]:
    """Every request's list, and for the rows of `_step_rows` the list after each step."""
    n = len(task.queries)
    tell(0.7, f"answering {n:,} requests")
    watched = np.zeros(n, bool)
    watched[_step_rows(n)] = True
    slates, kept, seconds = [], [], []
    for start in range(0, n, CHUNK):
        rows = np.arange(start, min(start + CHUNK, n))
        journey = fitted.run(task.queries.take(rows), task.length)
        slates.append(journey.slate)
        kept.append([step.items[watched[rows]] for step in journey.steps])
        seconds.append([step.seconds for step in journey.steps])
        tell(0.7 + 0.2 * rows[-1] / n, "answering requests")
    steps = []
    for parts in zip(*kept, strict=True):
        width = max(part.shape[1] for part in parts)
        steps.append(np.concatenate([_padded(part, width) for part in parts]))
    spent = np.sum(seconds, axis=0).tolist()
    outcome.steps = [(s.stage, t) for s, t in zip(journey.steps, spent, strict=True)]
    items = np.concatenate([slate.items for slate in slates])
    return Slate(items, np.concatenate([slate.scores for slate in slates])), steps


def _step_rows(n: int) -> Longs:
    """The requests whose steps are kept: evenly spread over all, ascending."""
    return np.unique(np.linspace(0, n - 1, min(n, STEP_REQUESTS)).astype(np.int64))


def _moments(task: ContenderTask) -> np.ndarray:
    """The moment of each user's request: as asked here, else the end of the training data."""
    now = np.full(len(task.users), _last_moment(task), np.int64)
    now[task.queries.user] = task.queries.now
    return now


def _last_moment(task: ContenderTask) -> int:
    if task.cutoff is not None:
        return task.cutoff
    return int(task.train.time.max()) + 1 if len(task.train) else 0


def _time_requests(task: ContenderTask, fitted: FittedPipeline) -> RequestTime:
    """Single requests, one after another in one process, after a few that are not counted."""
    count = min(task.latency_requests, len(task.queries))
    rows = np.linspace(0, len(task.queries) - 1, count).astype(int)

    def seconds(row: int) -> float:
        query = task.queries.take(np.array([row]))
        began = time.perf_counter()
        fitted.answer(query, task.length)
        return time.perf_counter() - began

    for row in rows[:3]:
        seconds(row)
    p50, p95 = np.percentile([seconds(row) for row in rows], [50, 95]) * 1000
    return RequestTime(p50=float(p50), p95=float(p95))


def _third_party(
    task: ContenderTask, adapter_name: str, target: str, here: Path, outcome: Outcome
) -> Slate:
    from pipelines import registry
    from pipelines.adapters.contract import NotComparable, Task

    adapter = registry.lookup("adapters", adapter_name)(target)
    users = task.users.decode(task.queries.user).tolist()
    ids = task.catalogue.items.ids
    history = task.queries.history
    rules = _fitted_rules(task)
    asked = places_to_ask(task.length, len(rules))
    question = Task(
        dataset=task.dataset,
        folder=here / "scratch",
        train=_train_frame(task),
        users=users,
        histories=[ids[history.row(r)].tolist() for r in range(len(history))],
        cutoff=task.cutoff,
        now=task.queries.now.tolist(),
        k=asked,
        seen=task.seen,
        item_ids=ids[task.catalogue.known].tolist(),
    )
    question.folder.mkdir(parents=True, exist_ok=True)
    try:
        tell(0.1, f"preparing {adapter_name}")
        adapter.prepare(question)
        tell(0.4, f"asking {adapter_name} for {len(users):,} lists")
        replies = adapter.recommend(question, adapter.k_to_ask(question))
        read = read_replies(replies, users, task, asked)
    except NotComparable as error:
        outcome.status, outcome.reason = "not comparable", str(error)
        return _in_order(np.full((len(users), task.length), NO_ITEM, np.int32))
    finally:
        outcome.fit_seconds = adapter.fit_seconds
        outcome.calls, outcome.cost_usd = adapter.calls, adapter.cost_usd
        adapter.close()
    Probes(adapter.why_no_history or "To ask a vendor again costs money.").save(here)
    _count_answers(outcome, read.answered, read.first_error)
    outcome.notes += [*adapter.notes, *read.notes]
    if read.milliseconds:
        p50, p95 = np.percentile(read.milliseconds, [50, 95])
        outcome.request_ms = RequestTime(p50=float(p50), p95=float(p95))
    slate = _in_order(read.items)
    for rule in rules:
        slate = rule.apply(task.queries, slate, task.length)
    return slate.cut(task.length)


def _count_answers(outcome: Outcome, answered: int, first_error: str = "") -> None:
    """Who does not answer for everyone is "not scored", with the count; never scored as zero."""
    outcome.answered = answered
    missing = outcome.requested - answered
    if missing:
        why = f": {first_error}" if first_error else ""
        outcome.status = "not scored"
        outcome.reason = (
            f"It gave no list for {missing:,} of {outcome.requested:,} users{why}".rstrip(".") + "."
        )


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


def _fitted_rules(task: ContenderTask) -> tuple[Rule, ...]:
    """The manifest's rules, the same for each contender."""
    return tuple(rule.fit(task.train, task.catalogue) for rule in make_rules(task.rules))


def _in_order(items: Ints) -> Slate:
    """A slate whose scores are its places: third parties need not give any."""
    places = -np.arange(items.shape[1], dtype=np.float32)
    return Slate(items, np.where(items >= 0, places, np.float32(-np.inf)))


def _padded(items: Ints, width: int) -> Ints:
    return np.pad(items, ((0, 0), (0, width - items.shape[1])), constant_values=-1)


def _peak_mb() -> float:
    """The largest memory that this process held, MB.

    On Linux from /proc: `ru_maxrss` starts there at what the parent process held.
    """
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


if __name__ == "__main__":
    die_with_parent()
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
