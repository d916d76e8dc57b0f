"""Tables that join nothing are told, ids in two spellings are found, and bad cells are counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines.data import dataset as store
from pipelines.data.dataset import Unread
from pipelines.data.importing.import_report import sentences
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Reading, Recipe
from tests.data.importing import import_file

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
EVENTS = "user_id,item_id\nu1,x\nu1,y\nu2,x\n"


@pytest.mark.parametrize(
    ("events", "table", "form", "pair"),
    [
        (("A3", "7.0"), ("A3", "7"), "decimals", "none for '7.0'; '7' is only in the table"),
        (("007", "012"), ("7", "12"), "zeros", "none for '007'; '7' is only in the table"),
        (("SKU1", "SKU2"), ("sku1", "sku2"), "case", "none for 'SKU1'; 'sku1' is only"),
        (("caf\u00e9", "a"), ("cafe\u0301", "a"), "unicode", "none for 'caf\u00e9'"),
    ],
)
def test_a_table_whose_ids_are_spelled_otherwise_is_told_and_can_be_joined(
    events: tuple[str, ...],
    table: tuple[str, ...],
    form: str,
    pair: str,
    imported: Import,
    write: Write,
) -> None:
    content = "user_id,item_id\n" + "".join(f"u{n % 3},{events[n % 2]}\n" for n in range(30))
    items = write("items.csv", "item_id,title\n" + "".join(f"{i},Title of {i}\n" for i in table))
    made = imported(content, items=items)
    said = sentences(made.about)[0]
    assert "items of the events have a row in 'items.csv'" in said
    assert pair in said
    assert f"with --normalize-ids {form}" in said and said.endswith("2 have one.")
    mended = imported(content, items=items, recipe=Recipe.of({"normalize_ids": [form]}))
    assert mended.catalogue.frame["title"].notna().all()
    assert len(mended.catalogue.items) == 2
    assert sentences(mended.about) == ["2 of 2 items of the events have a row in 'items.csv'."]


def test_a_table_of_users_that_joins_nothing_is_told(imported: Import, write: Write) -> None:
    made = imported(EVENTS, users=write("users.csv", "user_id,age\nb1,30\nb2,31\n"))
    (said,) = sentences(made.about)
    assert said == (
        "0 of 2 users of the events have a row in 'users.csv' (none for 'u1'; 'b1' is only in "
        "the table); check that both use the same ids."
    )


def test_whole_numbers_written_as_floats_are_one_id_over_files(
    write: Write, home: Path, imported: Import
) -> None:
    may = write("may.csv", "user_id,item_id\n1,7\n2,8\n")
    june = write("june.csv", "user_id,item_id\n1.0,7\n,8\n")
    planned = plan([may, june])
    assert planned.recipe.normalize_ids == ("decimals",)
    assert planned.notes[0] == "Ids are whole numbers: 1.0 in user_id is read as 1."
    made = store.load(import_file([may, june], "events", home))
    assert made.users.ids.tolist() == ["1", "2"]
    # A version is no number of a person, and what the user chooses is obeyed.
    assert plan(write("v.csv", "user_id,item_id\na,1.0\nb,v2\n")).recipe.normalize_ids == ()
    kept = imported("user_id,item_id\n1.0,7\n", recipe=Recipe.of({"normalize_ids": []}))
    assert kept.users.ids.tolist() == ["1.0"]


def test_cells_of_a_table_that_cannot_be_read_are_missing_and_counted(
    imported: Import, write: Write
) -> None:
    rows = "".join(f"i{n},{n}.5,{n},yes,2024-05-06,0{n}\n" for n in range(20))
    items = write(
        "items.csv",
        "item_id,price,weight_g,in_stock,release_date,code\n" + rows
        + "x,on request,heavy,perhaps,soon,099\ny,€ 5,n/a,no,2024-05-07,098\n",
    )  # fmt: skip
    made = imported(EVENTS, items=items)
    x, y = (made.catalogue.frame.set_index("item_id").loc[i] for i in ("x", "y"))
    assert pd.isna(x["price"]) and pd.isna(x["weight_g"]) and pd.isna(x["created_at"])
    assert bool(x["available"]) and not y["available"]
    assert y["price"] == 5.0 and pd.isna(y["weight_g"])
    assert (x["code"], y["code"]) == ("099", "098")
    assert made.about.arrivals is not None
    assert made.about.arrivals.tables[0].unread == tuple(
        Unread(column=column, count=1, line=22, value=value, file="items.csv")
        for column, value in (
            ("price", "on request"),
            ("weight_g", "heavy"),
            ("available", "perhaps"),
            ("created_at", "soon"),
        )
    )
    assert (
        "price: 1 value of 'items.csv' cannot be read and is missing, 'on request' in line 22."
    ) in sentences(made.about)


def test_repeated_and_unusable_rows_of_a_table_are_told(imported: Import, write: Write) -> None:
    made = imported(EVENTS, items=write("items.csv", "item_id,title\nx,A\nx,B\n,C\ny,D\n"))
    assert sentences(made.about) == [
        "1 row of 'items.csv' repeats an id and is ignored; the first row of an id counts.",
        "1 row of 'items.csv' is in quarantine.",
        "2 of 2 items of the events have a row in 'items.csv'.",
    ]


def test_a_table_is_read_by_the_events_options_or_by_its_own(
    imported: Import, write: Write
) -> None:
    text = "item_id;title\nx;'Größe; M'\ny;Salz\n"
    items = write("items.csv", text.encode("cp437"))
    ways = (
        Recipe(reading=Reading(encoding="cp437", quote="'")),  # the separator is the file's own
        Recipe.of({"items_reading": {"encoding": "cp437", "quote": "'", "separator": ";"}}),
    )
    for recipe in ways:
        made = imported(EVENTS, items=items, recipe=recipe)
        assert made.catalogue.titles().tolist() == ["Größe; M", "Salz"]
    # A file that shows its encoding is not read in that of another one.
    shown = write("utf8.csv", text.replace("'", '"'))
    made = imported(EVENTS, items=shown, recipe=Recipe(reading=Reading(encoding="cp437")))
    assert made.catalogue.titles().tolist() == ["Größe; M", "Salz"]


def test_an_escaped_quote_mark_is_found_in_each_file(imported: Import, write: Write) -> None:
    items = write("items.csv", 'item_id;title\n"x";"A \\"B\\", wide"\n"y";"C:\\D"\n')
    made = imported(EVENTS, items=items)
    assert made.catalogue.titles().tolist()[0] == 'A "B", wide'
    assert "Quote marks in 'items.csv' are read as escaped by a backslash." in sentences(made.about)
    path = imported('user_id,item_id\n"C:\\",x\n')
    assert path.users.ids.tolist() == ["C:\\"]


def test_categories_may_hold_commas(imported: Import, write: Write) -> None:
    lists = ('["Shoes, Bags", "Men"]', "['Shoes, Bags', 'Men']", "Shoes, Bags|Men")
    for text in lists:
        quoted = text.replace('"', '""')
        items = write("items.csv", f'item_id,categories\nx,"{quoted}"\n')
        made = imported(EVENTS, items=items)
        assert made.catalogue.category_names == ("Men", "Shoes, Bags")
        of_events = imported(f'user_id,item_id,category\na,x,"{quoted}"\n')
        assert of_events.catalogue.category_names == ("Men", "Shoes, Bags")
