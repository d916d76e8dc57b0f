import pickle
import subprocess
import sys

from pipelines.stages.rankers.lambdarank import LambdaRank
from pipelines.testing import RankerTests

SCORE = """
import pickle, sys
stage, inputs = pickle.load(open(sys.argv[1], "rb"))
stage.warm()
sys.stdout.write(stage.score(*inputs).tobytes().hex())
assert "lightgbm" not in sys.modules, "scoring imported LightGBM"
"""


class TestLambdaRank(RankerTests):
    stage = LambdaRank

    def test_a_loaded_model_scores_without_lightgbm(self, tmp_path) -> None:
        stage, inputs = self.fitted(), self.inputs()[:3]
        path = tmp_path / "stage.pickle"
        path.write_bytes(pickle.dumps((stage, inputs)))
        command = [sys.executable, "-c", SCORE, str(path)]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        assert told == stage.score(*inputs).tobytes().hex()
