import importlib.util
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import AssayError
from pipelines.evaluation import metric_names
from pipelines.evaluation.list_metrics import coverage, of_lists, popularity
from pipelines.evaluation.metrics import per_user, summarize
from pipelines.schema import Interactions, Ragged

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"


def padded(lists: list[list[int]], width: int | None = None) -> np.ndarray:
    width = max(map(len, lists), default=0) if width is None else width
    out = np.full((len(lists), width), -1, np.int32)
    for row, items in enumerate(lists):
        out[row, : len(items)] = items
    return out


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


def test_agrees_with_rectools_to_1e_9() -> None:
    """The recipe is fixtures/make_rectools.py (RecTools 0.19, an environment of its own)."""
    spec = importlib.util.spec_from_file_location("recipe", FIXTURES / "make_rectools.py")
    assert spec is not None and spec.loader is not None
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    lists, truths = recipe.cases()
    expected = json.loads((FIXTURES / "rectools.json").read_text())
    found = per_user(padded(lists, recipe.WIDTH), Ragged.of(truths), recipe.KS)
    assert set(found) == set(expected) and len(expected) == 24
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=0, atol=1e-9, err_msg=name)


ITEM = st.integers(0, 14)
CASE = st.tuples(st.lists(ITEM, max_size=12), st.lists(ITEM, min_size=1, max_size=12))


@settings(max_examples=300, deadline=None)
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


def test_list_metrics_by_hand() -> None:
    known = np.ones(20, bool)
    known[19] = False
    share = np.full(20, 1 / 8)
    share[:2] = 1 / 2, 1 / 4
    items = padded([[0, 1], [0, 5], [19], []], width=2)
    found = of_lists(items, known=known, popularity=share, ks=[1, 2])
    assert found["coverage@1"].value == pytest.approx(1 / 19)
    assert found["coverage@2"].value == pytest.approx(3 / 19)
    np.testing.assert_allclose(found["novelty@2"], [1.5, 2.0, 3.0, np.nan])
    # 19 known items: the most popular ceil(1.9) = 2 are items 0 and 1
    np.testing.assert_allclose(found["popularity_share@2"], [1.0, 0.5, 0.0, np.nan])
    np.testing.assert_allclose(found["novelty@1"], [1.0, 1.0, 3.0, np.nan])


def test_popularity_counts_users_not_events() -> None:
    train = Interactions.build([0, 0, 0, 2], [1, 1, 0, 1], n_users=4, n_items=3)
    np.testing.assert_allclose(popularity(train), [0.5, 1.0, 0.0])
    with pytest.raises(ValueError, match="share of training users"):
        of_lists(padded([[1]]), known=np.ones(3, bool), popularity=np.array([1.0, 2, 0]), ks=[1])


def test_an_item_without_a_training_user_has_the_novelty_of_the_rarest() -> None:
    found = of_lists(
        padded([[2]]), known=np.ones(3, bool), popularity=np.array([0.5, 0.25, 0.0]), ks=[1]
    )
    assert found["novelty@1"][0] == 2.0


def test_coverage_interval_is_seeded_and_holds_what_other_users_would_give() -> None:
    rng = np.random.default_rng(5)
    shares = 1 / np.arange(1, 401)
    shares /= shares.sum()
    known = np.ones(400, bool)

    def drawn() -> np.ndarray:
        return rng.choice(400, (150, 5), p=shares).astype(np.int32)

    found = [coverage(drawn(), known, seed=n) for n in range(60)]
    expected = np.mean([c.value for c in (coverage(drawn(), known) for _ in range(60))])
    holds = np.mean([c.low <= expected <= c.high for c in found])
    assert holds >= 0.9
    spread = np.std([c.value for c in found])
    widths = np.array([c.high - c.low for c in found])
    assert (widths > 2 * spread).all() and (widths < 8 * spread).all()
    lists = drawn()
    assert coverage(lists, known, seed=1) == coverage(lists, known, seed=1)
    assert coverage(lists, known, seed=1) != coverage(lists, known, seed=2)


def test_coverage_of_nothing_is_nothing() -> None:
    assert coverage(padded([[], []], width=3), np.ones(4, bool)).value == 0.0
    assert coverage(padded([[1, 2]]), np.zeros(4, bool)).high == 0.0


def test_summarize_gives_an_interval_each_and_leaves_out_what_has_none() -> None:
    values = {
        "ndcg@5": np.array([0.0, 0.5, 1.0]),
        "hit_rate@5": np.array([1.0, 1.0]),
        "novelty@5": np.array([2.0, 2.0, np.nan]),
        "coverage@5": coverage(padded([[1, 2]]), np.ones(4, bool)),
    }
    found = summarize(values)
    assert found["ndcg@5"].value == 0.5 and 0.0 <= found["ndcg@5"].low < 0.5
    assert (found["hit_rate@5"].low, found["hit_rate@5"].high) == (0.0, 1.0)
    assert found["coverage@5"].value == 0.5
    assert "novelty@5" not in found


def test_every_metric_is_in_the_document_and_the_document_has_no_other() -> None:
    text = (HERE.parents[1] / "docs" / "metrics.md").read_text()
    documented = re.findall(r"^\| `(\w+)@k` \|", text, flags=re.MULTILINE)
    assert documented == list(metric_names.PER_USER + metric_names.OF_LISTS)
    truth = Ragged.of([[1], [2]])
    items = padded([[1, 2], [1, 2]])
    offered = per_user(items, truth, [2]) | of_lists(
        items, known=np.ones(3, bool), popularity=np.full(3, 0.5), ks=[2]
    )
    assert {name.partition("@")[0] for name in offered} == set(documented)


def test_names_are_read_and_spoken() -> None:
    assert metric_names.parse("hit_rate@20") == ("hit_rate", 20)
    assert metric_names.label("ndcg@10") == "NDCG@10"
    assert metric_names.label("hit_rate@5") == "hit rate@5"
    assert metric_names.bounds("map@5") == (0.0, 1.0)
    assert metric_names.bounds("novelty@5") is None
    for wrong in ("ndcg", "ndcg@0", "ndcg@x", "rmse@10", "ndcg@-1", "ndcg@²"):
        with pytest.raises(AssayError, match="use NAME@K"):
            metric_names.parse(wrong)
