"""Today's system, a vendor's terms, other currencies and cash by year, all by hand.

The shop, undiscounted: margin 4,000 a year, a month of one person 160/12, fee .27 a month.
"""

from __future__ import annotations

import json

import pytest

from pipelines.economics.case import Today
from pipelines.economics.case_files import case_from, load_case
from pipelines.economics.cash import cash
from pipelines.economics.costs import break_even_requests, means
from pipelines.economics.decision import decide
from pipelines.economics.formats import in_currency, money, thousands
from pipelines.economics.summary import sentence
from pipelines.errors import AssayError
from pipelines.prices.pricebook import PriceBook

SHOP = load_case("shop")
FEE = 0.27


def values(case):
    return {option["name"]: option["npv"] for option in decide(case).options}


def buying(**terms):
    return SHOP.model_copy(update={"buy": SHOP.buy.model_copy(update=terms)})


def test_values_are_differences_from_keeping_todays_system():
    case = SHOP.model_copy(update={"today": Today(uplift=0.01, infra=1.0)})
    found = decide(case)
    assert found.earned_today == pytest.approx(4000 * 0.01 - 12)
    # The rule brings no more than today's system, and is cheaper from month 2 on.
    rule = (1 - 0.02 * 160 / 12) * 35 - 0.5 * 160 / 12
    assert found.npv("popularity") == pytest.approx(rule) == pytest.approx(19.0)
    # Buying brings 1% more in 34 months.
    buy = 4000 / 12 * 0.01 * 34 - (0.1 * 160 / 12 + FEE - 1) * 34 - 2 * 160 / 12
    assert found.npv("buy") == pytest.approx(buy)
    assert decide(SHOP).earned_today is None


def test_an_option_that_is_cheaper_than_today_breaks_even_at_any_open_rate():
    found = decide(SHOP.model_copy(update={"today": Today(uplift=0.001, infra=9.0)}))
    assert found.break_even["open_rate"]["popularity"] == 0.0


def test_the_vendor_charges_at_least_the_minimum():
    assert values(buying(minimum=1.0))["buy"] == pytest.approx(values(SHOP)["buy"] - 34 * 0.73)
    assert values(buying(minimum=0.1)) == pytest.approx(values(SHOP))


def test_a_contract_is_paid_to_its_end_where_the_build_launches_before():
    # Buy launches in month 2, build in month 6; a term of 12 months ends in month 14.
    free, bound = values(buying(minimum=1.0)), values(buying(minimum=1.0, term_months=12))
    assert bound["staged"] == pytest.approx(free["staged"] - 8 * 1.0)
    assert bound["buy"] == free["buy"]
    assert values(buying(minimum=1.0, term_months=4)) == pytest.approx(free)
    flat = values(buying(fee=0.5, term_months=12))["staged"]
    assert flat == pytest.approx(values(buying(fee=0.5))["staged"] - 8 * 0.5)


def test_below_the_minimum_no_traffic_makes_buying_as_cheap():
    book = PriceBook()
    case = load_case("video")
    base = break_even_requests(case, means(case), book)
    assert base["running_cost"] == pytest.approx(475.33e6, rel=1e-4)
    dear = case.model_copy(update={"buy": case.buy.model_copy(update={"minimum": 1000.0})})
    assert break_even_requests(dear, means(dear), book) == {"running_cost": None, "decision": None}
    low = case.model_copy(update={"buy": case.buy.model_copy(update={"minimum": 1.0})})
    assert break_even_requests(low, means(low), book) == pytest.approx(base)


def test_the_price_books_dollars_are_changed_into_the_cases_currency():
    case = SHOP.model_copy(update={"currency": "EUR", "usd_rate": 0.5})
    found = decide(case)
    assert found.npv("buy") == pytest.approx(decide(SHOP).npv("buy") + 34 * FEE / 2)
    assert found.npv("build") == decide(SHOP).npv("build")
    assert "€" in sentence(found) and "$" not in sentence(found)
    document = found.document()
    assert document["currency"] == "EUR"
    assert "$" not in json.dumps([document["reasons"], document["reverses"]])


def test_without_a_rate_the_fee_in_dollars_is_a_missing_input():
    found = decide(SHOP.model_copy(update={"currency": "EUR"}))
    assert found.missing == ["price of one US dollar in EUR (the price book is in dollars)"]
    quoted = SHOP.buy.model_copy(update={"price": None, "fee": 0.2})
    assert not decide(SHOP.model_copy(update={"currency": "EUR", "buy": quoted})).missing


def test_money_has_the_currencys_sign_or_code():
    assert money(45) == "$45 k" and thousands() == "$k"
    with in_currency("GBP"):
        assert money(-1250) == "−£1.25 M"
    with in_currency("CHF"):
        assert (money(0), money(45), thousands()) == ("CHF 0", "CHF 45 k", "CHF k")
    assert money(45) == "$45 k"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"currency": "euro"}, "must be a code of three capital letters, such as EUR, not 'euro'"),
        ({"usd_rate": 0.9}, "usd_rate is for a currency other than USD"),
        ({"currency": "EUR", "usd_rate": 0}, "usd_rate: must be above 0"),
        ({"today": {"uplift": 2.0}}, "today.uplift is above 1; write 2% as 0.02"),
        ({"buy": {"term_months": -1}}, "buy.term_months: must be 0 or more"),
    ],
)
def test_a_wrong_input_is_one_sentence(given, why):
    with pytest.raises(AssayError, match=why.replace(".", r"\.")):
        case_from({"buy": {}, **given})


def test_cash_by_year_and_its_peak():
    found = cash(SHOP, means(SHOP), PriceBook())["buy"]
    a_month = 4000 / 12 * 0.02 - 0.1 * 160 / 12 - FEE
    setup = 2 * 160 / 12
    assert found.years == pytest.approx([10 * a_month - setup, 12 * a_month, 12 * a_month])
    assert (found.peak_funding, found.peak_month) == (pytest.approx(setup), 0)
    assert sum(found.years) == pytest.approx(decide(SHOP).npv("buy"))
    build = cash(SHOP, means(SHOP), PriceBook())["build"]
    assert build.peak_month == 36 and build.peak_funding == pytest.approx(350.0)


def test_cash_is_not_discounted_and_a_last_year_may_be_short():
    case = SHOP.model_copy(update={"discount_rate": 0.1, "horizon_months": 30})
    found = cash(case, means(case), PriceBook())["buy"]
    assert len(found.years) == 3
    a_month = 4000 / 12 * 0.02 - 0.1 * 160 / 12 - FEE
    assert found.years[2] == pytest.approx(6 * a_month)
