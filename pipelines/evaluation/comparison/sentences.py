"""The outcome of a comparison in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10

import numpy as np

from pipelines.evaluation.comparison.again import FIRM
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import Comparison, ContenderResult
from pipelines.runtime.phrases import number_of


def sentence(found: Comparison, sign: int, settling: str, titles: Mapping[str, str]) -> str:
    """The outcome with its difference and interval.

    `sign` is 1 where higher is better, -1 where lower is (`comparison.direction`), `settling`
    what to do where it is inconclusive, and `titles` the contenders' titles by name.
    """
    one, other = (titles.get(name, name) for name in (found.contender, found.baseline))
    metric = label(found.metric)
    but = reservations(found.over_budget, found.failed_required)

    def by(turned: int) -> str:
        ends = sorted((turned * found.low, turned * found.high))
        details = [
            f"{100 * found.confidence:.3g}% interval {three_digits(ends[0])} to "
            f"{three_digits(ends[1])}",
            adjustment_label(found) or "not adjusted",
            *(["lower is better"] if sign < 0 else []),
        ]
        return f"{three_digits(turned * found.difference)} {metric} ({', '.join(details)})"

    match found.outcome:
        case "better":
            note = f": better, but {but}" if but else ""
            return f"{one} beats {other} by {by(sign)}{note}.{_how_firm(found)}"
        case "worse":
            text = f"{one} is worse than {other} by {by(-sign)}"
        case "equivalent":
            text = (
                f"{one} and {other} are equivalent: they differ by {by(1)}, within the "
                f"smallest useful difference of {three_digits(found.smallest_useful)}"
            )
        case _:
            text = (
                f"{one} is not certainly different from {other}: they differ by {by(1)}; "
                + settling
            )
    text = f"{text}; it {'is ' if found.over_budget else ''}{but}." if but else f"{text}."
    return f"{text}{_how_firm(found)}"


def _how_firm(found: Comparison) -> str:
    """Whether the outcome is borderline, or of a contender asked or fitted only once."""
    text = ""
    if found.same_again is not None and found.same_again < FIRM:
        text = (
            " It is borderline: fits with other seeds would give another outcome with a "
            f"probability of about {round(100 * (1 - found.same_again))}%."
        )
    elif found.borderline:
        p = found.p_adjusted if found.adjustment else found.p
        text = f" It is borderline (p = {three_digits(p or 0.0)}): another machine may turn it."
    if not found.drawn_once:
        return text
    text += f" This is for one {found.drawn_once} only"
    if found.overturning_sd is None:
        return f"{text}."
    return (
        f"{text}: a standard deviation of {three_digits(found.overturning_sd)} or more between "
        f"such {found.drawn_once}s would overturn it."
    )


def spread_sentence(result: ContenderResult, metric: str) -> str:
    """How much the fits of a contender that draws differ; empty where it does not draw."""
    spread = result.spread
    if spread is None or not spread.draws:
        return ""
    if spread.sd is None or spread.low is None or spread.high is None:
        return f"{result.title}: spread between fits unknown, since it was fitted once."
    return (
        f"{result.title}: {label(metric)} from {three_digits(spread.low)} to "
        f"{three_digits(spread.high)} in {spread.refits} fits with different seeds (standard "
        f"deviation {three_digits(spread.sd)})."
    )


def reservations(over_budget: bool, failed_required: bool) -> str:
    """`over budget and fails a required test`; empty where neither is the case."""
    found = ["over budget"] * over_budget + ["fails a required test"] * failed_required
    return " and ".join(found)


def adjustment_label(found: Comparison) -> str:
    """`allowing for 3 comparisons`; empty where the interval is not adjusted."""
    return f"allowing for {found.looks} comparisons" if found.adjustment else ""


def what_would_settle(more: int | None, fits: bool = False) -> str:
    """What to do about an inconclusive comparison, given `users_to_settle` and `fits_limit`."""
    if fits:
        return "fits with other seeds differ too much for more users to settle it: use more fits"
    if more is None:
        return "without a smallest useful difference, more users would not settle it"
    return f"about {number_of(_two_digits_up(more), 'more user')} would settle it"


def three_digits(number: float) -> str:
    """`number` to three significant digits with a minus sign, without an exponent: −0.0314."""
    text = np.format_float_positional(number + 0.0, precision=3, fractional=False, trim="-")
    return text.replace("-", "−")


def _two_digits_up(count: int) -> int:
    step = 10 ** max(0, floor(log10(count)) - 1)
    return -(-count // step) * step
