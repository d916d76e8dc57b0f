"""Metrics, one class each, and what one of your own is made from (docs/writing-a-metric.md)."""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.evaluation.metrics.metric import Metric as Metric
    from pipelines.evaluation.metrics.metric import MetricOfAllLists as MetricOfAllLists

_HOMES = {
    "Metric": "pipelines.evaluation.metrics.metric",
    "MetricOfAllLists": "pipelines.evaluation.metrics.metric",
}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
