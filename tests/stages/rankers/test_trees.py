import lightgbm as lgb
import numpy as np
import pytest

from pipelines.stages.rankers.trees import Trees


def some_rows(seed: int, n: int) -> np.ndarray:
    """Features (n, 5) float32: with NaN, without, constant, and of few values."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, 5)).astype(np.float32)
    rows[rng.random(n) < 0.2, 0] = np.nan
    rows[:, 2] = 0
    rows[:, 3] = np.round(rows[:, 3])
    rows[rng.random(n) < 0.2, 4] = np.nan
    return rows


@pytest.mark.parametrize(("leaves", "trees"), [(2, 3), (15, 30), (40, 12), (64, 6), (200, 5)])
def test_scores_are_lightgbms_to_the_bit(leaves: int, trees: int) -> None:
    rows = some_rows(0, 2000)
    labels = (np.nan_to_num(rows[:, 0]) + rows[:, 1] > 0).astype(int) + (rows[:, 3] > 1)
    settings = {
        "objective": "lambdarank",
        "num_leaves": leaves,
        "min_data_in_leaf": 2,
        "num_threads": 1,
        "verbosity": -1,
    }
    data = lgb.Dataset(rows, label=labels, group=[20] * 100)
    model = lgb.train(settings, data, num_boost_round=trees)
    read = Trees.of(model.model_to_string())
    asked = some_rows(1, 700)
    asked[:50, 1] = np.nan  # of a feature that was never missing in training
    limits = read.threshold[read.feature == 1][:100]
    asked[50 : 50 + len(limits), 1] = limits  # on a threshold, a row goes left
    asked[200:205] = [np.inf, -np.inf, 0, 1e-40, -1e-40]
    expected = model.predict(asked, num_threads=1)
    assert len(read.roots) == trees
    assert read.score(asked).tobytes() == expected.tobytes()
    assert read.score(asked[:1]).tobytes() == expected[:1].tobytes()


def test_a_tree_of_one_leaf() -> None:
    data = lgb.Dataset(some_rows(0, 40), label=np.arange(40) % 2, group=[40])
    model = lgb.train({"objective": "lambdarank", "min_data_in_leaf": 40, "verbosity": -1}, data, 2)
    asked = some_rows(1, 9)
    read = Trees.of(model.model_to_string())
    assert read.score(asked).tobytes() == model.predict(asked).tobytes()


def test_no_rows_and_splits_of_another_kind() -> None:
    rows = some_rows(0, 400)
    rows[:, 3] = np.arange(400) % 7
    data = lgb.Dataset(
        rows, label=np.arange(400) % 7 // 4, group=[40] * 10, categorical_feature=[3]
    )
    settings = {"objective": "lambdarank", "min_data_per_group": 1, "verbosity": -1}
    text = lgb.train(settings, data, 2).model_to_string()
    with pytest.raises(ValueError, match="not read here"):
        Trees.of(text)
    data = lgb.Dataset(rows, label=np.arange(400) % 7 // 4, group=[40] * 10)
    plain = Trees.of(lgb.train(settings, data, 2).model_to_string())
    assert plain.score(rows[:0]).shape == (0,)
