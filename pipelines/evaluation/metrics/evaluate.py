"""Compute metrics of lists, and their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

import numpy as np

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.metrics.accuracy import Accuracy, prepare, sorted_ks
from pipelines.evaluation.metrics.metric import Metric, MetricOfAllLists
from pipelines.evaluation.metrics.names import bounds, load
from pipelines.reading.lists import GroundTruth, Lists
from pipelines.registry import error_text
from pipelines.runtime.phrases import number_of
from pipelines.schema import Doubles
from pipelines.statistics.bootstrap import bootstrap_interval, poisson_bootstrap
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import (
    CONFIDENCE,
    FEWEST_EQUAL,
    mean_interval,
    standard_error,
)
from pipelines.statistics.student import t_quantile


def computable(truth: GroundTruth, notes: list[str] | None = None) -> list[type[Metric]]:
    """The metrics that can be computed from this ground truth, in the registry's order.

    A user-defined metric that cannot be loaded is left out, and `notes` gets a sentence about it.
    """
    found = []
    for name in registry.names("metrics"):
        try:
            metric = load(name)
        except AssayError as error:
            if notes is not None:
                notes.append(f"{error} It is left out.")
            continue
        if all(truth.has(need) for need in metric.needs):
            found.append(metric)
    return found


def evaluate(
    lists: Lists,
    ks: Sequence[int],
    metrics: Iterable[type[Metric]] | None = None,
    notes: list[str] | None = None,
) -> dict[str, Doubles | Interval]:
    """Each metric at each k by name (`ndcg@10`): per user, (n,) float64, or as an interval.

    Without `metrics`, all that the lists' ground truth allows. A metric over all lists
    together gives an interval; the others give NaN where undefined. With `notes`, a
    user-defined metric that raises is left out, and `notes` gets a sentence about it; without
    `notes`, the error is raised.
    """
    chosen = list(computable(lists.ground_truth, notes) if metrics is None else metrics)
    depths = tuple(sorted_ks(ks).tolist())
    if any(issubclass(metric, Accuracy) for metric in chosen):
        prepare(lists, depths)
    found: dict[str, list[Doubles | Interval]] = {}
    for metric in chosen:
        try:
            found[metric.name] = [_value(metric(), lists, k) for k in depths]
        except Exception as error:
            if notes is None or metric.name in registry.BUILT_IN["metrics"]:
                raise
            notes.append(f"The metric {metric.name} failed and is left out: {error_text(error)}.")
    return {
        f"{name}@{k}": values[at] for at, k in enumerate(depths) for name, values in found.items()
    }


def _value(metric: Metric, lists: Lists, k: int) -> Doubles | Interval:
    """A metric's values at one k; `ValueError` where they have a wrong shape or range."""
    if isinstance(metric, MetricOfAllLists):
        return of_all(metric, lists, k)
    values = np.asarray(metric.per_user(lists, k), np.float64)
    if values.shape != (len(lists),):
        users = number_of(len(lists), "user")
        raise ValueError(f"it returned values of shape {values.shape} for {users}")
    low, high = metric.bounds or (-np.inf, np.inf)
    defined = values[~np.isnan(values)]
    slack = 1e-9 * max(1.0, *(abs(end) for end in metric.bounds or (0.0,)))
    if np.isinf(defined).any() or (defined < low - slack).any() or (defined > high + slack).any():
        raise ValueError(f"it returned values from {defined.min():g} to {defined.max():g}")
    return values


def of_all(
    metric: MetricOfAllLists, lists: Lists, k: int, replicates: int = 200, seed: int = 0
) -> Interval:
    """The value with its Poisson bootstrap interval over users; NaN where it is undefined.

    Fewer than `FEWEST_EQUAL` users who are all alike do not determine the spread: the interval
    is then the metric's range, or NaN where it has no bounds.
    """
    statistic = metric.statistic(lists, k)
    value = np.asarray(statistic(np.ones((1, len(lists)), np.uint8)), np.float64)
    draws = poisson_bootstrap(statistic, len(lists), replicates=replicates, seed=seed)
    if value.shape != (1,) or draws.shape != (replicates,):
        raise ValueError(
            f"its statistic returned values of shape {draws.shape} for {replicates} rows"
        )
    defined = draws[~np.isnan(draws)]  # undefined where a resample has no user with a value
    alike = len(defined) == 0 or np.ptp(defined) <= 1e-12 * np.abs(defined).max()
    unknown = len(lists) < FEWEST_EQUAL and alike
    if np.isnan(value[0]) or (unknown and metric.bounds is None):
        return Interval(value=np.nan, low=np.nan, high=np.nan)
    within = metric.bounds or (-np.inf, np.inf)
    if unknown:
        return Interval(value=float(value[0]), low=within[0], high=within[1])
    return bootstrap_interval(float(value[0]), defined, within)


def over_fits(fits: Sequence[Mapping[str, Interval]]) -> dict[str, Interval]:
    """Metrics over all lists together: the mean over the fits that have the metric.

    The interval covers the draw of the users, as in the fits, and that of the fits.
    """
    found = {}
    for name in fits[0]:
        given = [of_fit[name] for of_fit in fits if name in of_fit]
        values = np.array([one.value for one in given])
        if np.isnan(values).any():  # undefined
            continue
        if len(given) == 1:
            found[name] = given[0]
            continue
        mean = float(values.mean())
        more = t_quantile(len(given) - 1, CONFIDENCE) * standard_error(values)
        low, high = bounds(name) or (-np.inf, np.inf)
        below = np.hypot(np.mean([one.value - one.low for one in given]), more)
        above = np.hypot(np.mean([one.high - one.value for one in given]), more)
        found[name] = Interval(
            value=mean, low=max(low, mean - float(below)), high=min(high, mean + float(above))
        )
    return found


def over_windows(windows: Sequence[Mapping[str, Interval]]) -> dict[str, Interval]:
    """Metrics over all lists together: the mean over the windows, where each has the metric.

    Windows share people, so each half-width is the mean of theirs, as if the windows erred
    together: the interval is at least as wide as needed.
    """
    return {
        name: Interval(
            value=float(np.mean([one[name].value for one in windows])),
            low=float(np.mean([one[name].low for one in windows])),
            high=float(np.mean([one[name].high for one in windows])),
        )
        for name in windows[-1]
        if all(name in one for one in windows)
    }


def summarize(values: Mapping[str, Doubles | Interval]) -> dict[str, Interval]:
    """An interval per metric: of the mean of per-user values, or the interval as given.

    Per-user values are (n,), or (n_users, n_fits) of several fits.

    A metric without an interval (undefined, or with too few users) is left out.
    """
    out: dict[str, Interval] = {}
    for name, given in values.items():
        if isinstance(given, Interval):
            if not isnan(given.value):
                out[name] = given
            continue
        try:
            out[name] = mean_interval(given, within=bounds(name))
        except AssayError:  # undefined for these users
            continue
    return out
