"""Decisions on the worked cases and on other whole cases, and their document."""

import json

import pytest

from pipelines.economics.case_files import blank_case, case_from, load_case
from pipelines.economics.decision import decide, sentence
from pipelines.economics.quantity import Range

OPTIONS = {"name", "npv", "benefit", "cost"}


def test_shop_buys():
    decision = decide(load_case("shop"))
    assert decision.decision == "buy" and decision.missing == []
    assert sentence(decision) == (
        "Buy leads by $45 k over 36 months; below an open rate of 36% it loses money."
    )
    assert any("so buy" in reason for reason in decision.reasons)
    assert "Uplift of build above 7.4%: build leads." in decision.reverses


def test_video_builds_bridged_by_buy():
    decision = decide(load_case("video"))
    assert decision.decision == "build, bridged by buy"
    assert decision.npv("staged") == pytest.approx(11167.8, abs=0.05)
    assert decision.break_even["requests_per_month"] / 1e6 == pytest.approx(475.33, abs=0.005)
    rows = {(row["months"], row["discount_rate"]): row["npv"] for row in decision.horizons}
    assert rows[36, 0.0]["staged"] == pytest.approx(5567.8, abs=0.05)
    assert any("36" in text or "26 months" in text for text in decision.reverses)


def test_data_poor_fixes_the_logging():
    decision = decide(load_case("data-poor"))
    assert decision.decision == "neither: fix the logging"
    assert decision.chosen == "popularity" and decision.npv("popularity") == pytest.approx(2.5)
    assert any(".00863" in reason and "43%" in reason for reason in decision.reasons)
    assert "$2.5 k" in sentence(decision)


def test_nothing_pays():
    decision = decide(load_case("shop").model_copy(update={"margin": 10.0}))
    assert decision.decision == "neither: nothing pays yet" and decision.chosen is None
    assert sentence(decision).startswith("No option pays off over 36 months: the best one, ")


def test_zero_inputs_do_not_break():
    zero = load_case("shop").model_copy(update={"margin": 0.0, "requests": 0.0, "open_rate": 0.0})
    json.dumps(decide(zero).document(), allow_nan=False)


@pytest.mark.parametrize("name", ["shop", "video", "data-poor"])
def test_document_is_plain_json_with_the_promised_keys(name):
    document = decide(load_case(name)).document()
    assert {"case", "options", "break_even", "decision", "reasons", "missing"} <= set(document)
    for option in document["options"]:
        assert set(option) == OPTIONS
        assert option["npv"] == pytest.approx(option["benefit"] - option["cost"], abs=2e-4)
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_one_option_alone_and_ranges():
    case = case_from(
        {
            "core_business": "unknown",
            "margin": {"low": 900.0, "mode": 1000.0, "high": 1500.0},
            "open_rate": 0.4,
            "build": {
                "uplift": 0.1,
                "months_to_launch": 3.0,
                "setup": 2.0,
                "ftes": 0.1,
                "infra": 0.1,
            },
        }
    )
    decision = decide(case, draws=5_000)
    assert decision.decision == "build" and "is worth" in sentence(decision)
    assert decision.uncertainty["p_best"]["build"] == pytest.approx(1.0)
    assert isinstance(case.margin, Range)


def test_blank_case_without_evidence():
    assert decide().decision == "not decidable yet"
    assert decide(blank_case()).missing == decide().missing
