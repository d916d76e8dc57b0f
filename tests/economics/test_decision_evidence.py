"""What a decision takes from a bake-off: cost and comparisons, never uplift."""

import json

import pytest

from pipelines.economics.case_files import load_case
from pipelines.economics.decision import decide, sentence
from pipelines.economics.evidence import Evidence, evidence_from_bakeoff
from pipelines.errors import AssayError
from tests.economics.bakeoffs import bakeoff


def test_sample_without_a_case_is_not_decidable():
    evidence = evidence_from_bakeoff(bakeoff(dataset="movielens-small", vendor="better"))
    decision = decide(None, evidence)
    assert evidence.is_sample and decision.decision == "not decidable yet"
    assert sentence(decision) == "Not decidable yet: sample data, five inputs missing."
    assert any("uplift" in text for text in decision.missing) and decision.options == []
    assert not any("uplift" in reason for reason in decision.reasons)
    assert decision.document()["reasons"][-1] == f"Missing: {'; '.join(decision.missing)}."
    json.dumps(decision.document(), allow_nan=False)


def test_who_fails_a_required_test_is_told_so():
    document = bakeoff(vendor="better")
    for row in document["comparisons"]:
        row["failed_required"] = row["contender"] == "vendor"
    told = evidence_from_bakeoff(document).findings()
    assert "vendor is equivalent to two-stage (NDCG@10, offline), but it fails a required " \
        "test." in told  # fmt: skip


def test_sample_evidence_changes_no_figure_of_a_case():
    evidence = evidence_from_bakeoff(
        bakeoff(built="worse", dataset="complete-journey"), readiness="needs more"
    )
    with_sample, without = decide(load_case("shop"), evidence), decide(load_case("shop"))
    assert with_sample.decision == "buy" and with_sample.options == without.options
    assert "sample data (complete-journey)" in with_sample.reasons[0]


def test_missing_uplift_is_never_filled_from_a_bakeoff():
    shop = load_case("shop")
    case = shop.model_copy(update={"buy": shop.buy.model_copy(update={"uplift": None})})
    decision = decide(case, evidence_from_bakeoff(bakeoff(vendor="better")))
    assert decision.decision == "not decidable yet"
    assert decision.missing == ["uplift of buy (a plausible range)"]
    assert not {"difference", "low", "high"} & set(
        evidence_from_bakeoff(bakeoff()).outcomes[0].model_fields_set
    )


@pytest.mark.parametrize(
    ("built", "vendor", "answer"),
    [
        ("better", "better", "build, bridged by buy"),
        ("worse", "better", "buy"),
        ("equivalent", None, "buy"),
        ("inconclusive", None, "build, bridged by buy"),
        ("better", "worse", "build"),
    ],
)
def test_comparisons_on_own_data_close_options(built, vendor, answer):
    decision = decide(load_case("video"), evidence_from_bakeoff(bakeoff(built, vendor)))
    assert decision.decision == answer


def test_stand_in_and_random_are_ignored():
    evidence = evidence_from_bakeoff(bakeoff("worse"))
    assert [c.name for c in evidence.contenders] == ["popular", "random", "two-stage"]
    assert [(o.contender, o.baseline, o.outcome) for o in evidence.outcomes] == [
        ("two-stage", "popular", "worse")
    ]


def test_measured_cost_fills_only_a_gap():
    shop = load_case("shop")
    open_case = shop.model_copy(update={"build": shop.build.model_copy(update={"infra": None})})
    assert decide(open_case).missing == ["infrastructure ($k a month) of build"]
    evidence = evidence_from_bakeoff(bakeoff())
    filled = decide(open_case, evidence)
    # two servers at $0.0816 for 720 h and half an hour of fitting: $117.54 a month
    assert filled.npv("build") == pytest.approx(-350 + 30 * (1 - 0.1175448), abs=1e-3)
    assert decide(shop, evidence).npv("build") == pytest.approx(-350.0)


def test_who_does_not_answer_is_named():
    document = bakeoff()
    document["contenders"].append(
        {
            "name": "acme",
            "kind": "third-party",
            "status": "not scored",
            "reason": "It gave no list for 597 of 600 users.",
        }
    )
    reasons = decide(load_case("shop"), evidence_from_bakeoff(document)).reasons
    assert "acme is not scored. It gave no list for 597 of 600 users." in reasons


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"dataset": "x", "contenders": [1]},
        {"dataset": "x", "contenders": [{"name": "a", "kind": "odd"}]},
    ],
)
def test_what_is_no_bakeoff_document(bad):
    with pytest.raises(AssayError, match="not a bake-off's document"):
        evidence_from_bakeoff(bad)


def test_evidence_holds_no_size_of_an_effect():
    for model in (Evidence, *(type(o) for o in evidence_from_bakeoff(bakeoff()).outcomes)):
        assert not {"uplift", "difference", "value", "metrics"} & set(model.model_fields)
