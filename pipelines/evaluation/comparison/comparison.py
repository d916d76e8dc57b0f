"""Paired comparisons of contenders with a baseline, declared in advance or exploratory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.again import FIRM, same_again
from pipelines.evaluation.comparison.sentences import sentence, what_would_settle
from pipelines.evaluation.comparison.settle import fits_limit, users_to_settle
from pipelines.evaluation.metrics.names import MAIN, better, bounds, label
from pipelines.evaluation.results.document import Comparison, Outcome
from pipelines.schema import Doubles
from pipelines.statistics.fits import by_user, columns
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

BORDERLINE = 0.01
"""How close to its threshold a p makes the outcome borderline."""
STRICTEST = 0.9999
"""The strictest interval level used: adjusted for 500 contenders."""


@dataclass(frozen=True)
class Contrast:
    """Two contenders' values in one metric, each (n,) or (n_users, n_fits).

    They are over the same users and the same fits (`fit_values.paired_fits`).
    """

    contender: str
    baseline: str
    metric: str
    values: npt.ArrayLike
    baseline_values: npt.ArrayLike
    over_budget: bool = False
    failed_required: bool = False
    once: str = ""
    """`answer` or `fit` where one of them may draw and was asked or fitted only once."""


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
    once: str = "",
) -> Comparison:
    """A single comparison at 95%, not adjusted; use `explored` for several."""
    one = Contrast(
        contender, baseline, metric, values, baseline_values, over_budget, failed_required, once
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
    d = by_user(differences(contrast.values, contrast.baseline_values))[0]
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


def overturning_sd(
    interval: Interval, found: Outcome, smallest_useful: float, confidence: float
) -> float | None:
    """The smallest standard deviation between single answers that would overturn the outcome.

    The interval, turned `toward` better, would then reach zero, or for "equivalent" the smallest
    useful difference: z² `sd`² + its half-width² = the distance². None if inconclusive.
    """
    mean = interval.value
    ways = {
        "better": [(mean, mean - interval.low)],
        "worse": [(-mean, interval.high - mean)],
        "equivalent": [
            (smallest_useful + mean, mean - interval.low),
            (smallest_useful - mean, interval.high - mean),
        ],
    }.get(found)
    if ways is None:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return min(sqrt(max(0.0, far**2 - half**2)) / z for far, half in ways)


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
    base = columns(np.asarray(contrast.baseline_values, np.float64))
    gaps = np.isnan(columns(np.asarray(contrast.values, np.float64)) - base)
    pairs = ~gaps.any(axis=1)  # as in the difference
    smallest = useful_share * abs(float(base[pairs].mean()))
    found = outcome(toward(sign, interval), smallest)
    again = same_again(d, smallest, family.confidence, sign)
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
        same_again=again,
        borderline=_borderline(p, family) or (again is not None and again < FIRM),
        drawn_once=contrast.once,
        overturning_sd=overturning_sd(toward(sign, interval), found, smallest, family.confidence)
        if contrast.once
        else None,
        relative=relative_difference(
            contrast.values,
            base,
            family.confidence,
            positive=limits is not None and limits[0] >= 0.0,
        ),
    )
    text = sentence(comparison, sign, _settling(found, d, smallest, family), titles)
    return comparison.model_copy(update={"sentence": text})


def _borderline(p: float, family: _Family) -> bool:
    decisive = family.p_adjusted if family.adjustment and family.p_adjusted is not None else p
    return abs(decisive - (1 - CONFIDENCE)) <= BORDERLINE


def _settling(found: Outcome, d: Doubles, smallest: float, family: _Family) -> str:
    if found != "inconclusive":
        return ""
    more = users_to_settle(d, smallest, family.confidence)
    return what_would_settle(more, fits_limit(d, smallest, family.confidence))
