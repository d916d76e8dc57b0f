"""Prices in words: tiers, base fee, the minimum, and whether it decides at a volume."""

import pytest

from pipelines.prices import wording
from pipelines.prices.pricebook import SHIPPED, PriceBook

BOOK = PriceBook(SHIPPED)
PRICED = [line for line in BOOK.lines if line.unit == "1,000 requests"]


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        (
            "personalize-v2",
            "$0.15 per 1,000 requests. At least 1 request a second is billed, 2,592,000 requests a "
            "month of 30 days: a minimum of $388.8 a month.",
        ),
        (
            "google-recommendations",
            "$0.27 per 1,000 requests ($0.18 above 20,000,000 a month, $0.1 above 300,000,000 a "
            "month).",
        ),
        ("algolia-recommend", "$0 per 1,000 requests ($0.6 above 5,000 a month)."),
        (
            "recombee-standard",
            "$0 per 1,000 requests, and $99 a month, free below 100,000 a month.",
        ),
    ],
)
def test_terms_name_the_minimum(name: str, terms: str) -> None:
    assert wording.terms(BOOK.line(name)) == terms


@pytest.mark.parametrize("line", PRICED, ids=lambda line: line.id)
def test_a_minimum_is_named_wherever_there_is_one(line) -> None:
    assert ("a minimum of $" in wording.terms(line)) == bool(line.min_tps)
    assert wording.minimum_decides(line, 1.0) == bool(line.min_tps)
    assert not wording.minimum_decides(line, 1e9)


def test_the_fee_of_a_month_says_what_decides_it() -> None:
    line = BOOK.line("personalize-v2")
    assert wording.fee(line, 200_000) == (
        "At 200,000 requests a month the fee is $388.8 a month: the minimum decides it, since by "
        "request it would be $30."
    )
    assert wording.fee(line, 2_592_000) == (
        "At 2,592,000 requests a month the fee is $388.8 a month."
    )
    assert wording.fee(line, 1e7) == "At 10,000,000 requests a month the fee is $1,500 a month."


@pytest.mark.parametrize("line", PRICED, ids=lambda line: line.id)
def test_a_title_fits_the_field_of_a_price_and_is_no_other_line_s(line) -> None:
    assert len(line.title) <= 45
    assert [one.title for one in PRICED].count(line.title) == 1
