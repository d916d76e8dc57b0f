"""Where does a contender win: a planted slice tops the list, chance does not fill it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.evaluation.metrics.novelty import Novelty
from pipelines.evaluation.slices.findings import losses, wins
from pipelines.schema import Ragged
from tests.evaluation.slices.folders import of_lists, of_values

N = 900


def columns(rng: np.random.Generator, n: int = N) -> dict[str, np.ndarray]:
    """Five ways to divide users that have nothing to do with any metric."""
    return {
        name: rng.choice([f"{name} {j}" for j in range(size)], n)
        for name, size in (("plan", 3), ("land", 6), ("age", 4), ("device", 2), ("week", 12))
    }


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_winner_tops_its_list(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    slices = columns(rng)
    base = rng.random(N) * 0.5
    planted = slices["land"] == "land 2"
    theirs = base + rng.normal(0, 0.15, N) + 0.24 * (planted - planted.mean())
    kept = of_values(tmp_path, {"built": base, "vendor": theirs}, slices)
    found = wins(kept, "vendor", "built", "ndcg@10", 0.02)
    first = found[0]
    assert (first.cell.dimensions, first.cell.values) == (("land",), ("land 2",))
    assert first.certain and first.cell.looked == 27
    assert first.sentence.startswith(
        f"Among users with land “land 2” ({planted.sum()}), vendor beats built by 0."
    )
    assert first.sentence.endswith(").")
    assert [f.cell.values for f in found if f.certain] == [("land 2",)]


def test_the_winner_of_two_dimensions_crossed_tops_the_list_where_they_are_asked_for(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(5)
    slices = columns(rng, 3000)
    base = rng.random(3000) * 0.5
    planted = (slices["land"] == "land 2") & (slices["device"] == "device 1")
    theirs = base + rng.normal(-0.05, 0.15, 3000) + 0.3 * planted
    kept = of_values(tmp_path, {"built": base, "vendor": theirs}, slices)
    first = wins(kept, "vendor", "built", "ndcg@10", 0.02, crossed=True)[0]
    assert dict(zip(first.cell.dimensions, first.cell.values, strict=True)) == {
        "land": "land 2",
        "device": "device 1",
    }
    assert "with land “land 2” and with device “device 1”" in first.sentence


def test_the_list_is_ranked_by_what_a_slice_is_worth_at_least(tmp_path: Path) -> None:
    """A large slice of a sure effect goes before a small one of a greater, less sure effect."""
    rng = np.random.default_rng(3)
    land = np.array(["big"] * 800 + ["small"] * 40 + ["none"] * 200)
    d = np.concatenate([rng.normal(0.1, 0.1, 800), rng.normal(0.13, 0.2, 40), np.zeros(200)])
    base = np.full(len(land), 0.4)
    kept = of_values(tmp_path, {"a": base + d, "b": base}, {"land": land})
    found = wins(kept, "a", "b", "ndcg@10", 0.02)
    assert [f.cell.values[0] for f in found] == ["big", "small"]
    assert found[0].cell.difference < found[1].cell.difference
    lows = [f.cell.low for f in found]
    assert lows == sorted(lows, reverse=True)


def test_a_win_that_chance_may_explain_comes_last_and_says_so(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    slices = columns(rng)
    base = rng.random(N) * 0.5
    kept = of_values(tmp_path, {"a": base + rng.normal(0, 0.2, N), "b": base}, slices)
    doubtful = [f for f in wins(kept, "a", "b", "ndcg@10", 0.0) if not f.certain]
    doubtful += [f for f in losses(kept, "a", "b", "ndcg@10", 0.0) if not f.certain]
    assert doubtful
    for finding in doubtful:
        assert finding.sentence.endswith("; this may be chance, given comparisons in 27 slices.")


def test_losses_are_the_same_cells_seen_from_the_other_side(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    slices = columns(rng)
    base = rng.random(N) * 0.5
    theirs = base - 0.1 + rng.normal(0, 0.1, N)
    kept = of_values(tmp_path, {"built": base, "vendor": theirs}, slices)
    assert wins(kept, "vendor", "built", "ndcg@10", 0.02) == []
    lost = losses(kept, "vendor", "built", "ndcg@10", 0.02)
    won = wins(kept, "built", "vendor", "ndcg@10", 0.02)
    assert [f.sentence for f in lost] == [f.sentence for f in won]
    assert len(lost) == 27
    assert all("built beats vendor by 0." in f.sentence for f in lost)


def test_slices_of_the_same_users_are_told_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    new = rng.choice(["new", "returning"], N)
    events = np.where(new == "new", "0", "more")
    base = rng.random(N) * 0.5
    theirs = base + 0.2 * (new == "new") + rng.normal(0, 0.05, N)
    kept = of_values(tmp_path, {"a": theirs, "b": base}, {"events": events, "standing": new})
    found = [f for f in wins(kept, "a", "b", "ndcg@10", 0.02) if f.certain]
    assert [f.cell.dimensions[0] for f in found] == ["events"]


def test_where_less_is_better_the_lower_one_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Novelty, "better", "lower")
    rng = np.random.default_rng(8)
    land = rng.choice(["NO", "SE"], N)
    base = rng.random(N) * 5
    theirs = base - (land == "NO") + rng.normal(0, 0.1, N)
    kept = of_values(tmp_path, {"a": theirs, "b": base}, {"land": land}, metric="novelty@10")
    found = [f for f in wins(kept, "a", "b", "novelty@10", 0.01) if f.certain]
    assert [f.cell.values for f in found] == [("NO",)]
    assert found[0].cell.difference < 0
    assert "a beats b by 0.9" in found[0].sentence or "a beats b by 1" in found[0].sentence
    assert losses(kept, "b", "a", "novelty@10", 0.01)[0].cell.values == ("NO",)


def test_slices_of_items_say_what_is_counted(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    rows = [rng.choice(40, 4, replace=False).tolist() for _ in range(200)]
    kinds = np.where(np.arange(40) < 20, "head", "tail")
    good = np.array([rng.permutation([i for i in range(20) if i < 12 or i in row])[:10]
                     for row in rows])  # fmt: skip
    bad = np.array([rng.permutation(np.arange(20, 40))[:10] for _ in rows])
    kept = of_lists(tmp_path, Ragged.of(rows), {"a": good, "b": bad}, kinds)
    first = wins(kept, "a", "b", "recall@10", 0.02)[0]
    users = first.cell.n
    assert first.sentence.startswith(
        f"Among users ({users}), counting only held-out items with popularity “head”, a beats b "
        "by 0."
    )


def test_the_share_of_lists_with_any_certain_win_is_five_percent_where_there_is_none(
    tmp_path: Path,
) -> None:
    """Two contenders that differ by chance alone, 150 times: any slice called certain is false."""
    false = 0
    for seed in range(150):
        rng = np.random.default_rng(1000 + seed)
        slices = columns(rng, 600)
        hits = rng.random(600) < 0.3
        pair = [np.where(hits & (rng.random(600) < 0.7), rng.random(600), 0.0) for _ in range(2)]
        kept = of_values(tmp_path / str(seed), {"a": pair[0], "b": pair[1]}, slices)
        both = wins(kept, "a", "b", "ndcg@10", 0.0) + losses(kept, "a", "b", "ndcg@10", 0.0)
        false += any(f.certain for f in both)
    assert false / 150 <= 0.05 + 2 * (0.05 * 0.95 / 150) ** 0.5
