"""Paired comparisons of contenders with a baseline, declared in advance or exploratory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.sentences import sentence
from pipelines.evaluation.metrics.names import MAIN, better, bounds, label
from pipelines.evaluation.results.document import Comparison, Outcome
from pipelines.schema import Doubles
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import (
    CONFIDENCE,
    differences,
    fewest_equal,
    p_value,
    standard_error,
    t_interval,
)
from pipelines.statistics.multiplicity import benjamini_hochberg, holm, holm_confidences
from pipelines.statistics.ratio import relative_difference

POWER = 0.8
"""The probability of a conclusive outcome that `users_to_settle` plans for."""
STRICTEST = 0.9999
"""The strictest interval level used: adjusted for 500 contenders."""


@dataclass(frozen=True)
class Contrast:
    """Two contenders' values in one metric, (n,) each over the same users."""

    contender: str
    baseline: str
    metric: str
    values: npt.ArrayLike
    baseline_values: npt.ArrayLike
    over_budget: bool = False
    failed_required: bool = False


@dataclass(frozen=True)
class _Family:
    """How a contrast is adjusted for the comparisons made with it."""

    confidence: float = CONFIDENCE
    adjustment: str = ""
    p_adjusted: float | None = None
    looks: int = 1


def compare(
    contender: str,
    baseline: str,
    metric: str,
    values: npt.ArrayLike,
    baseline_values: npt.ArrayLike,
    useful_share: float,
    over_budget: bool = False,
    failed_required: bool = False,
    titles: Mapping[str, str] | None = None,
) -> Comparison:
    """A single comparison at 95%, not adjusted; use `explored` for several."""
    one = Contrast(
        contender, baseline, metric, values, baseline_values, over_budget, failed_required
    )
    return explored([one], useful_share, titles)[0]


def declared(
    contrasts: Sequence[Contrast], useful_share: float, titles: Mapping[str, str] | None = None
) -> list[Comparison]:
    """Comparisons on the metric declared in advance, adjusted by Holm over all of them.

    Each interval has the level at which it excludes zero exactly where Holm rejects, so that
    outcome and interval agree. `titles` are the contenders' names in sentences.
    """
    ds = [differences(c.values, c.baseline_values) for c in contrasts]
    p = [p_value(d) for d in ds]
    m = len(p)
    adjustment = f"Holm over {m} contenders" if m > 1 else ""
    families = [
        _Family(float(confidence), adjustment, float(adjusted), m)
        for confidence, adjusted in zip(holm_confidences(p, 1 - CONFIDENCE), holm(p), strict=True)
    ]
    return _found(contrasts, ds, p, families, useful_share, titles or {})


def explored(
    contrasts: Sequence[Contrast], useful_share: float, titles: Mapping[str, str] | None = None
) -> list[Comparison]:
    """Exploratory comparisons, which were not declared in advance.

    Intervals are at 95% each and not adjusted; p values are also given adjusted by Benjamini
    and Hochberg over all of them.
    """
    ds = [differences(c.values, c.baseline_values) for c in contrasts]
    p = [p_value(d) for d in ds]
    families = [
        _Family(p_adjusted=float(adjusted), looks=len(p)) for adjusted in benjamini_hochberg(p)
    ]
    return _found(contrasts, ds, p, families, useful_share, titles or {})


def testable(contrast: Contrast) -> bool:
    """Whether there are enough users with a value for an interval."""
    d = differences(contrast.values, contrast.baseline_values)
    if bounds(contrast.metric) is not None:
        return len(d) > 0
    return standard_error(d) > 0.0 or len(d) >= fewest_equal(STRICTEST)


def outcome(interval: Interval, smallest_useful: float) -> Outcome:
    """The outcome of an interval of differences in which above zero is better (`toward`).

    Equivalence comes first: a difference may be significant and still too small to be useful.
    """
    if -smallest_useful <= interval.low and interval.high <= smallest_useful:
        return "equivalent"
    if interval.low > 0:
        return "better"
    if interval.high < 0:
        return "worse"
    return "inconclusive"


def direction(metric: str) -> int:
    """1 where higher is better, -1 where lower is; an `AssayError` where neither is."""
    if metric.partition("@")[0] not in registry.names("metrics"):
        raise AssayError(
            f"The metric {metric} is not installed, so it is unknown whether higher is better; "
            "install its package, or compare by another metric."
        )
    found = better(metric)
    if found == "neither":
        raise AssayError(
            f"Neither higher nor lower {label(metric)} is better, so contenders cannot be compared "
            f"by it; use one of {', '.join(MAIN)}, such as ndcg@10."
        )
    return 1 if found == "higher" else -1


def toward(sign: int, interval: Interval) -> Interval:
    """The interval, turned so that above zero is better."""
    if sign > 0:
        return interval
    return Interval(value=-interval.value, low=-interval.high, high=-interval.low)


def users_to_settle(
    d: Doubles, smallest_useful: float, confidence: float = CONFIDENCE
) -> int | None:
    """How many more users than the n of `d` would give a conclusive outcome with `POWER`.

    Assumes that difference, spread and the interval's level stay as they are. Conclusive means
    better, worse or equivalent. None where no number of users suffices.
    """
    n, mean = len(d), abs(float(d.mean()))
    error = standard_error(d)
    if error == 0.0:
        return max(1, fewest_equal(confidence) - n)
    if mean == smallest_useful == 0.0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    # Bounds on the precision, in units of 1 / standard error. At the second one the interval is
    # short enough to be conclusive wherever its middle is.
    ends = [(z + NormalDist().inv_cdf(POWER)) / mean] if mean > 0.0 else []
    if smallest_useful > 0.0:
        ends.append(2 * z / smallest_useful)
    low, high = 0.0, min(ends)
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        if _conclusive_probability(mean * middle, smallest_useful * middle, z) < POWER:
            low = middle
        else:
            high = middle
    needed = (high * error * n**0.5) ** 2
    return max(1, ceil(needed) - n)


def _conclusive_probability(mean: float, smallest_useful: float, z: float) -> float:
    """The probability that an interval of ± z around a normal draw with this mean is conclusive.

    All are in standard errors. It is inconclusive where the draw is at most z and more than
    `smallest_useful` - z away from 0.
    """
    cdf = NormalDist(mean).cdf
    inside = max(0.0, smallest_useful - z)
    if inside >= z:
        return 1.0
    return 1.0 - (cdf(z) - cdf(inside)) - (cdf(-inside) - cdf(-z))


def _found(
    contrasts: Sequence[Contrast],
    ds: Sequence[Doubles],
    p: Sequence[float],
    families: Sequence[_Family],
    useful_share: float,
    titles: Mapping[str, str],
) -> list[Comparison]:
    return [
        _one(*given, useful_share, titles) for given in zip(contrasts, ds, p, families, strict=True)
    ]


def _one(
    contrast: Contrast,
    d: Doubles,
    p: float,
    family: _Family,
    useful_share: float,
    titles: Mapping[str, str],
) -> Comparison:
    """The smallest useful difference is `useful_share` of the baseline's mean."""
    metric = contrast.metric
    limits, sign = bounds(metric), direction(metric)
    span = None if limits is None else (limits[0] - limits[1], limits[1] - limits[0])
    interval = t_interval(d, span, family.confidence)
    base = np.asarray(contrast.baseline_values, np.float64)
    pairs = ~np.isnan(np.asarray(contrast.values, np.float64) - base)  # as in the difference
    smallest = useful_share * abs(float(base[pairs].mean()))
    found = outcome(toward(sign, interval), smallest)
    comparison = Comparison(
        contender=contrast.contender,
        baseline=contrast.baseline,
        metric=metric,
        difference=interval.value,
        low=interval.low,
        high=interval.high,
        smallest_useful=smallest,
        outcome=found,
        over_budget=contrast.over_budget,
        failed_required=contrast.failed_required,
        sentence="",
        confidence=family.confidence,
        adjustment=family.adjustment,
        p=p,
        p_adjusted=family.p_adjusted,
        looks=family.looks,
        relative=relative_difference(contrast.values, base, family.confidence),
    )
    more = users_to_settle(d, smallest, family.confidence) if found == "inconclusive" else None
    return comparison.model_copy(update={"sentence": sentence(comparison, sign, more, titles)})
