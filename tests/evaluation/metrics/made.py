"""Lists as arrays, and random users with everything that a metric may look at."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import strategies as st

from pipelines.reading.lists import GroundTruth, Lists
from pipelines.schema import Ragged

N_ITEMS, N_CATEGORIES = 12, 4


def padded(lists: list[list[int]], width: int | None = None) -> np.ndarray:
    width = max(map(len, lists), default=0) if width is None else width
    out = np.full((len(lists), width), -1, np.int32)
    for row, items in enumerate(lists):
        out[row, : len(items)] = items
    return out


def membership(categories: list[list[int]], n_categories: int) -> sp.csr_matrix:
    rows = [i for i, part in enumerate(categories) for _ in part]
    cols = [c for part in categories for c in part]
    shape = (len(categories), n_categories)
    return sp.csr_matrix((np.ones(len(rows), np.float32), (rows, cols)), shape=shape)


ITEM = st.integers(0, N_ITEMS - 1)
MAYBE = st.integers(-1, N_ITEMS - 1)
MONEY = st.one_of(st.just(float("nan")), st.integers(-20, 400).map(lambda cents: cents / 100))
CHANCE = st.one_of(
    st.sampled_from([float("nan"), 0.0, -0.2, 1.5, 1.0]),
    st.integers(1, 999).map(lambda n: n / 1000),
)


@st.composite
def lists_and_key(draw: st.DrawFn) -> Lists:
    """1 to 4 users: empty places, copies, unknown items, truths nobody knows, missing figures."""
    n = draw(st.integers(1, 4))
    width = draw(st.integers(0, 8))
    rows = st.lists(MAYBE, min_size=width, max_size=width)
    items = draw(st.lists(rows, min_size=n, max_size=n))
    truths = draw(
        st.lists(st.lists(MAYBE, min_size=1, max_size=6, unique=True), min_size=n, max_size=n)
    )
    histories = draw(st.lists(st.lists(ITEM, max_size=6), min_size=n, max_size=n))
    size = sum(map(len, truths))

    def beside(values: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=size, max_size=size)))

    of_items = st.lists(st.integers(0, 9), min_size=N_ITEMS, max_size=N_ITEMS)
    parts = st.lists(st.integers(0, N_CATEGORIES - 1), max_size=3, unique=True).map(sorted)
    share = np.array(draw(of_items)) / 10
    categories = draw(st.lists(parts, min_size=N_ITEMS, max_size=N_ITEMS))
    key = GroundTruth(
        truth=Ragged.of(truths),
        catalogue=(share > 0) | (np.array(draw(of_items)) > 7),
        popularity=share,
        history=Ragged.of(histories),
        categories=membership(categories, N_CATEGORIES),
        gains=beside(st.integers(1, 40).map(lambda w: w / 8)),
        values=beside(MONEY),
        margins=beside(MONEY),
        propensity=beside(CHANCE),
    )
    return Lists(np.array(items, np.int32).reshape(n, width), key)
