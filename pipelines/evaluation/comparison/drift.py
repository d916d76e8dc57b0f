"""How the differences from the baseline change from the first of several windows to the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.errors import AssayError
from pipelines.evaluation.comparison.sentences import three_digits
from pipelines.evaluation.metrics.names import bounds, label
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.evaluation.results.fit_values import FitValues, common_fits, stacked
from pipelines.evaluation.results.windows import Drift, WindowResult
from pipelines.runtime.phrases import day_of, number_of
from pipelines.schema import Doubles, Longs
from pipelines.statistics.intervals import CONFIDENCE, p_value, t_interval
from pipelines.statistics.multiplicity import holm
from pipelines.statistics.persons import change

Ends = tuple[FitValues, FitValues]
"""A contender's values in the first and in the last window."""


def contributions(one: Ends, baseline: Ends, persons: tuple[Longs, Longs]) -> Doubles:
    """The people's contributions (n_people, n_fits) to the change of the difference.

    `persons` are the codes of the requests in the first and the last window.
    """
    whose = np.concatenate(persons)
    ours, theirs = stacked(one, whose), stacked(baseline, whose)
    fits = common_fits((ours, theirs))
    d = ours.of(fits) - theirs.of(fits)
    n = len(persons[0])
    return change((d[:n], persons[0]), (d[n:], persons[1]))


def drifts(
    values: Mapping[str, Ends],
    baseline: str,
    metric: str,
    persons: tuple[Longs, Longs],
    windows: Sequence[WindowResult],
    titles: Mapping[str, str],
) -> list[Drift]:
    """The drift of each contender against the baseline, adjusted by Holm over all of them."""
    limits = bounds(metric)
    reach = None if limits is None else 2 * (limits[1] - limits[0])
    names, found = [], []
    for name, ends in values.items():
        if name == baseline or baseline not in values:
            continue
        d = contributions(ends, values[baseline], persons)
        try:
            interval = t_interval(d, None if reach is None else (-reach, reach))
        except AssayError:  # too few people with a value
            continue
        names.append(name)
        found.append((interval, p_value(d)))
    adjusted = holm([p for _, p in found])
    told = []
    for name, (interval, p), p_adjusted in zip(names, found, adjusted, strict=True):
        steps = [window.differences.get(name, {}).get(metric) for window in windows]
        numbers = ", ".join(three_digits(one.value) for one in steps if one is not None)
        size = (
            f"{three_digits(interval.value)} (95% interval {three_digits(interval.low)} to "
            f"{three_digits(interval.high)})"
        )
        certain = float(p_adjusted) < 1 - CONFIDENCE
        told.append(
            Drift(
                contender=name,
                baseline=baseline,
                metric=metric,
                change=interval,
                p=p,
                p_adjusted=float(p_adjusted),
                certain=certain,
                sentence=(
                    f"{titles.get(name, name)} against {titles.get(baseline, baseline)} in "
                    f"{label(metric)}, window by window: {numbers}; the change from the first to "
                    f"the last, {size}, is {'a' if certain else 'no'} certain drift."
                ),
            )
        )
    return told


def pooling_sentence(document: BakeoffDocument) -> str:
    """What a bake-off's values over several windows are of; empty for a single split."""
    windows = document.windows
    if not windows:
        return ""
    days = ", ".join(day_of(window.begin) for window in windows)
    requests = sum(window.users for window in windows)
    return (
        f"Values and comparisons pool {len(windows)} windows, from {days}: "
        f"{number_of(int(document.manifest['people']), 'person', 'people')} in "
        f"{number_of(requests, 'request')}; every request counts the same, and intervals allow for "
        "people who are in several windows. Lists, latency, memory, slices, users and behavioral "
        "tests are of the last window."
    )
