"""Tables of items and users: their ids, and columns of every kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from pipelines.data import dataset as store
from pipelines.data.importing.table_opening import opened
from pipelines.data.importing.tables import REPEATED
from pipelines.data.recipe import Recipe
from pipelines.schema import Columns as C
from tests.data.importing import import_file

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]


def test_a_table_of_items_may_call_its_id_as_the_events_do(tmp_path: Path) -> None:
    orders, products = tmp_path / "orders.csv", tmp_path / "products.csv"
    orders.write_text("Kunde,Artikelnr\nk1,a1\nk1,a2\nk2,a1\n")
    products.write_text("Artikelnr,title\na1,Bread\na2,Salt\n")
    folder = import_file(
        orders,
        "shop",
        tmp_path / "datasets",
        recipe=Recipe(columns={"user_id": "Kunde", "item_id": "Artikelnr"}),
        items=products,
    )
    assert store.load(folder).catalogue.titles().tolist() == ["Bread", "Salt"]


def test_a_table_of_items_may_hold_any_columns(imported: Import, write: Write) -> None:
    items = write(
        "items.csv",
        "sku,name,genres,Price,image_url,in_stock,release_date,weight_kg,note\n"
        'x,Bread,"[""Food"", ""Bakery""]",2.5,https://shop.example/x.png,yes,2024-05-06,0.5,fresh\n'
        "y,Salt,Food|Spice,,,no,soon,1,\n",
    )
    made = imported("user_id,item_id\na,x\na,y\n", items=items)
    bread, salt = made.catalogue.frame.to_dict("records")
    assert (bread[C.TITLE], bread[C.CATEGORIES], bread[C.PRICE]) == ("Bread", "Food|Bakery", 2.5)
    assert bread[C.IMAGE] == "https://shop.example/x.png"
    assert bread[C.CREATED] == pd.Timestamp("2024-05-06", tz="UTC")
    assert (bread[C.AVAILABLE], salt[C.AVAILABLE]) == (True, False)
    assert (bread["weight_kg"], salt["weight_kg"], bread["note"]) == (0.5, 1.0, "fresh")
    assert pd.isna(salt[C.PRICE])
    assert pd.isna(salt[C.CREATED])
    assert made.catalogue.category_names == ("Bakery", "Food", "Spice")


def test_a_chosen_column_takes_the_place_of_one_with_the_standard_name(
    imported: Import, write: Write
) -> None:
    items = write("items.csv", "sku,title,name,price\nx,T1,Bread,1\ny,T2,Salt,2\n")
    recipe = Recipe(item_columns={"title": "name", "price": ""})
    made = imported("user_id,item_id\na,x\na,y\n", items=items, recipe=recipe)
    assert made.catalogue.titles().tolist() == ["Bread", "Salt"]
    assert C.PRICE not in made.catalogue.frame
    assert made.about.recipe is not None and made.about.arrivals is not None
    assert made.about.recipe.item_columns == {"item_id": "sku", "title": "name", "price": ""}
    assert made.about.arrivals.tables[0].notes == (
        "The column 'title' of 'items.csv' is not read: title is 'name'.",
        "The column 'price' of 'items.csv' is not read: price is left out.",
    )
    again = imported(
        "user_id,item_id\na,x\na,y\n", items=items, recipe=made.about.recipe, fixed=True
    )
    assert again.about.fingerprint == made.about.fingerprint


def test_a_preview_shows_a_table_as_it_will_be_read(imported: Import, write: Write) -> None:
    text = "sku,line,reason,price,created_at,available\n" + "".join(
        f"i{n},{n},r{n},{n}.5,2026-01-0{n + 1},yes\n" for n in range(4)
    )
    items = write("items.csv", text + ",9,no id,1,,no\ni1,9,again,on request,soon,no\n")
    made = imported("user_id,item_id\na,i0\na,i1\n", items=items)
    table = opened(items, "items", Recipe(columns={"item_id": "item_id"}))
    preview = table.preview()
    assert preview.problem.dropna().to_dict() == {4: "the id is missing", 5: REPEATED}
    kept = preview.rows[preview.problem.isna()]
    of_import = made.catalogue.frame[list(kept.columns)].reset_index(drop=True)
    assert kept.astype(of_import.dtypes).reset_index(drop=True).equals(of_import)
    assert preview.decimals == {"."}
