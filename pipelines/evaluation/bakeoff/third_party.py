"""A third party as a contender: prepare it, ask it everything, read its replies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pipelines.adapters.contract import NotComparable, Task
from pipelines.adapters.loading import load
from pipelines.evaluation.bakeoff.answers import read_replies
from pipelines.evaluation.bakeoff.outcome import Outcome, count_answers, fitted_rules, tell
from pipelines.evaluation.bakeoff.task import ContenderTask
from pipelines.evaluation.behavior.probes import Probes
from pipelines.evaluation.results.document import RequestTime
from pipelines.recommender.fitted import places_to_ask
from pipelines.schema import NO_ITEM, Columns, Ints, Slate


def answer(
    task: ContenderTask, adapter_name: str, target: str, here: Path, outcome: Outcome
) -> Slate:
    adapter = load(adapter_name)(target)
    users = task.users.decode(task.queries.user).tolist()
    ids = task.catalogue.items.ids
    history = task.queries.history
    rules = fitted_rules(task)
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
        outcome.price_line = adapter.priced_by
        adapter.close()
    Probes(adapter.why_no_history or "Asking a vendor again costs money.").save(here)
    count_answers(outcome, read.answered, read.first_error)
    outcome.notes += [*adapter.notes, *read.notes]
    outcome.problems = {**adapter.problems, **read.problems}
    outcome.oldest_seen = read.oldest_seen
    outcome.trained_through = adapter.trained_through
    if read.milliseconds:
        p50, p95 = np.percentile(read.milliseconds, [50, 95])
        outcome.request_ms = RequestTime(p50=float(p50), p95=float(p95))
    slate = _in_order(read.items)
    for rule in rules:
        slate = rule.apply(task.queries, slate, task.length)
    return slate.cut(task.length)


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


def _in_order(items: Ints) -> Slate:
    """A slate scored by rank: third parties need not return scores."""
    places = -np.arange(items.shape[1], dtype=np.float32)
    return Slate(items, np.where(items >= 0, places, np.float32(-np.inf)))
