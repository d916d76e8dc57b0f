from pipelines.stages.rankers.linear import Linear
from pipelines.testing import RankerTests


class TestLinear(RankerTests):
    stage = Linear
