"""What prices and offers say of a candidate, reckoned by hand on four items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipelines.data.split import split
from pipelines.recommender.features.builder import DAY, ITEM, MATCH, PERSON, FeatureBuilder
from pipelines.recommender.features.shop import OfferFeatures, PriceFeatures
from pipelines.runtime import stored
from pipelines.schema import Candidates, Catalogue, Queries
from pipelines.schema.offers import Offers
from pipelines.testing.datasets import dataset, with_prices_and_offers
from tests.recommender.test_features import CATALOGUE, EVENTS, FRAME, IDS, ask, table

PRICES = FRAME.assign(price=[1.0, 4.0, None, 0.0])
PRICED = Catalogue(IDS, PRICES, np.ones(4, bool))
# Days: item 0 on display 0-2 and in the mailer 1-4, again 24-26; item 2 in the mailer 10-20.
OFFERS = Offers.build(
    [0, 0, 0, 2],
    np.array([0, 1, 24, 10]) * DAY,
    np.array([2, 4, 26, 20]) * DAY,
    [0, 1, 1, 1],
)
OFFERED = replace(CATALOGUE, offers=OFFERS)


def shown(catalogue: Catalogue, queries: Queries, items: list[int]) -> pd.DataFrame:
    return table(queries, items, FeatureBuilder().fit(EVENTS, catalogue))


def test_a_price_is_its_logarithm_and_its_distance_to_the_history() -> None:
    found = shown(PRICED, ask([(0, 0), (1, 5), (1, 10), (2, 11)]), [0, 1, 2, 3])
    assert found["price_log"].tolist()[:2] == pytest.approx([0, np.log(4)])
    # Of the history, item 0 at 1 and item 1 twice at 4; item 2 has no price.
    mean = 2 * np.log(4) / 3
    assert found["price_against_history"].tolist()[:2] == pytest.approx([-mean, np.log(4) - mean])
    # Without a price, and with one of zero.
    assert found.loc[[2, 3], list(PriceFeatures.names)].isna().all(axis=None)


@pytest.mark.parametrize("history", [[], [(2, 0)]])
def test_without_a_priced_history_there_is_nothing_to_compare(history) -> None:  # type: ignore[no-untyped-def]
    found = shown(PRICED, ask(history), [1])
    assert found["price_log"][1] == pytest.approx(np.log(4))
    assert np.isnan(found["price_against_history"][1])


def test_on_offer_is_looked_up_at_the_moment_of_the_request() -> None:
    def on(day: float) -> list[float]:
        queries = ask([(1, 0)], now=int(day * DAY))
        return list(shown(OFFERED, queries, [0, 1, 2])["on_offer_now"])

    assert on(0) == [1, 0, 0]
    assert on(3.99) == [1, 0, 0]
    assert on(4) == [0, 0, 0]  # the end is not included
    assert on(10) == [0, 0, 1]
    assert on(24) == [1, 0, 0]
    assert on(26) == [0, 0, 0]


def test_how_much_of_the_history_was_on_offer_when_it_was_taken_up() -> None:
    # Item 0 on days 0 (display), 3 (mailer) and 5 (not); item 1 never.
    found = shown(OFFERED, ask([(0, 0), (0, 3), (0, 5), (1, 6)]), [0, 1])
    assert found["offer_share_of_history"].tolist() == [0.5, 0.5]
    assert np.isnan(shown(OFFERED, ask([]), [0])["offer_share_of_history"][0])


def test_a_made_up_history_is_looked_up_too() -> None:
    made_up = Queries.of_histories([[0, 2]], n_items=4, now=25 * DAY)
    assert shown(OFFERED, made_up, [1])["offer_share_of_history"][1] == 0.5


def test_the_share_of_time_ends_with_the_training_events() -> None:
    # Events from day 0 to day 20: item 0 for 4 days of them, item 2 for 10; the third offer
    # of item 0 lies after them.
    found = shown(OFFERED, ask([(1, 0)]), [0, 1, 2])
    assert found["time_on_offer"].tolist() == pytest.approx([4 / 20, 0, 10 / 20], rel=1e-6)
    later = replace(OFFERED, offers=Offers.build([0], [21 * DAY], [99 * DAY], [0]))
    assert shown(later, ask([(1, 0)]), [0])["time_on_offer"][0] == 0


def test_columns_come_only_with_what_they_need() -> None:
    base = [*ITEM, *PERSON, *MATCH]
    price, offer = list(PriceFeatures.names), list(OfferFeatures.names)
    none = replace(CATALOGUE, offers=Offers.build([], [], [], []))
    unpriced = Catalogue(IDS, FRAME.assign(price=[None, 0.0, -1.0, np.inf]), np.ones(4, bool))
    for catalogue, more in (
        (CATALOGUE, []),
        (none, []),
        (unpriced, []),
        (PRICED, price),
        (OFFERED, offer),
        (replace(PRICED, offers=OFFERS), [*price, *offer]),
    ):
        assert list(shown(catalogue, ask([(0, 0)]), [1]).columns) == [*base, *more]


def test_prices_given_as_text_count_too() -> None:
    text = Catalogue(IDS, FRAME.assign(price=["1", "4.0", "free", None]), np.ones(4, bool))
    found = shown(text, ask([(0, 0)]), [1, 2])
    assert found["price_log"].tolist()[0] == pytest.approx(np.log(4))
    assert np.isnan(found["price_log"][2])


def test_other_features_stay_as_they_are_to_the_bit() -> None:
    """What was measured on data without prices and offers stands."""
    data = dataset()
    shop = with_prices_and_offers(data)
    cut = split(data.interactions, "last-n:2")
    items = np.tile(np.arange(60, dtype=np.int32), (len(cut.queries), 1))
    candidates = Candidates(items, np.zeros(items.shape, np.float32))
    without = FeatureBuilder().fit(cut.train, data.catalogue).build(cut.queries, candidates)
    found = FeatureBuilder().fit(cut.train, shop.catalogue).build(cut.queries, candidates)
    base = len(without.names)
    assert without.names == (*ITEM, *PERSON, *MATCH)
    assert found.names == (*without.names, *PriceFeatures.names, *OfferFeatures.names)
    assert found.values[:, :, :base].tobytes() == without.values.tobytes()


def test_the_light_tier_sees_none_of_it() -> None:
    builder = FeatureBuilder().fit(EVENTS, replace(PRICED, offers=OFFERS))
    row = np.array([[0, 1]], np.int32)
    candidates = Candidates(row, np.zeros(row.shape, np.float32))
    assert builder.build(ask([(0, 0)]), candidates, sources_only=True).names == ()


def test_a_stored_builder_gives_the_same_features(tmp_path) -> None:
    data = with_prices_and_offers(dataset())
    cut = split(data.interactions, "last-n:2")
    builder = FeatureBuilder().fit(cut.train, data.catalogue)
    assert len(builder.shop_) == 2
    stored.dump(builder.state(), tmp_path / "builder")
    again = FeatureBuilder.restored(stored.load(tmp_path / "builder"))
    items = np.tile(np.arange(20, dtype=np.int32), (len(cut.queries), 1))
    candidates = Candidates(items, np.zeros(items.shape, np.float32))
    before, after = (one.build(cut.queries, candidates) for one in (builder, again))
    assert before.names == after.names
    assert before.values.tobytes() == after.values.tobytes()


def test_a_row_does_not_depend_on_the_rows_beside_it() -> None:
    data = with_prices_and_offers(dataset())
    cut = split(data.interactions, "last-n:2")
    builder = FeatureBuilder().fit(cut.train, data.catalogue)
    rng = np.random.default_rng(0)
    items = np.stack([rng.permutation(60)[:12] for _ in range(len(cut.queries))]).astype(np.int32)
    items[::3, 9:] = -1
    together = builder.build(cut.queries, Candidates(items, np.zeros(items.shape, np.float32)))
    shop = together.values[:, :, -5:]
    assert np.isfinite(shop[items >= 0]).all()
    assert (shop[items >= 0].std(axis=0) > 0).all(), "a feature is the same everywhere"
    assert np.isnan(shop[items < 0]).all()
    for r in range(0, len(cut.queries), 9):
        row = Candidates(items[[r]], np.zeros((1, 12), np.float32))
        alone = builder.build(cut.queries.take(np.array([r])), row)
        assert alone.values[0].tobytes() == together.values[r].tobytes()
