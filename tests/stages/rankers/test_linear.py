import numpy as np

from pipelines.stages.rankers.linear import Linear
from pipelines.testing import RankerTests


class TestLinear(RankerTests):
    stage = Linear


def test_scores_are_added_up_feature_by_feature() -> None:
    suite = TestLinear()
    stage, (queries, candidates, features, _) = suite.fitted(), suite.inputs()
    features.values[0, :3, 0] = [np.inf, -np.inf, np.nan]
    total = np.zeros(candidates.items.shape)
    for j, weight in enumerate(stage.weights_):
        column = (features.values[:, :, j] - stage.center_[j]) / stage.scale_[j]
        total += weight * np.nan_to_num(column)
    with np.errstate(over="ignore"):
        expected = total.astype(np.float32)
    assert stage.score(queries, candidates, features).tobytes() == expected.tobytes()
