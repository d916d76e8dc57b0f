"""The tests that every candidate generator passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from pipelines.schema import NO_ITEM, Candidates, Interactions, Queries, Ragged
from pipelines.stages.contract import CandidateGenerator
from pipelines.testing.stage_data import (
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
from pipelines.testing.stages import StageTests


def assert_same(a: Candidates, b: Candidates) -> None:
    """Equal to the bit."""
    np.testing.assert_array_equal(a.items, b.items)
    np.testing.assert_array_equal(a.scores, b.scores)


class CandidateGeneratorTests(StageTests):
    """For a `CandidateGenerator`.

    class TestNewest(CandidateGeneratorTests):
        stage = Newest
    """

    stage: ClassVar[type[CandidateGenerator]]
    personal: ClassVar[bool | None] = None
    """Whether it solves the checkerboard (`test_the_checkerboard`).

    None expects it of every generator but those whose class says `answers_empty`. Say False
    for one that follows the history in another way, such as by the newest item alone.
    """

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
        assert (np.diff(none.astype(int), axis=1) >= 0).all(), "an empty place before an item"
        assert (~none).any(axis=1)[: N_USERS - 1].all(), "a request with a history got no items"

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

    def test_a_stored_stage_answers_the_same(self, tmp_path: Path) -> None:
        stage, queries = self.fitted(), all_queries(make_interactions())
        again = self.stored(stage, tmp_path)
        assert again.config == stage.config
        assert_same(again.retrieve(queries, 10), stage.retrieve(queries, 10))

    def test_fitting_again_gives_the_same(self) -> None:
        if not self.same_again():
            pytest.skip("it draws, and has no setting `seed`")
        queries = all_queries(make_interactions())
        assert_same(self.fitted().retrieve(queries, 10), self.fitted().retrieve(queries, 10))

    def test_the_moment_changes_nothing_unless_it_says_so(self) -> None:
        if self.stage.uses_moment:
            pytest.skip("it uses the moment of the request")
        stage, queries = self.fitted(), all_queries(make_interactions())
        for moment in (queries.now + self.OTHER_MOMENT, queries.now - self.OTHER_MOMENT):
            found = stage.retrieve(replace(queries, now=moment), 10)
            assert_same(found, stage.retrieve(queries, 10))

    def test_fit_leaves_its_inputs_alone(self) -> None:
        interactions, untouched = make_interactions(), make_interactions()
        self.fitted(interactions)
        for column in ("user", "item", "weight", "time"):
            np.testing.assert_array_equal(getattr(interactions, column), getattr(untouched, column))

    def test_a_request_without_history(self) -> None:
        queries = Queries.of_histories([[], [0, 1]], n_items=N_ITEMS, now=NOW)
        found = self.fitted().retrieve(queries, 5)
        assert (found.items[1] != NO_ITEM).any()
        assert bool((found.items[0] != NO_ITEM).all()) == self.stage.answers_empty
        assert bool((found.items[0] != NO_ITEM).any()) == self.stage.answers_empty

    def test_a_history_of_items_without_events(self) -> None:
        queries = Queries.of_histories([[UNSEEN]], n_items=N_ITEMS, now=NOW)
        found = self.fitted().retrieve(queries, 5)
        assert bool((found.items != NO_ITEM).any()) == self.stage.answers_empty

    def test_no_requests(self) -> None:
        found = self.fitted().retrieve(Queries.of_histories([], n_items=N_ITEMS, now=NOW), 5)
        assert found.items.shape == found.scores.shape == (0, 5)

    def test_a_visitor_without_a_number(self) -> None:
        """The history decides, not the user's number, unless `answers_new` is False."""
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
        """Users of either color have all items of their color but one: that one is proposed."""
        personal = not self.stage.answers_empty if self.personal is None else self.personal
        if not personal:
            pytest.skip("the stage does not claim to solve the checkerboard")
        n = 20
        user, item = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
        takes = (user + item) % 2 == 0
        takes &= item != user  # the one that is left has the number of its user
        rng = np.random.default_rng(2)
        u, i = user[takes], item[takes]
        time, rating = rng.permutation(len(u)), rng.integers(1, 6, len(u))
        interactions = Interactions.build(u, i, rating, time, n_users=n, n_items=n)
        stage = self.make().fit(interactions, make_catalogue(np.ones(n, bool)))
        found = stage.retrieve(queries_of(interactions, np.arange(n)), 1)
        np.testing.assert_array_equal(found.items[:, 0], np.arange(n))
