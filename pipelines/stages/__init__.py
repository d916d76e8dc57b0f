"""Stages: candidate generators, rankers and rules, and what one of your own is made from.

docs/writing-a-stage.md shows how. Those that ship are reached by name, through the registry.
"""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.stages.contract import CandidateGenerator as CandidateGenerator
    from pipelines.stages.contract import DataShape as DataShape
    from pipelines.stages.contract import Estimate as Estimate
    from pipelines.stages.contract import Filter as Filter
    from pipelines.stages.contract import Ranker as Ranker
    from pipelines.stages.contract import Rule as Rule
    from pipelines.stages.contract import Stage as Stage
    from pipelines.stages.contract import StageConfig as StageConfig
    from pipelines.stages.kernels import top_k as top_k

_HOMES = {
    "CandidateGenerator": "pipelines.stages.contract",
    "DataShape": "pipelines.stages.contract",
    "Estimate": "pipelines.stages.contract",
    "Filter": "pipelines.stages.contract",
    "Ranker": "pipelines.stages.contract",
    "Rule": "pipelines.stages.contract",
    "Stage": "pipelines.stages.contract",
    "StageConfig": "pipelines.stages.contract",
    "top_k": "pipelines.stages.kernels",
}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
