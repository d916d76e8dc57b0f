"""What a finished bake-off's folder holds, part by part, and what is said of what it lacks."""

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.results.folder import PER_USER, BakeoffFolder


@pytest.fixture
def kept(tmp_path):
    here = tmp_path / "contenders" / "als"
    here.mkdir(parents=True)
    values = {"user_id": ["u1", "u2"], "ndcg@10": [0.5, np.nan], "recall@10": [1.0, 0.0]}
    pd.DataFrame(values).to_parquet(here / PER_USER, index=False)
    return BakeoffFolder(tmp_path)


def test_values_and_users_stand_in_the_same_order(kept):
    assert kept.users("als").tolist() == ["u1", "u2"]
    assert kept.metrics("als") == ["ndcg@10", "recall@10"]
    np.testing.assert_array_equal(kept.values("als", "ndcg@10"), [0.5, np.nan])
    np.testing.assert_array_equal(kept.values("als", "recall@10"), [1.0, 0.0])


def test_a_metric_is_read_once_and_others_not_at_all(kept):
    first = kept.values("als", "ndcg@10")
    (kept.path / "contenders" / "als" / PER_USER).unlink()
    np.testing.assert_array_equal(kept.values("als", "ndcg@10"), first)
    with pytest.raises(AssayError, match=r"per_user\.parquet was deleted or never written"):
        kept.values("als", "recall@10")


def test_a_metric_that_was_not_kept_is_told_by_name(kept):
    with pytest.raises(AssayError, match="The per-user values of map@10 for als are not stored"):
        kept.values("als", "map@10")


def test_a_metric_of_all_lists_is_not_missed(kept):
    with pytest.raises(AssayError, match="coverage@10 is one number over all lists together"):
        kept.values("als", "coverage@10")


@pytest.mark.parametrize("part", ["requests", "slices", "item_slices"])
def test_an_older_folder_says_what_it_lacks(kept, part):
    with pytest.raises(AssayError, match=r"(asked|slices)\.\w+ was deleted or never written"):
        getattr(kept, part)
    with pytest.raises(AssayError, match=r"answer\.npz"):
        kept.lists("als")
