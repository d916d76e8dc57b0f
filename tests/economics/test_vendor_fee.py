"""What is said of a vendor's fee, and that a minimum is said wherever it decides."""

import pytest

from pipelines.economics.case_files import load_case
from pipelines.economics.decision import decide
from pipelines.economics.vendor_fee import minimums, paragraphs
from pipelines.prices.pricebook import SHIPPED, PriceBook

BOOK = PriceBook(SHIPPED)
PROVISIONED = "At 200,000 requests a month the fee is $388.8 a month: the minimum decides it"


def case(requests=200_000.0, **buy):
    """A shop that buys by a campaign, which has a minimum; `buy` replaces inputs of it."""
    shop = load_case("shop")
    priced = {"price": "personalize-v2", "fee": None, "minimum": None}
    bought = shop.buy.model_copy(update=priced | buy)
    return shop.model_copy(update={"requests": requests, "buy": bought})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            case(),
            ["The minimum of Amazon Personalize decides the fee of buy: $388.8 a month; by"],
        ),
        (case(requests=1e7), []),
        (case(fee=0.2), ["The minimum of Amazon Personalize decides"]),
        (case(minimum=0.3), ["The minimum of Amazon Personalize decides"]),  # lower than the fee
        (
            case(minimum=5.0),
            [
                "The contract's minimum of $5 k a month decides the fee of buy: without it, the "
                "fee would be $0.39 k."
            ],
        ),
        (case(price=None, fee=1.0, minimum=2.0), ["The contract's minimum of $2 k a month"]),
        (case(price=None, fee=2.0, minimum=1.0), []),
        (load_case("shop"), []),
    ],
)
def test_a_minimum_that_decides_the_fee_is_a_reason_of_the_decision(given, told):
    found = minimums(given, BOOK)
    assert [a.startswith(b) for a, b in zip(found, told, strict=True)] == [True] * len(told)
    reasons = decide(given, draws=1_000).reasons
    assert [reason for reason in reasons if "minimum" in reason] == found


def test_a_fee_is_told_so_that_it_can_be_computed_again():
    (said,) = paragraphs(case(fee=0.2), BOOK)
    assert said.startswith(
        "Fee of buy: Amazon Personalize: v2 recipes, real time. $0.15 per 1,000 requests. At least "
        "1 request a second is billed, 2,592,000 requests a month of 30 days: a minimum of $388.8 "
        "a month."
    )
    assert PROVISIONED in said
    assert said.endswith("With the flat fee of $0.2 k: $0.5888 k a month.")
    assert "Price book: secondary source, about 2025 (only a secondary source)." in said
    (said,) = paragraphs(case(price=None, fee=1.0, minimum=2.0), BOOK)
    assert said == (
        "Fee of buy: The contract's minimum decides: $2 k a month is charged instead of $1 k."
    )
    assert paragraphs(case(price=None, fee=1.0), BOOK) == []


def test_without_traffic_or_a_rate_the_terms_are_told_and_no_fee():
    (said,) = paragraphs(case(requests=None), BOOK)
    assert "a minimum of $388.8 a month" in said and "the fee is" not in said
    assert minimums(case(requests=None), BOOK) == []
    abroad = case(fee=0.2).model_copy(update={"currency": "CHF"})
    assert "With the flat fee" not in paragraphs(abroad, BOOK)[0]
