"""From a spec to a pipeline: retrieve → light rank → heavy rank → rules.

`Pipeline.run` answers requests and keeps what happened on the way. The bake-off, the app and
the command line ask through `FittedPipeline.run`, which adds the manifest's rules; a study,
which has none, asks `Pipeline.recommend`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pipelines.recommender.features.builder import FeatureBuilder
from pipelines.recommender.merge import check_usable, fill_up, merge
from pipelines.recommender.spec import Spec
from pipelines.registry import lookup, running
from pipelines.schema import (
    Candidates,
    Change,
    Longs,
    Mask,
    Queries,
    Slate,
)
from pipelines.stages.contract import (
    CandidateGenerator,
    DataShape,
    Estimate,
    Filter,
    Ranker,
    Rule,
    Stage,
)
from pipelines.stages.kernels import best_columns
from pipelines.stages.seeding import FIRST_DRAW, Draw
from pipelines.stages.states import restored, state_of

CHUNK = 256
"""Requests answered at once: bounds the memory of features, (256, 500, 30) float32 = 15 MB."""
FALLBACK_STAGE = "popular"
FALLBACK = "popular (fallback)"


@dataclass
class Step:
    """The lists after one step, `items` (n, k) int32 best first, and its seconds."""

    stage: str
    items: np.ndarray
    seconds: float


@dataclass
class Journey:
    """Everything on the way to a slate."""

    candidates: Candidates
    slate: Slate
    steps: list[Step] = field(default_factory=list)


class Pipeline:
    """The stages of a spec, fitted together (see `fitting`); `draw` seeds those that draw."""

    fallback: CandidateGenerator
    """Continues lists that come out too short."""
    features: FeatureBuilder
    """What the rankers look at; only where there are rankers."""

    def __init__(self, spec: Spec, draw: Draw = FIRST_DRAW) -> None:
        self.spec, self.draw = spec, draw
        self.generators: list[CandidateGenerator] = spec.stages("candidates", draw)
        self.rankers: list[Ranker] = spec.stages("rankers", draw)
        self.rules: list[Rule] = spec.stages("rules", draw)
        self.fit_seconds: dict[str, float] = {}
        self.fit_peak_mb = 0.0
        """The largest memory, MB, of the process that fitted the rankers; 0 without a store."""

    def preflight(self, shape: DataShape) -> list[tuple[str, Estimate]]:
        """What each stage's fit would take; models behind rankers are fitted twice."""
        times = 2 if self.rankers else 1
        found = []
        for name, generator in zip(self.spec.source_names(), self.generators, strict=True):
            one = _estimate(generator, shape)
            found.append((name, Estimate(one.seconds * times, one.megabytes, one.refusal)))
        for ranker in self.rankers:
            found.append((ranker.name, _estimate(ranker, shape)))
        return found

    def state(self) -> dict[str, Any]:
        """The fitted pipeline as plain values, for a file."""
        return {
            "spec": self.spec.document(),
            "draw": self.draw,
            "fit_seconds": self.fit_seconds,
            "fit_peak_mb": self.fit_peak_mb,
            "stages": [state_of(stage) for stage in self.stages],
            "fallback": state_of(self.fallback),
            "features": self.features.state() if self.rankers else None,
        }

    @staticmethod
    def restored(state: dict[str, Any]) -> Pipeline:
        """The pipeline that gave a `state`; its spec's stages are looked up by name."""
        seed, number = state["draw"]
        found = Pipeline(Spec.of(state["spec"]), (int(seed), int(number)))
        found.fit_seconds, found.fit_peak_mb = state["fit_seconds"], state["fit_peak_mb"]
        for stage, learned in zip(found.stages, state["stages"], strict=True):
            restored(stage, learned)
        found.fallback = restored(lookup("candidates", FALLBACK_STAGE)(), state["fallback"])
        if state["features"] is not None:
            found.features = FeatureBuilder.restored(state["features"])
        return found

    @property
    def stages(self) -> list[Stage]:
        """All stages of the spec, in the order in which they work."""
        return [*self.generators, *self.rankers, *self.rules]

    def recommend(self, queries: Queries, k: int) -> Slate:
        """The k items (n, k) for each request, after all rankers and the spec's rules."""
        return in_chunks(queries, lambda part: self.run(part, k).slate)

    def warm(self, queries: Queries, k: int) -> None:
        """Do once what the first request would wait for.

        Stages compute what they derive from their fit; answering `queries`, made-up ones with
        and without a history, loads the compiled kernels.
        """
        for stage in (*self.stages, self.fallback):
            stage.warm()
        for row in range(len(queries)):
            self.run(queries.take(np.array([row])), k)

    def run(self, queries: Queries, k: int) -> Journey:
        """Answer requests and keep what happened on the way."""
        began = time.perf_counter()
        candidates = self.candidates(queries, k)
        steps = [Step("candidates", candidates.items, time.perf_counter() - began)]
        ranked = candidates
        for at, (block, ranker) in enumerate(zip(self.spec.rankers, self.rankers, strict=True)):
            began = time.perf_counter()
            features = self.features.build(queries, ranked, sources_only=ranker.sources_only)
            scores = ranker.score(queries, ranked, features)
            last = at == len(self.rankers) - 1
            columns = best_columns(scores, ranked.items, max(k, block.keep))
            kept = np.take_along_axis(scores, np.maximum(columns, 0), axis=1)
            # Only the last ranker's scores are shown; those before it leave the scores alone.
            ranked = ranked.pick(columns, kept if last else None)
            steps.append(Step(ranker.name, ranked.items, time.perf_counter() - began))
        slate = Slate(ranked.items, ranked.scores)
        for rule in self.rules:
            began = time.perf_counter()
            slate = rule.apply(queries, slate, k)
            steps.append(Step(rule.name, slate.items, time.perf_counter() - began))
        return Journey(candidates, slate.cut(k), steps)

    def candidates(self, queries: Queries, k: int) -> Candidates:
        """The merged candidates of each request, filled up to k with popular items."""
        parts = [
            generator.retrieve(queries, max(k, block.k))
            for block, generator in zip(self.spec.candidates, self.generators, strict=True)
        ]
        for part, generator in zip(parts, self.generators, strict=True):
            check_usable(part, generator.name, len(queries), queries.n_items)
        found = merge(parts, self.spec.source_names())
        found = self._filtered(found)
        return fill_up(found, self.fallback, queries, k)

    def _filtered(self, candidates: Candidates) -> Candidates:
        """Without what the hard filters take out: they run before the first ranker."""
        for allowed in self.filters():
            barred = ~allowed[np.maximum(candidates.items, 0)] & (candidates.items >= 0)
            if barred.any():
                columns = np.where(barred, -1, np.arange(candidates.items.shape[1]))
                order = np.argsort(columns < 0, axis=1, kind="stable")
                candidates = candidates.pick(np.take_along_axis(columns, order, axis=1))
        return candidates

    def filters(self) -> list[Mask]:
        """What each hard filter lets through, (n_items,); none while the rankers learn.

        What is unavailable now was available at the time of the older window.
        """
        rules = [rule for rule in self.rules if isinstance(rule, Filter)]
        return [rule.allowed_ for rule in rules if hasattr(rule, "allowed_")]


def _estimate(stage: CandidateGenerator | Ranker, shape: DataShape) -> Estimate:
    with running(f"The stage {stage.name}", "estimate its fit"):
        return stage.estimate(shape)


def chunks(queries: Queries) -> Iterator[tuple[Longs, Queries]]:
    """Row numbers and requests, `CHUNK` at a time; one empty chunk where there are none."""
    if len(queries) <= CHUNK:
        yield np.arange(len(queries)), queries
        return
    for start in range(0, len(queries), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(queries)))
        yield rows, queries.take(rows)


def in_chunks(queries: Queries, answer: Callable[[Queries], Slate]) -> Slate:
    """The answers to `CHUNK` requests at a time, one below the other."""
    slates: list[Slate] = []
    changes: list[Change] = []
    for rows, part in chunks(queries):
        slate = answer(part)
        slates.append(slate)
        changes += [replace(change, rows=rows[change.rows]) for change in slate.changes]
    if len(slates) == 1:
        return slates[0]
    items = np.concatenate([s.items for s in slates])
    return Slate(items, np.concatenate([s.scores for s in slates]), tuple(changes))
