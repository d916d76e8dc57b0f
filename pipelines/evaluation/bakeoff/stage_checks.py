"""Whether the stages of a fitted pipeline keep their contract, looked at on a few requests.

A stage of an outside package that was never tested still answers in a bake-off. What it does
against docs/writing-a-stage.md becomes a note of its contender.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipelines.keys import among
from pipelines.recommender.pipeline import Pipeline
from pipelines.registry import called, error_text
from pipelines.schema import NO_ITEM, Candidates, Ints, Longs, Mask, Queries, Slate
from pipelines.stages.contract import CandidateGenerator, Ranker, Rule
from pipelines.stages.loading import StageKind

BREAKS = "breaks its contract"
REQUESTS = 32
"""Requests that are looked at, evenly spread over all."""
CANDIDATES = 50
"""Candidates of each request that rankers and rules are given."""
ALONE = 3
"""Requests of these that are also asked alone."""


def broken_promises(pipeline: Pipeline, queries: Queries, known: Mask) -> list[str]:
    """A sentence for each promise that a stage breaks; empty where all keep theirs.

    Outside of all that is timed. `known` (n_items,) marks the items that may be proposed.
    """
    rows = np.unique(np.linspace(0, max(0, len(queries) - 1), REQUESTS).astype(np.int64))
    some = queries.take(rows[: len(queries)])
    found: list[str] = []
    for block, generator in zip(pipeline.spec.candidates, pipeline.generators, strict=True):
        told = _tried(_of_generator(generator, some, block.k, known))
        found += _sentences("candidates", generator.name, told)
    if found or not (pipeline.rankers or pipeline.rules):
        return found  # what a generator does wrong would be told of the others again
    candidates = _first(pipeline.candidates(some, 10))
    for ranker in pipeline.rankers:
        told = _tried(_of_ranker(pipeline, ranker, some, candidates))
        found += _sentences("rankers", ranker.name, told)
    for rule in pipeline.rules:
        slate = Slate(candidates.items, candidates.scores)
        told = _tried(_of_rule(rule, some, slate, known))
        found += _sentences("rules", rule.name, told)
    return found


def _first(candidates: Candidates) -> Candidates:
    width = min(CANDIDATES, candidates.items.shape[1])
    return candidates.pick(np.tile(np.arange(width), (len(candidates), 1)))


def broken_lists(items: Ints, queries: Queries, known: Mask) -> list[str]:
    """A sentence for each kind of item that is in a final list (n, k) and may not be there."""
    return [f"A stage {BREAKS}: {one}." for one in _wrong_items(items, queries, known)]


def _sentences(kind: StageKind, name: str, told: list[str]) -> list[str]:
    return [f"{called(kind, name)} {BREAKS}: {one}." for one in dict.fromkeys(told)]


def _tried(told: Iterator[str]) -> list[str]:
    """All that is told; a stage that raises ends it with its error."""
    found: list[str] = []
    try:
        for one in told:
            found.append(one)
    except Exception as error:  # the stage is somebody's own; the bake-off goes on
        found.append(f"it raised {error_text(error)}")
    return found


def _of_generator(
    stage: CandidateGenerator, queries: Queries, k: int, known: Mask
) -> Iterator[str]:
    found = stage.retrieve(queries, k)
    wrong = _wrong_arrays(found.items, found.scores, (len(queries), k))
    if wrong:
        yield wrong
        return
    yield from _wrong_items(found.items, queries, known)
    yield from _wrong_places(found.items, found.scores)
    there = found.items[:, 1:] != NO_ITEM
    before, after = found.scores[:, :-1], found.scores[:, 1:]
    ties = (before == after) & (found.items[:, :-1] > found.items[:, 1:])
    if (there & ((after > before) | ties)).any():
        yield "its lists are not ordered by score, then item code"
    if not _equal(found, stage.retrieve(queries, k)):
        yield "asked twice, it gives different lists"
    for row in _few(len(queries)):
        alone = stage.retrieve(queries.take(np.array([row])), k)
        if not _equal(alone, Candidates(found.items[[row]], found.scores[[row]])):
            yield "a request gets another list when it is asked alone"
    now = int(queries.now.max(initial=0))
    nothing = Queries.of_histories([[]], n_items=queries.n_items, now=now)
    answered = bool((stage.retrieve(nothing, k).items != NO_ITEM).any())
    if answered and not stage.answers_empty:
        yield "it answers a request without a history, and its class has `answers_empty` False"
    if stage.answers_empty and not answered and known.any():
        yield "it does not answer a request without a history, and its class says `answers_empty`"


def _of_ranker(
    pipeline: Pipeline, stage: Ranker, queries: Queries, candidates: Candidates
) -> Iterator[str]:
    features = pipeline.features.build(queries, candidates, sources_only=stage.sources_only)
    scores = stage.score(queries, candidates, features)
    if scores.shape != candidates.items.shape or scores.dtype != np.float32:
        yield (
            f"its scores have shape {scores.shape} and type {scores.dtype}, not "
            f"{candidates.items.shape} and float32"
        )
        return
    there = candidates.items != NO_ITEM
    if not np.isfinite(scores[there]).all():
        yield "it gives candidates scores that are not finite"
    if not np.array_equal(scores[there], stage.score(queries, candidates, features)[there]):
        yield "asked twice, it gives different scores"
    for row in _few(len(queries)):
        one = queries.take(np.array([row]))
        part = Candidates(
            candidates.items[[row]],
            candidates.scores[[row]],
            candidates.sources,
            None if candidates.source_scores is None else candidates.source_scores[[row]],
            None if candidates.source_ranks is None else candidates.source_ranks[[row]],
        )
        looks = pipeline.features.build(one, part, sources_only=stage.sources_only)
        alone = stage.score(one, part, looks)[0]
        if not np.array_equal(alone[there[row]], scores[row][there[row]]):
            yield "a request's candidates get other scores when it is asked alone"


def _of_rule(stage: Rule, queries: Queries, slate: Slate, known: Mask) -> Iterator[str]:
    k = min(10, slate.items.shape[1])
    before = slate.items.copy()
    after = stage.apply(queries, slate, k)
    wrong = _wrong_arrays(after.items, after.scores, (len(queries), after.items.shape[1]))
    if wrong:
        yield wrong
        return
    if not np.array_equal(before, slate.items):
        yield "it changes the slate that it is given"
    yield from _wrong_items(after.items, queries, known)
    yield from _wrong_places(after.items, after.scores)
    if not np.array_equal(after.items, stage.apply(queries, slate, k).items):
        yield "asked twice, it gives different slates"
    had, has = _pairs(before, queries.n_items), _pairs(after.items, queries.n_items)
    recorded = {"removed": [np.zeros(0, np.int64)], "inserted": [np.zeros(0, np.int64)]}
    for change in after.changes:
        if change.action in recorded:
            recorded[change.action].append(change.rows * queries.n_items + change.items)
    gone, new = had[~among(had, has)], has[~among(has, had)]
    if not among(gone, np.concatenate(recorded["removed"])).all():
        yield "it removes items and does not record it in the slate's changes"
    if not among(new, np.concatenate(recorded["inserted"])).all():
        yield "it inserts items and does not record it in the slate's changes"


def _wrong_arrays(items: Ints, scores: np.ndarray, shape: tuple[int, int]) -> str:
    if items.shape != shape or scores.shape != shape:
        return f"its lists have shape {items.shape}, scores {scores.shape}, not {shape}"
    if items.dtype != np.int32 or scores.dtype != np.float32:
        return f"its lists are {items.dtype} and {scores.dtype}, not int32 and float32"
    return ""


def _wrong_items(items: Ints, queries: Queries, known: Mask) -> Iterator[str]:
    """Items that may not be in a list, each with how many of the lists have one."""
    there = items != NO_ITEM
    beyond = there & ((items < 0) | (items >= queries.n_items))
    if beyond.any():
        yield f"it proposes item codes that do not exist{_share(beyond)}"
        return
    unknown = there & ~known[np.maximum(items, 0)]
    if unknown.any():
        yield f"it proposes items that are not known at the cut-off{_share(unknown)}"
    n = np.int64(queries.n_items)
    rows = np.repeat(np.arange(len(queries), dtype=np.int64), queries.exclude.lengths())
    keys = np.arange(len(items), dtype=np.int64)[:, None] * n + items
    barred = there & among(keys, rows * n + queries.exclude.values)
    if barred.any():
        yield f"it proposes items that `queries.exclude` leaves out{_share(barred)}"
    ordered = np.sort(items, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != NO_ITEM)
    if twice.any():
        yield f"it proposes an item twice{_share(twice)}"


def _wrong_places(items: Ints, scores: np.ndarray) -> Iterator[str]:
    none = items == NO_ITEM
    if (none[:, :-1] & ~none[:, 1:]).any():
        yield "its lists have an empty place before an item"
    if not np.isfinite(scores[~none]).all() or not np.isneginf(scores[none]).all():
        yield "its scores are not finite for items and -inf for empty places"


def _share(wrong: Mask) -> str:
    return f" (in {int(wrong.any(axis=1).sum())} of {len(wrong)} lists looked at)"


def _equal(a: Candidates, b: Candidates) -> bool:
    return np.array_equal(a.items, b.items) and np.array_equal(a.scores, b.scores)


def _few(n: int) -> list[int]:
    """The first, the middle and the last of n rows."""
    return np.unique(np.linspace(0, n - 1, ALONE).astype(int)).tolist() if n else []


def _pairs(items: Ints, n_items: int) -> Longs:
    rows, places = np.nonzero(items != NO_ITEM)
    return rows.astype(np.int64) * n_items + items[rows, places]
