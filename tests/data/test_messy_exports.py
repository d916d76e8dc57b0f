"""What exports of shops hold besides events is not read as events without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.data import dataset as store
from pipelines.data.importing.event_weights import are_kinds
from pipelines.data.importing.planning import plan
from pipelines.data.importing.trimming import trimmed

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
N = 60


def rows(line: Callable[[int], str], header: str) -> str:
    return f"{header}\n" + "".join(f"{line(n)}\n" for n in range(N))


def test_lines_of_totals_are_no_events(imported: Import) -> None:
    text = rows(lambda n: f"C{n % 8},SKU{n % 5},1\nC{n % 8},Subtotal,12", "customer,sku,qty")
    made = imported(text + "Grand Total:,Total,60\nSumme,,60\n")
    assert made.about.quarantined == N + 2
    assert made.about.arrivals is not None
    assert made.about.arrivals.reasons == {"the line is a total": N + 2}
    assert made.catalogue.items.ids.tolist() == [f"SKU{n}" for n in range(5)]
    assert made.users.ids.tolist() == [f"C{n}" for n in range(8)]


def test_a_table_may_end_with_a_line_of_totals(imported: Import, write: Write) -> None:
    items = write("items.csv", "sku;price\nx;1\ny;2\nGesamt;3\n")
    made = imported("user_id,item_id\na,x\na,y\n", items=items)
    assert made.catalogue.items.ids.tolist() == ["x", "y"]


def test_spaces_of_any_kind_and_marks_of_spreadsheets_are_not_part_of_an_id(
    imported: Import, write: Write
) -> None:
    ends = ("", "\xa0", "\u200b", "\u3000", " ")
    text = rows(lambda n: f"u{n % 4},'{n % 3:03}" if n % 2 else
                f'{ends[n % 5]}u{n % 4}{ends[n % 5]},="{n % 3:03}"', "user,item")  # fmt: skip
    items = write("items.csv", 'item;title\n="000";a\n\'001;b\n\xa0002;c\n')
    made = imported(text, items=items)
    assert made.users.ids.tolist() == [f"u{n}" for n in range(4)]
    assert made.catalogue.items.ids.tolist() == ["000", "001", "002"]
    assert made.catalogue.titles().tolist() == ["a", "b", "c"]


def test_quote_marks_of_a_text_stay() -> None:
    import pyarrow as pa

    texts = ["'x'", "'90s", '="x', "d'eau", '="a"="b"', None]
    assert trimmed(pa.array(texts)).to_pylist() == [*texts[:4], 'a"="b', None]
    assert trimmed(pa.chunked_array([[" \xe9 "], ["a"]])).to_pylist() == ["\xe9", "a"]


@pytest.mark.parametrize(
    ("column", "sale", "refund"),
    [
        ("Transaction Type", "Sale", "Refund"),
        ("Vorgang", "Verkauf", "Storno"),
        ("tipo", "Venta", "Devolución"),
        ("Type", "Order", "Returned"),
    ],
)
def test_refunds_told_by_the_kind_of_a_transaction_do_not_count(
    column: str, sale: str, refund: str, imported: Import
) -> None:
    text = rows(lambda n: f"c{n % 9},s{n % 5},2026-01-{n % 28 + 1:02},{(sale, refund)[n % 6 == 0]}",
                f"Customer ID,SKU,Date,{column}")  # fmt: skip
    made = imported(text)
    assert made.about.mapping["event_type"] == column
    assert (made.about.kept, made.about.filtered) == (50, 10)


def test_kinds_of_other_things_are_no_kinds_of_transactions() -> None:
    assert are_kinds(["Sale", "Refund", "Void", "Gift card"])
    assert not are_kinds(["simple", "returnable"])
    assert not are_kinds(["Sale", "Order"])
    assert not are_kinds(["view", "remove"])


def notes(write: Write, line: Callable[[int], str], header: str) -> str:
    return " ".join(plan(write("a.csv", rows(line, header))).notes)


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("Storno", ("N", "J"), "--map event_type=Storno --event-weight J=0 leaves them out"),
        ("is_refunded", ("false", "true"), "--event-weight true=0"),
        ("cancelled_at", ("", "2026-02-01"), "has a value such as 2026-02-01 in 10 of"),
        ("qty_refunded", ("0.0000", "2.0000"), "which may be undone orders; they count."),
        ("return_policy", ("", "30 days"), ""),
        ("Storno", ("N", "N"), ""),
    ],
)  # fmt: skip
def test_columns_that_say_what_was_undone_are_named(
    column: str, values: tuple[str, str], says: str, write: Write
) -> None:
    said = notes(
        write, lambda n: f"u{n % 9},i{n % 5},2026-01-{n % 28 + 1:02},{values[n % 6 == 0]}",
        f"user,item,date,{column}",
    )  # fmt: skip
    assert says in said
    assert ("undone" in said) == bool(says)


def test_numbers_that_a_spreadsheet_rounded_are_named(write: Write) -> None:
    said = notes(write, lambda n: f"u{n % 9},4.0063{n % 8}E+12,2026-01-{n % 28 + 1:02}",
                 "user,ean,date")  # fmt: skip
    assert "ean has 60 rounded values, such as 4.00630E+12" in said
    assert "different items may have become one" in said
    said = notes(write, lambda n: f"u{n % 9},i{n % 5},1.76{n % 9}E+12", "user,item,timestamp")
    assert "timestamp has 60 rounded values" in said
    assert "rounded" not in notes(write, lambda n: f"u{n % 9},1E{n % 5},{n}", "user,item,qty")


def test_numbers_that_may_be_thousands_are_named(write: Write) -> None:
    said = notes(write, lambda n: f"u{n % 9}\ti{n % 5}\t{n % 3 + 1},000", "user\titem\tMenge")
    assert "Numbers in Menge such as 1,000 are read as thousands; --decimal ," in said
    said = notes(write, lambda n: f"u{n % 9}\ti{n % 5}\t{n % 3 + 1},000\t9,{n:02}",
                 "user\titem\tMenge\tprice")  # fmt: skip
    assert "thousands" not in said.replace("reads it as thousands", "")


def test_dates_of_both_orders_are_named(write: Write) -> None:
    said = notes(write, lambda n: f"u{n % 9},i{n % 5}," + (
        f"{n + 1}/1/2026" if n < 28 else f"1/{n % 28 + 1}/2026"), "user,item,date")  # fmt: skip
    assert "begin with the day (line 14) and some with the month (line 42)" in said


def test_two_digit_years_may_come_first(imported: Import, write: Write) -> None:
    text = rows(lambda n: f"u{n % 9},i{n % 5},26/{n % 3 + 1:02}/{n % 28 + 1:02} 10:30",
                "user,item,date")  # fmt: skip
    made = imported(text)
    assert made.about.recipe is not None
    assert made.about.recipe.times.order == "year-first"
    assert min(made.interactions.time) == 1767263400
    assert max(made.interactions.time) < 1775000000
    # A month of days stays a month of days.
    days = plan(write("b.csv", rows(
        lambda n: f"u{n % 9},i{n % 5},{n % 28 + 1:02}/02/26", "user,item,date")))  # fmt: skip
    assert days.recipe.times.order == "day-first"
    assert not any("year first" in note for note in days.notes)
