"""Gates: which one decides, what it rules out, and what an online test could confirm."""

import math

import pytest

from pipelines.economics.case_files import load_case
from pipelines.economics.decision import decide, sentence
from pipelines.economics.quantity import UpliftRange
from pipelines.statistics.power import people_per_arm, picks_for_win_rate, smallest_change

SMALL_TEST = {"visitors_per_arm": 60_000.0, "baseline_conversion": 0.025}
GATES = ("data_ready", "exposure_logged", "team_available", "legal_use", "legal_transfer")


def with_small_test(**changes):
    """A shop whose gates are all answered yes, with a test too small for its uplift of 2%."""
    shop = load_case("shop")
    uplift = UpliftRange(low=0.015, mode=0.02, high=0.025)
    buy, build = (o.model_copy(update={"uplift": uplift}) for o in (shop.buy, shop.build))
    answered = dict.fromkeys(GATES, True) | SMALL_TEST | {"buy": buy, "build": build}
    return shop.model_copy(update=answered | changes)


def test_too_few_visitors_is_named_and_the_logging_is_not_blamed():
    decision = decide(with_small_test(), draws=2_000)
    assert decision.decision == "neither: too few visitors to test"
    assert decision.gate == "testability"
    weeks = math.ceil(8 * people_per_arm(0.025, 0.02) / 60_000)
    assert sentence(decision).startswith(
        f"Too few visitors to test 2%: 8 weeks can confirm 10%, and 2% in {weeks} weeks; "
    )
    told = " ".join([sentence(decision), *decision.reasons, *decision.ways])
    assert "logging" not in told and "Log which" not in told
    assert "The log records which recommendations were shown to whom." in decision.reasons
    assert [way.partition(":")[0] for way in decision.ways[:3]] == [
        "A longer test",
        "A larger effect",
        "Interleaving",
    ]
    assert decision.ways[3].startswith("Buy on a rolling contract")
    assert decision.document()["gate"] == "testability"


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({"legal_transfer": False}, "Interleaving"),  # buying is ruled out by another gate
        ({"margin": 100.0}, "Interleaving"),  # buying loses money
        ({"margin": None}, "Buy on"),  # its value is not known yet
    ],
)
def test_the_ways_without_a_test_offer_buying_only_where_it_can_pay(changes, last):
    decision = decide(with_small_test(**changes), draws=2_000)
    assert decision.gate == "testability"
    assert decision.ways[-1].startswith(last)


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"data_ready": False}, "data"),
        ({"exposure_logged": False}, "exposure logging"),
        ({"legal_use": False}, "testability"),  # the gates' order
        ({"visitors_per_arm": 5e7}, ""),
        ({"visitors_per_arm": 5e7, "legal_use": False}, "legal (use)"),
    ],
)
def test_the_decision_names_the_first_gate_that_failed(changes, gate):
    decision = decide(with_small_test(**changes), draws=2_000)
    assert decision.gate == gate
    states = {g["name"]: g["state"] for g in decision.gates}
    assert not gate or states[gate] == "failed"
    assert bool(decision.ways) == (gate == "testability")


PASSES = "passes, the highest value decides."
PASS = "pass, the highest value decides."


@pytest.mark.parametrize(
    ("failed", "conditions"),
    [
        ({"data_ready": False}, [f"If the gates “data” and “testability” both {PASS}"]),
        (
            {"data_ready": False, "legal_use": False},
            [f"If the gates “data”, “testability” and “legal (use)” all {PASS}"],
        ),
        ({}, [f"If the gate “testability” {PASSES}"]),
        (
            {"team_available": False, "baseline_conversion": None},
            [],  # buy leads, with a team and without
        ),
        (
            {"team_available": False},
            [
                f"If the gate “testability” {PASSES}",
                f"If the gates “testability” and “team” both {PASS}",
            ],
        ),
    ],
)
def test_a_gate_reverses_alone_only_what_it_alone_rules_out(failed, conditions):
    found = decide(with_small_test(**failed)).reverses
    assert [text for text in found if "highest value decides" in text] == conditions


def test_a_failed_gate_on_an_option_that_the_case_lacks_reverses_nothing():
    case = with_small_test(build=None, team_available=False)
    found = [text for text in decide(case).reverses if "highest value" in text]
    assert found == [f"If the gate “testability” {PASSES}"]


def test_a_test_that_detects_nothing_has_no_weeks_to_wait_for():
    decision = decide(with_small_test(visitors_per_arm=2.0, baseline_conversion=0.9))
    assert sentence(decision).startswith("Too few visitors to test 2%: 8 weeks detect no change")


def test_detectable_change_unit_checks():
    assert smallest_change(0.02, 5_000) == pytest.approx(0.00863, abs=5e-6)
    assert smallest_change(0.02, 100_000) == pytest.approx(0.00179208, abs=5e-9)
    assert people_per_arm(0.02, 0.1) == pytest.approx(80_678.63, abs=0.01)
    assert people_per_arm(0.02, 0.05) == pytest.approx(315_203.16, abs=0.01)
    assert picks_for_win_rate(0.55) == pytest.approx(782.5, abs=0.05)
    assert picks_for_win_rate(0.52) == pytest.approx(4903.2, abs=0.05)
    assert smallest_change(0.1, people_per_arm(0.1, 0.1)) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"exposure_logged": False}, "neither: fix the logging"),
        ({"data_ready": False}, "neither: collect more data"),
        ({"legal_use": False}, "neither: settle the legal question"),
        ({"legal_transfer": False}, "neither: popularity rule"),
        ({"team_available": False}, "buy"),
        ({"visitors_per_arm": 5e7, "baseline_conversion": 0.02}, "buy"),
    ],
)
def test_gates_come_before_the_sums(changes, answer):
    decision = decide(load_case("shop").model_copy(update=changes))
    assert decision.decision == answer


def test_team_gate_closes_build_where_build_led():
    decision = decide(load_case("video").model_copy(update={"team_available": False}))
    assert decision.decision == "buy" and decision.closed == ["build", "staged"]
