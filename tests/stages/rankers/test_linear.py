from pipelines.stages.rankers.linear import Linear
from tests.conformance import RankerTests


class TestLinear(RankerTests):
    stage = Linear
