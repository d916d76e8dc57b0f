"""What a contender may learn from, and what it is asked about."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.data.split import Protocol, Split, split
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
    assert made.protocol.note == "benchmark protocol: it admits other users' futures"


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


@pytest.mark.parametrize(
    "text", ["", "time", "time:", "time:0", "time:1", "time:nan", "last-n:0", "last-n:1.5", "x:3"]
)
def test_an_unknown_split_names_the_known_ones(text: str) -> None:
    with pytest.raises(AssayError, match=r"time:0\.9"):
        Protocol.parse(text)


def test_a_protocol_reads_as_it_was_written() -> None:
    for text in ("time:0.9", "last-n:10", "time:0.12345678", "last-n:10000000"):
        assert str(Protocol.parse(text)) == text


def test_time_needs_times() -> None:
    with pytest.raises(AssayError, match="map a time column"):
        split(events([(0, 0, 0), (0, 1, 0)]), "time:0.9")


def test_nobody_left_is_an_error() -> None:
    with pytest.raises(AssayError, match="leaves nobody"):
        split(events([(0, 0, 1), (1, 1, 2)]), "last-n:1")


@given(EVENTS, st.sampled_from(["time:0.3", "time:0.7", "last-n:1", "last-n:3"]))
def test_every_event_is_trained_on_or_asked_about_never_both(
    rows: list[tuple[int, int, int]], protocol: str
) -> None:
    interactions = events(rows)
    try:
        made = split(interactions, protocol)
    except AssayError:
        return
    for r, user in enumerate(made.queries.user):
        mine = interactions.user == user
        trained = made.train.item[made.train.user == user]
        truth = made.truth.row(r)
        assert len(truth) > 0
        assert not np.isin(truth, trained).any()
        assert made.queries.history.row(r).tolist() == trained.tolist()
        assert np.isin(truth, interactions.item[mine]).all()
    if made.cutoff is not None:  # no leak from the future
        assert (made.train.time < made.cutoff).all()
        assert (made.queries.times < made.queries.now[0]).all()
    else:
        for r, user in enumerate(made.queries.user):
            times = made.queries.times[made.queries.history.indptr[r] :][: made.queries.lengths[r]]
            assert (times <= made.queries.now[r]).all()
            assert (made.train.user == user).sum() == made.queries.lengths[r]


def test_a_cut_that_leaves_nothing_to_learn_from_is_refused():
    events = Interactions.build(
        [0, 0, 1, 1], [0, 1, 0, 1], None, [5, 5, 5, 9], n_users=2, n_items=2
    )
    with pytest.raises(AssayError, match="no events to learn from"):
        split(events, "time:0.5")
