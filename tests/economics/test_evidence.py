"""What a decision takes from a bake-off's document."""

from typing import Any

import pytest

from pipelines.economics.case_files import blank_case
from pipelines.economics.evidence import Evidence, evidence_from_bakeoff
from pipelines.economics.gates import _quality, check_gates
from pipelines.evaluation.comparison.leading import leading
from pipelines.evaluation.results.document import BakeoffDocument


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
        (
            {"ease": True, "als": False},
            "ease beats the baseline on shop offline, but other seeds or another machine may turn "
            "it; als beats it without that doubt.",
        ),
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


def contender(name: str, kind: str = "built", **more: Any) -> dict[str, Any]:
    return {"name": name, "title": name.title(), "kind": kind, "status": "scored"} | more


def row(name: str, difference: float, outcome: str = "better", **more: Any) -> dict[str, Any]:
    """A comparison with Popular; `metric` may be replaced."""
    return {
        "contender": name, "baseline": "popular", "metric": "ndcg@10", "outcome": outcome,
        "difference": difference, "low": difference, "high": difference, "smallest_useful": 0.0,
        "sentence": f"{name}.",
    } | more  # fmt: skip


def made(rows: list[dict[str, Any]], *contenders: dict[str, Any]) -> dict[str, Any]:
    """A bake-off's document; contenders of the rows are built here unless they are given."""
    given = {one["name"]: one for one in contenders}
    there = [given.get(r["contender"]) or contender(r["contender"]) for r in rows]
    metric = rows[0]["metric"]
    return {
        "id": "20261121-1000-bbbb", "dataset": "shop", "created": "2026-11-21T10:00:00+00:00",
        "contenders": [*there, contender("popular", "baseline")], "comparisons": rows,
        "manifest": {"metric": metric, "baseline": "popular", "users": 82},
    }  # fmt: skip


SPONSORED = contender("paid", spec={"rules": [{"stage": "sponsored-slot"}]})


@pytest.mark.parametrize(
    ("document", "first"),
    [
        (made([row("als", 0.1), row("ease", 0.2)]), "ease"),
        (made([row("als", 0.1), row("ease", 0.2, "inconclusive")]), "als"),
        (made([row("als", 0.1, "worse"), row("ease", 0.2, "inconclusive")]), "ease"),
        (made([row("paid", 0.3), row("als", 0.1)], SPONSORED), "als"),
        (made([row("als", 0.1), row("mock", 0.2)], contender("mock", "stand-in")), "als"),
        (made([row("als", 0.1), row("acme", 0.2)], contender("acme", "third-party")), "acme"),
        (
            made(
                [
                    row("als", -0.1, metric="average_popularity@10"),
                    row("ease", -0.2, metric="average_popularity@10"),
                ]
            ),
            None,
        ),
    ],
)
def test_decide_compare_and_overview_name_the_same_contender(
    document: dict[str, Any], first: str | None
) -> None:
    found = BakeoffDocument.model_validate(document)
    one = leading(found, found.comparisons)
    evidence = evidence_from_bakeoff(document)
    assert one is not None and one.contender == evidence.order[0]
    if first is None:  # neither direction is better: the document's order
        return
    assert one.contender == first
    gates = {gate.name: gate.reason for gate in check_gates(blank_case(), evidence)}
    if one.outcome == "better":
        kind = "buy" if first == "acme" else "build"
        assert gates[f"quality of {kind}"].startswith(f"{first.title()} beats the baseline")


def test_a_certain_gain_beside_too_little_data_is_reconciled() -> None:
    told = (
        "Als beats the baseline offline for the 82 users whom the bake-off evaluated; the decision"
    )
    for readiness, turns, there in (
        ("needs more", False, True), ("needs more", True, False), ("enough", False, False),
    ):  # fmt: skip
        document = made([row("als", 0.1, borderline=turns)])
        evidence = evidence_from_bakeoff(document, readiness)  # type: ignore[arg-type]
        gate = check_gates(blank_case(), evidence)[0]
        assert (told in gate.reason) == there
        assert gate.state == ("passed" if readiness == "enough" else "failed")
