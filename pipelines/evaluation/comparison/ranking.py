"""Who is ahead by a metric, whichever way of it is better."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.evaluation.metrics.names import better, installed, label
from pipelines.evaluation.results.document import ContenderResult


def way(metric: str) -> int:
    """1 where more of a metric (`ndcg@10`) is better, -1 where less is, 0 where nobody wins by it.

    As `comparison.direction`, which refuses what is 0 here: a metric that says nothing of better
    or worse, and one of an older document whose package is gone.
    """
    return {"higher": 1, "lower": -1, "neither": 0}[better(metric)]


def why_nobody_wins(metric: str) -> str:
    """Where `way` is 0, the reason; no full stop."""
    if installed(metric.partition("@")[0]) is None:
        return f"the definition of {label(metric)} is not installed here"
    return f"{label(metric)} says nothing of better or worse"


def best_first(contenders: Sequence[ContenderResult], metric: str) -> list[ContenderResult]:
    """By the metric, the best first; whoever has no value of it comes last.

    Equals stand as they were given, and so do all where nobody wins by the metric.
    """
    sign = way(metric)
    there = [c for c in contenders if metric in c.metrics]
    there.sort(key=lambda c: -sign * c.metrics[metric].value)
    return [*there, *(c for c in contenders if metric not in c.metrics)]
