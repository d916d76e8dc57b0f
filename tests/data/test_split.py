"""Splits: training data, queries and held-out interactions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.data.split import SeenPolicy, Split, split, windows
from pipelines.errors import AssayError
from pipelines.schema import Interactions

EVENTS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 7), st.integers(0, 40)), min_size=2, max_size=60
)


def events(rows: list[tuple[int, int, int]], n_items: int = 8) -> Interactions:
    """Interactions of (user, item, time) rows."""
    user, item, time = zip(*rows, strict=True)
    return Interactions.build(user, item, None, time, n_users=max(user) + 1, n_items=n_items)


def truths(made: Split) -> dict[int, list[int]]:
    return {int(u): made.truth.row(r).tolist() for r, u in enumerate(made.queries.user)}


def test_time_cuts_everybody_at_one_moment() -> None:
    made = split(events([(0, 0, 1), (0, 1, 9), (1, 2, 2), (1, 3, 3), (2, 0, 10)]), "time:0.6")
    assert made.cutoff == 9
    assert made.train.time.max() < 9
    assert truths(made) == {0: [1], 2: [0]}
    assert made.new_users == 1  # user 2 came after the cut
    assert made.queries.now.tolist() == [9, 9]


def test_events_at_the_cut_are_held_out_together() -> None:
    made = split(events([(0, 0, 1), (0, 1, 5), (1, 2, 5), (1, 3, 5)]), "time:0.5")
    assert made.train.time.tolist() == [1]
    assert truths(made) == {0: [1], 1: [2, 3]}


def test_last_n_holds_out_the_newest_of_each_user_with_more_than_n() -> None:
    made = split(events([(0, 0, 1), (0, 1, 2), (0, 2, 3), (1, 3, 1), (1, 4, 2)]), "last-n:2")
    assert truths(made) == {0: [1, 2]}
    assert made.train.item.tolist() == [0, 3, 4]
    assert made.cutoff is None
    assert made.queries.now.tolist() == [2]
    assert made.protocol.note == "benchmark protocol: models train on other users' future events"


def test_repeats_leave_the_truth_only_where_seen_items_are_left_out() -> None:
    rows = [(0, 0, 1), (0, 1, 2), (0, 0, 8), (0, 2, 9), (1, 3, 8)]
    left_out = split(events(rows), "time:0.5")
    assert truths(left_out) == {0: [2], 1: [3]}
    assert left_out.repeats == 1
    assert left_out.queries.exclude.row(0).tolist() == [0, 1]
    kept = split(events(rows), "time:0.5", seen="keep")
    assert truths(kept) == {0: [0, 2], 1: [3]}
    assert kept.repeats == 0
    assert kept.queries.exclude.lengths().sum() == 0


def test_truths_are_distinct_in_the_order_taken_up() -> None:
    made = split(events([(0, 0, 1), (0, 5, 6), (0, 3, 7), (0, 5, 8)]), "time:0.3")
    assert truths(made) == {0: [5, 3]}


def test_cold_truths_are_counted_and_stay() -> None:
    made = split(events([(0, 0, 1), (1, 1, 2), (0, 1, 8), (1, 6, 9), (1, 7, 9)]), "time:0.5")
    assert truths(made) == {0: [1], 1: [6, 7]}
    assert made.cold_truths == 2
    assert np.flatnonzero(made.known).tolist() == [0, 1]


def test_a_user_whose_held_out_events_all_repeat_is_not_asked() -> None:
    made = split(events([(0, 0, 1), (1, 1, 1), (0, 0, 8), (1, 2, 9)]), "time:0.5")
    assert truths(made) == {1: [2]}


def test_fewer_users_are_a_seeded_draw_of_all() -> None:
    rows = [(u, i, u + 10 * i) for u in range(50) for i in range(4)]
    whole = split(events(rows), "last-n:1")
    some = [split(events(rows), "last-n:1", eval_users=10, seed=seed) for seed in (1, 1, 2)]
    first, again, other = (s.queries.user.tolist() for s in some)
    assert first == again != other
    assert len(set(first)) == 10
    assert truths(some[0]).items() <= truths(whole).items()
    assert len(some[0].train) == len(whole.train)


def test_time_needs_times() -> None:
    with pytest.raises(AssayError, match="map a time column"):
        split(events([(0, 0, 0), (0, 1, 0)]), "time:0.9")


def test_nobody_left_is_an_error() -> None:
    with pytest.raises(AssayError, match="leaves no users"):
        split(events([(0, 0, 1), (1, 1, 2)]), "last-n:1")


def test_a_cut_that_leaves_nothing_to_learn_from_is_refused():
    events = Interactions.build(
        [0, 0, 1, 1], [0, 1, 0, 1], None, [5, 5, 5, 9], n_users=2, n_items=2
    )
    with pytest.raises(AssayError, match="no training events"):
        split(events, "time:0.5")


def test_a_date_cuts_at_its_midnight() -> None:
    day = 86_400
    made = split(
        events([(0, 0, 0), (0, 1, day), (1, 2, day - 1), (1, 3, 2 * day)]), "time:1970-01-02"
    )
    assert made.cutoff == day
    assert truths(made) == {0: [1], 1: [3]}
    with pytest.raises(AssayError, match="covers 1970-01-01 to 1970-01-03; use a date"):
        split(events([(0, 0, 0), (0, 1, 2 * day)]), "time:1980-01-01")


def test_leave_one_out_is_the_last_event_of_each() -> None:
    rows = [(u, i, 7 * i + u) for u in range(9) for i in range(3)]
    one, last = split(events(rows), "leave-one-out"), split(events(rows), "last-n:1")
    assert truths(one) == truths(last) == {u: [2] for u in range(9)}
    assert one.train.item.tolist() == last.train.item.tolist()


def test_windows_follow_each_other_and_the_last_is_the_split_in_time() -> None:
    rows = [(n % 7, n % 5, n) for n in range(100)]
    found = windows(events(rows, n_items=100), 3, seen="keep")
    assert [w.cutoff for w in found] == [70, 80, 90]
    assert [len(w.train) for w in found] == [70, 80, 90]
    assert [w.held_out for w in found] == [10, 10, 10]
    last = split(events(rows, n_items=100), "time:0.9", seen="keep")
    assert truths(found[-1]) == truths(last)
    assert np.array_equal(found[-1].train.item, last.train.item)
    with pytest.raises(AssayError, match="no training events left; use 1 to 9"):
        windows(events(rows), 10)
    with pytest.raises(AssayError, match="use fewer windows"):
        windows(events([(0, 0, 0), *((1, i, 5) for i in range(6))]), 2)
    with pytest.raises(AssayError, match="make them with `windows`"):
        split(events(rows), "windows:3")


def test_user_hold_out_asks_strangers_about_their_newest_tenth() -> None:
    rows = [(u, i, 100 * i + u) for u in range(50) for i in range(20)] + [(50, 0, 5)]
    whole = events(rows, n_items=20)
    made = split(whole, "users:0.1")
    asked = made.queries.user
    assert len(asked) == 5  # of the 50 with two or more events
    assert 50 not in asked
    assert not np.isin(made.train.user, asked).any()
    assert truths(made) == {int(u): [18, 19] for u in asked}
    assert made.queries.lengths.tolist() == [18] * 5
    assert made.queries.exclude.row(0).tolist() == list(range(18))
    assert made.cold_users == 5
    assert made.new_users == 0
    again = split(whole, "users:0.1", seed=7)  # the text names the draw, the seed does not
    assert truths(again) == truths(made)


def test_a_random_split_holds_out_exactly_its_share_of_the_events() -> None:
    rows = [(n % 20, n % 50, n) for n in range(1000)]
    made = split(events(rows, n_items=50), "random:0.237", seen="keep")
    assert made.held_out == 237
    assert len(made.train) == 763
    newest = made.queries.times[made.queries.history.indptr[1:] - 1]
    assert (newest > [made.train.time.min()] * len(newest)).all()
    # It lets a history reach beyond the truth: that is what the audit shows.
    assert made.train.time.max() > 900


PROTOCOLS = [
    "time:0.3", "time:0.7", "time:1970-01-01T00:00:20Z", "last-n:1", "last-n:3", "leave-one-out",
    "users:0.5", "random:0.3",
]  # fmt: skip


@given(EVENTS, st.sampled_from(PROTOCOLS), st.sampled_from(["exclude", "keep"]))
def test_every_event_is_trained_on_or_asked_about_never_both(
    rows: list[tuple[int, int, int]], protocol: str, seen: SeenPolicy
) -> None:
    interactions = events(rows)
    try:
        made = split(interactions, protocol, seen=seen)
    except AssayError:
        return
    asked = 0
    for r, user in enumerate(made.queries.user):
        past = made.past.item[made.past.user == user]
        truth = made.truth.row(r)
        assert len(truth) == len(set(truth.tolist())) > 0
        if seen == "exclude":
            assert not np.isin(truth, past).any()
        assert made.queries.history.row(r).tolist() == past.tolist()
        assert np.isin(truth, interactions.item[interactions.user == user]).all()
        times = made.queries.times[made.queries.history.indptr[r] :][: made.queries.lengths[r]]
        assert (times <= made.queries.now[r]).all()
        asked += len(past)
    assert len(made.past) + made.held_out == len(interactions)
    if made.cutoff is not None:  # no leak from the future
        assert made.train is made.past
        assert (made.train.time < made.cutoff).all()
        assert (made.queries.now == made.cutoff).all()
    if protocol.startswith("users"):
        assert not np.isin(made.train.user, made.queries.user).any()
    elif protocol.startswith("time"):
        assert made.held_out == (interactions.time >= made.cutoff).sum()


@given(EVENTS, st.sampled_from(PROTOCOLS), st.sampled_from(["exclude", "keep"]), st.integers(1, 4))
def test_each_held_out_event_is_a_truth_or_counted(
    rows: list[tuple[int, int, int]], protocol: str, seen: SeenPolicy, eval_users: int
) -> None:
    try:
        made = split(events(rows), protocol, seen=seen, eval_users=eval_users)
    except AssayError:
        return
    truths_ = len(made.truth.values)
    assert made.held_out == truths_ + made.copies + made.repeats + made.not_drawn
    assert made.cold_truths == (~made.known[made.truth.values]).sum() <= truths_
    assert made.cold_items == len(set(made.truth.values[~made.known[made.truth.values]].tolist()))
    assert made.new_users <= made.cold_users <= len(made.queries)


@given(EVENTS, st.integers(1, 5))
def test_no_window_sees_what_lies_after_its_cut(rows: list[tuple[int, int, int]], n: int) -> None:
    interactions = events(rows)
    try:
        found = windows(interactions, n)
    except AssayError:
        return
    ends = [*(w.cutoff for w in found[1:]), interactions.time.max() + 1]
    for window, end in zip(found, ends, strict=True):
        assert (window.train.time < window.cutoff).all()
        assert (
            window.held_out
            == ((interactions.time >= window.cutoff) & (interactions.time < end)).sum()
        )
        assert np.array_equal(interactions.item[window.truth_rows], window.truth.values)


def test_a_catalogue_of_one_item_is_told() -> None:
    times = np.arange(40)
    one = Interactions.build(times % 20, np.zeros(40, int), None, times, n_users=20, n_items=1)
    with pytest.raises(AssayError, match="the dataset has one item, and lists leave out such"):
        split(one, "time:0.9")
    assert len(split(one, "time:0.9", seen="keep").queries) == 4
