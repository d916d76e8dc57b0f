from pipelines.stages.rankers.lambdarank import LambdaRank
from pipelines.testing import RankerTests


class TestLambdaRank(RankerTests):
    stage = LambdaRank
