"""Every metric that ships passes the tests that one of an outside package inherits."""

from pipelines.evaluation.metrics.names import load
from pipelines.registry import BUILT_IN
from pipelines.testing import MetricTests

for _name in BUILT_IN["metrics"]:
    _class = f"Test{_name.title().replace('_', '')}"
    globals()[_class] = type(_class, (MetricTests,), {"metric": load(_name)})
