"""What a decision takes from a bake-off's document."""

from typing import Any

import pytest

from pipelines.economics.evidence import Evidence, evidence_from_bakeoff
from pipelines.economics.gates import _quality


def evidence(**borderline: bool) -> Evidence:
    """Of a bake-off on a shop's data, in which each named contender beats Popular."""
    rows: list[dict[str, Any]] = [
        {"contender": name, "baseline": "popular", "metric": "ndcg@10", "outcome": "better"}
        | {"borderline": turns}
        for name, turns in borderline.items()
    ]
    contenders = [{"name": name, "kind": "built", "status": "scored"} for name in borderline]
    contenders.append({"name": "popular", "kind": "baseline", "status": "scored"})
    return evidence_from_bakeoff(
        {"dataset": "shop", "contenders": contenders, "comparisons": rows, "manifest": {}}
    )


@pytest.mark.parametrize(
    ("borderline", "sentence"),
    [
        ({"als": False}, "als beats the baseline on shop offline."),
        ({"ease": True, "als": False}, "als beats the baseline on shop offline."),
        (
            {"als": True},
            "als beats the baseline on shop offline, but other seeds or another machine may turn "
            "it.",
        ),
    ],
)
def test_a_lead_that_other_seeds_may_turn_is_told(
    borderline: dict[str, bool], sentence: str
) -> None:
    gate = _quality(evidence(**borderline), "built", "built recommender", ("build",))
    assert (gate.state, gate.reason) == ("passed", sentence)
