"""Contender against baseline, user by user, and the sentence a lead can read."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np
import numpy.typing as npt

from pipelines.evaluation.metrics.names import bounds, label
from pipelines.evaluation.results import Comparison, Interval, Outcome
from pipelines.evaluation.statistics.intervals import (
    FEWEST_EQUAL,
    differences,
    mean_interval,
    standard_error,
)

Z_OF_INTERVAL = 1.959964
Z_OF_CHANCE = 0.841621
"""Normal quantiles of 97.5 % and of 80 %, the chance to settle that is planned for."""


def compare(
    contender: str,
    baseline: str,
    metric: str,
    values: npt.ArrayLike,
    baseline_values: npt.ArrayLike,
    useful_share: float,
    over_budget: bool = False,
    failed_required: bool = False,
) -> Comparison:
    """The paired difference in `metric` over the same users, (n,) each, and its outcome.

    The smallest useful difference is `useful_share` of the baseline's mean. The interval
    is not adjusted for the number of contenders.
    """
    d = differences(values, baseline_values)
    limits = bounds(metric)
    span = None if limits is None else (limits[0] - limits[1], limits[1] - limits[0])
    interval = mean_interval(d, within=span)
    smallest = useful_share * abs(float(np.nanmean(np.asarray(baseline_values, np.float64))))
    found = outcome(interval, smallest)
    more = users_to_settle(d, smallest) if found == "inconclusive" else None
    return Comparison(
        contender=contender,
        baseline=baseline,
        metric=metric,
        difference=interval.value,
        low=interval.low,
        high=interval.high,
        smallest_useful=smallest,
        outcome=found,
        over_budget=over_budget,
        failed_required=failed_required,
        sentence=_sentence(
            contender,
            baseline,
            label(metric),
            interval,
            smallest,
            found,
            more,
            but=reservations(over_budget, failed_required),
        ),
    )


def outcome(interval: Interval, smallest_useful: float) -> Outcome:
    """Equivalent first: a difference may be real and still too small to be of use."""
    if -smallest_useful <= interval.low and interval.high <= smallest_useful:
        return "equivalent"
    if interval.low > 0:
        return "better"
    if interval.high < 0:
        return "worse"
    return "inconclusive"


def users_to_settle(d: npt.NDArray[np.float64], smallest_useful: float) -> int | None:
    """How many users beyond the n of `d` would settle the matter in four cases of five.

    Assumes that difference and spread stay as they are. Settled is better, worse or
    equivalent, whichever needs the fewest users. None where no number would do.
    """
    n, mean = len(d), abs(float(d.mean()))
    error = standard_error(d)
    if error == 0.0:
        return max(1, FEWEST_EQUAL - n)
    half_width = max(mean, smallest_useful - mean)
    if half_width <= 0.0:
        return None
    spread = error * n**0.5
    needed = ((Z_OF_INTERVAL + Z_OF_CHANCE) * spread / half_width) ** 2
    return max(1, ceil(needed) - n)


def three_digits(number: float) -> str:
    """`number` to three significant digits, never in powers of ten: 0.0314."""
    return np.format_float_positional(number + 0.0, precision=3, fractional=False, trim="-")


def _sentence(
    contender: str,
    baseline: str,
    metric: str,
    interval: Interval,
    smallest: float,
    found: Outcome,
    more: int | None,
    but: str,
) -> str:
    def by(sign: int) -> str:
        ends = sorted((sign * interval.low, sign * interval.high))
        return (
            f"{three_digits(sign * interval.value)} {metric} "
            f"(95 % interval {three_digits(ends[0])} to {three_digits(ends[1])})"
        )

    if found == "better":
        note = f": better, but {but}" if but else ""
        return f"{contender} beats {baseline} by {by(1)}{note}."
    if found == "worse":
        text = f"{contender} falls behind {baseline} by {by(-1)}"
    elif found == "equivalent":
        text = (
            f"{contender} and {baseline} are equivalent: they differ by {by(1)}, within the "
            f"smallest useful difference of {three_digits(smallest)}"
        )
    else:
        text = (
            f"{contender} and {baseline} cannot be told apart yet: they differ by {by(1)}; "
            + what_would_settle(more)
        )
    return f"{text}; it {'is ' if but.startswith('over') else ''}{but}." if but else f"{text}."


def reservations(over_budget: bool, failed_required: bool) -> str:
    """`over budget and fails a required test`; empty where neither is so."""
    said = ["over budget"] * over_budget + ["fails a required test"] * failed_required
    return " and ".join(said)


def what_would_settle(more: int | None) -> str:
    """What to do about an inconclusive comparison, given `users_to_settle`."""
    if more is None:
        return "with no smallest useful difference, more users would not settle it"
    plural = "" if more == 1 else "s"
    return f"about {_two_digits_up(more):,} more user{plural} would settle it"


def _two_digits_up(count: int) -> int:
    step = 10 ** max(0, floor(log10(count)) - 1)
    return -(-count // step) * step
