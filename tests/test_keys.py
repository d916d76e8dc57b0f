import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.keys import among, distinct

KEYS = st.lists(st.integers(-(2**62), 2**62) | st.integers(-3, 3), max_size=30)


@given(KEYS, KEYS)
def test_sets_by_sorting_are_those_of_numpy(values, keys):
    a, b = np.array(values, np.int64), np.array(keys, np.int64)
    assert distinct(a).tolist() == sorted(set(values))
    assert among(a, b).tolist() == np.isin(a, b).tolist()


def test_tables_of_keys_keep_their_shape():
    table = np.arange(6, dtype=np.int64).reshape(2, 3)
    assert among(table, np.array([1, 5])).tolist() == [[False, True, False], [False, False, True]]
    assert not among(table, np.array([], np.int64)).any()
