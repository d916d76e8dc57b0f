"""The leakage audit in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.evaluation.comparison.sentences import three_digits
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.studies.inflation import Values
from pipelines.evaluation.studies.results import Flip, Inflation, Lift

BASELINE = "popular"
TIME, ONE_OUT, RANDOM = "global time", "leave-one-out", "random"


def sentence(
    in_time: Values,
    metric: str,
    titles: Mapping[str, str],
    lift: Sequence[Lift],
    ratios: Sequence[Inflation],
    turned: Sequence[Flip],
) -> str:
    """The lift of the best pipeline in time, here and there, and whether orders turn."""
    others = [spec for spec in titles if spec != BASELINE]
    if not others:
        return "No pipeline beside Popular could be run, so there is nothing to compare."
    best = max(others, key=lambda spec: float(in_time[spec][metric].mean()))

    def of(rows: Sequence[Any], protocol: str, measure: str = "lift") -> Any:
        return next(
            one
            for one in rows
            if (one.spec, one.metric, one.protocol) == (best, metric, protocol)
            and getattr(one, "measure", "lift") == measure
        )

    timed, drawn, one_out = (_times(of(lift, name)) for name in (TIME, RANDOM, ONE_OUT))
    first = (
        f"{titles[best]} has {timed} the {label(metric)} of {titles[BASELINE]} under {TIME}, "
        f"{drawn} under {RANDOM} and {one_out} under {ONE_OUT}: a random split multiplies the "
        f"lift by {_times(of(ratios, RANDOM), '')}, leave-one-out by "
        f"{_times(of(ratios, ONE_OUT), '')}"
    )
    return f"{first}; {_of_orders([one for one in turned if one.metric == metric])}."


def _of_orders(turned: Sequence[Flip]) -> str:
    turned = [one for one in turned if one.protocol in (RANDOM, ONE_OUT)]
    certain = [one for one in turned if one.certain]
    if certain:
        one = certain[0]
        more = f" (and {len(certain) - 1} more such)" if len(certain) > 1 else ""
        return (
            f"{one.ahead_in_time} is ahead of {one.ahead_here} in time and behind it under "
            f"{one.protocol}, both for certain{more}"
        )
    if turned:
        pairs = "1 pair of pipelines changes" if len(turned) == 1 else f"{len(turned)} pairs change"
        return f"{pairs} order, none for certain"
    return "no pair of pipelines changes its order"


def _times(one: Lift | Inflation, word: str = " times") -> str:
    if one.value is None:
        return "an unknown number of times" if word else "an unknown factor"
    assert one.low is not None
    high = "no upper limit" if one.high is None else three_digits(one.high)
    return f"{three_digits(one.value)}{word} ({three_digits(one.low)} to {high})"
