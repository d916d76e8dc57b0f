"""Each oddity of a third party's replies has its stated treatment, and is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipelines.adapters.contract import Reply
from pipelines.data.split import Protocol
from pipelines.evaluation.bakeoff.answers import (
    REPEATED,
    SEEN,
    Read,
    nothing_left,
    read_replies,
)
from pipelines.evaluation.bakeoff.task import ContenderTask
from pipelines.schema import Interactions, Queries, Ragged, Vocabulary
from pipelines.testing.datasets import dataset

DATA = dataset(n_users=3, n_items=8, events=3)
USERS = ["u000", "u001", "u002"]
HAD = [[0, 1], [2], []]
UNKNOWN_AT_THE_CUT = 7


def task(seen: str = "exclude") -> ContenderTask:
    history = Ragged.of(HAD)
    known = np.ones(8, bool)
    known[UNKNOWN_AT_THE_CUT] = False
    queries = Queries(
        np.arange(3, dtype=np.int32),
        history,
        np.ones(3, np.float32),
        np.zeros(3, np.int64),
        np.full(3, 9, np.int64),
        history if seen == "exclude" else Ragged.empty(3),
        8,
    )
    train = Interactions.build([0], [0], n_users=3, n_items=8)
    return ContenderTask(
        dataset=DATA.name,
        data_key="key",
        protocol=Protocol.parse("last-n:1"),
        seen=seen,
        cutoff=None,
        train=train,
        past=train,
        catalogue=DATA.catalogue.at(known),
        users=DATA.users,
        queries=queries,
        length=3,
        rules=(),
        seed=0,
    )


def reply(user: str, *items: int, **changes) -> Reply:
    given = {"scores": None, "error": None, "milliseconds": 2.0} | changes
    return Reply(user, tuple(f"i{i:03d}" for i in items), **given)


def read(*replies: Reply, seen: str = "exclude") -> Read:
    return read_replies(list(replies), USERS, task(seen), 3)


def test_lists_stand_in_the_order_asked_whatever_the_order_answered() -> None:
    found = read(reply("u002", 4, 5, 6), reply("u000", 2, 3, 4), reply("u001", 0, 1, 3))
    assert found.items.tolist() == [[2, 3, 4], [0, 1, 3], [4, 5, 6]]
    assert found.items.dtype == np.int32
    assert (found.answered, found.notes, found.first_error) == (3, [], "")
    assert found.milliseconds == [2.0, 2.0, 2.0]


def test_longer_lists_are_cut() -> None:
    found = read(reply("u002", 0, 1, 2, 3, 4))
    assert found.items[2].tolist() == [0, 1, 2]
    assert found.notes == []


@pytest.mark.parametrize(
    ("items", "note"),
    [
        ((2, 99, 3, 4), "1 items left out: unknown at the cut-off"),
        ((2, UNKNOWN_AT_THE_CUT, 3, 4), "1 items left out: unknown at the cut-off"),
        ((0, 2, 1, 3, 4), "2 items left out: already in the user's history"),
        ((2, 3, 2, 4), "1 items left out: repeated in one list"),
    ],
)
def test_what_may_not_stand_there_is_left_out_and_the_rest_moves_up(items, note) -> None:
    found = read(reply("u000", *items))
    assert found.items[0].tolist() == [2, 3, 4]
    assert found.notes == [note]
    assert found.answered == 1


def test_a_shop_keeps_what_the_person_had() -> None:
    found = read(reply("u000", 0, 2, 1), seen="keep")
    assert found.items[0].tolist() == [0, 2, 1]
    assert found.notes == []


def test_a_short_list_is_an_answer_and_is_counted() -> None:
    found = read(reply("u000", 5), reply("u001", 0, 1, 3))
    assert found.items[0].tolist() == [5, -1, -1]
    assert found.answered == 2
    assert found.notes == ["1 lists that are too short"]


def test_a_list_without_a_usable_item_is_no_answer() -> None:
    found = read(reply("u000", 0, 1), reply("u001"), reply("u002", 99))
    assert found.answered == 0
    assert (found.items == -1).all()
    assert "lists that are too short" not in " ".join(found.notes)


def test_an_error_is_no_answer_and_the_first_one_is_told() -> None:
    found = read(
        Reply.failed("u000", "429: slow down"),
        Reply.failed("u001", "500: broken"),
        reply("u002", 1, 2, 3),
    )
    assert found.answered == 1
    assert found.first_error == "429: slow down"
    assert found.milliseconds == [2.0]  # nothing was timed where nothing was answered


def test_an_error_beside_a_list_counts_as_the_error() -> None:
    assert read(reply("u002", 1, 2, 3, error="half an answer")).answered == 0


def test_of_two_lists_for_a_user_the_first_counts() -> None:
    found = read(reply("u002", 1, 2, 3), reply("u002", 4, 5, 6))
    assert found.items[2].tolist() == [1, 2, 3]
    assert found.notes == ["1 second lists for a user"]
    assert read(Reply.failed("u002", "no"), reply("u002", 4, 5, 6)).answered == 0


def test_lists_for_others_are_counted_and_left() -> None:
    found = read(reply("nobody", 1, 2, 3))
    assert found.answered == 0
    assert found.notes == ["1 lists for users who were not asked about"]
    assert found.milliseconds == []


def test_who_gives_no_reply_at_all_has_not_answered() -> None:
    found = read()
    assert found.answered == 0 and found.items.shape == (3, 3)


def test_where_nothing_is_left_to_recommend_an_empty_list_is_the_answer() -> None:
    """Nobody can answer such a user, so nobody is held to it."""
    everything = task()
    exclude = Ragged.of([[0, 1, 2, 3, 4, 5, 6, 6], [2, 2, 2, 2, 2, 2, 2], []])
    everything.queries = replace(everything.queries, exclude=exclude)
    assert nothing_left(everything).tolist() == [True, False, False]
    found = read_replies([reply("u000"), reply("u001")], USERS, everything, 3)
    assert found.answered == 1


def test_problems_are_counted_with_the_earliest_event_that_a_list_repeats() -> None:
    asked = task()
    times = np.array([5, 6, 4], np.int64)  # of the items 0, 1 and 2
    asked.queries = replace(asked.queries, times=times)
    replies = [reply("u000", 1, 3, 3), reply("u001", 2, 4), reply("u002", 5)]
    found = read_replies(replies, USERS, asked, 3)
    assert found.problems == {SEEN: 2, REPEATED: 1, "lists that are too short": 3}
    assert found.oldest_seen == 4
    assert read(reply("u002", 5)).oldest_seen is None


def test_the_digest_of_a_task_sees_other_events_requests_and_ids() -> None:
    one = task()
    assert one.digest == task().digest
    later = replace(one, queries=replace(one.queries, now=one.queries.now + 1))
    fewer = replace(one, train=one.train.select([]))
    others = replace(one, users=Vocabulary.of(["a", "b", "c"]))
    assert len({t.digest for t in (one, later, fewer, others, task(seen="keep"))}) == 5
