"""Whose servers a decision pays for: those of the contender that it names."""

import pytest

from pipelines.economics.case_files import load_case
from pipelines.economics.decision import decide
from pipelines.economics.evidence import Contender, Evidence, evidence_from_bakeoff
from pipelines.economics.hosting import built_candidate, hosting_cost
from pipelines.economics.memo import render_memo
from pipelines.prices.pricebook import SHIPPED, PriceBook

TIMES = {"fast": 2.0, "good": 400.0, "slow": 4000.0, "paid": 3.0}


def evidence(*rows, paid=("paid",)):
    """Of a bake-off of one's own; rows are contender, difference and outcome."""
    contenders = [
        {
            "name": name,
            "title": name.title(),
            "kind": "built",
            "status": "scored",
            "fit_seconds": 60.0,
            "request_ms": {"p95": TIMES[name]},
            "spec": {"rules": [{"stage": "sponsored-slot"}]} if name in paid else {},
        }
        for name, *_ in rows
    ]
    contenders.append({"name": "popular", "kind": "baseline", "status": "scored"})
    comparisons = [
        {"contender": name, "baseline": "popular", "metric": "ndcg@10"}
        | {"difference": difference, "outcome": outcome}
        for name, difference, outcome in rows
    ]
    return evidence_from_bakeoff(
        {"id": "b7", "dataset": "mine", "contenders": contenders, "comparisons": comparisons}
    )


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([("fast", 0.1, "better"), ("good", 0.2, "better"), ("slow", 0.05, "better")], "good"),
        ([("fast", 0.1, "better"), ("slow", 0.2, "inconclusive")], "fast"),
        ([("fast", 0.1, "inconclusive"), ("slow", 0.2, "inconclusive")], "slow"),
        ([("fast", 0.1, "better"), ("paid", 0.3, "better")], "fast"),
        ([("fast", 0.1, "inconclusive"), ("paid", 0.3, "better")], "paid"),
    ],
)
def test_the_servers_are_those_of_the_contender_that_the_decision_names(rows, named):
    own = evidence(*rows)
    assert built_candidate(own).name == named
    shop = load_case("shop")
    case = shop.model_copy(
        update={
            "requests": 1e8,
            "build": shop.build.model_copy(update={"infra": None}),
        }
    )
    decision = decide(case, own, draws=1_000)
    quality = next(g["reason"] for g in decision.gates if g["name"] == "quality of build")
    assert quality.startswith(f"{named.title()} beats") or "inconclusive" in quality
    told = f"servers for {named.title()}, the leading built contender, cost about"
    assert any(told in reason for reason in decision.reasons)
    memo = render_memo(decision, case, own, "2026-11-30")
    whose = f"the latency of {named.title()}, the leading built contender, in the bake-off"
    assert whose in memo
    book = PriceBook(SHIPPED)
    filled = case.build.model_copy(update={"infra": hosting_cost(built_candidate(own), 1e8, book)})
    again = decide(case.model_copy(update={"build": filled}), own, draws=1_000)
    assert again.npv("build") == pytest.approx(decision.npv("build"))


def test_without_a_comparison_the_slowest_is_taken_and_told():
    built = [
        Contender(name=name, kind="built", status="scored", fit_seconds=60.0, p95_ms=ms)
        for name, ms in TIMES.items()
    ]
    own = Evidence(dataset="mine", is_sample=False, contenders=tuple(built))
    assert built_candidate(own).name == "slow"
    shop = load_case("shop")
    told = "servers for slow, the slowest built contender, cost about"
    assert any(told in reason for reason in decide(shop, own).reasons)
    untimed = built[0].model_copy(update={"fit_seconds": None})
    own = Evidence(dataset="mine", is_sample=False, contenders=(untimed,))
    assert built_candidate(own) is None
