"""Bake-offs and their results, metrics, comparisons, slices, behavioral tests, studies."""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.evaluation.bakeoff.opened import Opened as Opened
    from pipelines.evaluation.bakeoff.request import BakeoffRequest as BakeoffRequest
    from pipelines.evaluation.evaluate_file import Evaluation as Evaluation
    from pipelines.evaluation.results.document import BakeoffDocument as BakeoffDocument
    from pipelines.evaluation.results.document import Comparison as Comparison
    from pipelines.evaluation.results.document import ContenderResult as ContenderResult

_HOMES = {
    "BakeoffDocument": "pipelines.evaluation.results.document",
    "BakeoffRequest": "pipelines.evaluation.bakeoff.request",
    "Comparison": "pipelines.evaluation.results.document",
    "ContenderResult": "pipelines.evaluation.results.document",
    "Evaluation": "pipelines.evaluation.evaluate_file",
    "Opened": "pipelines.evaluation.bakeoff.opened",
}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
