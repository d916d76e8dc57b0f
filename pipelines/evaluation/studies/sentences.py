"""The findings of the leakage audit and of the learning curve, in one sentence each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.evaluation.comparison.comparison import outcome
from pipelines.evaluation.comparison.sentences import three_digits, what_would_settle
from pipelines.evaluation.comparison.settle import users_to_settle
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.studies.inflation import Values
from pipelines.evaluation.studies.results import Flip, Inflation, Lift
from pipelines.runtime.phrases import number_of
from pipelines.schema import Doubles
from pipelines.statistics.interval import Interval

BASELINE = "popular"
TIME, ONE_OUT, RANDOM = "global time", "leave-one-out", "random"


def audit_sentence(
    in_time: Values,
    metric: str,
    titles: Mapping[str, str],
    lift: Sequence[Lift],
    ratios: Sequence[Inflation],
    changed: Sequence[Flip],
) -> str:
    """The lift of the best pipeline under each split, and whether orders change."""
    others = [spec for spec in titles if spec != BASELINE]
    if not others:
        return "No pipeline other than Popular could be run, so there is nothing to compare."
    best = max(others, key=lambda spec: float(in_time[spec][metric].mean()))

    def of(rows: Sequence[Any], protocol: str, measure: str = "lift") -> Any:
        return next(
            one
            for one in rows
            if (one.spec, one.metric, one.protocol) == (best, metric, protocol)
            and getattr(one, "measure", "lift") == measure
        )

    timed, drawn, one_out = (_times(of(lift, name)) for name in (TIME, RANDOM, ONE_OUT))
    return (
        f"{titles[best]} has {timed} the {label(metric)} of {titles[BASELINE]} under {TIME}, "
        f"{drawn} under {RANDOM} and {one_out} under {ONE_OUT}: a random split multiplies the "
        f"lift by {_factor(of(ratios, RANDOM))}, leave-one-out by "
        f"{_factor(of(ratios, ONE_OUT))}; "
        f"{_changes_of_order([one for one in changed if one.metric == metric])}."
    )


def _changes_of_order(changed: Sequence[Flip]) -> str:
    changed = [one for one in changed if one.protocol in (RANDOM, ONE_OUT)]
    certain = [one for one in changed if one.certain]
    if certain:
        one = certain[0]
        more = f" (1 of {len(certain)} such pairs)" if len(certain) > 1 else ""
        return (
            f"{one.ahead_in_time} is better than {one.ahead_here} under {TIME} but worse under "
            f"{one.protocol}, both with certainty{more}"
        )
    if changed:
        pairs = number_of(len(changed), "pair")
        return f"the order changes for {pairs} of pipelines, but not with certainty"
    return "the order of the pipelines does not change"


def _times(one: Lift) -> str:
    """`1.4 times (1.2 to 1.6)`."""
    if one.value is None:
        return "an unknown number of times"
    return f"{three_digits(one.value)} times ({_range(one)})"


def _factor(one: Inflation) -> str:
    """`1.4 (1.2 to 1.6)`."""
    if one.value is None:
        return "an unknown factor"
    return f"{three_digits(one.value)} ({_range(one)})"


def _range(one: Lift | Inflation) -> str:
    assert one.low is not None
    high = "no upper limit" if one.high is None else three_digits(one.high)
    return f"{three_digits(one.low)} to {high}"


def gain_sentence(
    title: str, metric: str, share: str, found: Interval, smallest: float, d: Doubles
) -> str:
    """Whether more data helps: from the newest `share` (`40%`) of the history to all of it.

    `found` is the mean of the users' gains `d` (n,), `smallest` the smallest useful one.
    """
    name, part = label(metric), f"the newest {share} of the history"

    def by(sign: int) -> str:
        low, high = sorted((sign * found.low, sign * found.high))
        ends = f"{three_digits(low)} to {three_digits(high)}"
        return f"{three_digits(sign * found.value)} (95% interval {ends})"

    match outcome(found, smallest):
        case "better":
            return (
                f"More data still helps {title}: from {part} to all of it, {name} rises by {by(1)}."
            )
        case "worse":
            return (
                f"Older data harms {title}: with all of the history, {name} is lower by {by(-1)} "
                f"than with {part}."
            )
        case "equivalent":
            return (
                f"More data no longer helps {title}: from {part} to all of it, {name} changes by "
                f"{by(1)}, within the smallest useful difference of {three_digits(smallest)}."
            )
        case _:
            return (
                f"It is not certain yet whether more data helps {title}: from {part} to all of it, "
                f"{name} changes by {by(1)}; {what_would_settle(users_to_settle(d, smallest))}."
            )
