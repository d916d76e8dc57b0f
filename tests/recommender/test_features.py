"""What each feature means, reckoned by hand on four items and two people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.data.split import split
from pipelines.recommender.features.builder import DAY, ITEM, MATCH, PERSON, FeatureBuilder
from pipelines.schema import Candidates, Catalogue, Interactions, Queries, Ragged, Vocabulary
from pipelines.testing.datasets import dataset

NOW = 25 * DAY
IDS = Vocabulary.of(["a", "b", "c", "d"])
FRAME = pd.DataFrame({"item_id": IDS.ids, "categories": ["A", "A|B", "B", None]})
CATALOGUE = Catalogue(IDS, FRAME, np.ones(4, bool))
EVENTS = Interactions.build(
    [0, 0, 1, 1], [0, 1, 0, 2], [4, 2, 5, 3], [0, 10 * DAY, 5 * DAY, 20 * DAY], n_users=2, n_items=4
)


def ask(*histories: list[tuple[int, int]], now: int = NOW) -> Queries:
    """A request per history of (item, day)."""
    rows = [[item for item, _ in history] for history in histories]
    days = [day for history in histories for _, day in history]
    return Queries(
        np.full(len(rows), -1, np.int32),
        Ragged.of(rows),
        np.ones(len(days), np.float32),
        np.array(days, np.int64) * DAY,
        np.full(len(rows), now, np.int64),
        Ragged.empty(len(rows)),
        4,
    )


def table(
    queries: Queries, items: list[int], builder: FeatureBuilder | None = None
) -> pd.DataFrame:
    """The features of `items` for a single request: a row per item, a column per name."""
    builder = builder or FeatureBuilder().fit(EVENTS, CATALOGUE)
    row = np.array([items], np.int32)
    found = builder.build(queries, Candidates(row, np.zeros(row.shape, np.float32)))
    return pd.DataFrame(found.values[0], columns=found.names, index=items)


def test_what_is_known_of_an_item() -> None:
    found = table(ask([(0, 0), (1, 10)]), [0, 1, 2, 3])
    assert list(found.columns) == [*ITEM, *PERSON, *MATCH]
    log = np.log1p
    assert found["popularity"].tolist() == pytest.approx([log(2), log(1), log(1), 0])
    # The last tenth of 20 days: one of the four events, that of item 2.
    assert found["recent_popularity"].tolist() == pytest.approx([0, 0, log(1), 0])
    assert found["trend"].tolist() == pytest.approx(
        [-log(0.5), -log(0.25), log(1) - log(0.25), 0], abs=1e-6
    )
    assert found["age_days"].tolist()[:3] == pytest.approx([log(25), log(15), log(5)])
    assert found["days_since_last"].tolist()[:3] == pytest.approx([log(20), log(15), log(5)])
    assert found["mean_weight"].tolist()[:3] == pytest.approx([4.5, 2, 3])
    assert np.isnan(found["mean_weight"][3])  # nobody took it up


def test_what_is_known_of_a_person() -> None:
    found = table(ask([(0, 0), (1, 10)]), [2])
    assert found["history_length"][2] == pytest.approx(np.log1p(2))
    assert found["days_since_event"][2] == pytest.approx(np.log1p(15))
    assert found["span_days"][2] == pytest.approx(np.log1p(10))


def test_a_person_without_a_history_is_unknown_not_zero() -> None:
    found = table(ask([]), [2])
    assert found["history_length"][2] == 0
    unknown = ["days_since_event", "span_days", "category_share", "recent_category_share"]
    assert found[unknown].isna().all(axis=None)
    assert found[["co_now", "co_last"]].loc[2].tolist() == [0, 0]


def test_categories_are_shares_of_the_history_and_of_its_five_newest() -> None:
    found = table(ask([(0, 0), (1, 10)]), [1, 2, 3])
    # A stands twice in the history, B once; item 1 has both.
    assert found["category_share"].tolist()[:2] == pytest.approx([(2 + 1) / 2 / 2, 1 / 2])
    assert np.isnan(found["category_share"][3])  # it has no category
    long = table(ask([(2, 0), *((0, day) for day in range(1, 6))]), [2])
    assert long["category_share"][2] == pytest.approx(1 / 6)
    assert long["recent_category_share"][2] == 0


def test_items_taken_up_close_together() -> None:
    # Item 0 stood beside 1 and beside 2 once; each pair by the roots of counts + 5.
    pair = 1 / np.sqrt((2 + 5) * (1 + 5))
    found = table(ask([(0, 0), (1, 10)]), [2])
    assert found["co_now"][2] == pytest.approx(pair)
    assert found["co_last"][2] == 0  # the newest is item 1, which never stood beside 2
    assert table(ask([(1, 0), (0, 10)]), [2])["co_last"][2] == pytest.approx(pair)
    assert table(ask([(0, 0)]), [0])["co_now"][0] == 0  # an item is not its own partner


def test_farther_apart_counts_less() -> None:
    events = Interactions.build([0] * 3, [0, 1, 2], None, [0, 1, 2], n_users=1, n_items=4)
    found = table(ask([(0, 0)]), [1, 2], FeatureBuilder().fit(events, CATALOGUE))
    assert found["co_now"].tolist() == pytest.approx([1 / 6, 0.5 / 6])


def test_the_gap_to_how_popular_the_history_is() -> None:
    found = table(ask([(0, 0), (1, 10)]), [2])
    own = (np.log1p(2) + np.log1p(1)) / 2
    assert found["popularity_gap"][2] == pytest.approx(np.log1p(1) - own)


def test_what_the_person_took_up_before_is_counted_and_dated() -> None:
    queries = ask([(0, 3), (1, 4), (0, 20)], [(1, 24)])
    builder = FeatureBuilder().fit(EVENTS, CATALOGUE)
    found = table(queries.take(np.array([0])), [0, 1, 2], builder)
    assert found["times_taken"].tolist() == pytest.approx([np.log1p(2), np.log1p(1), 0])
    assert found["days_since_taken"].tolist()[:2] == pytest.approx([np.log1p(5), np.log1p(21)])
    assert np.isnan(found["days_since_taken"][2])
    items = np.array([[0, 1], [0, 1]], np.int32)
    both = builder.build(queries, Candidates(items, np.zeros((2, 2), np.float32)))
    at = both.names.index("times_taken")
    assert both.values[1, :, at].tolist() == pytest.approx([0, np.log1p(1)])


def test_sources_are_shares_of_the_best_score_and_reciprocal_ranks() -> None:
    candidates = Candidates(
        np.array([[2, 0, -1]], np.int32),
        np.zeros((1, 3), np.float32),
        ("ease", "popular"),
        np.array([[[4, np.nan], [1, 9], [np.nan, np.nan]]], np.float32),
        np.array([[[1, 0], [2, 1], [0, 0]]], np.int32),
    )
    builder = FeatureBuilder().fit(EVENTS, CATALOGUE)
    light = builder.build(ask([(1, 0)]), candidates, sources_only=True)
    assert light.names == ("score:ease", "rank:ease", "score:popular", "rank:popular")
    np.testing.assert_allclose(light.values[0, 0], [1, 1 / 11, np.nan, 0])
    np.testing.assert_allclose(light.values[0, 1], [0.25, 1 / 12, 1, 1 / 11])
    heavy = builder.build(ask([(1, 0)]), candidates)
    np.testing.assert_array_equal(heavy.values[0, :, :4], light.values[0])
    assert np.isnan(heavy.values[0, 2]).all(), "an empty place says nothing"


def test_a_moment_before_an_items_first_event_is_age_zero() -> None:
    """Under last-n a request may lie before what others did: no age is negative."""
    found = table(ask([(0, 0)], now=DAY), [2])
    assert found["age_days"][2] == found["days_since_last"][2] == 0


def test_without_categories_or_times() -> None:
    bare = Catalogue(IDS, FRAME[["item_id"]], np.ones(4, bool))
    events = Interactions.build([0, 0, 1], [0, 1, 0], n_users=2, n_items=4)
    found = table(ask([(0, 0)], now=0), [1], FeatureBuilder().fit(events, bare))
    assert np.isnan(found["category_share"][1])
    assert found[["age_days", "days_since_last", "days_since_event"]].loc[1].tolist() == [0, 0, 0]
    assert found["co_now"][1] > 0


def test_a_row_does_not_depend_on_the_rows_beside_it() -> None:
    data = dataset()
    cut = split(data.interactions, "last-n:2")
    builder = FeatureBuilder().fit(cut.train, data.catalogue)
    rng = np.random.default_rng(0)
    n = len(cut.queries)
    items = np.stack([rng.permutation(60)[:12] for _ in range(n)]).astype(np.int32)
    items[::3, 9:] = -1
    scores = rng.random((n, 12, 1)).astype(np.float32)
    ranks = np.tile(np.arange(1, 13, dtype=np.int32)[None, :, None], (n, 1, 1))
    whole = Candidates(items, scores[:, :, 0], ("ease",), scores, ranks)
    together = builder.build(cut.queries, whole).values
    columns = np.arange(12)[None]
    for r in range(0, n, 9):
        row = Candidates(items[[r]], scores[[r], :, 0], ("ease",), scores[[r]], ranks[[r]])
        alone = builder.build(cut.queries.take(np.array([r])), row.pick(columns)).values
        assert alone[0].tobytes() == together[r].tobytes()


def test_features_of_sources_are_those_of_plain_numpy() -> None:
    rng = np.random.default_rng(0)
    n, k, sources = 3, 40, ("a", "b")
    items = np.stack([rng.permutation(60)[:k] for _ in range(n)]).astype(np.int32)
    scores = rng.normal(size=(n, k, 2)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.3] = np.nan
    scores[1, :, 1] = np.nan
    ranks = np.where(np.isnan(scores), 0, rng.integers(1, 40, scores.shape)).astype(np.int32)
    found = Candidates(items, scores[:, :, 0], sources, scores, ranks)
    values = FeatureBuilder().build(ask([], [], []), found, sources_only=True).values
    for s in range(2):
        column, rank = scores[:, :, s], ranks[:, :, s]
        top = np.max(np.where(np.isfinite(column), np.abs(column), 0), axis=1, keepdims=True)
        share = column / np.maximum(top, 1e-12)
        reciprocal = np.where(rank > 0, 1.0 / (10.0 + rank), 0.0).astype(np.float32)
        np.testing.assert_array_equal(values[:, :, 2 * s], share)
        np.testing.assert_array_equal(values[:, :, 2 * s + 1], reciprocal)


def test_a_request_leaves_nothing_behind_for_the_next() -> None:
    builder = FeatureBuilder().fit(EVENTS, CATALOGUE)
    first, second = ask([(0, 0), (1, 10), (0, 12)]), ask([(2, 3)])
    alone = table(second, [0, 1, 2, 3], builder)
    table(first, [0, 1, 2, 3], builder)
    pd.testing.assert_frame_equal(table(second, [0, 1, 2, 3], builder), alone)
