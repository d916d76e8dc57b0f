"""Tables of items and users: their ids, and columns of every kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from pipelines.data import dataset as store
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
