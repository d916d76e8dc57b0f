"""A built pipeline as a contender: fit it, answer all requests, time it and store it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from pipelines.evaluation.bakeoff.answers import nothing_left
from pipelines.evaluation.bakeoff.outcome import Outcome, count_answers, fitted_rules, tell
from pipelines.evaluation.bakeoff.stage_checks import broken_lists, broken_promises
from pipelines.evaluation.bakeoff.task import ContenderTask
from pipelines.evaluation.behavior.probes import ask_again
from pipelines.evaluation.results.document import RequestTime
from pipelines.evaluation.results.folder import PIPELINE
from pipelines.recommender import storage
from pipelines.recommender.fitted import FittedPipeline
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline, chunks
from pipelines.recommender.spec import Spec
from pipelines.recommender.stage_store import StageStore
from pipelines.runtime.npy import Pool
from pipelines.schema import Ints, Longs, Slate

STEP_REQUESTS = 20_000
"""Requests whose lists are kept after each step, at most: a wide step of a million is 2 GB."""


def answer(
    task: ContenderTask, spec: Spec, here: Path, arrays: Path, stages: Path, outcome: Outcome
) -> tuple[Slate, list[Ints]]:
    """Fit the pipeline, answer the task, and store both: the lists, and those after each step.

    Arrays that other contenders have too are shared in the folder `arrays`.
    """
    fitted = _fitted(task, spec, stages, 0, outcome)
    pipeline, known = fitted.pipeline, task.catalogue.known
    outcome.notes += broken_promises(pipeline, task.queries, known)
    fitted.warm()
    slate, steps = _ask_all(task, fitted, outcome)
    if not outcome.notes:
        rows = step_rows(len(slate))
        outcome.notes += broken_lists(slate.items[rows], task.queries.take(rows), known)
    _count(task, slate, outcome)
    outcome.request_ms = _time_requests(task, fitted)
    blank = int((task.queries.lengths == 0).sum())
    if blank and not all(g.name in ("popular", "random") for g in pipeline.generators):
        outcome.notes.append(
            f"{blank:,} of {len(slate):,} requests had no history: popular items filled or led "
            "their lists."
        )
    fitted.save(here / PIPELINE, arrays)
    outcome.model_mb = storage.megabytes(here / PIPELINE, Pool(arrays))
    tell(0.93, "repeating some requests with changed histories")
    ask_again(task.queries, lambda q: fitted.answer(q, task.length).items, task.seed).save(here)
    return slate, steps


def refit(task: ContenderTask, spec: Spec, stages: Path, fit: int, outcome: Outcome) -> Slate:
    """The lists of all requests after fit number `fit`, whose seeds are others; no more."""
    fitted = _fitted(task, spec, stages, fit, outcome)
    tell(0.7, "answering requests")
    slate = fitted.answer(task.queries, task.length)
    _count(task, slate, outcome)
    return slate


def _fitted(
    task: ContenderTask, spec: Spec, stages: Path, fit: int, outcome: Outcome
) -> FittedPipeline:
    """The pipeline after fit number `fit`, with the data to answer by name."""
    pipeline = Pipeline(spec, (task.seed, fit))
    fit_pipeline(
        pipeline,
        task.train,
        task.catalogue,
        protocol=task.protocol,
        seen=task.seen,
        store=StageStore(stages, task.data_key),
        progress=lambda share, message: tell(0.7 * share, message),
    )
    outcome.fit_seconds = sum(pipeline.fit_seconds.values())
    outcome.peak_mb = pipeline.fit_peak_mb
    return FittedPipeline(
        pipeline,
        task.past,
        task.users,
        task.catalogue.items,
        task.catalogue.titles(),
        _moments(task),
        _last_moment(task),
        task.seen,
        task.length,
        fitted_rules(task),
    )


def _count(task: ContenderTask, slate: Slate, outcome: Outcome) -> None:
    answered = (slate.items >= 0).any(axis=1) | nothing_left(task)
    count_answers(outcome, int(answered.sum()))


def _ask_all(
    task: ContenderTask, fitted: FittedPipeline, outcome: Outcome
) -> tuple[Slate, list[Ints]]:
    """The list of every request, and for the rows of `step_rows` the list after each step."""
    n = len(task.queries)
    tell(0.7, f"answering {n:,} requests")
    watched = np.zeros(n, bool)
    watched[step_rows(n)] = True
    slates, kept, seconds = [], [], []
    for rows, queries in chunks(task.queries):
        journey = fitted.run(queries, task.length)
        slates.append(journey.slate)
        kept.append([step.items[watched[rows]] for step in journey.steps])
        seconds.append([step.seconds for step in journey.steps])
        tell(0.7 + 0.2 * (rows[-1] + 1) / n, "answering requests")
    steps = []
    for parts in zip(*kept, strict=True):
        width = max(part.shape[1] for part in parts)
        steps.append(np.concatenate([_padded(part, width) for part in parts]))
    spent = np.sum(seconds, axis=0).tolist()
    outcome.steps = [(s.stage, t) for s, t in zip(journey.steps, spent, strict=True)]
    items = np.concatenate([slate.items for slate in slates])
    return Slate(items, np.concatenate([slate.scores for slate in slates])), steps


def step_rows(n: int) -> Longs:
    """The requests whose steps are kept: evenly spread over all, ascending."""
    return np.unique(np.linspace(0, n - 1, min(n, STEP_REQUESTS)).astype(np.int64))


def _moments(task: ContenderTask) -> np.ndarray:
    """The time of each user's request: the task's, else the end of the training data."""
    now = np.full(len(task.users), _last_moment(task), np.int64)
    now[task.queries.user] = task.queries.now
    return now


def _last_moment(task: ContenderTask) -> int:
    if task.cutoff is not None:
        return task.cutoff
    return int(task.train.time.max()) + 1 if len(task.train) else 0


def _time_requests(task: ContenderTask, fitted: FittedPipeline) -> RequestTime:
    """Time single requests one after another, after three that are not counted."""
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


def _padded(items: Ints, width: int) -> Ints:
    return np.pad(items, ((0, 0), (0, width - items.shape[1])), constant_values=-1)
