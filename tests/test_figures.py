"""The README's figures are those of docs/figures.json, and a run today gives them again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import figures
from pipelines.runtime import paths

STORED: dict[str, Any] = json.loads(figures.FIGURES.read_text())
README = " ".join((paths.CHECKOUT / "README.md").read_text().split())


def outcomes(split: str) -> dict[str, str]:
    (found,) = (one for one in STORED["bakeoffs"] if one["split"] == split)
    others = [name for name in figures.CONTENDERS if name != "popular"]
    return {name: found["contenders"][name]["outcome"] for name in others}


def test_the_readmes_table_is_the_stored_one() -> None:
    assert " ".join(figures.table(STORED["bakeoffs"]).split()) in README


def test_the_readmes_sentences_hold() -> None:
    assert set(outcomes("last-n:5").values()) == {"better"}
    assert "two-stage beats each of the others" in README
    in_time = outcomes("time:0.9")
    assert in_time.pop("two-stage") == "better" and set(in_time.values()) == {"inconclusive"}
    assert "Two-stage is better than Popular with this seed" in README
    assert "No other contender differs from Popular with certainty" in README
    assert seeds_sentence(STORED["by_seed"]) in README
    (found,) = (one for one in STORED["bakeoffs"] if one["split"] == "time:0.9")
    assert f"{found['without_history']} of the {found['users']} users have no history" in README


def seeds_sentence(outcomes: list[str]) -> str:
    """How the README tells the outcomes of the seeds from 0 on."""
    better = [str(seed) for seed, outcome in enumerate(outcomes) if outcome.startswith("better")]
    assert set(outcomes) <= {"better (borderline)", "inconclusive (borderline)"}
    return (
        f'of `--seed` 0 to {len(outcomes) - 1} the outcome is "better" with '
        f'{" and ".join(better)}, and "inconclusive" with the others, each time marked as '
        "borderline"
    )


def test_a_cell_has_three_digits_without_a_leading_zero() -> None:
    assert figures.cell({"value": 0.0329, "low": 0.02664, "high": 0.4}) == ".0329 (.0266 to .400)"


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("split", figures.SPLITS)
def test_a_run_today_gives_the_figures_within_their_spread(split: str) -> None:
    (stored,) = (one for one in STORED["bakeoffs"] if one["split"] == split)
    today = figures.bakeoff(split)
    assert {k: v for k, v in today.items() if k != "contenders"} == {
        k: v for k, v in stored.items() if k != "contenders"
    }
    for name, told in stored["contenders"].items():
        near = 3 * (told["sd"] or 0.0) + 1e-6
        assert today["contenders"][name]["value"] == pytest.approx(told["value"], abs=near), name
