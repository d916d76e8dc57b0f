"""The tests that every ranker passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from pipelines.schema import NO_ITEM, Candidates, Features, Floats, Queries
from pipelines.stages.contract import Ranker
from pipelines.testing.stage_data import N_ITEMS, N_USERS, NOW, all_queries, make_interactions
from pipelines.testing.stages import StageTests


class RankerTests(StageTests):
    """For a `Ranker`."""

    stage: ClassVar[type[Ranker]]

    def inputs(self) -> tuple[Queries, Candidates, Features, Floats]:
        """Requests, twelve candidates each (the last of some missing), features, labels."""
        rng = np.random.default_rng(3)
        queries = all_queries(make_interactions())
        items = np.stack([rng.permutation(N_ITEMS)[:12] for _ in range(N_USERS)]).astype(np.int32)
        items[::3, 10:] = NO_ITEM
        none = items == NO_ITEM
        scores = -np.sort(-rng.normal(size=items.shape).astype(np.float32), axis=1)
        values = rng.normal(size=(*items.shape, 4)).astype(np.float32)
        values[rng.random(values.shape) < 0.1] = np.nan
        values[none] = np.nan
        labels = ((rng.random(items.shape) < 0.2) & ~none).astype(np.float32)
        names = ("a_score", "a_rank", "b_score", "b_rank")
        candidates = Candidates(items, np.where(none, -np.inf, scores).astype(np.float32))
        return queries, candidates, Features(values, names), labels

    def fitted(self) -> Ranker:
        return self.make().fit(*self.inputs())

    def test_shapes_and_types(self) -> None:
        queries, candidates, features, _ = self.inputs()
        scores = self.fitted().score(queries, candidates, features)
        assert scores.shape == candidates.items.shape
        assert scores.dtype == np.float32
        assert np.isfinite(scores[candidates.items != NO_ITEM]).all()

    def test_a_batch_scores_as_one_by_one(self) -> None:
        stage, (queries, candidates, features, _) = self.fitted(), self.inputs()
        together = stage.score(queries, candidates, features)
        every = np.arange(candidates.items.shape[1])[None]
        for r in range(len(queries)):
            row = Candidates(candidates.items[[r]], candidates.scores[[r]])
            alone = Features(features.values[[r]], features.names)
            scores = stage.score(queries.take(np.array([r])), row.pick(every), alone)
            there = row.items != NO_ITEM
            np.testing.assert_array_equal(scores[there], together[[r]][there])

    def test_a_candidate_is_scored_by_itself(self) -> None:
        stage, (queries, candidates, features, _) = self.fitted(), self.inputs()
        half = np.tile(np.arange(6), (len(queries), 1))
        whole = stage.score(queries, candidates, features)
        part = stage.score(queries, candidates.pick(half), features.pick(half))
        np.testing.assert_array_equal(part, whole[:, :6])

    def test_a_stored_stage_scores_the_same(self, tmp_path: Path) -> None:
        stage, inputs = self.fitted(), self.inputs()[:3]
        again = self.stored(stage, tmp_path)
        assert again.config == stage.config
        np.testing.assert_array_equal(again.score(*inputs), stage.score(*inputs))

    def test_fitting_again_gives_the_same(self) -> None:
        if not self.same_again():
            pytest.skip("it draws, and has no setting `seed`")
        inputs = self.inputs()[:3]
        np.testing.assert_array_equal(self.fitted().score(*inputs), self.fitted().score(*inputs))

    def test_the_moment_changes_nothing_unless_it_says_so(self) -> None:
        if self.stage.uses_moment:
            pytest.skip("it uses the moment of the request")
        queries, candidates, features, labels = self.inputs()
        if not self.stage.sources_only:  # it is given features of recency, which decide here
            features = _with_recency(features, labels)
        stage = self.make().fit(queries, candidates, features, labels)
        expected = stage.score(queries, candidates, features)
        for seconds in (self.OTHER_MOMENT, -self.OTHER_MOMENT):
            turned = replace(queries, now=queries.now + seconds)
            values = features.values.copy()
            if not self.stage.sources_only:
                values[:, :, -1] = -values[:, :, -1]
            found = stage.score(turned, candidates, Features(values, features.names))
            np.testing.assert_array_equal(found, expected)

    def test_unknown_users_and_empty_histories(self) -> None:
        stage, (_, candidates, features, _) = self.fitted(), self.inputs()
        empty = Queries.of_histories([[]] * len(candidates), n_items=N_ITEMS, now=NOW)
        scores = stage.score(empty, candidates, features)
        assert np.isfinite(scores[candidates.items != NO_ITEM]).all()

    def test_no_requests(self) -> None:
        stage, (queries, candidates, features, _) = self.fitted(), self.inputs()
        none = Candidates(candidates.items[:0], candidates.scores[:0])
        nothing = Features(features.values[:0], features.names)
        scores = stage.score(queries.take(np.arange(0)), none, nothing)
        assert scores.shape == (0, candidates.items.shape[1])


def _with_recency(features: Features, labels: Floats) -> Features:
    """The features and one more, of the moment, that tells the labels."""
    values = np.concatenate([features.values, 2 * labels[:, :, None] - 1], axis=2)
    return Features(values, (*features.names, "days_since_last"))
