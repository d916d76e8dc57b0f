import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import spearmanr

from pipelines.runtime import stored
from pipelines.schema import Candidates, Features, Queries, states
from pipelines.stages.rankers.lambdarank import LambdaRank, LambdaRankConfig
from pipelines.stages.states import state_of
from pipelines.testing import RankerTests

SCORE = """
import sys
from pathlib import Path
from pipelines.runtime import stored
from pipelines.schema import Candidates, Features, states
from pipelines.stages.rankers.lambdarank import LambdaRank
from pipelines.stages.states import restored
learned, queries, candidates, features = stored.load(Path(sys.argv[1]))
stage = restored(LambdaRank(), learned)
inputs = states.queries(queries), Candidates(**candidates), Features(**features)
stage.warm()
sys.stdout.write(stage.score(*inputs).tobytes().hex())
assert "lightgbm" not in sys.modules, "scoring imported LightGBM"
"""


class TestLambdaRank(RankerTests):
    stage = LambdaRank

    def test_a_loaded_model_scores_without_lightgbm(self, tmp_path) -> None:
        stage, inputs = self.fitted(), self.inputs()[:3]
        path = tmp_path / "stage"
        stored.dump([state_of(stage), *map(states.state, inputs)], path)
        command = [sys.executable, "-c", SCORE, str(path)]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        assert told == stage.score(*inputs).tobytes().hex()


class TestFewTreesInOneBag(RankerTests):
    stage = LambdaRank
    settings = {"trees": 3, "bags": 1, "min_rows": 2, "row_share": 0.5}


def made_up(n: int, *, known: bool, seed: int = 0) -> tuple[Candidates, Features, np.ndarray]:
    """n requests of 20 candidates; a feature knows the labeled ones, or all is chance."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 20, 3)).astype(np.float32)
    odds = 3 * values[:, :, 0] if known else np.zeros((n, 20))
    labels = (odds + rng.gumbel(size=(n, 20))).argsort(axis=1).argsort(axis=1) >= 17
    items = np.tile(np.arange(20, dtype=np.int32), (n, 1))
    scores = -np.tile(np.arange(20, dtype=np.float32), (n, 1))
    return Candidates(items, scores), Features(values, ("a", "b", "c")), labels.astype(np.float32)


def fitted(n: int, *, known: bool, **settings: object) -> LambdaRank:
    candidates, features, labels = made_up(n, known=known)
    queries = Queries.of_histories([[]] * n, n_items=20, now=9)
    return LambdaRank(LambdaRankConfig(**settings)).fit(queries, candidates, features, labels)


def agreement(stage: LambdaRank) -> tuple[float, float]:
    """How scores of new requests correlate with the order of arrival, and with the feature."""
    candidates, features, _ = made_up(50, known=True, seed=1)
    queries = Queries.of_histories([[]] * 50, n_items=20, now=9)
    scores = stage.score(queries, candidates, features).ravel()
    place, value = candidates.scores.ravel(), features.values[:, :, 0].ravel()
    return tuple(float(spearmanr(scores, other).statistic) for other in (place, value))


def test_with_few_labels_the_order_of_arrival_stays() -> None:
    place, value = agreement(fitted(3, known=True))
    assert place > 0.95 and value < 0.2


def test_one_labeled_request_leaves_the_order_of_arrival() -> None:
    stage = fitted(1, known=True)
    place, _ = agreement(stage)
    assert place == pytest.approx(1) and stage.model_ == ""


def test_with_many_labels_the_trees_decide() -> None:
    place, value = agreement(fitted(200, known=True))
    assert value > 0.9 and place < 0.3


def test_different_seeds_give_different_trees() -> None:
    assert fitted(60, known=True, seed=0).model_ != fitted(60, known=True, seed=1).model_
    assert fitted(60, known=True, seed=1).model_ == fitted(60, known=True, seed=1).model_


def test_the_trees_of_all_bags_are_no_more_than_asked_for() -> None:
    stage = fitted(200, known=True, trees=50)
    assert 25 <= len(stage.trees.roots) <= 50
    assert len(fitted(60, known=True, trees=4).trees.roots) <= 4


def test_it_stops_where_more_trees_do_harm_to_requests_left_out() -> None:
    """A weak pattern and trees that fit every row: after the first ones they learn noise."""
    settings = {"trees": 400, "bags": 4, "min_rows": 1, "l2": 0.0, "learning_rate": 0.5}
    assert len(fitted(120, known=True, **settings).trees.roots) < 400
