"""Each cell is what `compare` says of its users alone, with p adjusted over all of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, ttest_rel

from pipelines.errors import AssayError
from pipelines.evaluation.comparison.comparison import compare
from pipelines.evaluation.results.folder import ITEM_SLICES, SLICES, BakeoffFolder
from pipelines.evaluation.slices import dimensions_of
from pipelines.evaluation.slices.cells import (
    FEWEST,
    Cell,
    Contest,
)
from pipelines.evaluation.slices.samples import samples, values
from pipelines.evaluation.slices.stored import find
from pipelines.evaluation.slices.table import all_cells, by_dimension, by_two
from pipelines.schema import Ragged
from tests.evaluation.slices.folders import of_lists, of_values

RNG = np.random.default_rng(21)
N = 400
PLAN = RNG.choice(["free", "paid", "trial"], N, p=[0.6, 0.33, 0.07])
LAND = RNG.choice(["NO", "SE"], N)
BASE = RNG.random(N) * 0.6
OURS = np.clip(BASE + RNG.normal(0.02, 0.1, N), 0, 1)


@pytest.fixture
def kept(tmp_path: Path) -> BakeoffFolder:
    return of_values(tmp_path, {"ours": OURS, "base": BASE}, {"plan": PLAN, "land": LAND})


def check(cell: Cell, mine: np.ndarray, other: np.ndarray, fewest: int = FEWEST) -> None:
    """The cell equals the scalar functions on these users."""
    assert cell.n == len(mine)
    if cell.n < fewest:
        assert cell.outcome == "too few"
        assert cell.mean is cell.difference is cell.low is cell.p is cell.p_adjusted is None
        return
    expected = compare("ours", "base", "ndcg@10", mine, other, useful_share=0.02)
    assert (cell.difference, cell.low, cell.high, cell.outcome, cell.smallest_useful) == (
        expected.difference, expected.low, expected.high, expected.outcome,
        expected.smallest_useful,
    )  # fmt: skip
    assert (cell.mean, cell.against) == (mine.mean(), other.mean())
    assert cell.p == pytest.approx(ttest_rel(mine, other).pvalue)


def test_each_cell_of_a_dimension_equals_its_users_compared_alone(kept: BakeoffFolder) -> None:
    cells = by_dimension(kept, "ours", "base", "ndcg@10", "plan", 0.02)
    assert [cell.values for cell in cells] == [("free",), ("paid",), ("trial",)]
    assert sum(cell.n for cell in cells) == N
    for cell in cells:
        there = cell.values[0] == PLAN
        check(cell, OURS[there], BASE[there])
    assert cells[2].outcome == "too few" and cells[2].n < FEWEST


def test_two_dimensions_crossed_equal_their_users_compared_alone(kept: BakeoffFolder) -> None:
    cells = by_two(kept, "ours", "base", "ndcg@10", "plan", "land", 0.02)
    assert len(cells) == 6 and cells[0].dimensions == ("plan", "land")
    for cell in cells:
        there = (cell.values[0] == PLAN) & (cell.values[1] == LAND)
        check(cell, OURS[there], BASE[there])
    tested = [cell for cell in cells if cell.p is not None]
    assert {cell.looked for cell in tested} == {len(tested)}


def test_an_answer_is_remembered_with_its_bakeoff_alone(
    kept: BakeoffFolder, tmp_path: Path
) -> None:
    asked = Contest(kept, "ours", "base", "ndcg@10", 0.02)
    first, again = all_cells(asked), all_cells(asked)
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert all_cells(Contest(kept, "ours", "base", "ndcg@10", 0.5)) != first
    anew = all_cells(Contest(BakeoffFolder(kept.path), "ours", "base", "ndcg@10", 0.02))
    assert anew == first and anew[0] is not first[0]
    other = of_values(tmp_path / "other", {"ours": BASE, "base": OURS}, {"plan": PLAN})
    assert all_cells(Contest(other, "ours", "base", "ndcg@10", 0.02))[0].difference < 0


def test_p_is_adjusted_over_all_cells_of_all_dimensions(kept: BakeoffFolder) -> None:
    cells = all_cells(Contest(kept, "ours", "base", "ndcg@10", 0.02))
    tested = [cell for cell in cells if cell.p is not None]
    assert len(cells) == 5 and len(tested) == 4
    expected = false_discovery_control([cell.p for cell in tested])
    assert [cell.p_adjusted for cell in tested] == pytest.approx(expected.tolist())
    assert {cell.looked for cell in tested} == {4}
    plan = by_dimension(kept, "ours", "base", "ndcg@10", "plan", 0.02)
    assert plan == [cell for cell in cells if cell.dimensions == ("plan",)]
    crossed = all_cells(Contest(kept, "ours", "base", "ndcg@10", 0.02), crossed=True)
    assert len(crossed) == 5 + 6


def test_who_has_no_value_of_one_is_in_no_cell(tmp_path: Path) -> None:
    ours, base = OURS.copy(), BASE.copy()
    ours[::7] = np.nan
    base[::5] = np.nan
    kept = of_values(tmp_path, {"ours": ours, "base": base}, {"land": LAND})
    there = ~np.isnan(ours - base)
    cells = by_dimension(kept, "ours", "base", "ndcg@10", "land", 0.02)
    assert sum(cell.n for cell in cells) == there.sum() < N
    for cell in cells:
        mine = there & (cell.values[0] == LAND)
        check(cell, ours[mine], base[mine])


def test_the_minimum_size_is_inclusive_and_can_be_chosen(kept: BakeoffFolder) -> None:
    small = int((PLAN == "trial").sum())
    for fewest, outcome in ((small, False), (small + 1, True)):
        cells = by_dimension(kept, "ours", "base", "ndcg@10", "plan", 0.02, fewest=fewest)
        assert (cells[2].outcome == "too few") is outcome
        mine = PLAN == "trial"
        check(cells[2], OURS[mine], BASE[mine], fewest)
    least = by_dimension(kept, "ours", "base", "ndcg@10", "plan", 0.02, fewest=0)
    assert least[2].p is not None


def test_one_user_alone_is_never_tested(tmp_path: Path) -> None:
    lone = np.array(["one", *["many"] * 9])
    kept = of_values(tmp_path, {"a": np.linspace(0, 1, 10), "b": np.zeros(10)}, {"x": lone})
    cells = by_dimension(kept, "a", "b", "ndcg@10", "x", 0.02, fewest=0)
    assert [(cell.n, cell.outcome) for cell in cells] == [(9, "better"), (1, "too few")]


def test_slices_of_items_are_compared_on_the_truths_in_them(tmp_path: Path) -> None:
    rows = [RNG.choice(30, 5, replace=False).tolist() for _ in range(80)]
    kinds = np.where(np.arange(30) < 10, "head", "tail")
    lists = {name: np.array([RNG.permutation(30)[:10] for _ in rows]) for name in ("ours", "base")}
    land = RNG.choice(["NO", "SE"], 80)
    kept = of_lists(tmp_path, Ragged.of(rows), lists, kinds, {"land": land})
    given = samples(kept, find(kept, "popularity"))
    mine, other = (values(kept, name, "map@10", given).by_user for name in ("ours", "base"))
    cells = by_dimension(kept, "ours", "base", "map@10", "popularity", 0.02)
    for number, cell in enumerate(cells):
        there = given.slice == number
        expected = compare("a", "b", "map@10", mine[there], other[there], useful_share=0.02)
        assert (cell.difference, cell.low, cell.outcome) == (
            expected.difference, expected.low, expected.outcome,
        )  # fmt: skip
    crossed = by_two(kept, "ours", "base", "map@10", "land", "popularity", 0.02, fewest=2)
    assert crossed[0].dimensions == ("popularity", "land")
    for cell in crossed:
        there = (np.array(("head", "tail"))[given.slice] == cell.values[0]) & (
            land[given.user] == cell.values[1]
        )
        assert cell.n == there.sum()
        assert cell.difference == (mine[there] - other[there]).mean()


LABELS = st.lists(st.sampled_from(["a", "b", "c", None]), min_size=8, max_size=60)


@given(LABELS, st.randoms(use_true_random=False))
def test_any_users_in_any_slices(tmp_path_factory, labels, random) -> None:  # type: ignore[no-untyped-def]
    n = len(labels)
    levels = [0.0, 0.25, 1.0, np.nan]
    ours, base = (np.array([random.choice(levels) for _ in range(n)]) for _ in range(2))
    column = np.array(labels, dtype=object)
    kept = of_values(tmp_path_factory.mktemp("kept"), {"ours": ours, "base": base}, {"x": column})
    if "x" not in kept.slices:
        return
    there = ~np.isnan(ours - base)
    for cell in by_dimension(kept, "ours", "base", "ndcg@10", "x", 0.02, fewest=3):
        mine = there & (column == cell.values[0])
        assert cell.n == mine.sum()
        if cell.n >= 3:
            expected = compare("ours", "base", "ndcg@10", ours[mine], base[mine], useful_share=0.02)
            assert (cell.difference, cell.low, cell.high, cell.outcome) == (
                expected.difference, expected.low, expected.high, expected.outcome,
            )  # fmt: skip


def test_metrics_without_a_better_end_have_no_table(kept: BakeoffFolder) -> None:
    with pytest.raises(AssayError, match="Neither higher nor lower novelty@10 is better"):
        by_dimension(kept, "ours", "base", "novelty@10", "plan", 0.02)


def test_what_cannot_be_crossed_or_is_not_there_is_said(kept: BakeoffFolder) -> None:
    for pair in (("plan", "plan"), ("popularity", "price")):
        with pytest.raises(AssayError):
            by_two(kept, "ours", "base", "ndcg@10", *pair, 0.02)
    with pytest.raises(AssayError, match=r"'color' here; use one of plan, land\."):
        by_dimension(kept, "ours", "base", "ndcg@10", "color", 0.02)


@pytest.mark.parametrize("file", [SLICES, ITEM_SLICES])
def test_a_bakeoff_older_than_slices_says_so(kept: BakeoffFolder, file: str) -> None:
    (kept.path / file).unlink()
    with pytest.raises(AssayError) as told:
        dimensions_of(BakeoffFolder(kept.path))
    assert str(told.value) == (
        f"This bake-off's {file} was deleted or never written; run the bake-off again."
    )
