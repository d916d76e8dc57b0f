"""All metrics of lists, and their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.accuracy import sorted_ks
from pipelines.evaluation.metrics.lists import AnswerKey, Lists
from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists
from pipelines.evaluation.metrics.names import bounds
from pipelines.evaluation.results import Interval
from pipelines.evaluation.statistics.bootstrap import bootstrap_interval, poisson_bootstrap
from pipelines.evaluation.statistics.intervals import mean_interval
from pipelines.schema import Doubles


def answerable(key: AnswerKey) -> list[type[Metric]]:
    """The metrics that this answer key suffices for, in the registry's order."""
    found = [registry.lookup("metrics", name) for name in registry.names("metrics")]
    return [metric for metric in found if all(key.has(need) for need in metric.needs)]


def evaluate(
    lists: Lists, ks: Sequence[int], metrics: Iterable[type[Metric]] | None = None
) -> dict[str, Doubles | Interval]:
    """Each metric at each k by name (`ndcg@10`): per user, (n,) float64, or as an interval.

    Without `metrics`, all that the lists' answer key suffices for. A metric about all lists
    together comes as an interval over users; the others with NaN where undefined.
    """
    chosen = list(answerable(lists.key) if metrics is None else metrics)
    depths = tuple(sorted_ks(ks).tolist())
    if any(metric.group == "accuracy" for metric in chosen):
        lists.prepare(depths)
    return {
        f"{metric.name}@{k}": of_all(metric(), lists, k)
        if issubclass(metric, MetricOfAllLists)
        else metric().per_user(lists, k)
        for k in depths
        for metric in chosen
    }


def of_all(
    metric: MetricOfAllLists, lists: Lists, k: int, replicates: int = 200, seed: int = 0
) -> Interval:
    """The value with its Poisson bootstrap interval over users."""
    statistic = metric.statistic(lists, k)
    value = float(statistic(np.ones((1, len(lists)), np.uint8))[0])
    draws = poisson_bootstrap(statistic, len(lists), replicates=replicates, seed=seed)
    return bootstrap_interval(value, draws, within=metric.bounds or (-np.inf, np.inf))


def summarize(values: Mapping[str, Doubles | Interval]) -> dict[str, Interval]:
    """An interval per metric: of the mean where per-user values are given, else as given.

    A metric without an interval (too few users have a value) is left out.
    """
    out: dict[str, Interval] = {}
    for name, given in values.items():
        if isinstance(given, Interval):
            out[name] = given
            continue
        try:
            out[name] = mean_interval(given, within=bounds(name))
        except AssayError:  # undefined for these users, so there is nothing to show
            continue
    return out
