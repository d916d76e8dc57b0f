"""The learning curve: a metric by the share of the training events that is used.

Pipelines are fitted on the newest 10, 20, 40, 80 and 100% of the training events, as if
logging had started later; the histories in the requests are shortened likewise. The evaluated
users and their held-out interactions stay the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.split import DEFAULT_PROTOCOL, Protocol, Split, queries_of_users, split
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.comparison import outcome
from pipelines.evaluation.studies.results import CurveGain, CurvePoint, LearningCurve
from pipelines.evaluation.studies.sentences import gain_sentence
from pipelines.evaluation.studies.study import (
    MOST_USERS,
    header,
    per_user_values,
    percent,
    sample_note,
    with_message,
)
from pipelines.keys import distinct
from pipelines.recommender.spec import Spec
from pipelines.runtime.phrases import number_of
from pipelines.runtime.progress import Progress, part, silent
from pipelines.schema import Doubles
from pipelines.statistics.intervals import differences, mean_interval, t_interval

SHARES = (0.1, 0.2, 0.4, 0.8, 1.0)
FROM_SHARE = 0.4
"""The share that all of the history is compared with."""
SPECS = ("als", "popular")
METRIC, K = "ndcg@10", 10
FALLBACK = "last-n:5"
USEFUL_SHARE = 0.02
"""Smallest useful difference as a share of the value at `FROM_SHARE`, as in a bake-off."""


def learning_curve(
    dataset: Dataset,
    progress: Progress = silent,
    *,
    protocol: str | None = None,
    most_users: int = MOST_USERS,
) -> LearningCurve:
    """Fit `SPECS` on growing shares of the history. Raises `AssayError` where there are no times.

    1.3 M events and 68,000 items (Complete Journey) take 50 s and .9 GB on 2 cores; the cost
    is that of 2.5 fits of ALS on all events.
    """
    progress(0.0, "splitting the data")
    cut, notes = _cut(dataset, protocol, most_users)
    _require_times(cut)
    values: dict[tuple[str, float], Doubles] = {}
    points: list[CurvePoint] = []
    done = 0.0
    for share in SHARES:
        newest = since(cut, newest_moment(cut, share), dataset)
        for name in SPECS:
            spec = Spec.load(name)
            step = share / sum(SHARES) / len(SPECS)
            mine = part(progress, done, done + step)
            message = f"{spec.title or spec.name} on the newest {percent(share)} of the history"
            found = per_user_values(spec, dataset, newest, (K,), with_message(mine, message))
            done += step
            values[name, share] = found[METRIC]
            points.append(_point(spec, share, newest, found[METRIC]))
    gains = [_gain(Spec.load(n), values[n, FROM_SHARE], values[n, 1.0]) for n in SPECS]
    blank = next(p.users_without_history for p in points if p.share == 1.0)
    if blank:
        notes.append(
            f"Even with all events, the history is empty for {blank:,} of "
            f"{number_of(len(cut.queries), 'evaluated user')}; their lists hold popular items."
        )
    return LearningCurve(
        **header(dataset),
        sentence=gains[0].sentence,
        notes=notes + sample_note(cut),
        metric=METRIC,
        split=str(cut.protocol),
        split_note=cut.protocol.note,
        users=len(cut.queries),
        truths=len(cut.truth.values),
        points=points,
        gains=gains,
    )


def _cut(dataset: Dataset, protocol: str | None, most_users: int) -> tuple[Split, list[str]]:
    """The given split, else the default one, or `FALLBACK` where that has no evaluated users."""

    def made(text: str) -> Split:
        return split(
            dataset.interactions,
            Protocol.of_bakeoff(text),
            seen=dataset.about.seen,
            eval_users=most_users,
        )

    if protocol is not None:
        return made(protocol), []
    try:
        return made(DEFAULT_PROTOCOL), []
    except AssayError:
        cut = made(FALLBACK)
        return cut, [f"{DEFAULT_PROTOCOL} leaves no users to evaluate, so the split is {FALLBACK}."]


def _require_times(cut: Split) -> None:
    if cut.train.time.min() == cut.train.time.max():
        raise AssayError("A learning curve needs events at different times; map a time column.")


def newest_moment(cut: Split, share: float) -> int:
    """The time at which the newest `share` of the training events begins, seconds UTC.

    Events at the same time stay together, so the actual share may be a little larger.
    """
    ordered = np.sort(cut.train.time)
    return int(ordered[len(ordered) - max(1, round(share * len(ordered)))])


def since(cut: Split, moment: int, dataset: Dataset) -> Split:
    """The same split without training events and histories from before `moment`."""
    train, past = (it.select(it.time >= moment) for it in (cut.train, cut.past))
    queries = queries_of_users(past, cut.queries.user, cut.queries.now, seen=dataset.about.seen)
    known = np.bincount(train.item, minlength=train.n_items) > 0
    cold = cut.truth.values[~known[cut.truth.values]]
    return replace(
        cut,
        train=train,
        past=past,
        known=known,
        queries=queries,
        cold_truths=len(cold),
        cold_items=len(distinct(cold)),
    )


def _point(spec: Spec, share: float, newest: Split, values: Doubles) -> CurvePoint:
    return CurvePoint(
        spec=spec.name,
        title=spec.title or spec.name,
        share=share,
        events=len(newest.train),
        since=str(np.datetime64(int(newest.train.time.min()), "s"))[:10],
        users_without_history=newest.new_users,
        items=int(newest.known.sum()),
        found=mean_interval(values, within=(0.0, 1.0)),
    )


def _gain(spec: Spec, before: Doubles, after: Doubles) -> CurveGain:
    d = differences(after, before)
    interval = t_interval(d, within=(-1.0, 1.0))
    smallest = USEFUL_SHARE * float(before.mean())
    title = spec.title or spec.name
    return CurveGain(
        spec=spec.name,
        title=title,
        from_share=FROM_SHARE,
        difference=interval.value,
        low=interval.low,
        high=interval.high,
        smallest_useful=smallest,
        outcome=outcome(interval, smallest),
        sentence=gain_sentence(title, METRIC, percent(FROM_SHARE), interval, smallest, d),
    )
