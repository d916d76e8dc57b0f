"""Columns are recognized by their names; where two fit, nobody guesses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pipelines.data.importing.mapping import match
from pipelines.data.importing.names import ITEM_NAMES
from pipelines.errors import AssayError

STANDARD = ("user_id", "item_id", "weight", "timestamp")


def resolve(
    columns: Sequence[str], given: dict[str, str] | None = None, **options: Any
) -> dict[str, str]:
    found = match(columns, given, **options)
    found.require_complete(columns)
    return found.mapping


@pytest.mark.parametrize(
    "columns",
    [
        STANDARD,
        ("userId", "movieId", "rating", "timestamp"),  # MovieLens
        ("userID", "itemID", "rating", "timestamp"),  # Microsoft's Recommenders
        ("USER_ID", "ITEM_ID", "EVENT_VALUE", "TIMESTAMP"),  # Amazon Personalize
        ("user_id", "item_id", "weight", "datetime"),  # RecTools
        ("CustomerID", "StockCode", "Quantity", "InvoiceDate"),  # a shop's export
        ("household_id", "product_id", "quantity", "transaction_timestamp"),
    ],
)
def test_the_names_of_the_field_are_known(columns: tuple[str, ...]) -> None:
    assert resolve(columns) == dict(zip(STANDARD, columns, strict=True))


def test_weight_and_time_are_optional() -> None:
    assert resolve(["FeedbackType", "UserId", "ItemId"]) == {
        "user_id": "UserId",
        "item_id": "ItemId",
        "event_type": "FeedbackType",
    }


def test_the_standard_name_itself_fits_better_than_another() -> None:
    assert resolve(["customer_id", "user_id", "item_id", "date", "timestamp"]) == {
        "user_id": "user_id",
        "item_id": "item_id",
        "timestamp": "timestamp",
    }


def test_two_that_fit_equally_are_named_and_refused() -> None:
    with pytest.raises(AssayError, match=r"'product', 'sku' fit item_id .* --map item_id=product"):
        resolve(["user_id", "product", "sku"])
    found = match(["user_id", "product", "sku"])
    assert found.ambiguous == {"item_id": ["product", "sku"]}
    assert found.missing == []


def test_a_given_column_wins_and_is_not_used_twice() -> None:
    assert resolve(["user_id", "product", "sku"], {"item_id": "sku"})["item_id"] == "sku"
    assert resolve(["user_id", "item_id", "rating", "stars"], {"weight": ""}) == {
        "user_id": "user_id",
        "item_id": "item_id",
    }


def test_a_given_column_may_differ_in_case() -> None:
    assert resolve(["Visitor", "Thing"], {"item_id": "thing"})["item_id"] == "Thing"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"person": "a"}, "'person' is not a standard column"),
        ({"user_id": "c"}, "There is no column 'c' for user_id; the file has 'a', 'b'"),
        ({"user_id": "a", "item_id": "a"}, "mapped to both user_id and item_id"),
        ({}, "None of the columns 'a', 'b' was recognized as user_id or item_id"),
        ({"user_id": "a"}, "was recognized as item_id"),
    ],
)
def test_a_wrong_mapping_is_one_sentence(given: dict[str, str], says: str) -> None:
    with pytest.raises(AssayError, match=says):
        resolve(["a", "b"], given)


def test_tables_of_items_have_names_of_their_own() -> None:
    assert resolve(["id", "name", "genres", "unit_price"], names=ITEM_NAMES, need=("item_id",)) == {
        "item_id": "id",
        "title": "name",
        "categories": "genres",
        "price": "unit_price",
    }
