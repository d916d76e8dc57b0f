import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.schema import Ragged
from tests.evaluation.metrics.made import padded


def by_hand(items: list[int], truth: list[int], k: int) -> dict[str, float]:
    """The formulas of docs/metrics.md, word for word."""
    left = set(truth)
    size = len(left)
    hits = []
    for rank, item in enumerate(items[:k], start=1):
        if item in left:
            left.remove(item)
            hits.append(rank)
    ideal = sum(1 / math.log2(1 + rank) for rank in range(1, min(k, size) + 1))
    return {
        "ndcg": sum(1 / math.log2(1 + rank) for rank in hits) / ideal,
        "recall": len(hits) / size,
        "precision": len(hits) / k,
        "map": sum(n / rank for n, rank in enumerate(hits, start=1)) / size,
        "mrr": 1 / hits[0] if hits else 0.0,
        "hit_rate": 1.0 if hits else 0.0,
    }


ITEM = st.integers(0, 14)
CASE = st.tuples(st.lists(ITEM, max_size=12), st.lists(ITEM, min_size=1, max_size=12))


@settings(max_examples=1000)
@given(
    st.lists(CASE, min_size=1, max_size=8),
    st.lists(st.integers(1, 15), min_size=1, max_size=3, unique=True),
)
def test_agrees_with_brute_force(cases: list[tuple[list[int], list[int]]], ks: list[int]) -> None:
    """Copies in lists and truths, empty and short lists, k beyond the list."""
    found = per_user(padded([c[0] for c in cases]), Ragged.of([c[1] for c in cases]), ks)
    for row, (items, truth) in enumerate(cases):
        for k in ks:
            for name, value in by_hand(items, truth, k).items():
                assert found[f"{name}@{k}"][row] == pytest.approx(value, rel=0, abs=1e-12)


def test_the_case_in_amazons_documentation() -> None:
    """Two relevant items at ranks 2 and 5: RR .5, P@5 .4, NDCG@5 .6241."""
    found = per_user(padded([[1, 7, 2, 3, 9]]), Ragged.of([[7, 9]]), [5])
    assert found["mrr@5"][0] == 0.5
    assert found["precision@5"][0] == pytest.approx(0.4)
    assert round(found["ndcg@5"][0], 4) == 0.6241
    assert found["map@5"][0] == pytest.approx((1 / 2 + 2 / 5) / 2)


def test_a_later_copy_of_an_item_is_no_hit() -> None:
    found = per_user(padded([[4, 4, 4], [4, 1, 2]]), Ragged.of([[4, 5], [4, 5]]), [3])
    for name, values in found.items():
        assert values[0] == values[1], name


def test_an_empty_place_keeps_its_rank_and_an_unknown_truth_stays_in_the_denominator() -> None:
    found = per_user(padded([[-1, 3]]), Ragged.of([[3, -1]]), [2])
    assert found["mrr@2"][0] == 0.5
    assert found["recall@2"][0] == 0.5


def test_row_order_and_company_change_nothing() -> None:
    rng = np.random.default_rng(3)
    items = rng.integers(-1, 40, (200, 10)).astype(np.int32)
    truth = Ragged.of([rng.integers(0, 40, rng.integers(1, 9)).tolist() for _ in range(200)])
    together = per_user(items, truth, [5, 10])
    order = rng.permutation(200)
    shuffled = per_user(items[order], truth.take(order), [10, 5, 5])
    for name, values in together.items():
        assert (values[order] == shuffled[name]).all()


def test_read_only_and_other_integers_are_scored_alike() -> None:
    items = padded([[1, 2, 3]])
    frozen = items.astype(np.int64)
    frozen.setflags(write=False)
    truth = Ragged.of([[2]])
    assert per_user(items, truth, [3]) == per_user(frozen, truth, [3])


def test_nothing_to_score_is_said() -> None:
    with pytest.raises(ValueError, match="without a truth"):
        per_user(padded([[1], [2]]), Ragged.of([[1], []]), [1])
    with pytest.raises(ValueError, match="do not match"):
        per_user(padded([[1], [2]]), Ragged.of([[1]]), [1])
    with pytest.raises(ValueError, match="from 1"):
        per_user(padded([[1]]), Ragged.of([[1]]), [0])
