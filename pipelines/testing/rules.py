"""The tests that every rule passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from pipelines.schema import NO_ITEM, Queries, Slate
from pipelines.stages.contract import Rule
from pipelines.testing.stage_data import (
    N_USERS,
    all_queries,
    known_items,
    make_catalogue,
    make_interactions,
)
from pipelines.testing.stages import StageTests


class RuleTests(StageTests):
    """For a `Rule`."""

    stage: ClassVar[type[Rule]]
    k: ClassVar[int] = 6
    """The places that are shown."""

    def fitted(self, *, bare: bool = False) -> Rule:
        catalogue = make_catalogue(known_items(), bare=bare)
        return self.make().fit(make_interactions(), catalogue)

    def slate(self, width: int = 10) -> tuple[Queries, Slate]:
        """Requests, and slates of different lengths: some empty, best first, no seen items."""
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
        assert (np.diff(none.astype(int), axis=1) >= 0).all(), "an empty place before an item"
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

    def test_the_moment_changes_nothing_unless_it_says_so(self) -> None:
        if self.stage.uses_moment:
            pytest.skip("it uses the moment of the request")
        stage, (queries, slate) = self.fitted(), self.slate()
        expected = stage.apply(queries, slate, self.k)
        for moment in (queries.now + self.OTHER_MOMENT, queries.now - self.OTHER_MOMENT):
            found = stage.apply(replace(queries, now=moment), slate, self.k)
            np.testing.assert_array_equal(found.items, expected.items)

    def test_a_stored_rule_does_the_same(self, tmp_path: Path) -> None:
        stage, (queries, slate) = self.fitted(), self.slate()
        again = self.stored(stage, tmp_path).apply(queries, slate, self.k)
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
