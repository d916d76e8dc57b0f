"""The tests that every adapter passes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.adapters.contract import Adapter, Capabilities, Reply, Task
from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.testing.adapter_data import task_of, world


class AdapterTests:
    """For an `Adapter`.

    Define the fixture `fresh`: an adapter that can answer `task`, not yet prepared, with
    whatever it needs in place (a server that runs, a file of lists). `task` is one of a small
    synthetic dataset; define it too where the adapter needs another.
    """

    @pytest.fixture
    def task(self, tmp_path: Path) -> Task:
        """30 users, 24 items; 5 items per user are asked for, seen items left out."""
        dataset = world()
        cut = split(dataset.interactions, "time:0.7")
        return task_of(dataset, cut, tmp_path / "contender")

    @pytest.fixture
    def fresh(self, task: Task) -> Adapter:
        """An adapter that is neither prepared nor closed: each test class defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no fixture `fresh`")

    @pytest.fixture
    def ready(self, fresh: Adapter, task: Task) -> Iterator[Adapter]:
        """The adapter, prepared; closed after the test."""
        fresh.prepare(task)
        yield fresh
        fresh.close()

    def test_it_says_what_it_is(self, fresh: Adapter) -> None:
        assert fresh.name and fresh.title
        assert fresh.kind in ("third-party", "stand-in")
        assert isinstance(fresh.capabilities, Capabilities)
        assert fresh.capabilities.user_topk
        assert fresh.longest_list is None or fresh.longest_list > 0
        assert fresh.calls == 0
        assert fresh.cost_usd == 0

    def test_every_user_gets_a_reply_in_order(self, ready: Adapter, task: Task) -> None:
        replies = ready.recommend(task, ready.k_to_ask(task))
        assert [reply.user_id for reply in replies] == task.users
        assert all(isinstance(reply, Reply) for reply in replies)
        assert [reply.error for reply in replies] == [None] * len(replies)

    def test_lists_hold_distinct_ids_and_scores_beside_them(
        self, ready: Adapter, task: Task
    ) -> None:
        for reply in ready.recommend(task, 3):
            assert 0 < len(reply.items) <= 3
            assert len(set(reply.items)) == len(reply.items)
            assert all(isinstance(item, str) for item in reply.items)
            if reply.scores is not None:
                assert len(reply.scores) == len(reply.items)
                assert all(math.isfinite(score) for score in reply.scores)
            assert reply.milliseconds is None or reply.milliseconds > 0

    def test_k_places_remain_once_seen_items_are_dropped(self, ready: Adapter, task: Task) -> None:
        replies = ready.recommend(task, ready.k_to_ask(task))
        for reply, history in zip(replies, task.histories, strict=True):
            kept = [item for item in reply.items if item not in history]
            assert len(kept) >= min(task.k, len(set(task.item_ids) - set(history)))

    def test_a_longer_list_begins_with_the_shorter_one(self, ready: Adapter, task: Task) -> None:
        short, long = ready.recommend(task, 2), ready.recommend(task, 4)
        assert [reply.items for reply in short] == [reply.items[:2] for reply in long]

    def test_a_made_up_history_is_answered_or_explained(self, ready: Adapter, task: Task) -> None:
        history = task.item_ids[:2]
        if ready.capabilities.history:
            assert ready.recommend_history(history, 3).error is None
        else:
            assert ready.why_no_history.endswith(".")
            with pytest.raises(AssayError, match=r"\.$"):
                ready.recommend_history(history, 3)

    def test_a_given_list_is_ordered_or_refused(self, ready: Adapter, task: Task) -> None:
        items = task.item_ids[:3]
        if ready.capabilities.rerank:
            reply = ready.rerank(task.users[0], items)
            assert reply.error is None
            assert sorted(reply.items) == sorted(items)
        else:
            with pytest.raises(AssayError, match=r"\.$"):
                ready.rerank(task.users[0], items)

    def test_the_meter_agrees_with_the_replies(self, ready: Adapter, task: Task) -> None:
        ready.meter.price_per_1000 = 2.0
        replies = ready.recommend(task, 3)
        timed = [r.milliseconds for r in replies if r.milliseconds is not None]
        assert sorted(timed) == sorted(ready.meter.milliseconds)
        assert ready.calls >= ready.meter.answers == len(timed)
        assert ready.cost_usd == pytest.approx(len(timed) * 2.0 / 1000)
        assert not ready.meter.errors

    def test_asked_too_early_it_says_so(self, fresh: Adapter, task: Task) -> None:
        with pytest.raises(AssayError, match="prepare"):
            fresh.recommend(task, 3)

    def test_closing_twice_is_closing_once(self, fresh: Adapter, task: Task) -> None:
        fresh.prepare(task)
        fresh.close()
        fresh.close()

    def test_it_writes_into_its_own_folder_alone(self, ready: Adapter, task: Task) -> None:
        beside = {path for path in Path(task.folder).parent.iterdir() if path != task.folder}
        ready.recommend(task, 3)
        now = {path for path in Path(task.folder).parent.iterdir() if path != task.folder}
        assert now == beside
