import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.schema import Interactions, Queries, Ragged, Vocabulary

lists = st.lists(st.lists(st.integers(0, 8), max_size=5), max_size=6)


def test_a_vocabulary_goes_there_and_back_and_marks_the_unknown():
    words = Vocabulary.of(["b", "a", 3])
    assert words.ids.tolist() == ["3", "a", "b"]
    assert words.encode(["b", "x", 3]).tolist() == [2, -1, 0]
    assert words.decode([2, -1]).tolist() == ["b", None]


def test_events_are_sorted_by_user_time_and_input_order():
    events = Interactions.build(
        [1, 0, 1, 1], [5, 6, 7, 8], None, [9, 9, 2, 2], n_users=2, n_items=9
    )
    assert events.item.tolist() == [6, 7, 8, 5]
    assert events.indptr.tolist() == [0, 1, 4]


def test_repeated_events_add_up_in_the_matrix():
    events = Interactions.build([0, 0], [1, 1], [2.0, 3.0], [1, 2], n_users=1, n_items=2)
    assert events.matrix().toarray().tolist() == [[0.0, 5.0]]
    assert events.weight.tolist() == [2.0, 3.0]  # the events themselves are untouched


@given(lists, st.data())
def test_taking_rows_of_a_ragged_list(rows, data):
    ragged = Ragged.of(rows)
    wanted = data.draw(st.lists(st.integers(0, max(0, len(rows) - 1)), max_size=8)) if rows else []
    taken = ragged.take(np.array(wanted, dtype=int))
    assert [taken.row(r).tolist() for r in range(len(taken))] == [rows[r] for r in wanted]


@given(lists)
def test_mapping_a_ragged_list_leaves_out_what_has_no_place(rows):
    place = np.array([3, -1, 0, -1, 1, 2, -1, 4, 5], np.int32)
    mapped = Ragged.of(rows).mapped(place)
    expected = [[int(place[v]) for v in row if place[v] >= 0] for row in rows]
    assert [mapped.row(r).tolist() for r in range(len(mapped))] == expected


def test_a_made_up_history_has_its_recency_by_position():
    queries = Queries.of_histories([[4, 2], [], [1]], n_items=5, now=100)
    assert queries.user.tolist() == [-1, -1, -1]
    assert queries.times.tolist() == [98, 99, 99]
    assert queries.positions_from_end.tolist() == [1, 0, 0]
    assert queries.exclude.row(0).tolist() == [4, 2]
    assert queries.take(np.array([2, 0])).history.values.tolist() == [1, 4, 2]
