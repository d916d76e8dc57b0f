"""Faults of the harness: what it gives to contenders, and how it scores them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log2

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.evaluation.selftest.bench import Bench
from pipelines.evaluation.selftest.faults.fault import Fault, of_copy
from pipelines.evaluation.selftest.planted import VICTIM, Planted
from pipelines.reading.lists import GroundTruth
from pipelines.schema import Interactions, Ragged

MILLI = 1_000


def _trained_past_cut_off(planted: Planted) -> None:
    log, cutoff = planted.material.dataset.interactions, planted.material.cut.cutoff or 0
    half = (cutoff + int(log.time.max())) // 2
    planted.give(train=planted.whole_log(half))


def _one_late_event(planted: Planted) -> None:
    log, cutoff = planted.material.dataset.interactions, planted.material.cut.cutoff or 0
    late = np.flatnonzero(log.time >= cutoff)[:1]
    planted.give(train=log.select(np.sort(np.append(np.flatnonzero(log.time < cutoff), late))))


def _events_lost(planted: Planted) -> None:
    train = planted.material.cut.train
    planted.give(train=train.select(np.arange(len(train)) % 10 > 0))


def _milliseconds(bench: Bench) -> Planted:
    log = bench.dataset.interactions
    return bench.of_data(_with(bench.dataset, "ms", replace(log, time=log.time * MILLI)))


def _with(data: Dataset, version: str, log: Interactions) -> Dataset:
    """The dataset with other events; it says of itself that nobody imported it."""
    about = data.about.model_copy(update={"fingerprint": f"planted-{version}"})
    return replace(data, about=about, interactions=log)


def _requests_in_milliseconds(planted: Planted) -> None:
    asked = planted.material.task.queries
    planted.give(queries=replace(asked, now=asked.now * MILLI))


def _future_context(planted: Planted) -> None:
    queries = planted.queries_from(planted.whole_log())
    planted.give(queries=replace(queries, exclude=planted.material.task.queries.exclude))


def _other_histories(planted: Planted) -> None:
    asked = planted.material.task.queries
    other = asked.take(np.roll(np.arange(len(asked)), 1))
    planted.give(queries=replace(other, user=asked.user))


def _shuffled_truth(planted: Planted) -> None:
    key = planted.material.key
    order = np.random.default_rng(1).permutation(len(key))
    planted.set(key=_key_of(planted, key.truth.take(order)))
    planted.score_all()


def _earlier_truth(planted: Planted) -> None:
    """The newest items before the cut-off, where a user has some."""
    key, history = planted.material.key, planted.material.cut.queries.history
    rows = [
        (history.row(r)[-5:] if len(history.row(r)) else key.truth.row(r)).tolist()
        for r in range(len(key))
    ]
    planted.set(key=_key_of(planted, Ragged.of([list(dict.fromkeys(row)) for row in rows])))
    planted.score_all()


def _key_of(planted: Planted, truth: Ragged) -> GroundTruth:
    """Another ground truth; what is known of single held-out events is left out."""
    return replace(
        planted.material.key, truth=truth, gains=None, values=None, margins=None, propensity=None
    )


def _two_versions(planted: Planted) -> None:
    """One contender answered the task of data without a tenth of the events."""
    task = planted.material.task
    train = task.train.select(np.arange(len(task.train)) % 10 > 0)
    planted.tell(VICTIM, given=replace(task, train=train).digest)


def _left_over(planted: Planted) -> None:
    """One contender's lists are those of an earlier bake-off, before half of the requests."""
    task = planted.material.task
    asked = task.queries.take(np.arange(len(task.queries) // 2))
    planted.tell(VICTIM, given=replace(task, queries=asked).digest)


def _changed_after_import(planted: Planted) -> None:
    data = planted.material.dataset
    weights = data.interactions.weight.copy()
    weights[0] += 1
    planted.set(dataset=replace(data, interactions=replace(data.interactions, weight=weights)))


def _cut_short(planted: Planted) -> None:
    shorter = planted.material.stored.fit_values(VICTIM, "ndcg@5").values[:, 0]
    planted.per_user(lambda name, values: shorter if name == "ndcg@10" else values)


def _other_discount(planted: Planted) -> None:
    """The first two ranks are not discounted, as log2(rank) does."""
    m = planted.material
    lists = m.lists(VICTIM)[:, :10]

    def value(row: int) -> float:
        truth = set(m.key.truth.row(row).tolist())
        gains = [1 / max(1.0, log2(rank)) for rank in range(1, 11)]
        dcg = sum(g for g, item in zip(gains, lists[row].tolist(), strict=True) if item in truth)
        return dcg / sum(gains[: min(10, len(truth))])

    wrong = np.array([value(row) for row in range(planted.n)])
    planted.per_user(lambda name, values: wrong if name == "ndcg@10" else values)


def _ideal_not_cut(planted: Planted) -> None:
    sizes = planted.material.key.truth.lengths()
    gains = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, sizes.max() + 2)))])
    factor = gains[np.minimum(10, sizes)] / gains[sizes]
    planted.per_user(lambda name, values: values * factor if name == "ndcg@10" else values)


def _rotated(planted: Planted) -> None:
    planted.per_user(lambda name, values: np.roll(values, 1))


def _only_hits(planted: Planted) -> None:
    values = planted.material.stored.fit_values(VICTIM, "ndcg@10").values[:, 0]
    metrics = dict(planted.result(VICTIM).metrics)
    mean = float(values[values > 0].mean())
    metrics["ndcg@10"] = metrics["ndcg@10"].model_copy(update={"value": mean})
    planted.update(VICTIM, metrics=metrics)


def _exchanged(planted: Planted) -> None:
    one, other = planted.result(VICTIM).metrics, planted.result("random").metrics
    planted.update(VICTIM, metrics=other)
    planted.update("random", metrics=one)


def _two_ids(bench: Bench) -> Planted:
    """Every second user who is active in the test period is the one before, under another id."""
    log = bench.dataset.interactions
    cut = bench.honest.cut
    asked = cut.queries.user
    one, other = asked[0 : len(asked) - 1 : 2], asked[1::2]
    kept = ~np.isin(log.user, other)
    rows = [np.flatnonzero(log.user == user) for user in one]
    again = np.concatenate(rows)
    users = np.concatenate([log.user[kept], np.repeat(other, [len(r) for r in rows])])
    parts = [np.concatenate([a[kept], a[again]]) for a in (log.item, log.weight, log.time)]
    doubled = Interactions.build(users, *parts, n_users=log.n_users, n_items=log.n_items)
    return bench.of_data(_with(bench.dataset, "doubled", doubled))


def _harness(name: str, what: str, check: str, change: Callable[[Planted], None]) -> Fault:
    return Fault(name, what, check, of_copy(change))


FAULTS = (
    _harness("past-cut-off", "training data reach into the test period", "split",
             _trained_past_cut_off),
    _harness("one-late-event", "one training event is later than the cut-off", "split",
             _one_late_event),
    _harness("events-lost", "a tenth of the training events is missing", "split", _events_lost),
    Fault("milliseconds", "the log's clock is in milliseconds", "clock", _milliseconds),
    _harness("requests-in-milliseconds", "the moment of the requests is in milliseconds", "clock",
             _requests_in_milliseconds),
    _harness("future-context", "histories reach beyond the moment of the request", "requests",
             _future_context),
    _harness("other-histories", "each user has the history of another", "requests",
             _other_histories),
    _harness("shuffled-truth", "the held-out items are exchanged between users", "truth",
             _shuffled_truth),
    _harness("earlier-truth", "the ground truth is of another period", "truth", _earlier_truth),
    _harness("two-versions", "one contender was given another version of the data",
             "one-version", _two_versions),
    _harness("left-over", "one contender's lists are left over from another bake-off",
             "one-version", _left_over),
    _harness("changed-data", "the stored data changed after the import", "one-version",
             _changed_after_import),
    _harness("ndcg-cut-short", "NDCG@10 is computed from five places", "rescored", _cut_short),
    _harness("other-discount", "NDCG does not discount the second rank", "rescored",
             _other_discount),
    _harness("ideal-not-cut", "NDCG's ideal list is not cut at k", "rescored", _ideal_not_cut),
    _harness("rotated-values", "values per user are a row off", "rescored", _rotated),
    _harness("only-hits", "a mean leaves out users without a hit", "totals", _only_hits),
    _harness("exchanged", "two contenders' values are exchanged", "totals", _exchanged),
    Fault("two-ids", "neighbors in the file are one person and share answers", "file-order",
          _two_ids),
)  # fmt: skip
