"""What every stage must do, to be inherited by its own test.

    class TestEase(CandidateGeneratorTests):
        stage = Ease

`settings` are those of the stage's config under which it is tested.
"""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from pydantic import ValidationError

from pipelines.schema import (
    NO_ITEM,
    Candidates,
    Features,
    Floats,
    Interactions,
    Queries,
    Ragged,
    Slate,
)
from pipelines.stages.contract import CandidateGenerator, DataShape, Ranker, Rule, Stage
from tests.made_up import (
    N_ITEMS,
    N_USERS,
    NOW,
    UNKNOWN,
    UNSEEN,
    all_queries,
    known_items,
    make_catalogue,
    make_interactions,
    queries_of,
)


def assert_same(a: Candidates, b: Candidates) -> None:
    """Equal to the bit."""
    np.testing.assert_array_equal(a.items, b.items)
    np.testing.assert_array_equal(a.scores, b.scores)


class StageTests:
    """What candidate generators, rankers and rules share."""

    stage: ClassVar[type[Stage]]
    settings: ClassVar[dict[str, Any]] = {}

    def make(self) -> Any:
        return self.stage(self.stage.Config(**self.settings))

    def test_it_has_a_name_and_a_title(self) -> None:
        assert self.stage.name and self.stage.name == self.stage.name.lower()
        assert self.stage.title

    def test_the_config_is_frozen_and_refuses_unknown_settings(self) -> None:
        with pytest.raises(ValidationError):
            self.stage.Config(**{**self.settings, "no_such_setting": 1})
        assert self.stage.Config.model_config["frozen"]

    def test_settings_have_defaults_and_descriptions(self) -> None:
        assert self.stage().config == self.stage.Config()
        for name, field in self.stage.Config.model_fields.items():
            assert field.description, f"the setting {name} has no description"

    def test_the_estimate_is_finite(self) -> None:
        for shape in (DataShape(1, 1, 1), DataShape(671, 9066, 100_004), DataShape(0, 0, 0)):
            found = self.make().estimate(shape)
            assert 0 <= found.seconds < np.inf
            assert 0 <= found.megabytes < np.inf
            assert found.refusal is None


class CandidateGeneratorTests(StageTests):
    """For a `CandidateGenerator`."""

    stage: ClassVar[type[CandidateGenerator]]
    answers_empty: ClassVar[bool] = False
    """Whether a request without any history gets items."""
    personal: ClassVar[bool] = True
    """Whether the answer follows the history closely enough to solve the checkerboard."""

    def fitted(self, interactions: Interactions | None = None) -> CandidateGenerator:
        interactions = make_interactions() if interactions is None else interactions
        return self.make().fit(interactions, make_catalogue(known_items()))

    def test_shapes_types_and_padding(self) -> None:
        interactions = make_interactions()
        k = N_ITEMS + 7
        found = self.fitted().retrieve(all_queries(interactions), k)
        assert found.items.shape == found.scores.shape == (N_USERS, k)
        assert found.items.dtype == np.int32
        assert found.scores.dtype == np.float32
        none = found.items == NO_ITEM
        assert np.array_equal(none, np.isneginf(found.scores))
        assert np.isfinite(found.scores[~none]).all()
        assert (np.diff(none.astype(int), axis=1) >= 0).all(), "items stand behind a gap"
        assert (~none).any(axis=1)[: N_USERS - 1].all(), "a request with a history got nothing"

    def test_order_is_by_score_then_code(self) -> None:
        found = self.fitted().retrieve(all_queries(make_interactions()), N_ITEMS)
        for items, scores in zip(found.items, found.scores, strict=True):
            there = items != NO_ITEM
            order = np.lexsort((items[there], -scores[there]))
            assert np.array_equal(order, np.arange(there.sum()))

    def test_leaves_out_what_must_not_be_proposed(self) -> None:
        queries = all_queries(make_interactions())
        found = self.fitted().retrieve(queries, N_ITEMS)
        for r, items in enumerate(found.items):
            proposed = items[items != NO_ITEM]
            assert len(np.unique(proposed)) == len(proposed)
            assert UNKNOWN not in proposed
            assert not np.isin(proposed, queries.exclude.row(r)).any()

    def test_leaves_out_only_what_it_is_told_to(self) -> None:
        queries = all_queries(make_interactions())
        free = replace(queries, exclude=Ragged.empty(len(queries)))
        found = self.fitted().retrieve(free, N_ITEMS)
        seen = [np.isin(found.items[r], queries.history.row(r)).any() for r in range(len(queries))]
        assert any(seen)

    def test_a_batch_answers_as_one_by_one(self) -> None:
        stage, queries = self.fitted(), all_queries(make_interactions())
        together = stage.retrieve(queries, 8)
        for r in range(len(queries)):
            alone = stage.retrieve(queries.take(np.array([r])), 8)
            assert_same(alone, Candidates(together.items[[r]], together.scores[[r]]))
        back = np.arange(len(queries))[::-1]
        reversed_ = stage.retrieve(queries.take(back), 8)
        assert_same(reversed_, Candidates(together.items[back], together.scores[back]))

    def test_fewer_are_the_first_of_more(self) -> None:
        stage, queries = self.fitted(), all_queries(make_interactions())
        many = stage.retrieve(queries, 20)
        assert_same(stage.retrieve(queries, 5), Candidates(many.items[:, :5], many.scores[:, :5]))

    def test_a_pickled_stage_answers_the_same(self) -> None:
        stage, queries = self.fitted(), all_queries(make_interactions())
        again = pickle.loads(pickle.dumps(stage))
        assert again.config == stage.config
        assert_same(again.retrieve(queries, 10), stage.retrieve(queries, 10))

    def test_fitting_again_gives_the_same(self) -> None:
        queries = all_queries(make_interactions())
        assert_same(self.fitted().retrieve(queries, 10), self.fitted().retrieve(queries, 10))

    def test_fit_leaves_its_inputs_alone(self) -> None:
        interactions, untouched = make_interactions(), make_interactions()
        self.fitted(interactions)
        for column in ("user", "item", "weight", "time"):
            np.testing.assert_array_equal(getattr(interactions, column), getattr(untouched, column))

    def test_a_request_without_history(self) -> None:
        queries = Queries.of_histories([[], [0, 1]], n_items=N_ITEMS, now=NOW)
        found = self.fitted().retrieve(queries, 5)
        assert (found.items[1] != NO_ITEM).any()
        assert bool((found.items[0] != NO_ITEM).all()) == self.answers_empty
        assert bool((found.items[0] != NO_ITEM).any()) == self.answers_empty

    def test_a_history_of_items_without_events(self) -> None:
        queries = Queries.of_histories([[UNSEEN]], n_items=N_ITEMS, now=NOW)
        found = self.fitted().retrieve(queries, 5)
        assert bool((found.items != NO_ITEM).any()) == self.answers_empty

    def test_no_requests(self) -> None:
        found = self.fitted().retrieve(Queries.of_histories([], n_items=N_ITEMS, now=NOW), 5)
        assert found.items.shape == found.scores.shape == (0, 5)

    def test_a_visitor_without_a_number(self) -> None:
        """The history speaks, not the number, unless the stage says otherwise."""
        stage, queries = self.fitted(), all_queries(make_interactions())
        nobody = replace(queries, user=np.full(len(queries), -1, np.int32))
        found = stage.retrieve(nobody, 10)
        assert (found.items[: N_USERS - 1, 0] != NO_ITEM).all()
        if stage.answers_new:
            assert_same(found, stage.retrieve(queries, 10))

    def test_a_user_who_came_after_the_fit(self) -> None:
        queries = all_queries(make_interactions())
        later = replace(queries, user=queries.user + N_USERS)
        assert (self.fitted().retrieve(later, 10).items[: N_USERS - 1, 0] != NO_ITEM).all()

    def test_a_catalogue_of_one_item(self) -> None:
        interactions = Interactions.build(
            [0, 1, 2, 3], [0, 0, 0, 0], [1, 2, 3, 4], [1, 2, 3, 4], n_users=4, n_items=1
        )
        stage = self.make().fit(interactions, make_catalogue(np.ones(1, bool)))
        for exclude_seen in (True, False):
            queries = Queries.of_histories([[0], []], n_items=1, now=9, exclude_seen=exclude_seen)
            found = stage.retrieve(queries, 3)
            assert found.items.shape == (2, 3)
            assert np.isin(found.items[:, 0], (0, NO_ITEM)).all()
            assert (found.items[:, 1:] == NO_ITEM).all()
            if exclude_seen:
                assert found.items[0, 0] == NO_ITEM

    def test_the_checkerboard(self) -> None:
        """People of either color take up items of their color: one is left to propose."""
        if not self.personal:
            pytest.skip("does not follow the history")
        n = 20
        user, item = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
        takes = (user + item) % 2 == 0
        takes &= item != user  # each leaves out one item of their color: their own number
        rng = np.random.default_rng(2)
        u, i = user[takes], item[takes]
        time, rating = rng.permutation(len(u)), rng.integers(1, 6, len(u))
        interactions = Interactions.build(u, i, rating, time, n_users=n, n_items=n)
        stage = self.make().fit(interactions, make_catalogue(np.ones(n, bool)))
        found = stage.retrieve(queries_of(interactions, np.arange(n)), 1)
        np.testing.assert_array_equal(found.items[:, 0], np.arange(n))


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

    def test_a_pickled_stage_scores_the_same(self) -> None:
        stage, inputs = self.fitted(), self.inputs()[:3]
        again = pickle.loads(pickle.dumps(stage))
        assert again.config == stage.config
        np.testing.assert_array_equal(again.score(*inputs), stage.score(*inputs))

    def test_fitting_again_gives_the_same(self) -> None:
        inputs = self.inputs()[:3]
        np.testing.assert_array_equal(self.fitted().score(*inputs), self.fitted().score(*inputs))

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


class RuleTests(StageTests):
    """For a `Rule`."""

    stage: ClassVar[type[Rule]]
    k: ClassVar[int] = 6

    def fitted(self, *, bare: bool = False) -> Rule:
        catalogue = make_catalogue(known_items(), bare=bare)
        return self.make().fit(make_interactions(), catalogue)

    def slate(self, width: int = 10) -> tuple[Queries, Slate]:
        """Slates of different lengths, some empty, best first, without seen items."""
        rng = np.random.default_rng(4)
        queries = all_queries(make_interactions())
        items = np.full((N_USERS, width), NO_ITEM, np.int32)
        for r in range(N_USERS):
            free = np.setdiff1d(np.flatnonzero(known_items()), queries.exclude.row(r))
            length = min(len(free), width if r % 3 else int(rng.integers(0, width + 1)))
            items[r, :length] = rng.permutation(free)[:length]
        scores = -np.sort(-rng.random(items.shape).astype(np.float32), axis=1)
        scores[items == NO_ITEM] = -np.inf
        return queries, Slate(items, scores)

    def test_shapes_types_and_padding(self) -> None:
        queries, slate = self.slate()
        after = self.fitted().apply(queries, slate, self.k)
        assert after.items.shape == after.scores.shape
        assert len(after) == len(slate)
        assert after.items.shape[1] >= slate.items.shape[1]
        assert after.items.dtype == np.int32
        assert after.scores.dtype == np.float32
        none = after.items == NO_ITEM
        assert np.array_equal(none, np.isneginf(after.scores))
        assert (np.diff(none.astype(int), axis=1) >= 0).all(), "items stand behind a gap"
        for items in after.items:
            there = items[items != NO_ITEM]
            assert len(np.unique(there)) == len(there)

    def test_what_left_and_what_came_is_recorded(self) -> None:
        queries, slate = self.slate()
        after = self.fitted().apply(queries, slate, self.k)
        recorded: dict[str, set[tuple[int, int]]] = {"removed": set(), "inserted": set()}
        recorded["moved"] = set()
        for change in after.changes:
            assert change.rule == self.stage.name
            assert change.reason
            assert len(change.rows) == len(change.items) > 0
            pairs = zip(change.rows.tolist(), change.items.tolist(), strict=True)
            recorded[change.action] |= set(pairs)
        before, now = self._pairs(slate), self._pairs(after)
        assert recorded["removed"] == before - now
        assert recorded["inserted"] == now - before
        assert recorded["moved"] <= before & now

    @staticmethod
    def _pairs(slate: Slate) -> set[tuple[int, int]]:
        rows, columns = np.nonzero(slate.items != NO_ITEM)
        return set(zip(rows.tolist(), slate.items[rows, columns].tolist(), strict=True))

    def test_the_order_changes_only_for_a_reason(self) -> None:
        queries, slate = self.slate()
        after = self.fitted().apply(queries, slate, self.k)
        touched = {
            (int(r), int(i)) for c in after.changes for r, i in zip(c.rows, c.items, strict=True)
        }
        for r in range(len(slate)):
            left = [
                [i for i in x if i >= 0 and (r, int(i)) not in touched]
                for x in (slate.items[r], after.items[r])
            ]
            assert left[0] == left[1]

    def test_earlier_changes_are_kept(self) -> None:
        queries, slate = self.slate()
        stage = self.fitted()
        once = stage.apply(queries, slate, self.k)
        twice = stage.apply(queries, once, self.k)
        assert twice.changes[: len(once.changes)] == once.changes

    def test_a_batch_is_treated_as_one_by_one(self) -> None:
        stage, (queries, slate) = self.fitted(), self.slate()
        together = stage.apply(queries, slate, self.k)
        for r in range(len(slate)):
            one = Slate(slate.items[[r]], slate.scores[[r]])
            alone = stage.apply(queries.take(np.array([r])), one, self.k)
            np.testing.assert_array_equal(alone.items[0], together.items[r])
            np.testing.assert_array_equal(alone.scores[0], together.scores[r])

    def test_a_pickled_rule_does_the_same(self) -> None:
        stage, (queries, slate) = self.fitted(), self.slate()
        again = pickle.loads(pickle.dumps(stage)).apply(queries, slate, self.k)
        np.testing.assert_array_equal(again.items, stage.apply(queries, slate, self.k).items)

    def test_the_slate_given_is_left_alone(self) -> None:
        queries, slate = self.slate()
        before = slate.items.copy(), slate.scores.copy()
        self.fitted().apply(queries, slate, self.k)
        np.testing.assert_array_equal(slate.items, before[0])
        np.testing.assert_array_equal(slate.scores, before[1])

    def test_short_slates_and_bare_catalogues(self) -> None:
        stage = self.fitted(bare=True)
        for width in (0, 1, self.k - 1):
            queries, slate = self.slate(width)
            after = stage.apply(queries, slate, self.k)
            assert len(after) == len(slate)
