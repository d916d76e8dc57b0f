import numpy as np
import pandas as pd

from pipelines.schema import Catalogue, Columns, Queries, Slate, Vocabulary
from pipelines.stages.rules.diversity import CategoryCap
from pipelines.testing import RuleTests
from pipelines.testing.stage_data import make_interactions


class TestCategoryCap(RuleTests):
    stage = CategoryCap
    settings = {"cap": 2}

    def test_the_cap_holds(self) -> None:
        queries, slate = self.slate(15)
        after = self.fitted().apply(queries, slate, self.k).cut(self.k)
        red, blue = np.isin(after.items % 4, (0, 1)), np.isin(after.items % 4, (0, 3))
        there = after.items >= 0
        assert (red & there).sum(axis=1).max() == 2
        assert (blue & there).sum(axis=1).max() == 2


def applied(items: list[int], k: int, cap: int = 1) -> Slate:
    """Items 0 to 2 are red, 3 is blue, 4 red and blue, 5 and 6 neither."""
    kinds = ["Red", "Red", "Red", "Blue", "Red|Blue", None, ""]
    catalogue = Catalogue(
        Vocabulary.of("abcdefg"), pd.DataFrame({Columns.CATEGORIES: kinds}), np.ones(7, bool)
    )
    rule = CategoryCap(CategoryCap.Config(cap=cap)).fit(make_interactions(), catalogue)
    scores = -np.arange(len(items), dtype=np.float32)[None]
    queries = Queries.of_histories([[]], n_items=7, now=9)
    return rule.apply(queries, Slate(np.int32([items]), scores), k)


def test_items_are_passed_over_and_come_later() -> None:
    after = applied([0, 1, 3, 5, 2], k=3)
    assert after.items.tolist() == [[0, 3, 5, 1, 2]]
    assert after.scores.tolist() == [[0, -2, -3, -1, -4]]
    (change,) = after.changes
    assert (change.action, change.items.tolist()) == ("moved", [1])
    assert change.reason == "more than 1 of Red in the first 3"


def test_where_the_slate_runs_out_they_are_removed() -> None:
    after = applied([0, 1, 4, 3], k=3)
    assert after.items.tolist() == [[0, 3, -1, -1]]
    (change,) = after.changes
    assert (change.action, change.items.tolist()) == ("removed", [1, 4])


def test_items_without_category_are_not_capped() -> None:
    after = applied([5, 6, 0], k=3)
    assert after.items.tolist() == [[5, 6, 0]]
    assert after.changes == ()
