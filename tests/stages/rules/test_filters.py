import numpy as np
import pandas as pd
import pytest

from pipelines.schema import Catalogue, Columns, Slate, Vocabulary
from pipelines.stages.rules.filters import Available, flags
from pipelines.testing import RuleTests
from pipelines.testing.stage_data import all_queries, make_interactions


class TestAvailable(RuleTests):
    stage = Available

    def test_unavailable_items_are_gone(self) -> None:
        queries, slate = self.slate()
        stage = self.fitted()
        after = stage.apply(queries, slate, self.k)
        shown = after.items[after.items >= 0]
        assert (shown % 5 != 4).all()
        assert {c.reason for c in after.changes} == {"not available"}
        assert stage.hard


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([True, False, None], [True, False, True]),
        ([1, 0, np.nan], [True, False, True]),
        (["yes", "No ", None], [True, False, True]),
        (["true", "FALSE", "0"], [True, False, False]),
    ],
)
@pytest.mark.parametrize("dtype", [None, object])
def test_what_counts_as_no(values: list[object], expected: list[bool], dtype: object) -> None:
    frame = pd.DataFrame({Columns.AVAILABLE: pd.Series(values, dtype=dtype)})
    catalogue = Catalogue(Vocabulary.of("abc"), frame, np.ones(3, bool))
    assert flags(catalogue, Columns.AVAILABLE, missing=True).tolist() == expected


def test_without_the_column_all_stay() -> None:
    catalogue = Catalogue(Vocabulary.of("abc"), pd.DataFrame(index=range(3)), np.ones(3, bool))
    stage = Available().fit(make_interactions(), catalogue)
    slate = Slate(np.int32([[2, 0, 1]]), np.float32([[3, 2, 1]]))
    assert stage.apply(all_queries(make_interactions()), slate, 3) is slate
