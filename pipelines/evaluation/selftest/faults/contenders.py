"""Faults of contenders that Assay runs: lists that may not be given, and knowledge of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from pipelines.evaluation.bakeoff.stage_checks import broken_promises
from pipelines.evaluation.behavior.probes import ask_again
from pipelines.evaluation.results.folder import PIPELINE
from pipelines.evaluation.selftest.bench import Bench
from pipelines.evaluation.selftest.faults.fault import Fault, of_copy
from pipelines.evaluation.selftest.planted import VICTIM, Planted
from pipelines.recommender.fitted import ARRAYS, FittedPipeline
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.schema import NO_ITEM, Candidates, Ints, Queries


def _seen_items(planted: Planted) -> None:
    """Everybody gets the most popular items, whether they had them or not."""
    m = planted.material
    counts = np.bincount(m.cut.train.item, minlength=m.cut.train.n_items)
    top = np.argsort(-counts, kind="stable")[: max(m.manifest.ks)]
    planted.replace_lists(np.tile(top, (planted.n, 1)))


def _copies(planted: Planted) -> None:
    lists = planted.material.lists(VICTIM).copy()
    lists[:, 1::2] = lists[:, 0::2]
    planted.replace_lists(lists)


def _unknown_items(planted: Planted) -> None:
    lists = planted.material.lists(VICTIM).copy()
    lists[:, 4] = np.flatnonzero(~planted.material.cut.known)[0]
    planted.replace_lists(lists)


def _three_places(planted: Planted) -> None:
    lists = planted.material.lists(VICTIM).copy()
    lists[:, 3:] = NO_ITEM
    planted.replace_lists(lists)


def _other_stored(planted: Planted) -> None:
    lists = planted.material.lists(VICTIM)
    planted.replace_lists(lists, shown=planted.material.lists("random"))


def _batch(planted: Planted) -> None:
    """Each request gets the list of the request before it in the batch."""
    m = planted.material
    lists = m.lists(VICTIM)
    row_of = {int(user): row for row, user in enumerate(m.cut.queries.user)}

    def ask(queries: Queries) -> Ints:
        rows = [row_of[int(user)] for user in queries.user]
        return lists[np.roll(rows, 1)]

    planted.replace_lists(ask(m.cut.queries))
    ask_again(m.cut.queries, ask, m.manifest.seed).save(planted.here(VICTIM))


class _Backwards:
    """A candidate generator whose lists begin with the worst item."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        found = self._inner.retrieve(queries, k)
        return Candidates(found.items[:, ::-1].copy(), found.scores[:, ::-1].copy())


def _breaks_contract(planted: Planted, pipeline: FittedPipeline) -> None:
    m = planted.material
    backwards: list[Any] = [_Backwards(g) for g in pipeline.pipeline.generators]
    pipeline.pipeline.generators = backwards
    notes = broken_promises(pipeline.pipeline, m.cut.queries, m.cut.known)
    planted.update(VICTIM, notes=notes)


def _reads_truth(planted: Planted) -> None:
    planted.replace_lists(planted.answers_first())


def _reads_half(planted: Planted) -> None:
    planted.replace_lists(planted.answers_first(share=0.5))


def _reads_for_strangers(planted: Planted) -> None:
    blank = np.flatnonzero(planted.material.cut.queries.lengths == 0)
    planted.replace_lists(planted.answers_first(blank, share=0.2))


def _trained_on_test(planted: Planted) -> None:
    """A real model that learned from the whole log, and leaves out what users had before."""
    m = planted.material
    data, asked = m.dataset, m.cut.queries
    pipeline = Pipeline(Spec.load("als"), (0, 0))
    known = data.catalogue.at(m.cut.known)
    fit_pipeline(pipeline, data.interactions, known, protocol=m.cut.protocol, seen=m.manifest.seen)
    queries = replace(planted.queries_from(data.interactions), exclude=asked.exclude)
    planted.replace_lists(pipeline.recommend(queries, max(m.manifest.ks)).items)


def _test_popularity(planted: Planted) -> None:
    m = planted.material
    counts = np.bincount(m.key.truth.values, minlength=len(m.cut.known))
    counts[~m.cut.known] = -1
    order = np.argsort(-counts, kind="stable")
    width = max(m.manifest.ks)
    exclude = m.cut.queries.exclude
    rows = [order[~np.isin(order, exclude.row(r))][:width] for r in range(planted.n)]
    planted.replace_lists(np.array(rows))


def _worst_first(planted: Planted) -> None:
    planted.replace_lists(planted.material.lists(VICTIM)[:, ::-1])


def _lowest_scores(planted: Planted) -> None:
    """The items that fewest people had, other ones for each user."""
    m = planted.material
    counts = np.bincount(m.cut.train.item, minlength=len(m.cut.known))
    known = np.flatnonzero(m.cut.known).astype(np.int32)
    lowest = known[np.argsort(counts[known], kind="stable")][: len(known) // 2]
    planted.replace_lists(_random(planted, lowest, seed=0))


def _random(planted: Planted, items: Ints, seed: int) -> Ints:
    """A random list for each user of these items, without those that the user had."""
    exclude, width = planted.material.cut.queries.exclude, max(planted.material.manifest.ks)
    rng = np.random.default_rng(seed)
    rows = []
    for row in range(planted.n):
        free = rng.permutation(items)
        rows.append(free[~np.isin(free, exclude.row(row))][:width])
    return np.array(rows, np.int32)


def _all_random(planted: Planted) -> None:
    """Every contender's lists are random: as where ids do not match, or the truth is shuffled."""
    known = np.flatnonzero(planted.material.cut.known).astype(np.int32)
    for seed, result in enumerate(planted.material.scored):
        planted.replace_lists(_random(planted, known, seed), result.name)


def _next_row(planted: Planted) -> None:
    lists = planted.answers_first(share=0.3)
    planted.replace_lists(np.roll(lists, 1, axis=0))


def _contender(name: str, what: str, check: str, change: Callable[[Planted], None]) -> Fault:
    return Fault(name, what, check, of_copy(change), contender=True)


def _contract(bench: Bench) -> Planted:
    planted = bench.copy()
    path = bench.honest.folder / "contenders" / VICTIM / PIPELINE
    _breaks_contract(planted, FittedPipeline.load(path, bench.honest.folder / ARRAYS))
    return planted


FAULTS = (
    _contender("seen-items", "seen items are recommended", "well-formed", _seen_items),
    _contender("copies", "items are on a list twice", "well-formed", _copies),
    _contender("unknown-items", "items are recommended that nobody had before the cut-off",
               "well-formed", _unknown_items),
    _contender("three-places", "lists end after three places", "well-formed", _three_places),
    _contender("other-lists", "the stored lists are not the scored ones", "well-formed",
               _other_stored),
    _contender("batch", "a list depends on the neighbors in the batch", "repeatable", _batch),
    Fault("unordered", "a stage's lists are not in order of their scores", "contract", _contract,
          contender=True),
    _contender("reads-truth", "a contender reads the ground truth", "too-good", _reads_truth),
    _contender("reads-half", "a contender reads half of the ground truth", "too-good",
               _reads_half),
    _contender("trained-on-test", "a model was trained on the test period too", "too-good",
               _trained_on_test),
    _contender("knows-strangers", "a fifth of the answers of users without history is known",
               "strangers", _reads_for_strangers),
    _contender("test-popularity", "the popularity of the test window is recommended",
               "test-period", _test_popularity),
    Fault("worst-first", "lists begin with the lowest score", "order", of_copy(_worst_first),
          contender=True, split="last-n:5"),
    _contender("lowest-scores", "the items with the lowest scores are recommended",
               "beats-chance", _lowest_scores),
    Fault("all-random", "no contender knows anything, as where ids do not match",
          "beats-chance", of_copy(_all_random)),
    _contender("next-row", "lists are a row off", "own-answers", _next_row),
)  # fmt: skip
