"""The rule and the values: which one decides, and ties."""

import pytest

from pipelines.economics.case_files import load_case
from pipelines.economics.decision import decide, sentence
from pipelines.economics.labels import OPTION_LABELS
from pipelines.economics.memo_results import three_numbers
from pipelines.economics.quantity import UpliftRange


def test_the_rule_decides_where_the_sums_cannot():
    shop = load_case("shop")
    wide = UpliftRange(low=-0.02, mode=0.02, high=0.06)
    case = shop.model_copy(
        update={
            "popularity": shop.popularity.model_copy(update={"uplift": 0.015}),
            "buy": shop.buy.model_copy(update={"uplift": wide}),
        }
    )
    by_rule = decide(case, draws=20_000)
    assert by_rule.npv("popularity") > by_rule.npv("buy") > 0
    assert by_rule.decision == "buy" and "too little to be certain" in sentence(by_rule)
    silent = decide(case.model_copy(update={"core_business": "unknown"}), draws=20_000)
    assert silent.decision == "too close to call"


def tied_case(core_business):
    """A popularity rule and a vendor that are each best in about half of the draws."""
    shop = load_case("shop")
    wide = UpliftRange(low=-0.02, mode=0.02, high=0.06)
    options = {
        "popularity": shop.popularity.model_copy(update={"uplift": 0.0138}),
        "buy": shop.buy.model_copy(update={"uplift": wide}),
    }
    return shop.model_copy(update=options | {"core_business": core_business})


@pytest.mark.parametrize("core_business", ["unknown", "yes"])
def test_a_tie_is_told_as_a_tie_with_what_would_settle_it(core_business):
    decision = decide(tied_case(core_business), draws=20_000)
    assert decision.decision == "too close to call" and decision.chosen is None
    assert set(decision.tied) == {"popularity", "buy"}
    told = sentence(decision)
    assert told.startswith("Too close to call over 36 months: ") and "leads" not in told
    shares = [decision.uncertainty["p_best"][name] for name in decision.tied]
    assert [f"{share:.0%}" in told for share in shares] == [True, True]
    assert abs(shares[0] - shares[1]) < 0.1
    settled = [reason for reason in decision.reasons if reason.startswith("What would settle it")]
    assert len(settled) == 1 and "the uplift of buy (worth $" in settled[0]
    assert three_numbers(decision)[1][1] == "between the first two: too close to call"
    assert three_numbers(decision)[0][1] == "value of " + OPTION_LABELS[decision.tied[0]] + \
        " over 36 months"  # fmt: skip


def test_the_rule_settles_a_tie_and_says_so():
    decision = decide(tied_case("no"), draws=20_000)
    assert decision.decision == "buy"
    assert decision.tied == ["buy", "popularity"]
    assert "by value it is too close to call against popularity rule" in sentence(decision)
    assert "leads" not in sentence(decision)


def test_a_lead_that_is_often_reversed_says_how_often_it_holds():
    shop = load_case("shop")
    buy = shop.buy.model_copy(update={"uplift": UpliftRange(low=0.0, mode=0.025, high=0.05)})
    decision = decide(shop.model_copy(update={"buy": buy}), draws=20_000)
    chance = decision.uncertainty["p_best"]["buy"]
    assert 0.6 < chance < 0.8 and decision.tied == []
    assert f", but is best in only {chance:.0%} of the draws;" in sentence(decision)


def test_equal_values_without_ranges_are_a_tie():
    shop = load_case("shop")
    twin = shop.buy.model_copy(update={"months_to_launch": 2.0})
    case = shop.model_copy(update={"popularity": twin, "build": None, "core_business": "unknown"})
    decision = decide(case)
    assert decision.decision == "too close to call"
    assert sentence(decision) == (
        "Too close to call over 36 months: popularity rule ($145 k) and buy ($145 k)."
    )
    assert any("ranges of the inputs" in reason for reason in decision.reasons)
    assert "tie" not in decide(shop).document() and decide(shop).tied == []


def test_a_tie_with_doing_nothing_is_a_tie():
    shop = load_case("shop")
    wide = UpliftRange(low=-0.05, mode=0.007, high=0.064)
    buy = shop.buy.model_copy(update={"uplift": wide})
    case = shop.model_copy(
        update={"popularity": None, "build": None, "buy": buy, "core_business": "unknown"}
    )
    decision = decide(case, draws=20_000)
    assert decision.decision == "too close to call"
    assert set(decision.tied) == {"buy", "nothing"} and "doing nothing ($0)" in sentence(decision)


def test_clear_sums_overrule_the_rule_and_say_so():
    decision = decide(load_case("shop").model_copy(update={"core_business": "yes"}))
    assert decision.decision == "buy"
    assert "The values contradict the rule: buy comes first." in decision.reasons
