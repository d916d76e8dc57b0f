"""Rank contenders by a metric, whether higher or lower is better."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.evaluation.metrics.names import better, installed, label
from pipelines.evaluation.results.document import ContenderResult


def better_sign(metric: str) -> int:
    """1 where higher values of a metric (`ndcg@10`) are better, -1 where lower are, else 0.

    Unlike `comparison.direction`, it does not raise: 0 stands for a metric where neither is
    better, and for one whose package is no longer installed.
    """
    return {"higher": 1, "lower": -1, "neither": 0}[better(metric)]


def why_not_ranked(metric: str) -> str:
    """Where `better_sign` is 0, the reason, as a clause without a full stop."""
    if installed(metric.partition("@")[0]) is None:
        return f"the metric {label(metric)} is not installed"
    return f"neither higher nor lower {label(metric)} is better"


def best_first(contenders: Sequence[ContenderResult], metric: str) -> list[ContenderResult]:
    """The contenders by the metric, best first; those without a value come last.

    Ties keep the given order, as do all contenders where neither direction is better.
    """
    sign = better_sign(metric)
    there = [c for c in contenders if metric in c.metrics]
    there.sort(key=lambda c: -sign * c.metrics[metric].value)
    return [*there, *(c for c in contenders if metric not in c.metrics)]
