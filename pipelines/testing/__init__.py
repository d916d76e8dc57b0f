"""Conformance tests for stages, adapters, metrics and behavioral tests of your own package.

    from pipelines.testing import CandidateGeneratorTests
    from my_stages.newest import Newest


    class TestNewest(CandidateGeneratorTests):
        stage = Newest

Run it with pytest (`pip install 'assay[testing]'`). Assay's own classes pass the same tests.
`stage_data`, `datasets`, `adapter_data` and `metric_data` hold the small synthetic data that
they use, `vendor` a local HTTP server that plays a vendor.
"""

from typing import TYPE_CHECKING

from pipelines import lazy
from pipelines.errors import MissingExtra

try:
    import pytest
except ModuleNotFoundError as error:
    raise MissingExtra(
        "pipelines.testing needs pytest; install it with `pip install 'assay[testing]'`."
    ) from error

if TYPE_CHECKING:
    from pipelines.testing.adapters import AdapterTests as AdapterTests
    from pipelines.testing.behavior import BehaviorTests as BehaviorTests
    from pipelines.testing.candidates import CandidateGeneratorTests as CandidateGeneratorTests
    from pipelines.testing.metrics import MetricTests as MetricTests
    from pipelines.testing.rankers import RankerTests as RankerTests
    from pipelines.testing.rules import RuleTests as RuleTests
    from pipelines.testing.stages import StageTests as StageTests

_HOMES = {
    "AdapterTests": "pipelines.testing.adapters",
    "BehaviorTests": "pipelines.testing.behavior",
    "CandidateGeneratorTests": "pipelines.testing.candidates",
    "MetricTests": "pipelines.testing.metrics",
    "RankerTests": "pipelines.testing.rankers",
    "RuleTests": "pipelines.testing.rules",
    "StageTests": "pipelines.testing.stages",
}
__all__ = [*_HOMES]

# With it, pytest shows the values on both sides of a failed `assert` in these modules too.
pytest.register_assert_rewrite(*_HOMES.values())

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
