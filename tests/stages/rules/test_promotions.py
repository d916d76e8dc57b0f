import numpy as np
import pandas as pd
import pytest

from pipelines.errors import AssayError
from pipelines.schema import Catalogue, Columns, Interactions, Queries, Slate, Vocabulary
from pipelines.stages.rules.promotions import SponsoredSlot
from pipelines.testing import RuleTests


class TestSponsoredSlot(RuleTests):
    stage = SponsoredSlot
    settings = {"slot": 2}


class TestInsertedSponsoredSlot(RuleTests):
    stage = SponsoredSlot
    settings = {"slot": 3, "insert": True}


def applied(slate: list[int], history: list[int] | None = None, **settings: object) -> Slate:
    """Items a to f; e and f are sponsored, f more popular; d is not available."""
    frame = pd.DataFrame(
        {
            Columns.SPONSORED: [False, None, False, True, True, True],
            Columns.AVAILABLE: [True, True, True, False, True, True],
        }
    )
    catalogue = Catalogue(Vocabulary.of("abcdef"), frame, np.ones(6, bool))
    interactions = Interactions.build(np.arange(6), [3, 3, 3, 4, 5, 5], n_users=6, n_items=6)
    rule = SponsoredSlot(SponsoredSlot.Config(**settings)).fit(interactions, catalogue)
    queries = Queries.of_histories([history or []], n_items=6, now=9)
    scores = np.float32([9 - np.arange(len(slate))])
    return rule.apply(queries, Slate(np.int32([slate]), scores), 3)


@pytest.mark.parametrize(
    ("items", "slot", "expected"),
    [
        ([0, 1, 2, 4], 2, [0, 4, 1, 2]),  # up
        ([4, 0, 1, 2], 3, [0, 1, 4, 2]),  # down
        ([0, 5, 1, 4], 1, [5, 0, 1, 4]),  # the best placed of two
        ([4, 0], 9, [0, 4]),  # a slate shorter than the slot
    ],
)
def test_the_sponsored_item_takes_its_slot(
    items: list[int], slot: int, expected: list[int]
) -> None:
    after = applied(items, slot=slot)
    assert after.items.tolist() == [expected]
    (change,) = after.changes
    assert (change.action, change.reason) == ("moved", "sponsored")
    assert sorted(after.scores[0].tolist()) == sorted((9 - np.arange(len(items))).tolist())


def test_what_is_there_already_is_not_a_change() -> None:
    after = applied([0, 4, 1], slot=2)
    assert after.items.tolist() == [[0, 4, 1]]
    assert after.changes == ()


def test_without_insert_nothing_comes_in() -> None:
    assert applied([0, 1, 2], slot=2).items.tolist() == [[0, 1, 2]]


def test_the_most_popular_one_is_inserted() -> None:
    """d is more popular, but not available."""
    after = applied([0, 1, 2], slot=2, insert=True)
    assert after.items.tolist() == [[0, 5, 1, 2]]
    assert after.scores.tolist() == [[9, 8, 8, 7]]
    (change,) = after.changes
    assert (change.action, change.items.tolist()) == ("inserted", [5])


def test_what_a_person_has_is_not_inserted() -> None:
    assert applied([0, 1], [5], slot=1, insert=True).items.tolist() == [[4, 0, 1]]
    assert applied([0, 1], [5, 4], slot=1, insert=True).items.tolist() == [[0, 1, -1]]


def test_an_empty_slate_gets_it_at_the_front() -> None:
    after = applied([-1], slot=3, insert=True)
    assert after.items.tolist() == [[5, -1]]


def test_items_can_be_named() -> None:
    assert applied([0, 1, 2], slot=1, items=["c"]).items.tolist() == [[2, 0, 1]]
    with pytest.raises(AssayError, match="'zz' is not in the catalogue"):
        applied([0], items=["zz"])
