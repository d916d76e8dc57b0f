"""The doors, and the adapter that the documentation shows."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.adapters.contract import Adapter, Task, lists_for
from pipelines.adapters.exported.adapter import Exported
from pipelines.testing import AdapterTests
from pipelines.testing.vendor import Answer, Received, Vendor

GUIDE = Path(__file__).parents[2] / "docs" / "writing-an-adapter.md"


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


class TestTheGuidesExample(AdapterTests):
    """The code in docs/writing-an-adapter.md, as it stands there."""

    @pytest.fixture
    def fresh(
        self, vendor: Callable[[Callable[[Received], Answer]], Vendor], task: Task
    ) -> Adapter:
        def respond(asked: Received) -> Answer:
            found = re.fullmatch(r"/top\?user=(\w+)&n=(\d+)", asked.path)
            assert found is not None
            return Answer({"items": task.item_ids[: int(found[2])]})

        blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
        names: dict[str, type[Adapter]] = {}
        exec(blocks[0], names)
        return names["House"](vendor(respond).address.removeprefix("http://"))
