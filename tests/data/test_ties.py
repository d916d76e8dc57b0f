"""Events whose times tie: which they are, and what another order of them holds out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.data.split import split
from pipelines.data.ties import changed, order_of, split_in_order, tied
from pipelines.schema import Interactions


def events(rows, n_users=3, n_items=9):
    user, item, time = zip(*rows, strict=True)
    return Interactions.build(user, item, None, time, n_users=n_users, n_items=n_items)


BATCHES = events(
    [(0, 1, 5), (0, 2, 5), (0, 3, 5), (1, 4, 1), (1, 5, 2), (1, 6, 3), (2, 7, 4), (2, 7, 4)]
)


def test_an_event_ties_with_one_of_another_item_of_the_same_user() -> None:
    assert tied(BATCHES).tolist() == [True] * 3 + [False] * 5  # the last two are the same item
    assert not tied(events([(0, 1, 1), (1, 2, 1)])).any()
    assert len(tied(Interactions.build([], [], None, [], n_users=1, n_items=1))) == 0


def test_the_first_other_order_is_the_reverse_of_what_ties() -> None:
    assert BATCHES.item[order_of(BATCHES, 1)].tolist() == [3, 2, 1, 4, 5, 6, 7, 7]
    drawn = order_of(BATCHES, 2)
    assert np.array_equal(drawn, order_of(BATCHES, 2))
    assert sorted(drawn[:3].tolist()) == [0, 1, 2] and drawn[3:6].tolist() == [3, 4, 5]


def test_the_share_of_targets_that_change_by_hand() -> None:
    cut = split(BATCHES, "leave-one-out", seen="keep")
    other = split_in_order(BATCHES, cut, 1, seen="keep")
    assert cut.truth.values.tolist() == [3, 6, 7]
    assert other.truth.values.tolist() == [1, 6, 7]
    assert changed(cut, other) == 1 / 3 == changed(other, cut)
    assert BATCHES.item[other.truth_rows].tolist() == [1, 6, 7]  # rows of the data's own order
    assert changed(cut, cut) == 0.0


def test_the_same_users_are_evaluated() -> None:
    cut = split(BATCHES, "leave-one-out", seen="keep", eval_users=2)
    other = split_in_order(BATCHES, cut, 1, seen="keep")
    assert other.queries.user.tolist() == cut.queries.user.tolist()


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 8), st.integers(0, 3)), min_size=8, max_size=30
    ),
    st.integers(1, 3),
)
def test_an_order_keeps_all_events_and_their_times(rows, number) -> None:
    made = events(rows)
    order = order_of(made, number)
    assert sorted(order.tolist()) == list(range(len(made)))
    assert np.array_equal(made.user[order], made.user)
    assert np.array_equal(made.time[order], made.time)
