"""How many items a third party is asked for, and the order of its replies."""

from dataclasses import replace

import pytest

from pipelines.adapters.contract import Task, lists_for
from pipelines.adapters.exported.adapter import Exported


def test_room_for_seen_items_is_asked_for(task: Task) -> None:
    three = replace(
        task,
        users=["a", "b", "c"],
        histories=[["x"], ["x", "y", "y", "z"], []],
        now=task.now[:3],
        k=10,
    )
    assert three.reach == 14
    assert three.lengths(14) == [11, 13, 10]
    assert three.lengths(10) == [10, 10, 10]
    assert three.lengths(12) == [11, 12, 10], "a vendor's maximum cuts the longest"
    assert three.lengths(20) == [17, 19, 16], "what is asked for beyond the reach stays"
    kept = replace(three, seen="keep")
    assert kept.reach == 10
    assert kept.lengths(10) == [10, 10, 10]


def test_the_vendors_maximum_bounds_what_is_asked(task: Task) -> None:
    adapter = Exported("lists.csv")
    assert adapter.k_to_ask(task) == task.reach
    adapter.longest_list = 6  # type: ignore[misc]
    assert adapter.k_to_ask(task) == 6


@pytest.mark.parametrize("workers", [1, 4])
def test_replies_keep_the_users_order(workers: int, task: Task) -> None:
    from pipelines.adapters.contract import Reply

    replies = lists_for(task, 5, lambda user, k: Reply.failed(user, str(k)), workers)
    assert [reply.user_id for reply in replies] == task.users
