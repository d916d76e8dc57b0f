"""The fit of a pipeline: rankers on a window later than their generators', then all again.

The inner split is of the same kind as the outer one, within the training data: nothing leaks.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.split import Protocol, SeenPolicy, Split, split
from pipelines.errors import AssayError, Refused
from pipelines.keys import among
from pipelines.recommender.features.builder import FeatureBuilder
from pipelines.recommender.forecast import forecast
from pipelines.recommender.pipeline import FALLBACK_STAGE, Pipeline
from pipelines.registry import lookup
from pipelines.runtime.progress import Progress, silent
from pipelines.schema import Candidates, Catalogue, Floats, Interactions
from pipelines.stages.contract import DataShape
from pipelines.stages.kernels import best_columns
from pipelines.stages.states import state_of

if TYPE_CHECKING:
    from pipelines.recommender.stage_store import Fit, StageStore

LEARNING_REQUESTS = 8_000
"""Requests that the rankers learn from, at most."""


def fit_pipeline(
    pipeline: Pipeline,
    train: Interactions,
    catalogue: Catalogue,
    *,
    protocol: Protocol,
    seen: SeenPolicy,
    store: StageStore | None = None,
    progress: Progress = silent,
) -> Pipeline:
    """Fit all stages of `pipeline` on `train`, or take them from the `store`; returns it.

    Raises `Refused` where they would take more than this machine has.
    """
    shape = DataShape(train.n_users, int(catalogue.known.sum()), len(train))
    if refusal := forecast(pipeline.preflight(shape)).refusal:
        raise Refused(refusal)
    _Fitting(pipeline, train, catalogue, protocol, seen, store, progress).run()
    return pipeline


@dataclass(frozen=True)
class _Fitting:
    """A pipeline, what it learns from, and the store of the stages that others have fitted."""

    pipeline: Pipeline
    train: Interactions
    catalogue: Catalogue
    protocol: Protocol
    seen: SeenPolicy
    store: StageStore | None
    progress: Progress

    def run(self) -> None:
        """Fit all stages of the pipeline."""
        if self.pipeline.rankers:
            self._rankers()
        for rule in self.pipeline.rules:
            rule.fit(self.train, self.catalogue)
            state_of(rule)  # what cannot be stored is told before the longest work
        self.progress(0.6, "fitting the candidate generators on all training data")
        self._generators(self.train, self.catalogue, "outer")
        self.progress(1.0, "fitted")

    def _rankers(self) -> None:
        """Fit the rankers, or take them from another pipeline with the same candidates."""
        pipeline = self.pipeline

        def fit() -> dict[str, float]:
            self._fit_rankers()
            return dict(pipeline.fit_seconds)

        if self.store is None:
            fit()
            return
        blocks = pipeline.spec.candidates, pipeline.spec.rankers
        generators = [(s, b.k) for s, b in zip(pipeline.generators, blocks[0], strict=True)]
        rankers = [(s, b.keep) for s, b in zip(pipeline.rankers, blocks[1], strict=True)]
        pipeline.rankers = self._charged(
            self.store.rankers(generators, rankers, fit, self.catalogue.n_items)
        )

    def _fit_rankers(self) -> None:
        pipeline, progress = self.pipeline, self.progress
        inner = self._inner()
        progress(0.05, "fitting the candidate generators on the older window")
        known = self.catalogue.at(inner.known & self.catalogue.known)
        self._generators(inner.train, known, "inner")
        progress(0.4, "collecting candidates for the rankers")
        candidates = pipeline.candidates(inner.queries, 1)
        for number, (block, ranker) in enumerate(
            zip(pipeline.spec.rankers, pipeline.rankers, strict=True), 1
        ):
            progress(0.4 + 0.15 * number / len(pipeline.rankers), f"training {ranker.name}")
            began = time.perf_counter()
            features = pipeline.features.build(
                inner.queries, candidates, sources_only=ranker.sources_only
            )
            ranker.fit(inner.queries, candidates, features, _labels(candidates, inner))
            if number < len(pipeline.rankers):
                scores = ranker.score(inner.queries, candidates, features)
                columns = best_columns(scores, candidates.items, block.keep)
                candidates = candidates.pick(columns)
            pipeline.fit_seconds[f"{ranker.name} {number}"] = time.perf_counter() - began

    def _inner(self) -> Split:
        """The split within the training data whose truth the rankers learn from."""
        try:
            return split(
                self.train, self.protocol.inner, seen=self.seen, eval_users=LEARNING_REQUESTS
            )
        except AssayError as error:
            raise AssayError(
                f"There is no training window for the rankers: {error} "
                "Alternatively, use a spec without rankers, such as popular or als."
            ) from None

    def _generators(self, train: Interactions, catalogue: Catalogue, window: str) -> None:
        """Fit the generators, what continues short lists, and the rankers' features."""
        pipeline = self.pipeline
        for at, (name, generator) in enumerate(
            zip(pipeline.spec.source_names(), pipeline.generators, strict=True)
        ):
            label = f"{name} ({window})"
            if self.store is None:
                began = time.perf_counter()
                generator.fit(train, catalogue)
                pipeline.fit_seconds[label] = time.perf_counter() - began
            else:
                fit = self.store.generator(generator, train, catalogue, window, label)
                pipeline.generators[at] = self._charged(fit)
        began = time.perf_counter()
        showable = catalogue.known.copy()
        for allowed in pipeline.filters():
            showable &= allowed
        fallback = lookup("candidates", FALLBACK_STAGE)()
        pipeline.fallback = fallback.fit(train, catalogue.at(showable))
        if pipeline.rankers:
            pipeline.features = FeatureBuilder().fit(train, catalogue)
            pipeline.fit_seconds[f"features ({window})"] = time.perf_counter() - began

    def _charged(self, fit: Fit) -> Any:
        """What the store fitted or had; its seconds and its memory count as this pipeline's."""
        self.pipeline.fit_seconds |= fit.seconds
        self.pipeline.fit_peak_mb = max(self.pipeline.fit_peak_mb, fit.peak_mb)
        return fit.fitted


def _labels(candidates: Candidates, inner: Split) -> Floats:
    """1 where a candidate is in the request's truth, (n, k) float32."""
    n_items = inner.queries.n_items
    rows = np.repeat(np.arange(len(inner.truth), dtype=np.int64), inner.truth.lengths())
    taken = rows * n_items + inner.truth.values
    asked = np.arange(len(candidates), dtype=np.int64)[:, None] * n_items + candidates.items
    return (among(asked, taken) & (candidates.items >= 0)).astype(np.float32)
