"""Behavioral tests: whether a contender behaves as a recommender should (docs/behavior.md)."""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.evaluation.behavior.contract import BehaviorTest as BehaviorTest
    from pipelines.evaluation.behavior.contract import NotRun as NotRun

_HOMES = {
    "BehaviorTest": "pipelines.evaluation.behavior.contract",
    "NotRun": "pipelines.evaluation.behavior.contract",
}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
