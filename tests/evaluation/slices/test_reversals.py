"""Reversals that were planted are found, and said with sizes; chance makes none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.evaluation.slices.aggregates import aggregates, own_users, weighted
from pipelines.evaluation.slices.cells import Contest
from pipelines.evaluation.slices.reversals import find
from pipelines.schema import Ragged
from pipelines.statistics.bootstrap import poisson_bootstrap
from pipelines.statistics.intervals import t_interval
from tests.evaluation.slices.folders import of_lists, of_values

N = 900


def aimed(folder: Path, seed: int, users: int = 300) -> BakeoffFolder:
    """A true reversal by held-out items; popularity divides 40 items into two halves.

    Of each two users one interacted with nine head items and one tail item, the other the reverse.
    "a" finds three of the nine and misses the one, "b" the one and none of the nine: over all
    ten items "a" has recall .3 and "b" .1. In each half the users' recalls are averaged alike,
    1/3 and 0 for "a", 0 and 1 for "b".
    """
    rng = np.random.default_rng(seed)
    half = 20
    rows, a, b = [], [], []
    for user in range(users):
        many = rng.permutation(half) + half * (user % 2)
        few = rng.permutation(half) + half * (1 - user % 2)
        rows.append([*many[:9].tolist(), int(few[0])])
        found = int(rng.integers(2, 5))  # three on average
        a.append(rng.permutation([*many[:found], *many[9 : 19 - found]]))
        b.append(rng.permutation([few[0], *few[1:10]]))
    kinds = np.where(np.arange(2 * half) < half, "head", "tail")
    lists = {"a": np.array(a), "b": np.array(b)}
    return of_lists(folder, Ragged.of(rows), lists, kinds)


def test_ahead_on_the_whole_and_behind_in_every_slice_of_what_was_taken_up(tmp_path: Path) -> None:
    found = find(aimed(tmp_path, 1), "a", "b", "recall@10", 0.02)
    assert [r.kind for r in found] == ["every slice"]
    first = found[0]
    assert (first.ahead, first.behind, first.dimension) == ("a", "b", "popularity")
    assert first.difference == pytest.approx(0.2, abs=0.02) and first.low > 0
    assert [cell.values for cell in first.cells] == [("head",), ("tail",)]
    for cell in first.cells:
        assert cell.difference == pytest.approx(-1 / 3, abs=0.06)
        assert cell.n == 300 and cell.outcome == "worse"
    assert first.sentence.startswith("Overall, with equal weight per user, a is ahead of b by 0.2")
    assert (
        "but b is ahead in every slice of popularity, with certainty in 2 of 2: " in first.sentence
    )
    assert first.sentence.count("300 users") == 2


def test_it_is_told_alike_whoever_is_named_first(tmp_path: Path) -> None:
    kept = aimed(tmp_path, 2)
    one, other = (find(kept, *pair, "recall@10", 0.02) for pair in (("a", "b"), ("b", "a")))
    assert [r.sentence for r in one] == [r.sentence for r in other]
    assert other[0].ahead == "a" and other[0].difference == one[0].difference > 0


def test_ahead_by_items_and_behind_in_every_slice_of_users(tmp_path: Path) -> None:
    """A tenth of the users interacted with 40 items each, and "a" is far better for them alone."""
    rng = np.random.default_rng(3)
    heavy = rng.random(N) < 0.1
    plan = rng.choice(["free", "paid", "trial"], N)
    truths = np.where(heavy, 40, 1)
    base = rng.random(N) * 0.4 + 0.2
    d = np.where(heavy, 0.2, -0.1) + rng.normal(0, 0.05, N)
    kept = of_values(tmp_path, {"a": base + d, "b": base}, {"plan": plan}, truths=truths)
    found = find(kept, "a", "b", "ndcg@10", 0.02)
    assert [r.kind for r in found] == ["every slice", "weights"]
    every, weights = found
    assert every.counting == "with equal weight per held-out item"
    assert (every.ahead, every.dimension, len(every.cells)) == ("a", "plan", 3)
    assert all(cell.difference < 0 for cell in every.cells)
    assert every.sentence.endswith("Users with many held-out items have more weight overall than "
                                   "in the slices.")  # fmt: skip
    assert weights.ahead == "b" and weights.counting == "with equal weight per user"
    assert "; but with equal weight per held-out item, a is ahead by 0." in weights.sentence


def test_averages_over_different_users_are_no_comparison(tmp_path: Path) -> None:
    """ "a" has no value for the hard half of the users, and is worse wherever both have one."""
    rng = np.random.default_rng(4)
    hard = rng.random(N) < 0.5
    land = rng.choice(["NO", "SE"], N)
    b = np.where(hard, 0.1, 0.6) + rng.normal(0, 0.03, N)
    a = np.where(hard, np.nan, b - 0.05 + rng.normal(0, 0.03, N))
    kept = of_values(tmp_path, {"a": a, "b": b}, {"land": land}, metric="serendipity@10")
    assert np.nanmean(a) > np.nanmean(b)
    found = [r for r in find(kept, "a", "b", "serendipity@10", 0.02) if r.kind == "every slice"]
    assert [(r.ahead, r.dimension) for r in found] == [("a", "land")]
    there = int((~np.isnan(a)).sum())
    assert found[0].counting == "with each mean over the users who have a value"
    assert f"a has a value for {there}, b for 900, both for {there}." in found[0].sentence


def test_behind_in_one_slice_for_certain(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    land = rng.choice(["NO", "SE", "DK", "FI"], N, p=[0.4, 0.3, 0.2, 0.1])
    base = rng.random(N) * 0.4 + 0.3
    d = np.where(land == "FI", -0.1, 0.05) + rng.normal(0, 0.1, N)
    kept = of_values(tmp_path, {"a": base + d, "b": base}, {"land": land})
    found = find(kept, "a", "b", "ndcg@10", 0.02)
    assert [(r.kind, r.ahead, r.behind) for r in found] == [("one slice", "a", "b")]
    users = int((land == "FI").sum())
    assert [(c.values, c.n) for c in found[0].cells] == [(("FI",), users)]
    assert found[0].sentence.startswith("Overall, with equal weight per user, a is ahead of b by")
    assert f"; but among users with land “FI” ({users}), b is ahead by 0." in found[0].sentence
    turned = find(kept, "b", "a", "ndcg@10", 0.02)
    assert [r.sentence for r in turned] == [r.sentence for r in found]


def test_a_slice_behind_by_chance_is_no_reversal(tmp_path: Path) -> None:
    """Nine slices of users where "a" is truly a little ahead: some lie below zero by chance."""
    rng = np.random.default_rng(6)
    week = rng.choice([f"week {j}" for j in range(9)], 450)
    base = rng.random(450) * 0.4 + 0.3
    d = rng.normal(0.02, 0.15, 450)
    kept = of_values(tmp_path, {"a": base + d, "b": base}, {"week": week})
    assert any(d[week == f"week {j}"].mean() < 0 for j in range(9))
    assert find(kept, "a", "b", "ndcg@10", 0.02) == []


def test_slices_too_small_to_say_must_not_hide_most_users(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    heavy = rng.random(N) < 0.1
    base = rng.random(N) * 0.4 + 0.2
    d = np.where(heavy, 0.2, -0.1) + rng.normal(0, 0.05, N)
    large = rng.choice(["x", "y"], N)
    few = np.where(np.arange(N) < 120, [f"z {j // 20}" for j in range(N)], large)
    most = np.where(np.arange(N) < 700, [f"z {j // 20}" for j in range(N)], large)
    truths = np.where(heavy, 40, 1)
    kept = of_values(tmp_path, {"a": base + d, "b": base}, {"few": few, "most": most},
                     truths=truths)  # fmt: skip
    found = [r for r in find(kept, "a", "b", "ndcg@10", 0.02) if r.kind == "every slice"]
    assert [r.dimension for r in found] == ["few"]
    assert "Not compared: 6 of 8 slices, with fewer than 30 users each." in found[0].sentence


@given(st.integers(0, 2**32 - 1))
def test_paired_means_over_the_same_users_cannot_reverse_in_all_slices(
    tmp_path_factory, seed: int
) -> None:  # type: ignore[no-untyped-def]
    """The whole is the slices' average, weighted by their users, for both alike."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 200))
    land = rng.choice(["a", "b", "c"], n)
    base = rng.random(n)
    d = (
        rng.normal(rng.normal(0, 0.2), 0.1, n)
        + rng.normal(0, 0.2, 3)[np.unique(land, return_inverse=True)[1]]
    )
    kept = of_values(tmp_path_factory.mktemp("kept"), {"a": base + d, "b": base}, {"land": land})
    found = find(kept, "a", "b", "ndcg@10", 0.0)
    assert all(r.kind == "one slice" for r in found)


def drawn(rng: np.random.Generator, n: int, items: int = 60) -> np.ndarray:
    """A list of all items for each user (n, items), the first ones likelier at the top."""
    return np.argsort(np.log(np.arange(1, items + 1)) - rng.gumbel(size=(n, items)))


def test_where_two_differ_by_chance_alone_nothing_is_reversed(tmp_path: Path) -> None:
    """100 pairs of contenders whose lists are drawn alike: 5% may be called reversed."""
    false = 0
    for seed in range(100):
        rng = np.random.default_rng(2000 + seed)
        n = 300
        rows = [row[: rng.integers(1, 8)].tolist() for row in drawn(rng, n)]
        kinds = np.array(["head"] * 6 + ["middle"] * 20 + ["tail"] * 34)
        lists = {name: drawn(rng, n)[:, :10] for name in ("a", "b")}
        slices = {f"column {j}": rng.choice([f"{k}" for k in range(2 + j)], n) for j in range(4)}
        kept = of_lists(tmp_path / str(seed), Ragged.of(rows), lists, kinds, slices)
        false += bool(find(kept, "a", "b", "ndcg@10", 0.0))
    assert false / 100 <= 0.05 + 2 * (0.05 * 0.95 / 100) ** 0.5


def test_weighted_contributions_have_the_weighted_mean_and_its_spread() -> None:
    rng = np.random.default_rng(8)
    w = rng.integers(1, 30, 3000).astype(np.float64)
    d = rng.normal(0.1, 0.3, 3000) + w / 100
    z = weighted(d[:, None], w)
    assert z.mean() == pytest.approx((w * d).sum() / w.sum())
    found = t_interval(z)
    draws = poisson_bootstrap(
        lambda counts: (counts @ (w * d)) / (counts @ w), len(d), replicates=2000, seed=1
    )
    low, high = np.quantile(draws, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_contributions_of_own_users_have_the_difference_of_means_and_its_spread() -> None:
    rng = np.random.default_rng(9)
    b = rng.random(2000)
    a = np.where(b < 0.4, np.nan, b + rng.normal(0, 0.05, 2000))
    z = own_users(a[:, None], b[:, None])
    assert z.mean() == pytest.approx(np.nanmean(a) - b.mean())
    there = ~np.isnan(a)
    filled = np.where(there, a, 0.0)
    draws = poisson_bootstrap(
        lambda counts: (counts @ filled) / (counts @ there.astype(float))
        - (counts @ b) / counts.sum(axis=1),
        len(b), replicates=2000, seed=1,
    )  # fmt: skip
    found, (low, high) = t_interval(z), np.quantile(draws, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_nobody_with_a_value_of_both_leaves_nothing_to_reverse(tmp_path: Path) -> None:
    first = np.arange(80) < 40
    values = {"a": np.where(first, np.nan, 0.5), "b": np.where(first, 0.1, np.nan)}
    kept = of_values(tmp_path, values, {"land": np.where(np.arange(80) % 2, "NO", "SE")})
    assert aggregates(Contest(kept, "a", "b", "ndcg@10", 0.02)) == []
    assert find(kept, "a", "b", "ndcg@10", 0.02) == []
