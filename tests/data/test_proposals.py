"""How values are read where the file shows it: numbers, times, states, and known exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.importing.event_weights import are_states, default_weight
from pipelines.data.importing.import_report import sentences
from pipelines.data.importing.mapping import match
from pipelines.data.importing.number_text import decimal_of, read_numbers
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe, Times
from pipelines.errors import AssayError
from tests.data.importing import import_file

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
NAN = float("nan")


@pytest.mark.parametrize(
    ("decimal", "expected"),
    [
        (None, {"2,003.50": 2003.5, "1,250": 1250, "-1,250": -1250, "12,34": NAN, "1,2,3": NAN}),
        (None, {"$5": 5, "5 €": 5, "EUR 9.99": 9.99, "1'234.50": 1234.5, "1 234": 1234}),
        (None, {"2": 2, "2.5": 2.5, "1e3": 1000, "on request": NAN, "5 apples": NAN, "": NAN}),
        (",", {"2,0": 2, "1.250": 1250, "1.250,75": 1250.75, "4,99 €": 4.99, "7": 7}),
    ],
)
def test_numbers_as_exports_write_them(decimal: str | None, expected: dict[str, float]) -> None:
    with duckdb.connect() as connection:
        found = read_numbers(connection, pd.Series(list(expected)), decimal)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.to_numpy(), np.array(list(expected.values()), float))


@pytest.mark.parametrize(
    ("texts", "semicolons", "expected"),
    [
        (["2,0", "10,0"], False, ","),
        (["1.299,00"], False, ","),
        (["1,299.00", "5"], False, "."),
        (["1,250", "2"], False, None),
        (["1,250", "2"], True, ","),
        (["1,250", "2.5"], True, "."),
    ],
)
def test_the_decimal_mark_is_what_the_numbers_show(
    texts: list[str], semicolons: bool, expected: str | None
) -> None:
    assert decimal_of(pa.chunked_array([texts]), semicolons=semicolons) == expected


def test_a_decimal_comma_is_proposed_and_can_be_refused(imported: Import, write: Write) -> None:
    content = "user_id;item_id;quantity;price\na;x;2,0;4,99\na;y;1.250,0;1.299,00 €\n"
    made = imported(content)
    assert made.interactions.weight.tolist() == [2.0, 1250.0]
    assert made.catalogue.frame["price"].tolist() == pytest.approx([4.99, 1299.0])
    assert "decimal comma, as 2,0 in quantity" in plan(write("a.csv", content)).notes[0]
    by_point = Recipe.of({"reading": {"decimal": "."}})
    assert plan(write("a.csv", content), by_point).recipe.reading.decimal == "."


def test_prices_that_cannot_be_read_are_counted_and_named(imported: Import) -> None:
    made = imported("user_id,item_id,price\na,x,free\na,y,n/a\nb,x,\nb,y,9\nc,x,gift\n")
    assert made.about.kept == 5
    (said,) = sentences(made.about)
    assert said == (
        "price: 2 values of 'events.csv' cannot be read and are missing, the first 'free' in "
        "line 2."
    )


def test_a_refusal_names_a_row(write: Write, home: Path) -> None:
    path = write("a.csv", "user_id,item_id,timestamp\na,x,the ides of March\n")
    with pytest.raises(AssayError, match=r"the time cannot be read.* \(line 2: a,x,the ides of Ma"):
        import_file(path, "a", home)


@pytest.mark.parametrize(
    "text",
    [
        "2023-11-15 06:06:32 +0100", "2023-11-15 05:06:32,123", "20231115050632",
        "15/11/2023 06:06:32 +0100", "15-Nov-2023 05:06:32", "Wed, 15 Nov 2023 05:06:32 GMT",
        "Nov 15, 2023, 05:06:32 AM", "November 15, 2023 at 5:06:32 AM", "2023-11-15 05:06:32 UTC",
        "2023-11-15T06:06:32+0100", "2023/11/15 05:06:32", "Wednesday, 15 November 2023 05:06:32",
        "2023-11-15 05:06:32.5Z", "1700024792", "1700024792000",
    ],
)  # fmt: skip
def test_times_of_exports(text: str, imported: Import) -> None:
    made = imported(f'user_id;item_id;timestamp\na;x;"{text}"\n')
    assert made.interactions.time.tolist() == [1_700_024_792]


def test_times_without_seconds_and_zones(imported: Import) -> None:
    recipe = Recipe(times=Times(zone="Europe/Berlin"))
    for text in ("2023-11-15 06:06", "15-Nov-2023 06:06", "20231115060600"):
        made = imported(f"user_id,item_id,timestamp\na,x,{text}\n", recipe=recipe)
        assert made.interactions.time.tolist() == [1_700_024_760]


def test_days_of_a_spreadsheet_are_recognized_and_told(imported: Import, write: Write) -> None:
    content = "user_id,item_id,timestamp\na,x,45245.25454\nb,y,45246\n"
    found = plan(write("a.csv", content))
    assert found.recipe.times.unit == "excel"
    assert "days of a spreadsheet (45245.25454 is a day of 2023)" in found.notes[0]
    assert imported(content).interactions.time.tolist() == [1_700_028_392, 1_700_092_800]
    days = imported(content.replace("45", "19"), recipe=Recipe(times=Times(unit="days")))
    assert str(np.datetime64(int(days.interactions.time[1]), "s"))[:10] == "2022-09-11"


def test_a_time_of_zero_is_missing_beside_times_of_today(imported: Import, home: Path) -> None:
    made = imported("user_id,item_id,timestamp\na,x,1700000000\nb,y,0\nc,z,1970-01-01\n")
    assert made.about.kept == 1
    reasons = quarantine.read(home / "events" / "1")["reason"].unique().tolist()
    assert reasons == ["the time is 0, which stands for none"]
    counted = imported("user_id,item_id,timestamp\na,x,0\nb,y,1\nc,z,2\n")
    assert counted.about.kept == 3


def test_times_before_1990_are_told(write: Write) -> None:
    (note,) = plan(write("a.csv", "user_id,item_id,timestamp\na,x,11\nb,y,12\n")).notes
    assert note.startswith("All times in timestamp are before 1990 if they are seconds, such as 11")


def test_times_to_come_are_counted(imported: Import) -> None:
    made = imported("user_id,item_id,timestamp\na,x,1700000000\nb,y,4000000000\n")
    (said,) = sentences(made.about)
    assert said.startswith("1 event is later than today, up to 2096-10-02")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("user_id,item_id,when_seen", "when_seen looks like one ('the ides')"),
        ("user_id,item_id,note", "No time was found, so a split in time is not possible"),
    ],
)
def test_a_file_without_a_time_is_told(header: str, says: str, write: Write) -> None:
    path = write("a.csv", f"{header}\na,x,the ides\n")
    assert says in plan(path).notes[0]
    assert plan(path, Recipe(columns={"timestamp": ""})).notes == ()


@pytest.mark.parametrize(
    ("weight", "kinds"),
    [
        (0.1, "Product Viewed|product_viewed|productViewed|Song Played|page_view|Cart Viewed"),
        (0.3, "Product Added|added_to_cart|Product Added to Wishlist|Checkout Started|liked"),
        (0.0, "Product Removed|Order Refunded|Order Cancelled|canceled|Product List Viewed"),
        (0.0, "storniert|Retoure|annulé|remboursée|devuelto|Cancelado|rimborsato|geannuleerd"),
        (0.0, "anulowane|Zwrócone|İptal edildi|возврат|отменён|キャンセル|退款|returnerad"),
        (1.0, "Order Completed|purchase|Order Placed|review|rating|resource|session_start"),
    ],
)
def test_event_types_are_weighed_by_their_words(weight: float, kinds: str) -> None:
    assert {kind: default_weight(kind) for kind in kinds.split("|")} == dict.fromkeys(
        kinds.split("|"), weight
    )


def test_a_status_is_the_event_type_and_what_is_undone_is_left_out(
    write: Write, imported: Import
) -> None:
    states = ["completed", "cancelled", "returned", "delivered", "open"]
    rows = "".join(f"u{n},x{n},{states[n % 5]}\n" for n in range(10))
    content = "customer_id,sku,Status\n" + rows
    found = plan(write("a.csv", content))
    assert found.recipe.columns["event_type"] == "Status"
    assert found.by_content == ["event_type"]
    assert found.weights == {
        "cancelled": 0.0, "completed": 1.0, "delivered": 1.0, "open": 1.0, "returned": 0.0,
    }  # fmt: skip
    assert "Rows of Status cancelled, returned weigh 0 and are left out" in found.notes[0]
    made = imported(content)
    assert (made.about.kept, made.about.filtered) == (6, 4)
    assert made.about.recipe is not None and made.about.recipe.weights["returned"] == 0
    mapped = plan(write("a.csv", content), Recipe(columns={"event_type": "Status"}))
    assert mapped.weights == found.weights
    # A status that says nothing of orders is no event type.
    assert not are_states(["gold", "silver"])
    other = plan(write("b.csv", content.replace("cancelled", "gold").replace("returned", "tin")))
    assert "event_type" not in other.recipe.columns


def test_titles_that_differ_from_row_to_row_are_not_the_items(write: Write) -> None:
    reviews = "".join(f"u{n},i{n % 3},Review {n},Thing {n % 3}\n" for n in range(30))
    found = plan(write("a.csv", "user_id,item_id,title,category\n" + reviews))
    assert found.recipe.columns == {
        "user_id": "user_id", "item_id": "item_id", "categories": "category",
    }  # fmt: skip
    assert any("title is not the title of an item" in note for note in found.notes)
    mapped = plan(
        write("a.csv", "user_id,item_id,title,category\n" + reviews),
        Recipe(columns={"title": "title"}),
    )
    assert mapped.recipe.columns["title"] == "title"


def test_a_rating_of_one_event_type_is_a_weight(write: Write) -> None:
    header = "USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE\n"
    ratings = "".join(f"u{n},i{n % 3},RATING,{n % 10 + 1}.0\n" for n in range(12))
    found = plan(write("a.csv", header + ratings))
    assert found.recipe.columns["weight"] == "EVENT_VALUE"
    assert "EVENT_VALUE holds ratings, not money" in found.notes[0]
    for other in (ratings.replace("RATING,1.0", "click,1.0"), ratings.replace("3.0", "17.35")):
        assert plan(write("a.csv", header + other)).recipe.columns["value"] == "EVENT_VALUE"


def test_ratings_of_zero_are_told(write: Write) -> None:
    rows = "".join(f"u{n},i{n % 3},{n % 2 * 5}\n" for n in range(12))
    (note, *_) = plan(write("a.csv", "User-ID;ISBN;Book-Rating\n" + rows.replace(",", ";"))).notes
    assert note.startswith("Book-Rating is 0 in 6 of the first 12 rows")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (  # RecBole's atomic files
            ("user_id:token", "item_id:token", "rating:float", "timestamp:float"),
            ("user_id", "item_id", "weight", "timestamp"),
        ),
        (  # Amazon's reviews of 2014
            ("reviewerID", "asin", "overall", "unixReviewTime"),
            ("user_id", "item_id", "weight", "timestamp"),
        ),
        (("User-ID", "ISBN", "Book-Rating"), ("user_id", "item_id", "weight")),
        (  # Shopify's orders
            ("Email", "Lineitem sku", "Lineitem quantity", "Created at", "Name", "Lineitem name",
             "Lineitem price"),
            ("user_id", "item_id", "weight", "timestamp", "order_id", "title", "price"),
        ),
        (("userId", "properties.product_id", "event"), ("user_id", "item_id", "event_type")),
        (("user.id", "products[].id", "ts"), ("user_id", "item_id", "timestamp")),
        (("Kundennummer", "Artikelnummer", "Bestelldatum", "Menge"),
         ("user_id", "item_id", "timestamp", "weight")),
    ],
)  # fmt: skip
def test_known_exports_are_recognized(columns: tuple[str, ...], expected: tuple[str, ...]) -> None:
    found = match(columns)
    assert found.mapping == dict(zip(expected, columns, strict=True))
    assert (found.ambiguous, found.missing) == ({}, [])


def test_lines_of_orders_without_a_user_are_told_to_be_joined(write: Write) -> None:
    path = write("a.csv", "order_id,product_id,reordered\n2,33,1\n")
    with pytest.raises(AssayError, match="no column of users, but one of orders: join it"):
        plan(path).require_complete()
