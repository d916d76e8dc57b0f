"""Every behavioral test that ships passes the tests that one of an outside package inherits."""

from pipelines.evaluation.behavior.names import load
from pipelines.registry import BUILT_IN
from pipelines.testing import BehaviorTests

for _name in BUILT_IN["behavior"]:
    _class = f"Test{_name.title().replace('-', '')}"
    globals()[_class] = type(_class, (BehaviorTests,), {"test": load(_name)})
