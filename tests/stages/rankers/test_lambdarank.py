from pipelines.stages.rankers.lambdarank import LambdaRank
from tests.conformance import RankerTests


class TestLambdaRank(RankerTests):
    stage = LambdaRank
