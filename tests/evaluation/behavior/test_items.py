"""What is on the lists: one item everywhere, prices, brands, rare items, misses."""

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.brand import Brand
from pipelines.evaluation.behavior.cold_items import ColdItems
from pipelines.evaluation.behavior.near_misses import NearMisses
from pipelines.evaluation.behavior.one_item import OneItem
from pipelines.evaluation.behavior.price import Price
from tests.evaluation.behavior.scene import answer, background

PEOPLE = 20
HISTORIES = [[r % 7, 10 + r % 3] for r in range(PEOPLE)]


def own_lists(start=0, width=5, n_items=40):
    """Each person's list begins at another item."""
    rows = np.arange(PEOPLE)[:, None]
    return start + (rows * 3 + np.arange(width)) % (n_items - start)


def test_the_item_that_is_shown_most():
    lists = own_lists()
    lists[:12, 4] = 39
    found = OneItem().run(answer(background(HISTORIES), lists))
    expected = (lists == 39).any(axis=1).mean()
    assert found.state == "fail" and found.value == expected > 0.5
    assert found.sentence == f"The most recommended item, i039, is on {expected:.0%} of the " \
        "lists of 5."  # fmt: skip
    assert found.examples[0] == {"item_id": "i039", "title": "i039", "share_of_lists": expected}
    assert OneItem(0.7).run(answer(background(HISTORIES), lists)).state == "pass"


def test_an_item_twice_on_a_list_counts_once_and_only_the_first_k_places_count():
    lists = np.full((PEOPLE, 7), -1)
    lists[:, :5] = own_lists()
    lists[:4, 1] = lists[:4, 0]
    lists[:, 5] = 38  # beyond k
    found = OneItem().run(answer(background(HISTORIES), lists))
    counts = [sum(item in row[:5] for row in lists.tolist()) for item in range(40)]
    assert found.state == "pass" and found.value == max(counts) / PEOPLE


def test_few_items_and_empty_lists_are_no_verdict_on_one_item():
    with pytest.raises(AssayError, match="by chance"):
        OneItem().run(answer(background(HISTORIES, events=[9] * 9 + [0] * 31), own_lists()))
    with pytest.raises(AssayError, match="empty"):
        OneItem().run(answer(background(HISTORIES), np.full((PEOPLE, 5), -1)))


def test_people_without_a_history_are_told_beside_the_item():
    world = background([[]] * 5 + HISTORIES[5:])
    assert "; users without a history: 5 of 20." in (
        OneItem().run(answer(world, own_lists())).sentence
    )


PRICES = [1.0] * 20 + [2.5] * 20  # the second half is expensive


def test_the_price_of_lists_against_what_is_taken_up():
    """By hand: lists of median 2.5 against truths of median 1 cost 2.5 times as much."""
    rng = np.random.default_rng(2)
    truths = [rng.choice(20, 3).tolist() for _ in range(PEOPLE)]
    prices = np.array(PRICES) * np.tile([0.9, 1.0, 1.1, 1.0], 10)
    world = background(HISTORIES, truths, price=prices)
    lists = own_lists(start=20)
    found = Price().run(answer(world, lists))
    logs = [
        np.log(np.median(prices[row]) / np.median(prices[truth]))
        for row, truth in zip(lists, truths, strict=True)
    ]
    assert found.state == "fail"
    assert found.value > 2 and found.value == pytest.approx(np.exp(np.mean(logs)))
    assert found.low < found.value < found.high
    assert found.condition == "between 0.5 and 2 times"
    assert Price(3.0).run(answer(world, lists)).state == "pass"
    assert Price().run(answer(world, rng.choice(20, (PEOPLE, 5)))).state == "pass"
    assert found.examples[0]["list_median"] > found.examples[0]["taken_up_median"]


def test_unknown_and_free_items_have_no_price():
    prices = np.array(PRICES)
    prices[:5] = np.nan
    prices[5:8] = 0.0
    prices[8:20] *= np.tile([0.9, 1.1], 6)
    truths = [[0, 6, 8 + r % 12] for r in range(PEOPLE)]
    found = Price().run(answer(background(HISTORIES, truths, price=prices), own_lists(start=20)))
    logs = np.log(2.5 / prices[[8 + r % 12 for r in range(PEOPLE)]])
    assert found.value == pytest.approx(np.exp(logs.mean()))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({}, "The catalogue has no prices."),
        ({"price": [np.nan] * 40}, "The catalogue has no prices."),
        ({"price": [0.0] * 40}, "No user has both"),
        ({"price": [np.inf] * 40}, "No user has both"),
        ({"price": [1.0] + [np.nan] * 39}, "No user has both"),
    ],
)
def test_without_prices_there_is_no_verdict(columns, says):
    with pytest.raises(AssayError, match=says):
        Price().run(answer(background(HISTORIES, **columns), own_lists(start=1)))


def test_brands_that_are_known_from_the_history():
    """By hand: items 0 to 9 are "a", 10 to 19 "b", and so on; item 39 has none."""
    brands = [chr(97 + i // 10) for i in range(39)] + [None]
    world = background([[0]] * 6 + [[39]], [[1, 20]] * 6 + [[1]], n_items=40, brand=brands)
    lists = [[1, 2, 11, 39, -1]] * 5 + [[11, 12, 13, 14, 15], [1, 2, 3, 4, 5]]
    found = Brand().run(answer(world, lists))
    assert (found.state, found.threshold, found.condition) == ("value", None, "")
    assert found.value == pytest.approx((5 * 2 / 3 + 0) / 6)  # the last one knows no brand
    assert "among the items that users later chose it is 50%" in found.sentence
    assert found.examples[0]["user_id"] == "u5"
    assert found.examples[0]["brands_before"] == ["a"]
    assert found.examples[0]["known_brands"] == 0
    assert found.examples[1]["known_brands"] == pytest.approx(2 / 3)
    assert found.examples[0]["list"][0] == {"item_id": "i011", "title": "i011", "brand": "b"}


def test_without_brands_there_is_no_value():
    lists = own_lists()
    with pytest.raises(AssayError, match="no brands"):
        Brand().run(answer(background(HISTORIES), lists))
    with pytest.raises(AssayError, match="No user has brands"):
        world = background([[]] * PEOPLE, brand=["x"] * 40)
        Brand().run(answer(world, lists))
    with pytest.raises(AssayError, match="no brands"):
        Brand().run(answer(background(HISTORIES, brand=[" "] * 40), lists))


def test_a_list_of_brands_is_a_brand_of_its_own():
    both = [np.array(["x", "y"])] * 20 + ["z"] * 20
    world = background([[0]] * 4, [[1, 20]] * 4, n_items=40, brand=pd.Series(both))
    found = Brand().run(answer(world, [[2, 21, -1, -1, -1]] * 4))
    assert found.value == pytest.approx(0.5)
    assert found.examples[0]["brands_before"] == ["['x' 'y']"]


EVENTS = [30] * 30 + [3] * 8 + [0] * 2  # eight rare items, two without an event


def test_rare_items_get_places_or_none():
    truths = [[1, 30 + r % 8] if r < 5 else [1, 2, 38] for r in range(PEOPLE)]
    world = background(HISTORIES, truths, events=EVENTS)
    lists = own_lists(n_items=30)
    found = ColdItems().run(answer(world, lists))
    assert (found.state, found.value, found.examples) == ("fail", 0.0, [])
    lists[:5, 4] = 31
    found = ColdItems().run(answer(world, lists))
    shown, taken = 5 / 5 / PEOPLE, 5 / 2 / PEOPLE  # item 38 may not be recommended: no truth
    assert found.state == "pass" and found.value == pytest.approx(shown / taken)
    assert "fill 5% of the places, which is 0.4 times their share of 12.5%" in found.sentence
    assert "21.1% of the catalogue" in found.sentence  # 8 of 38
    assert found.examples == [
        {"item_id": "i031", "title": "i031", "training_events": 3, "places": 5}
    ]
    assert ColdItems(0.5).run(answer(world, lists)).state == "fail"


def test_without_rare_items_or_a_use_for_them_there_is_no_verdict():
    with pytest.raises(AssayError, match="more than 5 training events"):
        ColdItems().run(answer(background(HISTORIES), own_lists()))
    with pytest.raises(AssayError, match="No user has a held-out item"):
        ColdItems().run(answer(background(HISTORIES, events=EVENTS), own_lists()))


def kinds(n_items=40):
    return ["A|B" if i < 10 else "A" if i < 20 else "C" for i in range(n_items)]


def test_misses_of_the_same_kind_are_nearer_than_chance():
    truths = [[0, 19] for _ in range(PEOPLE)]  # A|B and A
    world = background(HISTORIES, truths, categories=kinds())
    near, far = np.full((PEOPLE, 5), 5), np.full((PEOPLE, 5), 30)
    found = NearMisses().run(answer(world, near))
    assert found.state == "value" and found.value > 0.3 and found.low > 0
    assert found.sentence.startswith(
        "The mean distance to the nearest item that the user later chose is 0 for a miss"
    )
    found = NearMisses().run(answer(world, far))
    assert found.value < -0.3 and found.high < 0
    assert "is 1 for a miss" in found.sentence


def test_distances_by_hand():
    """To the nearest truth: A|B from A is one half; hits and items without a kind are left out."""
    told = kinds()
    told[39] = None
    world = background(HISTORIES, [[15, -1, 39]] * PEOPLE, categories=told)
    lists = np.tile([15, 3, 25, 39, -1], (PEOPLE, 1))
    found = NearMisses().run(answer(world, lists))
    assert f"is {(0.5 + 1.0) / 2} for a miss" in found.sentence
    assert [e["distance"] for e in found.examples] == [0.5, 0.5, 1.0]
    assert found.examples[0]["miss"]["item_id"] == "i003"
    assert found.examples[0]["nearest_taken_up"]["item_id"] == "i015"


def test_the_random_items_are_those_that_the_person_might_get():
    """Whoever had all of kind A and B before might get C alone, which no truth is like."""
    seen = background([list(range(20))] * PEOPLE, [[0]] * PEOPLE, exclude_seen=True,
                      categories=kinds())  # fmt: skip
    found = NearMisses().run(answer(seen, np.full((PEOPLE, 5), 30)))
    assert found.value == 0.0 and "and 1 for a random item (" in found.sentence


def test_many_pairs_are_compared_in_blocks(monkeypatch):
    rng = np.random.default_rng(6)
    told = ["|".join(rng.choice(list("ABCDE"), rng.integers(1, 4))) for _ in range(40)]
    truths = [rng.choice(40, rng.integers(1, 9), replace=False).tolist() for _ in range(PEOPLE)]
    given = answer(background(HISTORIES, truths, categories=told), own_lists())
    whole = NearMisses().run(given)
    monkeypatch.setattr("pipelines.evaluation.behavior.near_misses.BLOCK", 11)
    assert NearMisses().run(given) == whole


@pytest.mark.parametrize(
    ("columns", "lists", "says"),
    [
        ({}, own_lists(), "no categories"),
        ({"categories": [None] * 40}, own_lists(), "no categories"),
        ({"categories": kinds()}, np.zeros((PEOPLE, 5)), "No user has both a miss"),
        ({"categories": [None, *kinds()[1:]]}, own_lists(), "No user has both a miss"),
    ],
)
def test_without_kinds_or_misses_there_is_no_value(columns, lists, says):
    with pytest.raises(AssayError, match=says):
        NearMisses().run(answer(background(HISTORIES, **columns), lists))
